"""The question that was asked is answered, or refused with the questions that can be."""

import re
from dataclasses import replace

import numpy as np
import pytest
from tests.conftest import make_samples

from bocage.core import Input, SplitError
from bocage.splits import SplitSettings, load_split, make_split, save_split
from bocage.tasks import Samples, build_task, join_places


def panel(metres=0.0, n_places=80, years=("2019", "2020", "2021")):
    """Places that were labelled in every year, their coordinates a little apart if asked."""
    rng = np.random.default_rng(0)
    ground = np.array([10, 45]) + rng.uniform(0, 0.5, (n_places, 2))
    n = n_places * len(years)
    lonlat = np.tile(ground, (len(years), 1)) + rng.normal(0, metres / 111_000, (n, 2))
    return build_task(
        Samples(
            "panel",
            "classification",
            rng.choice(["maize", "wheat"], n),
            lonlat,
            {"x": Input("x", rng.normal(size=(n, 2)), ("p", "q"))},
            {"year": np.repeat(years, n_places)},
            synthetic=True,
        )
    )


@pytest.fixture(scope="module")
def places():
    return panel()


def _out(split):
    return [fold for fold in split.folds if fold.regime == "out"]


def test_a_panel_is_refused_with_both_questions_and_both_can_be_asked(places):
    with pytest.raises(SplitError) as refused:
        make_split(places, SplitSettings("year"))
    said = str(refused.value)
    assert "\n" not in said
    assert said.startswith("no training samples are left when '2019', '2020', '2021' of 'year'")
    named = re.findall(r"--leave year --share (\w+) \((.*?)\)", said)
    assert named == [
        ("place", "a new year in known places"),
        ("none", "a new year in new places"),
    ]
    for share, question in named:
        split = make_split(places, SplitSettings("year", share=share))
        assert split.question == question
        assert "out" in split.domains


def test_only_the_fold_that_can_not_be_made_is_named(places):
    # In 2021 every place was visited; in the other years one half each.
    half = places.unit % 2 == 0
    year = places.groups["year"]
    kept = (year == "2021") | ((year == "2019") & half) | ((year == "2020") & ~half)
    with pytest.raises(
        SplitError, match="no training samples are left when '2021' of 'year' is tested"
    ):
        make_split(places.take(np.flatnonzero(kept)), SplitSettings("year"))


def test_a_new_year_in_known_places_learns_from_all_other_years(places):
    split = make_split(places, SplitSettings("year", share="place"))
    for fold in _out(split):
        year = places.groups["year"]
        np.testing.assert_array_equal(fold.tests["out"], np.flatnonzero(year == fold.held_out))
        assert fold.held_out not in set(year[fold.pool])
        # `in` tests known places too, in years that are known as well.
        known = places.unit[fold.pool]
        assert set(places.unit[fold.tests["out"]]) <= set(known)
        assert set(places.unit[fold.tests["in"]]) <= set(known)
        assert len(fold.tests["in"]) > 0.1 * len(fold.pool)
    assert any("places are shared" in note for note in split.notes)
    # Labels of the year itself are labels of other places of it, as ever.
    for fold in split.folds:
        if fold.regime == "local":
            assert not set(places.unit[fold.pool]) & set(places.unit[fold.tests["local"]])
    both = next(fold for fold in split.folds if fold.regime == "both")
    assert set(places.unit[both.always]) & set(places.unit[both.tests["both"]])


def test_a_new_year_in_new_places_learns_from_neither(places):
    split = make_split(places, SplitSettings("year", share="none"))
    year = places.groups["year"]
    tested = np.zeros(len(places), dtype=int)
    for fold in _out(split):
        tested[fold.tests["out"]] += 1
        assert not set(year[fold.pool]) & set(year[fold.tests["out"]])
        assert not set(places.unit[fold.pool]) & set(places.unit[fold.tests["out"]])
        # The same places, in years that are known: the year alone is the difference.
        assert set(places.unit[fold.tests["in"]]) == set(places.unit[fold.tests["out"]])
        assert set(year[fold.tests["in"]]) == set(year[fold.pool])
    assert (tested == 1).all()
    assert len(_out(split)) == 12
    for fold in split.folds:
        if fold.regime == "both":
            assert len(fold.always) > len(places) / 3
            assert not set(places.unit[fold.always]) & set(places.unit[fold.tests["both"]])


def test_forward_in_known_places_never_learns_from_later(places):
    split = make_split(places, SplitSettings("year", share="place", forward=True))
    assert split.question == "a later year in known places"
    assert (split.noun, split.nouns) == ("year", "years")
    assert [fold.held_out for fold in _out(split)] == ["2020", "2021"]
    for fold in split.folds:
        if fold.regime in {"out", "both"}:
            earlier = (
                np.concatenate([fold.pool, fold.always]) if fold.regime == "out" else (fold.always)
            )
            assert max(places.groups["year"][earlier]) < fold.held_out
    # The first year is tested nowhere: other scores would be of other years.
    assert {f.held_out for f in split.folds if f.regime == "local"} == {"2020", "2021"}
    fixed = make_split(places, SplitSettings("year", share="place", train="2019", test="2021"))
    assert fixed.question == "year 2021 with labels of 2019 in known places"
    assert fixed.tested == fixed.question
    assert split.tested == (
        "3 years, each tested with labels of earlier ones (2 tests) in known places"
    )
    (fold,) = _out(fixed)
    assert set(places.groups["year"][fold.pool]) == {"2019"}


def test_places_that_partly_recur_are_no_known_places(places, tmp_path):
    # A third of the places are visited in one year only.
    first = np.zeros(len(places), bool)
    first[np.unique(places.unit, return_index=True)[1]] = True
    some = places.take(np.flatnonzero(first | (places.unit % 3 > 0)))
    split = make_split(some, SplitSettings("year", share="place"))
    out = _out(split)
    known = sum(np.isin(some.unit[f.tests["out"]], some.unit[f.pool]).sum() for f in out)
    share = known / sum(len(f.tests["out"]) for f in out)
    assert 0 < share < 1
    said = f"a new year in known and new places ({share:.0%} of the test samples in known ones)"
    assert split.question == said
    assert load_split(save_split(split, some, tmp_path), some).question == said
    year = some.groups["year"]
    alone = np.array([f"f{unit}{y}" for unit, y in zip(some.unit, year, strict=True)])
    new = replace(some, groups={"year": year, "field": alone}, unit=np.arange(len(some)))
    assert make_split(new, SplitSettings("year", share="field")).question == "a new year"


def test_parcels_that_recur_in_every_year_are_named_and_shared(places):
    # Every point has coordinates of its own; it is parcels that tie the years together.
    rng = np.random.default_rng(1)
    lonlat = places.lonlat + rng.normal(0, 1e-3, places.lonlat.shape)
    parcel = np.array([f"p{n}" for n in places.unit])
    task = replace(places, lonlat=lonlat, groups={**places.groups, "parcel": parcel})
    with pytest.raises(SplitError, match=r"--leave year --share place \(a new year in known"):
        make_split(task, SplitSettings("year"))
    for share in ("parcel", "place"):
        split = make_split(task, SplitSettings("year", share=share))
        assert split.question == f"a new year in known {share}s"
        assert len(_out(split)) == 3
    with pytest.raises(SplitError, match=r"no group column 'field' to share.*parcel, year"):
        make_split(task, SplitSettings("year", share="field"))
    with pytest.raises(SplitError, match=r"--leave blocks makes no groups"):
        make_split(task, SplitSettings("blocks", share="place"))


def test_places_that_recur_now_and_then_are_counted(places):
    # Every tenth place was visited in all years, the others in one.
    often, year = places.unit % 10 == 0, places.groups["year"]
    once = np.array(["2019", "2020", "2021"])[places.unit % 3] == year
    task = places.take(np.flatnonzero(often | once))
    year = task.groups["year"]
    split = make_split(task, SplitSettings("year", sensitivity=False))
    of = [(year != name).sum() for name in ("2019", "2020", "2021")]
    few = [n - 16 for n in of]
    worst = int(np.argmin(np.array(few) / np.array(of)))
    note = next(n for n in (*split.notes, *split.degraded) if n.startswith("places recur"))
    assert f"in the fold that loses most, {few[worst]} of {of[worst]} labels of other years" in note
    shared = make_split(task, SplitSettings("year", share="place", sensitivity=False))
    part = 24 / len(task)
    assert any(f"are shared: {part:.0%} of the test samples belong to" in n for n in shared.notes)


def test_advice_keeps_the_rest_of_the_question(places):
    with pytest.raises(SplitError, match=r"Use --leave year --share place --forward \(a new year"):
        make_split(places, SplitSettings("year", forward=True))
    with pytest.raises(SplitError, match=r"--share place --train 2019 --test 2021 \(a new year"):
        make_split(places, SplitSettings("year", train="2019", test="2021"))


def test_groups_of_one_place_hold_nothing_back_and_say_so(places):
    # Each place is a group of its own.
    task = replace(places, groups={"site": np.array([f"s{n}" for n in places.unit])})
    split = make_split(task, SplitSettings("site"))
    assert "in" not in split.domains
    assert any(
        note.startswith("nothing is held back for `in`: no site has enough places")
        for note in split.notes
    )


def test_sharing_where_nothing_recurs_is_said(toy):
    split = make_split(toy, SplitSettings("region", share="place", sensitivity=False))
    assert "--share place has no effect: no place occurs in two regions" in split.notes


def test_what_is_shared_recurs_where_places_are_not_known(places):
    # A panel without coordinates: each state stands in all years, each row is one of its own.
    state = np.array([f"s{n % 8}" for n in places.unit])
    samples = Samples(
        "panel",
        "classification",
        np.array(places.classes)[places.target],
        np.full_like(places.lonlat, np.nan),
        dict(places.inputs),
        {"year": places.groups["year"], "state": state},
    )
    split = make_split(build_task(samples), SplitSettings("year", share="state"))
    assert not any("has no effect" in note for note in split.notes)
    known = "so the score is for known states and says nothing about new ones"
    assert any(note.endswith(known) for note in split.notes)
    apart = {**samples.groups, "state": np.char.add(state, samples.groups["year"])}
    split = make_split(
        build_task(replace(samples, groups=apart)), SplitSettings("year", share="state")
    )
    assert "--share state has no effect: no state occurs in two years" in split.notes


def test_coordinates_a_metre_apart_are_recognised_and_can_be_joined():
    task = panel(metres=1.0)
    split = make_split(task, SplitSettings("year"))
    said = next(line for line in split.degraded if "--same-place" in line)
    assert "100% of places lie within 30 m of one of another year" in said
    metres = float(re.search(r"--same-place (\d+)", said)[1])
    joined = join_places(task, metres)
    assert len(np.unique(joined.unit)) == 80
    with pytest.raises(SplitError, match="--share place"):
        make_split(joined, SplitSettings("year"))


def test_near_neighbours_are_no_places_measured_twice(toy):
    # Points 20 m from each other everywhere, whatever their group.
    rng = np.random.default_rng(0)
    task = replace(toy, lonlat=np.array([10, 45]) + rng.uniform(0, 0.003, toy.lonlat.shape))
    split = make_split(task, SplitSettings("year", sensitivity=False))
    assert not any("--same-place" in line for line in split.degraded)


def test_a_region_whose_class_stands_nowhere_else_is_tested_and_said(toy):
    target = toy.target.copy()
    south = toy.groups["region"] == "south"
    target[~south] = np.where(target[~south] == 2, 0, target[~south])
    target[south] = 2
    split = make_split(replace(toy, target=target), SplitSettings("region"))
    assert [fold.held_out for fold in _out(split)] == ["east", "north", "south"]
    assert (
        "class 'water' can't be learned when 'south' is left out: no region used for training "
        "has it; its samples count as errors there" in split.degraded
    )


def test_a_fold_that_learns_from_one_class_is_made_and_said(toy):
    target = np.where(toy.groups["region"] == "east", toy.target, 1)
    split = make_split(replace(toy, target=target), SplitSettings("region"))
    assert [fold.held_out for fold in _out(split)] == ["east", "north", "south"]
    fold = _out(split)[0]
    assert set(target[fold.pool]) == {1}
    assert any(
        "the training labels are of one class only when 'east' (tree) is left out" in line
        for line in split.degraded
    )


def test_regions_of_one_class_each_are_refused_with_what_can_be_asked(toy):
    # Nothing of a region's class is known elsewhere, whichever is left out.
    target = np.unique(toy.groups["region"], return_inverse=True)[1].astype(np.int64)
    with pytest.raises(SplitError) as refused:
        make_split(replace(toy, target=target), SplitSettings("region"))
    said = str(refused.value)
    assert said.startswith(
        "whichever region is left out, none of its classes is among the training labels"
    )
    assert "Use --leave year or --leave clusters" in said
    assert "--leave region" not in said


def test_one_class_left_in_every_fold_is_refused(toy):
    # Four labels: each time one region is left out, all others are of one class.
    rows = [np.flatnonzero(toy.groups["region"] == name)[:2] for name in ("east", "north")]
    two = toy.take(np.sort(np.concatenate(rows)))
    east = two.groups["region"] == "east"
    target = np.where(east, 0, 1)
    target[np.flatnonzero(~east)[0]] = 0
    three = replace(two, target=target)
    # The north holds both classes: the fold that tests east learns from it.
    assert "out" in make_split(three, SplitSettings("region")).domains
    cut = SplitSettings("region", train="east", test="north")
    with pytest.raises(SplitError, match="the training labels are of one class only"):
        make_split(three, cut)


def test_samples_are_shuffled_and_units_kept_beside(places):
    split = make_split(places, SplitSettings("year", share="place"))
    for regime, met in (("random", True), ("random-units", False)):
        folds = [fold for fold in split.folds if fold.regime == regime]
        assert len(folds) == 4
        tested = np.concatenate([fold.tests[regime] for fold in folds])
        np.testing.assert_array_equal(np.sort(tested), np.arange(len(places)))
        for fold in folds:
            assert bool(set(places.unit[fold.pool]) & set(places.unit[fold.tests[regime]])) == met
    sizes = [len(fold.tests["random"]) for fold in split.folds if fold.regime == "random"]
    assert max(sizes) - min(sizes) <= 1


def test_places_of_one_sample_are_shuffled_once(toy):
    split = make_split(toy, SplitSettings("region", sensitivity=False))
    assert "random" in split.domains
    assert "random-units" not in split.domains


def test_copies_of_a_row_are_shuffled_the_same_way_in_any_order():
    samples = make_samples(n=90)
    found = []
    for order in (np.arange(180) % 90, np.arange(180)[::-1] % 90):
        twice = make_samples(n=90, order=order)
        task = build_task(replace(twice, target=np.array(samples.target)[order]))
        split = make_split(task, SplitSettings("region", sensitivity=False))
        found.append(split)
    assert found[0].key == found[1].key
    assert "random-units" in found[0].domains


def test_labels_from_within_outlive_the_eleventh_group():
    # Thirty sites that can be cut, in ten folds of neighbours.
    rng = np.random.default_rng(0)
    n = 30 * 40
    site = np.repeat(np.arange(30), 40)
    lonlat = np.stack([site % 6, site // 6], axis=1) + rng.uniform(0, 0.3, (n, 2)) + [10, 45]
    task = build_task(
        Samples(
            "sites",
            "regression",
            rng.normal(size=n),
            lonlat,
            {"x": Input("x", rng.normal(size=(n, 2)), ("p", "q"))},
            {"site": np.array([f"s{number}" for number in site])},
            synthetic=True,
        )
    )
    split = make_split(task, SplitSettings("site", sensitivity=False))
    out = {name: fold for fold in _out(split) for name in fold.held_out.split(", ")}
    assert len(_out(split)) == 10
    assert set(out) == set(split.groups)
    names = task.groups["site"]
    within = {fold.held_out for fold in split.folds if fold.regime == "local"}
    assert len(within) == 20
    assert any("labels from within are evaluated in 20 of 30 sites" in s for s in split.degraded)
    for fold in split.folds:
        if fold.regime == "both":
            merged = set(names[out[fold.held_out].tests["out"]])
            assert not merged & set(names[fold.always])
            np.testing.assert_array_equal(fold.always, out[fold.held_out].pool)
    all_of_them = make_split(task, SplitSettings("site", group_folds=30, sensitivity=False))
    assert {f.held_out for f in all_of_them.folds if f.regime == "local"} == set(split.groups)
    assert split.tested == "30 sites left out in turn in 10 folds"
    assert all_of_them.tested == "30 sites left out in turn"
    assert len(_out(all_of_them)) == 30


def test_what_was_asked_is_read_back_with_the_split(places, tmp_path):
    keys = set()
    for given in (
        {"share": "place"},
        {"share": "none"},
        {"share": "place", "forward": True},
        {"share": "place", "train": "2019", "test": "2020"},
    ):
        split = make_split(places, SplitSettings("year", **given))
        found = load_split(save_split(split, places, tmp_path), places)
        assert found.question == split.question
        assert found.key == split.key
        keys.add(split.key)
    assert len(keys) == 4


def test_blocks_too_large_for_two_folds_say_so(toy):
    east = toy.take(np.flatnonzero(toy.groups["region"] == "east"))
    with pytest.raises(
        SplitError, match=r"blocks of 1e\+08 m can't make two folds.*--leave year or"
    ):
        make_split(east, SplitSettings("blocks", block_metres=1e8))
    split = make_split(toy, SplitSettings("region", block_metres=1e8, sensitivity=False))
    assert any("one block of 1e+08 m contains all samples of east" in note for note in split.notes)


def test_folds_of_one_place_have_what_they_always_learn_from_as_one_array(toy):
    """Of many samples it is nearly all of them, in each of many folds."""
    split = make_split(toy, SplitSettings("region"))
    for name in split.groups:
        found = [f.always for f in split.folds if (f.regime, f.held_out) == ("both", name)]
        assert len(found) > 1
        assert len({id(one) for one in found}) == 1
