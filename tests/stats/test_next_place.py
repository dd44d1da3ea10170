"""What one more place may give."""

import numpy as np
import pytest
from scipy import stats

from bocage.stats import next_place


def test_without_bounds_it_is_students_prediction_interval():
    x = np.array([0.3, 0.5, 0.7, 0.6])
    found = next_place(x)
    half = stats.t.ppf(0.975, 3) * x.std(ddof=1) * np.sqrt(1 + 1 / 4)
    assert found.value == pytest.approx(x.mean())
    assert (found.low, found.high) == pytest.approx((x.mean() - half, x.mean() + half))


@pytest.mark.parametrize(
    ("bounds", "values"),
    [((0, 1), [0.9, 1.0, 0.95]), ((-np.inf, 1), [0.9, 0.2, -3.0]), ((0, np.inf), [1.0, 9.0, 4.0])],
)
def test_it_stays_in_bounds_and_holds_what_was_seen(bounds, values):
    found = next_place(np.array(values), bounds)
    assert bounds[0] <= found.low < min(values)
    assert max(values) <= found.high <= bounds[1]


@pytest.mark.parametrize("places", [3, 5, 10, 30])
def test_it_holds_a_new_place_95_times_in_100(places):
    rng = np.random.default_rng(places)
    # Scores of places on the scale of the figure, far from both bounds and near one of them.
    for a, b in ((6.0, 4.0), (18.0, 2.0)):
        seen, new = rng.beta(a, b, (1500, places)), rng.beta(a, b, 1500)
        found = [next_place(row, (0, 1)) for row in seen]
        held = [f.low <= x <= f.high for f, x in zip(found, new, strict=True)]
        assert 0.9 <= np.mean(held) <= 0.98


def test_places_without_a_score_count_for_none_and_one_place_foretells_nothing():
    x = np.array([0.4, np.nan, 0.6])
    assert next_place(x, (0, 1)) == next_place(np.array([0.4, 0.6]), (0, 1))
    assert np.isnan(next_place(np.array([0.4]), (0, 1)).low)
    assert np.isnan(next_place(np.array([np.nan]), (0, 1)).value)
