"""An answer from what is left of a study says what is missing, and never hides it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bocage.study import Store


@pytest.fixture
def study(bocage, frame):
    frame.to_csv("labels.csv", index=False)
    code, _, err = bocage(
        "compare", "labels.csv", "--target", "crop", "--leave", "district", "--methods",
        "prior,aef:logistic:C=1", "--budgets", "all", "--repeats", 1, "-j", 1, "-o", "s",
    )  # fmt: skip
    assert code == 0, err
    return Path("s")


def _tamper(path):
    """Give a run a class that there is not, with a digest that fits."""
    first, *rest = Store.decode(path.read_bytes())
    changed = replace(first, arrays={**first.arrays, "predicted": first.arrays["predicted"] + 50})
    path.write_bytes(Store.encode((changed, *rest)))


def test_report_and_show_say_which_runs_are_missing(bocage, study):
    victim = min((study / "runs").glob("*.parquet"))
    _tamper(victim)
    code, out, err = bocage("report", study)
    assert code == 0, err
    assert f"note: {victim.name} was damaged, and its runs are missing" in err
    assert "The answer so far is based on the runs that are done" in out.replace("\n", " ")
    # The next look finds it set aside, and the answer still says what it lacks.
    for arguments in (["report", study], ["study", "show", study]):
        code, out, _ = bocage(*arguments)
        assert code == 0
        assert "1 of 86 runs remains" in " ".join(out.split())
    assert "1 of 86 runs remains" in (study / "report.html").read_text()
    code, out, _ = bocage("report", study, "--json")
    assert code == 0
    assert "1 of 86 runs remains" in json.loads(out)["unfinished"]["sentence"]
    code, _, err = bocage("compare", study / "study.yaml", "-j", 1)
    assert code == 0, err
    assert "remains" not in bocage("report", study)[1]


def test_a_study_of_which_nothing_is_whole_gives_no_answer(bocage, study):
    files = sorted((study / "runs").glob("*.parquet"))
    for path in files:
        _tamper(path)
    code, out, err = bocage("report", study)
    assert code == 2
    assert not out
    assert f"({len(files)} damaged files were set aside)" in err
