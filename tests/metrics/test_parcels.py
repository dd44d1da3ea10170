"""Parcels: one vote a pixel, one class a parcel."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bocage import metrics
from bocage.core import DataError


def draw(seed, n, height, width, ignored=0.2):
    rng = np.random.default_rng(seed)
    true, predicted = rng.integers(0, 3, (2, n, height, width))
    return np.where(rng.uniform(size=true.shape) < ignored, -1, true), predicted


SIZES = st.tuples(
    st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(1, 8), st.integers(1, 8)
)


def test_known_vote():
    parcels = np.array([[[5, 5, 5], [9, 9, 0]]])
    predicted = np.array([[[3, 1, 3], [2, 2, 7]]])
    votes = metrics.parcel_majority(predicted, parcels)
    assert votes.parcel.tolist() == [5, 9]
    assert votes.code.tolist() == [3, 2]
    assert votes.pixels.tolist() == [3, 2]
    assert votes.votes.tolist() == [2, 2]


def test_tie_goes_to_the_lower_code_wherever_it_stands():
    parcels = np.ones((1, 1, 4), int)
    for order in ([4, 4, 2, 2], [2, 2, 4, 4], [2, 4, 2, 4]):
        assert metrics.parcel_majority(np.array([[order]]), parcels).code.tolist() == [2]


def test_parcel_cut_by_the_edge_of_a_chip_votes_once():
    parcels = np.array([[[8, 8]], [[8, 8]]])
    votes = metrics.parcel_majority(np.array([[[1, 1]], [[1, 0]]]), parcels)
    assert votes.parcel.tolist() == [8]
    assert (votes.code.tolist(), votes.pixels.tolist(), votes.votes.tolist()) == ([1], [4], [3])


@given(SIZES)
@settings(deadline=None)
def test_votes_equal_a_slow_count(size):
    seed, *shape = size
    rng = np.random.default_rng(seed)
    # Large codes and ids, in types as narrow as they come.
    predicted = rng.choice([0, 3, 250], shape).astype(np.uint8)
    parcels = rng.choice([0, 1, 7, 2_000_000_000], shape).astype(np.int32)
    votes = metrics.parcel_majority(predicted, parcels)
    assert votes.parcel.tolist() == sorted(set(parcels[parcels > 0].tolist()))
    for i, parcel in enumerate(votes.parcel):
        tally = Counter(predicted[parcels == parcel].tolist())
        best = min(tally, key=lambda code: (-tally[code], code))
        assert (votes.code[i], votes.votes[i]) == (best, tally[best])
        assert votes.pixels[i] == tally.total()


def test_no_parcels_give_no_votes():
    for shape in ((1, 3, 3), (0, 3, 3)):
        none = np.zeros(shape, int)
        votes = metrics.parcel_majority(none, none)
        for column in (votes.parcel, votes.code, votes.pixels, votes.votes):
            assert column.shape == (0,)
            assert column.dtype == np.int64


def test_parcels_that_cannot_be_counted_are_refused():
    chip = np.zeros((1, 3, 3), int)
    with pytest.raises(DataError, match="parcel codes range from -1"):
        metrics.parcel_majority(chip, chip - 1)
    with pytest.raises(DataError, match="expected equal shapes"):
        metrics.parcel_majority(chip, chip[:, 1:])
    with pytest.raises(DataError, match="predicted codes"):
        metrics.parcel_majority(chip - 1, chip)
    with pytest.raises(DataError, match="parcel chips have type float64"):
        metrics.parcel_majority(chip, chip * 1.0)


def test_parcels_are_scored_like_samples():
    counts = np.array([[8, 2], [1, 4]])
    found = metrics.parcel_scores(counts, ("a", "b"))
    assert found["parcel_accuracy"] == pytest.approx(12 / 15)
    assert found["parcel_balanced_accuracy"] == pytest.approx((0.8 + 0.8) / 2)
    assert found["parcel_macro_f1"] == pytest.approx(float(metrics.macro_f1(counts)))
    assert found["parcel_f1:b"] == pytest.approx(8 / 11)
