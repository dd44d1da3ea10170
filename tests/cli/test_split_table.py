"""The folds of a split on the terminal: each where they are few, else a line per domain."""

import io

import pytest
from rich.console import Console

from bocage.cli._split_table import FEW, fold_table
from bocage.splits import FoldReport

NAN = float("nan")


def _row(fold, domain, n_train, nearest, untrained=()):
    known = {"fold": fold, "domain": domain, "n_train": n_train, "n_test": 30, "n_blocks": 4}
    known |= {"nearest_metres": nearest, "median_metres": 2 * nearest, "untrained": untrained}
    empty = {name: () for name in FoldReport.__dataclass_fields__ if name not in known}
    return FoldReport(**known, **empty)


def _shown(rows, *, full=False, width=80):
    table, rest = fold_table(rows, full=full)
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    console.print(table)
    return [line.split() for line in console.file.getvalue().splitlines()], rest


@pytest.fixture
def many():
    rows = [_row(f"out/{n}", "out", 1000 + n, 100.0 * (n + 1)) for n in range(FEW)]
    return [*rows, _row("random/1", "random", 900, NAN)]


def test_few_folds_have_a_line_each():
    lines, rest = _shown([_row(f"out/{n}", "out", 100, 500.0) for n in range(FEW)])
    assert rest == ""
    assert [line[0] for line in lines[1:]] == [f"out/{n}" for n in range(FEW)]
    assert lines[1] == ["out/0", "out", "100", "30", "4", "0.5", "1"]


def test_many_folds_have_a_line_per_domain(many):
    lines, rest = _shown(many)
    assert rest == "13 folds in all: --full prints a line for each"
    assert lines[0] == [
        "domain",
        "folds",
        "train",
        "test",
        "blocks",
        "nearest",
        "km",
        "median",
        "km",
    ]
    # The nearest of any fold, and from the smallest to the largest of the others.
    assert lines[1] == ["out", "12", "1,000", "to", "1,011", "30", "4", "0.1", "0.2", "to", "2.4"]
    # What is not known is blank.
    assert lines[2] == ["random", "1", "900", "30", "4"]
    assert len(_shown(many, full=True)[0]) == len(many) + 1


def test_classes_that_training_lacks_are_named_once(many):
    many[0] = _row("out/0", "out", 1, 1.0, ("oak", "ash"))
    many[1] = _row("out/1", "out", 1, 1.0, ("ash",))
    lines, _ = _shown(many, width=120)
    assert lines[0][-4:] == ["classes", "missing", "from", "training"]
    assert lines[1][-2:] == ["oak,", "ash"]
    assert "oak" not in lines[2]
