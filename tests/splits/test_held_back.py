"""What `in` takes from learning has a bound, whatever it drags along."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bocage.core import Input
from bocage.splits import SplitSettings, make_split
from bocage.splits._held_back import IN_SHARE
from bocage.tasks import Samples, build_task


def recurring(n_places=60, n_years=6, visits=4, seed=0, side=0.5, rare=0):
    """Places of which each was labelled in some of the years; the last `rare` are of one class."""
    rng = np.random.default_rng(seed)
    ground = np.array([10, 45]) + rng.uniform(0, side, (n_places, 2))
    place = np.repeat(np.arange(n_places), visits)
    year = np.concatenate([rng.choice(n_years, visits, replace=False) for _ in range(n_places)])
    crop = np.where(place >= n_places - rare, "rare", rng.choice(["a", "b"], len(place)))
    return build_task(
        Samples(
            "recurring",
            "classification",
            crop,
            ground[place],
            {"x": Input("x", rng.normal(size=(len(place), 2)), ("p", "q"))},
            {"year": np.array([str(2015 + y) for y in year])},
            synthetic=True,
        )
    )


def _lost(task, fold):
    """Return what may be learned from, and what of it `in` takes."""
    learned = ~np.isin(task.groups["year"], np.unique(task.groups["year"][fold.tests["out"]]))
    free = np.flatnonzero(learned & ~np.isin(task.unit, task.unit[fold.tests["out"]]))
    return len(free), len(free) - len(fold.pool)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.integers(2, 5), st.sampled_from([0.0005, 0.5]))
def test_in_never_takes_more_than_its_share(seed, visits, side):
    # The smaller ground is one pixel's: it can't be cut, and single places are held back.
    task = recurring(visits=visits, seed=seed, side=side)
    for fold in make_split(task, SplitSettings("year", sensitivity=False)).folds:
        if fold.regime == "out":
            free, lost = _lost(task, fold)
            assert lost <= IN_SHARE * free + 1e-9, fold.name
            assert len(fold.tests.get("in", [])) >= lost


def test_a_table_of_few_places_and_many_seasons_keeps_its_labels():
    # Like a published crop table: 83 places, each in 9 of 15 seasons. `in` once took most of the
    # few labels that leaving a season out leaves.
    task = recurring(n_places=83, n_years=15, visits=9)
    split = make_split(task, SplitSettings("year", group_folds=15, sensitivity=False))
    out = [fold for fold in split.folds if fold.regime == "out"]
    assert len(out) == 15
    for fold in out:
        free, lost = _lost(task, fold)
        assert 0 < lost <= IN_SHARE * free
    assert any("--share place" in line and "--share none" in line for line in split.degraded)
    shared = make_split(
        task, SplitSettings("year", share="place", group_folds=15, sensitivity=False)
    )
    for fold in shared.folds:
        if fold.regime == "out":
            assert len(fold.pool) > 0.79 * (task.groups["year"] != fold.held_out).sum()


def test_in_takes_no_class_away():
    task = recurring(rare=3)
    split = make_split(task, SplitSettings("year", sensitivity=False))
    rare = task.classes.index("rare")
    for fold in split.folds:
        if fold.regime == "out":
            tested = task.unit[fold.tests["out"]]
            free = ~np.isin(task.unit, tested) & (task.groups["year"] != fold.held_out)
            if (free & (task.target == rare)).any():
                assert (task.target[fold.pool] == rare).any(), fold.name


def test_in_tests_every_group_that_is_learned_from(toy):
    for fold in make_split(toy, SplitSettings("region")).folds:
        if fold.regime == "out":
            assert set(toy.groups["region"][fold.tests["in"]]) == {"east", "north", "south"} - {
                fold.held_out
            }


def test_one_pair_across_a_border_changes_little(toy):
    # One pixel labelled in two regions: the regions are still cut by their own blocks.
    region = toy.groups["region"]
    pair = [int(np.flatnonzero(region == name)[0]) for name in ("east", "north")]
    unit = toy.unit.copy()
    unit[pair[1]] = unit[pair[0]]
    split = make_split(replace(toy, unit=unit), SplitSettings("region", sensitivity=False))
    for fold in split.folds:
        if fold.regime == "out":
            held = fold.tests["in"]
            assert 0.1 < len(held) / (len(held) + len(fold.pool)) <= IN_SHARE
            assert not set(split.block[held]) & set(split.block[fold.pool])


@pytest.mark.parametrize("share", ["place", "parcel"])
def test_what_is_shared_costs_nothing_but_itself(share):
    task = recurring()
    parcel = np.array([f"p{n}" for n in task.unit])
    task = replace(task, groups={**task.groups, "parcel": parcel})
    split = make_split(task, SplitSettings("year", share=share, sensitivity=False))
    for fold in split.folds:
        if fold.regime == "out":
            learned = np.flatnonzero(task.groups["year"] != fold.held_out)
            held = fold.tests["in"]
            np.testing.assert_array_equal(fold.pool, np.setdiff1d(learned, held))
            assert 0 < len(held) <= IN_SHARE * len(learned)
