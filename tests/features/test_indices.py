"""Spectral indices against their formulas."""

from dataclasses import replace

import numpy as np
import pytest

from bocage.core import Input, SettingsError
from bocage.features import indices
from bocage.methods import Views, parse_method

BANDS = ("B03", "B04", "B8A", "B11", "B12")


@pytest.fixture
def item():
    values = np.array([[1000.0, 500.0, 4000.0, 2000.0, 1000.0], [0, 0, 0, 0, 0]])
    return Input("hls", values, BANDS, "reflectance x 10000", modality="optical")


def test_known_reflectances_give_known_indices(item):
    found = indices(item)
    made = dict(zip(found.bands, found.values[0], strict=True))
    assert made == pytest.approx(
        {"NDVI": 7 / 9, "NDWI": -0.6, "MNDWI": -1 / 3, "NDMI": 1 / 3, "NBR": 0.6, "NDBI": -1 / 3}
    )
    assert (found.values[1] == 0).all()
    assert found.name == "hls.indices"


def test_a_scale_that_all_bands_share_changes_nothing(item):
    np.testing.assert_allclose(
        indices(replace(item, values=item.values / 1e4)).values, indices(item).values
    )


def test_series_and_chips_have_the_indices_of_each_date_and_pixel(item):
    chips = np.broadcast_to(item.values[:, :, None, None], (2, 5, 4, 4)).astype(np.int16)
    found = indices(replace(item, values=chips))
    assert found.values.shape == (2, 6, 4, 4)
    np.testing.assert_allclose(found.values[:, :, 2, 1], indices(item).values, rtol=1e-6)
    series = np.stack([item.values] * 3, axis=1)
    assert indices(replace(item, values=series)).values.shape == (2, 3, 6)


def test_bands_of_no_index_and_mixed_units_are_refused(item):
    with pytest.raises(SettingsError, match="bands of no spectral index"):
        indices(replace(item, bands=tuple("abcde")))
    units = ("1", "1", "reflectance", "1", "1")
    with pytest.raises(SettingsError, match="in the same unit"):
        indices(replace(item, units=units))


def test_a_method_reads_indices_beside_bands(chip_task):
    method = parse_method("s2+s2.indices:logistic")
    chips = Views(chip_task).chips(method.parts)
    assert chips.n_bands == 3 + 1
    layer = chips.take(np.array([0]))[0, 3]
    green, nir = chip_task.inputs["s2"].values[0, [0, 2]].astype(float)
    np.testing.assert_allclose(layer, (green - nir) / (green + nir), atol=1e-5)


@pytest.fixture
def chip_task():
    from tests.data.chips import make_chip_task

    task = make_chip_task(n=8)
    s2 = task.inputs["s2"]
    values = np.clip(1500 + 4 * s2.values, 1, 9000)
    return replace(task, inputs={"s2": replace(s2, values=values, bands=("B3", "B5", "B8"))})
