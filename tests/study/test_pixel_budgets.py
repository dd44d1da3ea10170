"""Budgets in labelled pixels: nothing outside the share is learned, tuned on or written down."""

from dataclasses import replace

import numpy as np
import pytest
from tests.data.chips import make_chip_task
from tests.data.studies import make_study

from bocage.core import SettingsError
from bocage.methods import Recipe
from bocage.report import content_of, write
from bocage.splits import Budget, LabelSampler, SplitSettings
from bocage.study import Workers, answer, make_settings
from bocage.study._context import Context
from bocage.study._plan import Protocol
from bocage.study._prepare import choose_budgets
from bocage.study._run import run_batch

METHODS = ("prior", "s2:logistic", "s2:conv1x1:scratch")
SIZES = ("1%", "10%", "all")


def _study(folder, task):
    settings = SplitSettings("event", sensitivity=False)
    protocol = Protocol(trials=2, inner_folds=2, recipe=Recipe(2, 2))
    return make_study(folder, task, METHODS, SIZES, settings, protocol)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    made = _study(tmp_path_factory.mktemp("pixels"), make_chip_task(20))
    made.run(Workers(1))
    return made


def _shuffle_hidden(task, fold, share):
    """Change hidden labels of the pool such that shares, and so the draw, stay as they are.

    A pixel that would be drawn under its new class is left alone: those within the tenfold share
    cover nearly all of them.
    """
    near = LabelSampler(task, _study(None, task).split).draw(fold, Budget(10 * share, "pixel"), 0)
    free = (near.pixels.masks(task.masks, fold.pool) < 0) & (task.masks >= 0)
    masks, event = task.masks.copy(), task.groups["event"]
    rng = np.random.default_rng(0)
    for name in np.unique(event[fold.pool]):
        mine = np.isin(np.arange(len(task)), fold.pool[event[fold.pool] == name])
        here = free & mine[:, None, None]
        masks[here] = rng.permutation(masks[here])
    return replace(task, masks=masks)


@pytest.mark.parametrize("method", METHODS)
def test_hidden_labels_change_no_bit_of_any_prediction(study, tmp_path, method):
    task = study.task
    number, fold = next((n, f) for n, f in enumerate(study.split.folds) if f.regime == "out")
    changed = _shuffle_hidden(task, fold, 0.01)
    other = _study(tmp_path, changed)
    assert other.split.key == study.split.key
    # Half of the pool's pixels say something else now.
    assert (changed.masks != task.masks)[fold.pool].mean() > 0.15
    found = []
    for made in (study, other):
        context = Context(made.task, made.split, made.methods, made.protocol)
        (asked,) = (
            replace(b, runs=(r,))
            for b in made.plan.batches
            for r in b.runs
            if b.fold == number
            and made.methods[b.method].name == method
            and str(r.cell.budget) == "1%"
        )
        found += run_batch(context, asked)
    one, two = found
    assert (one.status, two.status) == ("done", "done")
    assert one.key == two.key
    assert (one.params, one.why) == (two.params, two.why)
    assert one.array("counts").tobytes() == two.array("counts").tobytes()
    assert one.array("boundaries").tobytes() == two.array("boundaries").tobytes()


def test_a_label_that_is_seen_changes_the_run(study, tmp_path):
    task = study.task
    number, fold = next((n, f) for n, f in enumerate(study.split.folds) if f.regime == "out")
    draw = LabelSampler(task, study.split).draw(fold, Budget(0.01, "pixel"), 0)
    masks = task.masks.copy()
    seen = np.argwhere(draw.pixels.masks(masks, fold.pool) >= 0)[0]
    masks[tuple(seen)] = 1 - masks[tuple(seen)]
    other = _study(tmp_path, replace(task, masks=masks))
    keys = [
        {r.key for b in made.plan.batches if b.fold == number for r in b.runs}
        for made in (study, other)
    ]
    assert not keys[0] & keys[1]


def test_tests_are_scored_in_full_and_labels_are_pixels(study):
    task, table = study.task, study.results().score_table()
    labelled = (task.masks >= 0).sum(axis=(1, 2))
    for record in study.store.refresh().values():
        fold = next(f for f in study.split.folds if f.name == record.fold)
        rows = np.concatenate(list(fold.tests.values()))
        assert record.status == "done", record.reason
        np.testing.assert_array_equal(
            record.array("counts").reshape(len(rows), -1).sum(axis=1), labelled[rows]
        )
    out = table[(table["domain"] == "out") & (table["metric"] == "miou")]
    for fold in (f for f in study.split.folds if f.regime == "out"):
        here = out[out["group"] == fold.held_out]
        n = labelled[fold.pool].sum()
        for budget, share in (("1%", 0.01), ("10%", 0.1), ("all", 1.0)):
            used = here[here["budget"] == budget]["n_labels"]
            assert used.to_numpy() == pytest.approx(share * n, abs=4)
    assert set(table["unit"]) == {"pixel"}


def test_all_chips_and_all_pixels_are_one_run_counted_twice(study, tmp_path):
    settings = SplitSettings("event", sensitivity=False)
    chips = make_study(tmp_path, study.task, METHODS, ("4", "all"), settings, study.protocol)
    keys = [
        {r.key for b in s.plan.batches for r in b.runs if r.cell.budget.is_all}
        for s in (chips, study)
    ]
    assert keys[0] == keys[1]
    counted = chips.results()
    assert not counted.failed
    chips.store.write("all", [r for r in study.store.refresh().values() if r.key in keys[0]])
    table = chips.results().score_table()
    assert table["n_labels"].max() < len(study.task)


def test_the_page_speaks_of_labelled_pixels(study, tmp_path):
    found = answer(study)
    assert [line.budget for line in found.lines["out"]] == [
        "1 % of the labelled pixels", "10 % of the labelled pixels", "all labels",
    ]  # fmt: skip
    assert all(w.unit == "labelled pixels" for w in found.worth)
    page = write(content_of(study), tmp_path / "page.html").read_text()
    assert "all labels" in page
    assert "labelled pixels used" in page
    assert '<th scope="col" class="num">labelled pixels</th>' in page


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"budgets": ["1%", "5%", "all"]}, [(0.01, "pixel"), (0.05, "pixel"), (np.inf, "pixel")]),
        (
            {"budget_unit": "pixel"},
            [(0.01, "pixel"), (0.05, "pixel"), (0.1, "pixel"), (np.inf, "pixel")],
        ),
        ({"budget_unit": "fraction", "budgets": ["0.2"]}, [(0.2, "pixel")]),
        ({"budget_unit": "event", "budgets": ["2", "all"]}, [(2, "event"), (np.inf, "event")]),
        ({"budget_unit": "event", "budgets": ["5%"]}, [(0.05, "pixel")]),
        ({"budgets": ["4", "all"]}, [(4, "chip"), (np.inf, "chip")]),
    ],
)
def test_a_percentage_means_pixels(study, given, expected):
    settings = make_settings({"task": "made-up-chips", **given})
    found = choose_budgets(settings, study.task)
    assert [(b.amount, b.unit) for b in found] == expected


def test_chips_and_pixels_do_not_stand_on_one_curve(study, toy):
    with pytest.raises(SettingsError, match="budgets 5 and 10% count chips and pixels"):
        choose_budgets(make_settings({"task": "x", "budgets": ["5", "10%"]}), study.task)
    with pytest.raises(SettingsError, match="budgets in pixels need masks; the unit of a class"):
        choose_budgets(make_settings({"task": "x", "budget_unit": "pixel"}), toy)
