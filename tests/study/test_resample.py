"""Weights, widening and degrees of freedom against what theory says of them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bocage.metrics import find_metric
from bocage.study import _resample, _units, compared
from bocage.study._resample import resample
from bocage.study._unit_counts import UnitCounts, repeat_scores, scores
from bocage.study._units import Units

ACCURACY = find_metric("classification", "accuracy")
BALANCED = find_metric("classification")
MANY = 1e8


def make(hits, group, *, n=100.0, tag="", methods=None):
    """Binary tally with `hits` (M, R, B) of `n` right, all of one class; so many are all seen."""
    hits, n = MANY * np.asarray(hits, float), MANY * n
    hits = hits.reshape((1,) * (3 - hits.ndim) + hits.shape)
    counts = np.zeros((*hits.shape, 2, 2))
    counts[..., 0, 0], counts[..., 0, 1] = hits, n - hits
    names = tuple(f"{tag}{g}/{i}" for i, g in enumerate(group))
    methods = methods or tuple(f"m{i}" for i in range(len(hits)))
    return UnitCounts("classification", methods, counts, names, np.asarray(group))


def random_tally(seed, *, group, n_methods=3, n_repeats=4, n_classes=3):
    rng = np.random.default_rng(seed)
    truth = rng.integers(1, 9, (len(group), n_classes))
    counts = np.zeros((n_methods, n_repeats, len(group), n_classes, n_classes))
    for m, r in np.ndindex(n_methods, n_repeats):
        for c in range(n_classes):
            share = rng.dirichlet([2.0] * n_classes)
            counts[m, r, :, c] = rng.multinomial(truth[:, c], share)
    names = tuple(f"{g}/{i}" for i, g in enumerate(group))
    methods = tuple(f"m{i}" for i in range(n_methods))
    return UnitCounts("classification", methods, counts, names, np.array(group))


def few_units(tally, metric, units):
    found = units.widening(tally, metric)
    return found.factor, found.df


def test_equal_weights_give_the_plain_score(monkeypatch):
    monkeypatch.setattr(_units, "exponential_weights", lambda names, n, _: np.ones((n, len(names))))
    monkeypatch.setattr(_resample, "normal_weights", lambda names, n, _: np.zeros((n, len(names))))
    monkeypatch.setattr(_resample, "unseen", lambda *_: 0.0)
    for group, unit in (([0] * 4 + [1] * 4, "blocks"), (list(range(12)), "groups")):
        for name in ("balanced_accuracy", "macro_f1", "accuracy"):
            metric = find_metric("classification", name)
            tally = random_tally(0, group=group)
            found = resample(tally, metric, draws="given", n=3, unit=unit)
            plain = np.tile(scores(tally, metric), (3, 1))
            assert found.point == pytest.approx(plain[0])
            assert found.values == pytest.approx(plain)


@pytest.mark.parametrize("name", ["macro_f1", "balanced_accuracy", "accuracy"])
def test_one_resample_equals_the_weighted_score_worked_out_by_a_loop(name):
    tally = random_tally(1, group=[i // 5 for i in range(15)])
    units = Units.of(tally, "blocks")
    weights = units.block_weights(2, 0)[:, units.of_row]
    metric = find_metric("classification", name)
    found = next(_resample._resampled(tally, metric, units, 2, 0))
    for m, r in np.ndindex(3, 4):
        parts = []
        for place in range(3):
            rows = tally.group == place
            top, bottom = metric.terms(tally.counts[m, r, rows])
            w = weights[0, rows][:, None]
            parts.append((w * top).sum(axis=0) / (w * bottom).sum(axis=0))
        assert found[0, m, r] == pytest.approx(metric.finish(np.mean(parts, axis=0)))


@pytest.mark.parametrize("name", ["macro_f1", "balanced_accuracy", "accuracy"])
def test_the_influence_of_a_group_is_the_change_of_the_score_with_its_weight(name):
    tally = random_tally(3, group=[i // 2 for i in range(12)])
    metric = find_metric("classification", name)
    influence = _resample._influence(tally, metric)
    assert influence.sum(axis=2) == pytest.approx(0, abs=1e-6)
    # One place in twice: every average gives it twice its say.
    for place in (0, 4):
        rows = np.flatnonzero(tally.group == place)
        twice = UnitCounts(
            tally.kind,
            tally.methods,
            np.concatenate([tally.counts, tally.counts[:, :, rows]], axis=2),
            (*tally.block, *(f"again {row}" for row in rows)),
            np.concatenate([tally.group, np.full(len(rows), 99)]),
        )
        change = repeat_scores(twice, metric) - repeat_scores(tally, metric)
        assert change == pytest.approx(influence[:, :, place] * 6 / 7, rel=0.1, abs=2e-3)


@pytest.mark.parametrize("n", [3, 8, 30])
def test_equal_units_are_widened_as_for_a_mean(n):
    blocks = make(np.full(n, 50.0), [0] * n)
    groups = make(np.full(n, 50.0), range(n))
    # Exp(1) weights of mean one have variance n / (n + 1), normal ones 1.
    for tally, unit, top in ((blocks, "blocks", n + 1), (groups, "groups", n)):
        widen, df = few_units(tally, ACCURACY, Units.of(tally, unit))
        assert widen == pytest.approx(np.sqrt(top / (n - 1)))
        assert df == pytest.approx(n - 1)


def test_degrees_of_freedom_add_up_over_places():
    tally = make(np.full(40, 50.0), [i // 10 for i in range(40)])
    widen, df = few_units(tally, ACCURACY, Units.of(tally, "blocks"))
    assert widen == pytest.approx(np.sqrt(11 / 9))
    assert df == pytest.approx(4 * 9)


def test_a_dominant_block_leaves_fewer_degrees_of_freedom():
    even = make(np.full(10, 5.0), [0] * 10, n=10)
    sizes = np.array([100.0] + [10.0] * 9)
    uneven = make(sizes / 2, [0] * 10, n=sizes)
    a = few_units(even, ACCURACY, Units.of(even, "blocks"))
    b = few_units(uneven, ACCURACY, Units.of(uneven, "blocks"))
    assert b[0] > a[0]
    assert b[1] < a[1] / 2


def test_a_class_in_few_blocks_counts_as_few_units():
    counts = np.zeros((1, 1, 10, 2, 2))
    counts[..., 0, 0] = 10
    counts[:, :, :2, 1, 1] = 10
    tally = UnitCounts("classification", ("a",), counts, tuple("abcdefghij"), np.zeros(10, int))
    assert few_units(tally, BALANCED, Units.of(tally, "blocks"))[1] < 4
    assert few_units(tally, ACCURACY, Units.of(tally, "blocks"))[1] > 6


def test_the_interval_of_a_mean_is_students():
    """Equal groups, one figure each: the textbook interval, which the percentiles must match."""
    rng = np.random.default_rng(3)
    ratio = []
    for trial in range(40):
        x = rng.normal(60, 10, 12)
        tally = make(x, range(12), tag=f"{trial} ")
        found = resample(tally, ACCURACY, n=4000, seed=trial).estimate("m0")
        half = stats.t.ppf(0.975, 11) * x.std(ddof=1) / np.sqrt(12) / 100
        ratio.append((found.high - found.low) / (2 * half))
    assert np.mean(ratio) == pytest.approx(1.0, abs=0.04)


def test_what_every_method_shares_cancels_in_a_difference():
    rng = np.random.default_rng(0)
    place = rng.uniform(20, 80, 10)
    tally = make(np.stack([place + 10, place])[:, None], range(10))
    found = resample(tally, ACCURACY)
    difference = found.values[:, 0] - found.values[:, 1]
    assert difference == pytest.approx(np.full(len(difference), 0.1))
    assert np.ptp(found.values[:, 0]) > 0.1


def test_differences_between_tallies_are_paired_by_name_not_by_position():
    rng = np.random.default_rng(0)
    place = rng.uniform(20, 80, 20)
    group = np.arange(20) // 10
    a = make(place, group)
    order = np.argsort(rng.random(20))
    b = UnitCounts(
        "classification",
        a.methods,
        a.counts[:, :, order],
        tuple(a.block[i] for i in order),
        group[order],
    )
    assert resample(a, ACCURACY).values == pytest.approx(resample(b, ACCURACY).values)


def test_few_groups_give_intervals_for_these_places_only():
    few = make(np.tile([30.0, 50.0, 70.0], 7), np.arange(21) // 3)
    many = make(np.tile([30.0, 50.0, 70.0], 8), np.arange(24) // 3)
    assert resample(few, ACCURACY).conditional
    assert not resample(many, ACCURACY).conditional
    # Places alike, blocks not: the first varies, the second does not.
    assert np.ptp(resample(few, ACCURACY).values) > 0.05
    assert np.ptp(resample(many, ACCURACY).values) == pytest.approx(0, abs=1e-9)


def test_places_keep_equal_say_when_their_blocks_are_resampled():
    # Both places are without spread inside: nothing may vary, however different they are.
    tally = make([90.0] * 10 + [10.0] * 5, [0] * 10 + [1] * 5)
    assert np.ptp(resample(tally, ACCURACY).values) == pytest.approx(0, abs=1e-9)


def test_no_interval_where_nothing_varies_against_another():
    tally = make([50.0, 60.0, 70.0], [0, 1, 2])
    found = resample(tally, ACCURACY)
    assert not found.known
    assert np.isnan(found.estimate("m0").low)
    assert found.point == pytest.approx([0.6])


def test_the_luck_of_draws_is_in_the_interval_unless_told_otherwise():
    # All places alike, so only draws vary: mean of four with sd 0.1.
    draws = np.array([40.0, 50.0, 60.0, 50.0])
    tally = make(np.repeat(draws[None, :, None], 10, axis=2), range(10))
    sd = np.std(draws / 100, ddof=1)
    halves = {}
    for kind in ("expected", "single", "given"):
        found = resample(tally, ACCURACY, draws=kind, n=8000).estimate("m0")
        halves[kind] = (found.high - found.low) / 2
    t = stats.t.ppf(0.975, 3)
    assert halves["expected"] == pytest.approx(t * sd / 2, rel=0.12)
    assert halves["single"] == pytest.approx(halves["expected"] * np.sqrt(5), rel=0.02)
    assert halves["given"] == pytest.approx(0, abs=1e-9)


def test_what_draws_do_differently_in_each_place_is_not_counted_twice():
    rng = np.random.default_rng(5)
    hits = rng.normal(50, 8, (40, 5, 30))  # no effect of a draw that places share
    tally = make(hits, range(30))
    spread = {
        kind: resample(tally, ACCURACY, draws=kind).values.std(axis=0).mean()
        for kind in ("expected", "given")
    }
    assert spread["expected"] == pytest.approx(spread["given"], rel=0.15)


def test_intervals_stay_within_the_bounds_of_the_figure():
    tally = make([100.0] * 9 + [80.0], range(10))
    found = resample(tally, ACCURACY).estimate("m0")
    assert found.high <= 1.0
    assert found.low < found.value


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.sampled_from(["balanced_accuracy", "macro_f1", "accuracy"]))
def test_resampled_scores_surround_the_score(seed, name):
    tally = random_tally(seed, group=[i // 6 for i in range(24)])
    found = resample(tally, find_metric("classification", name), n=400)
    low, high = np.percentile(found.values, [2.5, 97.5], axis=0)
    assert np.isfinite(found.values).all()
    assert ((low <= found.point) & (found.point <= high)).all()


def test_the_quick_way_for_linear_figures_changes_nothing():
    tally = random_tally(2, group=[i // 6 for i in range(24)])
    units = Units.of(tally, "blocks")
    for metric in (ACCURACY, BALANCED):
        slow = np.concatenate(list(_resample._resampled(tally, metric, units, 50, 0)))
        quick = _resample._away(tally, metric, units, 50, 0)
        assert quick + scores(tally, metric) == pytest.approx(slow.mean(axis=2))


def test_resamples_in_parts_are_those_at_once(monkeypatch):
    tally = random_tally(4, group=[i // 6 for i in range(24)])
    metric = find_metric("classification", "macro_f1")
    whole = resample(tally, metric, n=50).values
    monkeypatch.setattr(_resample, "AT_ONCE", 1)
    assert resample(tally, metric, n=50).values == pytest.approx(whole)


def test_shared_training_samples_widen_what_groups_say():
    tally = make([40.0, 50.0, 60.0, 70.0], range(4))
    plain = resample(tally, ACCURACY, unit="groups").estimate("m0")
    wide = resample(tally, ACCURACY, unit="groups", overlap=1 / 3).estimate("m0")
    half, wider = plain.high - plain.value, wide.high - wide.value
    # Nadeau and Bengio: s^2 (1/4 + 1/3) in place of s^2 / 4; the figure's bounds cut neither.
    assert wider / half == pytest.approx(np.sqrt((1 / 4 + 1 / 3) / (1 / 4)), rel=0.02)


@pytest.mark.parametrize(("n_places", "n_folds"), [(8, 8), (20, 20), (20, 10), (60, 30)])
def test_nested_models_are_held_to_all_that_their_folds_share(n_places, n_folds):
    rng = np.random.default_rng(n_places)
    tally = make(rng.uniform(40, 60, (2, 1, n_places)), np.arange(n_places))
    shown = resample(tally, BALANCED, unit="groups")
    gap = {
        nested: np.subtract(*compared(tally, shown, "out", n_folds, nested=nested).values.T).std()
        for nested in (False, True)
    }
    plain = np.subtract(*shown.values.T).std()
    # Nadeau and Bengio: 1 / k folds and one over the others' number, each as so many places.
    shared = n_folds / (n_folds - 1)
    assert gap[True] / plain == pytest.approx(np.sqrt(1 + shared), rel=1e-3)
    some = shared * min(1, 8 / n_places)
    assert gap[False] / plain == pytest.approx(np.sqrt(1 + some), rel=1e-3)


def test_blocks_share_training_samples_too():
    rng = np.random.default_rng(1)
    group = np.repeat([0, 1, 2], 6)
    tally = make(rng.uniform(40, 60, (1, 1, 18)), group)
    spread = [
        resample(tally, BALANCED, unit="blocks", overlap=overlap).values.std()
        for overlap in (0, 1.25 / 18)
    ]
    assert spread[1] / spread[0] == pytest.approx(np.sqrt(2.25), rel=1e-3)


def test_blocks_are_widened_for_methods_whose_folds_taught_one_another():
    tally = random_tally(5, group=[i // 5 for i in range(15)])
    wide = replace(tally, crossed=(1.0, 1.1, 1.2))
    plain, wider = (resample(t, BALANCED, draws="given", unit="blocks") for t in (tally, wide))
    ratio = wider.values.std(axis=0) / plain.values.std(axis=0)
    assert wider.point == pytest.approx(plain.point)
    # What a sample more of every class might change is added to both.
    assert ratio[0] == pytest.approx(1)
    assert 1.05 < ratio[1] <= 1.1
    assert 1.1 < ratio[2] <= 1.2
    one = resample(wide.take_methods(("m2",)), BALANCED, draws="given", unit="blocks")
    assert one.values[:, 0] == pytest.approx(wider.values[:, 2])


def test_over_places_what_folds_share_is_counted_by_their_overlap_alone():
    tally = random_tally(5, group=range(12))
    wide = replace(tally, crossed=(1.2,) * 3)
    plain, wider = (resample(t, BALANCED, unit="groups") for t in (tally, wide))
    assert wider.values == pytest.approx(plain.values)
