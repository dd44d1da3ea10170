"""The expected error by dissimilarity: never falling, blank beyond what was held out."""

import numpy as np
import pytest

from bocage.core import DataError
from bocage.models._error_curve import FEWEST, MOST, SLACK, SLACK_OF_VALUES, ErrorCurve


def steps(n=FEWEST):
    """Right up to an index of 1, wrong in half of the samples beyond, up to 3."""
    index = np.r_[np.linspace(0.0, 1.0, 2 * n), np.linspace(1.001, 3.0, 2 * n)]
    errors = np.r_[np.zeros(2 * n), np.tile([0.0, 1.0], n)]
    return index, errors


def test_it_is_the_error_of_samples_that_lie_as_far():
    curve = ErrorCurve.fit(*steps(), is_share=True)
    np.testing.assert_allclose(curve.error, [0.0, 0.0, 0.5, 0.5])
    assert curve.mean == pytest.approx(0.25)
    assert curve.farthest == 3.0
    np.testing.assert_allclose(curve(np.array([0.0, 0.5, 2.5, 3.0])), [0.0, 0.0, 0.5, 0.5])


def test_beyond_what_was_held_out_nothing_is_said():
    curve = ErrorCurve.fit(*steps(), is_share=True)
    found = curve(np.array([3.0, np.nextafter(3.0, 4.0), 9.0, np.nan]))
    np.testing.assert_array_equal(np.isnan(found), [False, True, True, True])


def test_it_reaches_to_where_the_error_passes_that_of_all():
    index, errors = steps()
    curve = ErrorCurve.fit(index, errors, is_share=True)
    assert curve.level == pytest.approx(0.25 + max(SLACK, np.std(errors) / np.sqrt(FEWEST)))
    assert 0.75 < curve.reach < 2.0
    assert curve(np.array([curve.reach]))[0] == pytest.approx(curve.level, abs=1e-6)
    values = ErrorCurve.fit(index, 8 + errors, is_share=False)
    assert values.level == pytest.approx(8.25 * (1 + SLACK_OF_VALUES))


def test_an_error_that_is_the_same_everywhere_keeps_all_that_was_held_out():
    index = np.linspace(0.1, 2.0, 400)
    curve = ErrorCurve.fit(index, np.tile([0.0, 1.0], 200), is_share=True)
    assert curve.reach == curve.farthest == 2.0


def test_chance_seldom_takes_away_what_was_held_out():
    rng = np.random.default_rng(0)
    kept = []
    for _ in range(200):
        index = rng.random(300)
        curve = ErrorCurve.fit(index, (rng.random(300) < 0.2).astype(float), is_share=True)
        kept.append((index <= curve.reach).mean())
    assert np.mean(kept) > 0.8


def test_it_never_falls_and_keeps_the_mean():
    rng = np.random.default_rng(1)
    index, errors = rng.random(5000), rng.random(5000)
    curve = ErrorCurve.fit(index, errors, is_share=False)
    assert len(curve.at) == MOST
    assert (np.diff(curve.error) >= 0).all()
    assert curve.error.mean() == pytest.approx(errors.mean(), abs=1e-12)


def test_of_few_samples_there_is_none():
    index, errors = np.linspace(0, 1, 2 * FEWEST - 1), np.zeros(2 * FEWEST - 1)
    assert ErrorCurve.fit(index, errors, is_share=True) is None


@pytest.mark.parametrize("errors", [np.zeros(3), np.array([0.0, np.nan])])
def test_errors_of_other_samples_are_refused(errors):
    with pytest.raises(DataError, match="expected one finite error"):
        ErrorCurve.fit(np.zeros(2), errors, is_share=True)


def test_arrays_that_are_no_curve_are_refused():
    whole = ErrorCurve.fit(*steps(), is_share=True).to_arrays()
    with pytest.raises(DataError, match="not a non-decreasing curve"):
        ErrorCurve.from_arrays(whole | {"curve_error": whole["curve_error"][::-1]})
    with pytest.raises(DataError, match="incomplete"):
        ErrorCurve.from_arrays({"curve_at": whole["curve_at"]})
    assert ErrorCurve.from_arrays({}) is None
