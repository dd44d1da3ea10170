"""Crossings of local curves with the score of labels from elsewhere (synthetic counts)."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from bocage.core import DataError
from bocage.metrics import find_metric
from bocage.stats import isotonic
from bocage.study._equivalence import crossings, worth
from bocage.study._unit_counts import UnitCounts

ACCURACY = find_metric("classification", "accuracy")


def make(share, *, groups=10, blocks=4, methods=("a",), noise=None):
    shape = (len(methods), 1, groups * blocks)
    hits = np.broadcast_to(np.asarray(share, float) * 100, shape) + (0 if noise is None else noise)
    counts = np.zeros((*shape, 2, 2))
    counts[..., 0, 0], counts[..., 0, 1] = hits, 100 - hits
    group = np.repeat(np.arange(groups), blocks)
    names = tuple(f"{g}/{i}" for i, g in enumerate(group))
    return UnitCounts("classification", methods, counts, names, group)


def answer(curve, target, **more):
    local = {float(k): make(score, **more) for k, score in curve.items()}
    return worth(local, make(target, **more), metric=ACCURACY)[0]


def test_the_crossing_is_linear_in_the_logarithm_of_labels():
    found = answer({5: 0.5, 20: 0.7, 80: 0.8}, 0.6)
    assert found.labels == pytest.approx(10.0)
    assert (found.low, found.high) == pytest.approx((10.0, 10.0), abs=0.05)
    assert found.answer == "about 10"
    assert found.sentence == (
        "a: about 10 (10 to 10) local labels are equivalent to all labels from elsewhere."
    )


def test_labels_are_counted_by_class_only_where_every_class_got_as_many():
    found = replace(answer({15: 0.5, 60: 0.7, 240: 0.8}, 0.6), n_elsewhere=812.4)
    assert found.labels == pytest.approx(30.0)
    even = replace(found, n_classes=3, filled=60.0)
    assert even.sentence == (
        "a: about 30 (30 to 30) local labels, 10 per class, are equivalent to all labels "
        "from elsewhere (812 on average)."
    )
    assert "a class" not in replace(even, filled=29.0).sentence
    assert "a class" not in replace(even, labels=np.inf).sentence
    below = replace(even, labels=0.0, low=0.0, high=0.0)
    assert below.sentence.startswith(
        "a: fewer than 15 local labels, 5 per class, are equivalent to"
    )


def test_the_ends_of_a_curve_are_not_rounded_to_more_than_was_seen():
    few = answer({104.4: 0.5, 20.0: 0.4}, 0.3)
    many = answer({5: 0.5, 1234.5: 0.7}, 0.9)
    assert (few.answer, many.answer) == ("fewer than 20", "more than 1,234")
    assert answer({104.4: 0.5, 250: 0.7}, 0.45).answer == "fewer than 105"


def test_an_answer_beyond_the_curve_is_not_extrapolated():
    below = answer({5: 0.5, 20: 0.7}, 0.45)
    above = answer({5: 0.5, 20: 0.7, 83: 0.75}, 0.9)
    assert (below.labels, below.answer, below.range) == (0, "fewer than 5", "")
    assert (above.labels, above.answer, above.range) == (np.inf, "more than 83", "")
    assert "all available local labels give a lower score" in above.sentence
    assert answer({5: 0.5, 20: 0.7}, 0.5).labels == pytest.approx(5.0)
    assert answer({5: 0.5, 20: 0.7}, 0.7).labels == pytest.approx(20.0)


def test_the_interval_may_run_off_the_curve():
    noise = np.random.default_rng(0).normal(0, 20, (1, 1, 40))
    local = {5.0: make(0.5), 20.0: make(0.56), 80.0: make(0.6)}
    found = worth(local, make(0.56, noise=noise - noise.mean()), metric=ACCURACY)[0]
    assert found.labels == pytest.approx(20.0)
    assert found.low == 0
    assert np.isinf(found.high)
    assert found.range == "fewer than 5 to more than 80"


def test_a_curve_of_one_point_that_varies_tells_nothing():
    noise = np.random.default_rng(0).normal(0, 20, (1, 1, 40))
    found = worth({6.7: make(0.6)}, make(0.56, noise=noise - noise.mean()), metric=ACCURACY)[0]
    assert (found.low, found.high) == (0, np.inf)
    assert (found.answer, found.range) == ("undetermined", "")
    assert "fewer than" not in found.sentence
    assert "cannot be determined: the available ones (6.7 on average) may give" in found.sentence


def test_hard_places_do_not_widen_the_interval():
    noise = np.repeat(np.random.default_rng(0).normal(0, 15, 10), 4)[None, None]
    found = answer({5: 0.5, 20: 0.7, 80: 0.8}, 0.6, noise=noise)
    assert (found.low, found.labels, found.high) == pytest.approx((10.0,) * 3, abs=0.05)


def test_a_dip_in_the_curve_gives_one_crossing():
    assert answer({5: 0.5, 10: 0.7, 20: 0.6, 80: 0.8}, 0.65).labels == pytest.approx(10.0)


def test_errors_fall_as_labels_grow():
    def moments(rmse):
        table = np.zeros((1, 1, 40, 6))
        table[..., 0], table[..., 2], table[..., 4] = 10, 100, rmse**2 * 10
        group = np.arange(40) // 4
        return UnitCounts("regression", ("a",), table, tuple(map(str, range(40))), group)

    curve = {10.0: moments(4.0), 1000.0: moments(2.0)}
    found = worth(curve, moments(3.0), metric=find_metric("regression", "rmse"), unit="labels")[0]
    assert found.labels == pytest.approx(100.0)
    assert "local labels are equivalent to" in found.sentence


def test_without_intervals_the_answer_stands_alone():
    found = answer({5: 0.5, 20: 0.7}, 0.6, groups=3, blocks=1)
    assert found.labels == pytest.approx(10.0)
    assert found.range == ""


def test_methods_that_are_not_everywhere_are_left_out():
    local = {5.0: make(0.5, methods=("a", "b")), 20.0: make(0.7, methods=("b",))}
    assert [w.method for w in worth(local, make(0.6, methods=("a", "b")), metric=ACCURACY)] == ["b"]
    with pytest.raises(DataError):
        worth(local, make(0.6, methods=("a",)), metric=ACCURACY)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=7))
def test_isotonic_fits_equal_scikit_learn(values):
    expected = IsotonicRegression().fit_transform(np.arange(len(values)), values)
    assert isotonic(np.array([values]))[0] == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=6), st.floats(0, 1), st.floats(0, 0.5))
def test_a_higher_target_never_needs_fewer_labels(curve, target, more):
    counts = 5.0 * 2.0 ** np.arange(len(curve))
    table = np.array([curve, curve])
    low, high = crossings(counts, table, np.array([target, target + more]))
    assert low <= high * (1 + 1e-9)
    assert low == 0 or counts[0] <= low * (1 + 1e-9)
