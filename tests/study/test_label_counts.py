"""What budgets got is what was drawn, and what fell short is named."""

import numpy as np
import pytest

from bocage.splits import LabelSampler
from bocage.study import prepare


@pytest.fixture(scope="module")
def rare(settings, table, tmp_path_factory):
    """A study, not run, of the toy table with 12 labels of `water`, none in the south."""
    import pandas as pd

    folder = tmp_path_factory.mktemp("rare")
    frame = pd.read_csv(table)
    for region, kept in (("east", 8), ("north", 4), ("south", 0)):
        rows = frame.index[(frame["region"] == region) & (frame["cover"] == "water")]
        frame.loc[rows[kept:], "cover"] = "tree"
    frame.to_csv(folder / "rare.csv", index=False)

    def make(**changes):
        return prepare(
            settings(task=str(folder / "rare.csv"), budgets=["1", "10", "1000", "all"], **changes),
            folder / "study",
        )

    return make


def test_the_figures_are_those_of_the_draws(rare):
    study = rare()
    drawer = LabelSampler(study.task, study.split)
    for domain, regime in (("out", "out"), ("in", "out"), ("local", "local"), ("random", "random")):
        for budget in study.budgets:
            if (domain, str(budget)) not in study.drawn:
                continue
            found = study.drawn[domain, str(budget)]
            folds = [fold for fold in study.split.folds if fold.regime == regime]
            repeats = max(
                run.cell.repeat + 1
                for batch in study.plan.batches
                for run in batch.runs
                if study.split.folds[batch.fold].regime == regime and run.cell.budget == budget
            )
            n = [drawer.draw(f, budget, r).n_labels for f in folds for r in range(repeats)]
            assert (found.mean, found.low, found.high) == (np.mean(n), min(n), max(n))


def test_what_fell_short_is_named_with_what_there_was(rare):
    study = rare()
    codes, water = study.task.target, study.task.classes.index("water")
    there = {
        regime: [
            (fold.held_out, n)
            for fold in study.split.folds
            if fold.regime == regime and 0 < (n := int((codes[fold.pool] == water).sum())) < 10
        ]
        for regime in ("out", "local")
    }
    for domain, found in there.items():
        drawn = study.drawn[domain, "10"]
        [lack] = drawn.lacks
        assert lack.name == "water"
        assert (lack.least, lack.most) == (min(n for _, n in found), max(n for _, n in found))
        assert lack.groups == tuple(sorted({group for group, _ in found}))
    assert "north" in study.drawn["local", "10"].lacks[0].groups
    assert "south" not in study.drawn["local", "10"].lacks[0].groups
    assert study.drawn["out", "1"].lacks == ()
    out = study.drawn["out", "10"]
    assert out.sentence == (
        f"out, up to 10 labels per class: {out.a_class:,.1f} per class ({out.low:.0f} to "
        f"{out.high:.0f} labels, {out.mean:.1f} on average); short: "
        f"{out.lacks[0].words('out')}"
    )
    assert study.drawn["out", "1"].sentence == (
        "out, up to 1 label per class: 1 per class (3 labels)"
    )


def test_labels_a_class_are_counted_over_the_classes_that_a_fold_holds(rare):
    found = rare().drawn["local", "1"]
    assert found.n_classes == (2, 3)
    # South has no water, and its draws are of 2 labels.
    assert (found.low, found.high) == (2, 3)
    assert found.a_class == 1


def test_a_budget_that_is_all_labels_in_every_fold_is_blank_and_says_so(rare):
    study = rare()
    assert ("out", "1000") not in study.drawn
    reasons = {cell.reason for cell in study.plan.blanks}
    assert reasons == {"exceeds the number of labels in every fold and equals 'all'"}
    assert {str(cell.budget) for cell in study.plan.blanks} == {"1000"}
    assert np.isnan(study.drawn["out", "all"].a_class)


def test_an_exact_budget_leaves_blanks_that_are_counted(rare):
    study = rare(exact=True)
    # South has no water, and fills every class that it has.
    blank = [
        cell
        for cell in study.plan.blanks
        if str(cell.budget) == "10" and study.split.folds[cell.fold].regime == "local"
    ]
    assert study.drawn["local", "10"].n_blank == len(blank) > 0
    assert {study.split.folds[cell.fold].held_out for cell in blank} == {"east", "north"}
    assert study.drawn["local", "10"].low == 20
    assert ("out", "10") not in study.drawn
    assert study.drawn["out", "1"].n_blank == 0
    assert all(run.cell.short == () for batch in study.plan.batches for run in batch.runs)


def test_many_places_are_counted_and_not_listed():
    from bocage.study import Lack

    few = Lack("rare", 2, 5, ("r0", "r1"), 9)
    many = Lack("rare", 2, 2, tuple(f"district {n}" for n in range(8)), 9)
    assert few.words("local") == "rare (2 to 5 in r0, r1)"
    assert few.words("out") == "rare (2 to 5 without r0, r1)"
    assert many.words("local") == "rare (2 in 8 of 9 folds)"
    assert many.words("out") == "rare (2 in 8 of 9 folds)"
    assert Lack("rare", 2, 5, ("r0", "r1"), 2).words("out") == "rare (2 to 5)"
    assert Lack("", 22, 22, ("s3",), 9).words("local") == "22 in s3"
    assert Lack("rare", 13, 19, (), 1).words("random") == "rare (13 to 19)"
