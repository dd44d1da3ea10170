"""Variograms: figures of gstat, and fields whose range is known."""

import numpy as np
import pytest
from tests.data.meuse import XY, ZINC

from bocage.splits import fit_spherical, variogram


def test_figures_of_gstat_are_met():
    found = variogram(XY, np.log(ZINC))
    assert found.n_pairs[:3].tolist() == [57, 299, 419]
    np.testing.assert_allclose(found.distance[:3], [79.29244, 163.97367, 267.36483], atol=5e-6)
    np.testing.assert_allclose(found.gamma[:3], [0.1234479, 0.2162185, 0.3027859], atol=5e-8)
    # vgm(1, "Sph", 900, 1) fitted by gstat with its default weights.
    model = fit_spherical(found)
    assert model.range == pytest.approx(897.02, abs=0.1)
    assert model.nugget == pytest.approx(0.05066, abs=2e-5)
    assert model.sill == pytest.approx(0.59061, abs=2e-5)


def test_several_columns_are_added_up():
    both = np.column_stack([np.log(ZINC), XY[:, 0] / 1000])
    parts = [variogram(XY, column).gamma for column in both.T]
    np.testing.assert_allclose(variogram(XY, both).gamma, sum(parts))


def test_values_that_are_no_more_alike_when_near_have_no_range():
    shuffled = np.random.default_rng(0).permutation(np.log(ZINC))
    assert np.isnan(fit_spherical(variogram(XY, shuffled)).range)


def test_too_few_pairs_say_nothing():
    model = fit_spherical(variogram(XY[:8], np.log(ZINC[:8])))
    assert np.isnan(model.range)
