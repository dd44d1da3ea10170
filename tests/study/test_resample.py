"""Weights, widening and degrees of freedom against what theory says of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bocage.study import _resample, _units
from bocage.study._metric import find_metric
from bocage.study._resample import resample
from bocage.study._tally import Tally, scores
from bocage.study._units import Units, few_units, unit_weights

ACCURACY = find_metric("classification", "accuracy")
BALANCED = find_metric("classification")
WEIGHTS = [0.117853244, 0.35117395, 0.5155581]


def make(hits, group, fold=None, *, n=100.0, tag="", methods=None):
    """Binary tally with `hits` (M, R, B) of `n` samples right, all of one class."""
    hits = np.asarray(hits, float)
    hits = hits.reshape((1,) * (3 - hits.ndim) + hits.shape)
    counts = np.zeros((*hits.shape, 2, 2))
    counts[..., 0, 0], counts[..., 0, 1] = hits, n - hits
    names = tuple(f"{tag}{g}/{i}" for i, g in enumerate(group))
    methods = methods or tuple(f"m{i}" for i in range(len(hits)))
    group = np.asarray(group)
    fold = group if fold is None else np.asarray(fold)
    return Tally("classification", methods, counts, names, group, fold)


def random_tally(seed, *, group, fold=None, n_methods=3, n_repeats=4, n_classes=3):
    rng = np.random.default_rng(seed)
    truth = rng.integers(1, 9, (len(group), n_classes))
    counts = np.zeros((n_methods, n_repeats, len(group), n_classes, n_classes))
    for m, r in np.ndindex(n_methods, n_repeats):
        for c in range(n_classes):
            share = rng.dirichlet([2.0] * n_classes)
            counts[m, r, :, c] = rng.multinomial(truth[:, c], share)
    names = tuple(f"{g}/{i}" for i, g in enumerate(group))
    fold = group if fold is None else fold
    methods = tuple(f"m{i}" for i in range(n_methods))
    return Tally("classification", methods, counts, names, np.array(group), np.array(fold))


def test_weights_are_exponential_and_depend_on_the_name_alone():
    names = [f"block {i}" for i in range(40)]
    weights = unit_weights(names, 2000)
    assert stats.kstest(weights.ravel()[::7], "expon").pvalue > 0.01
    assert np.abs(np.corrcoef(weights.T) - np.eye(40)).max() < 0.12
    assert (unit_weights(["other", names[3]], 2000)[:, 1] == weights[:, 3]).all()
    assert not (unit_weights([names[3]], 2000, seed=1)[:, 0] == weights[:, 3]).any()


def test_weights_are_the_same_on_every_machine():
    assert unit_weights(["block 7"], 3)[:, 0] == pytest.approx(WEIGHTS)


def test_equal_weights_give_the_plain_score(monkeypatch):
    monkeypatch.setattr(_units, "unit_weights", lambda names, n, _: np.ones((n, len(names))))
    for group, fold in (
        ([0] * 4 + [1] * 4, None),
        (list(range(12)), [i % 5 for i in range(12)]),
        ([0] * 4 + [1] * 4, [0, 1] * 4),
    ):
        for name in ("balanced_accuracy", "macro_f1", "accuracy"):
            metric = find_metric("classification", name)
            tally = random_tally(0, group=group, fold=fold)
            found = resample(tally, metric, draws="given", n=3)
            plain = np.tile(scores(tally, metric), (3, 1))
            assert found.point == pytest.approx(plain[0])
            assert found.values == pytest.approx(plain)


def test_one_resample_equals_the_weighted_score_worked_out_by_a_loop():
    tally = random_tally(1, group=list(range(10)), fold=[i % 4 for i in range(10)])
    units = Units.of(tally, "groups")
    weights = units.weights(2, 0)
    metric = find_metric("classification", "macro_f1")
    found = _resample._weighted_scores(tally, metric, units, weights)
    position = {name: at for at, name in enumerate(units.names)}
    w = np.array([weights[0, position[f"groups {g}"]] for g in tally.group])
    for m in range(3):
        top = bottom = 0.0
        for fold in range(4):
            rows = np.flatnonzero(tally.fold == fold)
            counts = (tally.counts[m][:, rows] * w[rows, None, None]).sum(axis=1)
            top += w[rows].mean() * metric(counts).mean()
            bottom += w[rows].mean()
        assert found[0, m] == pytest.approx(top / bottom)


@pytest.mark.parametrize("n", [3, 8, 30])
def test_equal_units_are_widened_as_for_a_mean(n):
    blocks = make(np.full(n, 50.0), [0] * n)
    groups = make(np.full(n, 50.0), range(n))
    for tally, unit in ((blocks, "blocks"), (groups, "groups")):
        widen, df = few_units(tally, ACCURACY, Units.of(tally, unit))
        assert widen == pytest.approx(np.sqrt((n + 1) / (n - 1)))
        assert df == pytest.approx(n - 1)


def test_merged_folds_of_equal_groups_are_a_mean_over_groups():
    tally = make(np.full(30, 50.0), range(30), [i % 10 for i in range(30)])
    widen, df = few_units(tally, ACCURACY, Units.of(tally, "groups"))
    assert widen == pytest.approx(np.sqrt(31 / 29))
    assert df == pytest.approx(29)


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
    tally = Tally(
        "classification", ("a",), counts, tuple("abcdefghij"), np.zeros(10, int), np.zeros(10, int)
    )
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
    assert difference == pytest.approx(np.full(1000, 0.1))
    assert np.ptp(found.values[:, 0]) > 0.1


def test_differences_between_tallies_are_paired_by_name_not_by_position():
    rng = np.random.default_rng(0)
    place = rng.uniform(20, 80, 20)
    group = np.arange(20) // 10
    a = make(place, group)
    order = np.argsort(rng.random(20))
    b = Tally(
        "classification",
        a.methods,
        a.counts[:, :, order],
        tuple(a.block[i] for i in order),
        group[order],
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
    assert np.ptp(resample(many, ACCURACY).values) == pytest.approx(0, abs=1e-12)


def test_places_keep_equal_say_when_their_blocks_are_resampled():
    # Both places are without spread inside: nothing may vary, however different they are.
    tally = make([90.0] * 10 + [10.0] * 5, [0] * 10 + [1] * 5)
    assert np.ptp(resample(tally, ACCURACY).values) == pytest.approx(0, abs=1e-12)
    pooled = make([90.0] * 10 + [10.0] * 10, [0] * 10 + [1] * 10, [0] * 20)
    assert np.ptp(resample(pooled, ACCURACY).values) == pytest.approx(0, abs=1e-12)


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
    assert halves["given"] == pytest.approx(0, abs=1e-12)


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
    weights = units.weights(50, 0)
    for metric in (ACCURACY, BALANCED):
        slow = _resample._weighted_repeats(tally, metric, units, weights).mean(axis=2)
        assert _resample._weighted_scores(tally, metric, units, weights) == pytest.approx(slow)
