"""Bands, units and scales: declared, converted where known, never guessed."""

from dataclasses import replace

import numpy as np
import pytest

from bocage.core import DataError, Input, SettingsError
from bocage.methods import BACKBONES


def _with(series, band, values=None, unit=None):
    at = series.bands.index(band)
    new, units = series.values.copy(), list(series.units)
    if values is not None:
        new[:, :, at] = values
    if unit is not None:
        units[at] = unit
    return replace(series, values=new, units=tuple(units))


@pytest.mark.parametrize(
    ("band", "values", "tells"),
    [
        ("B4", 0.15, "reflectance x 10000"),
        ("B8", 90_000.0, "90000"),
        ("VV", 0.02, "expects dB"),
        ("VH", 60.0, "expects dB"),
        ("temperature_2m", 17.0, "expects K"),
        ("NDVI", 40.0, "between -1 and 1"),
        ("slope", 300.0, "degree"),
        ("elevation", 40_000.0, "expects m"),
    ],
)
def test_a_wrong_scale_is_refused(backbone, series, places, band, values, tells):
    wrong = _with(series, band, values)
    with pytest.raises(DataError, match=tells) as refused:
        backbone.arrays(wrong, places, True)
    assert band in str(refused.value)
    assert backbone.name in str(refused.value)


def test_a_unit_that_is_not_known_is_refused(backbone, series, places):
    with pytest.raises(SettingsError, match=r"B4 .* declared in '1'.*'reflectance'"):
        backbone.arrays(_with(series, "B4", unit="1"), places, True)


def test_a_declared_unit_is_converted(backbone, series, places):
    expected = backbone.arrays(series, places, True)
    at = [i for i, unit in enumerate(series.units) if unit == "reflectance x 10000"]
    values, units = series.values.copy(), list(series.units)
    values[:, :, at] /= 1e4
    for i in at:
        units[i] = "reflectance"
    warm = series.bands.index("temperature_2m")
    values[:, :, warm] -= 273.15
    units[warm] = "degree Celsius"
    found = backbone.arrays(replace(series, values=values, units=tuple(units)), places, True)
    for name in expected:
        np.testing.assert_allclose(found[name], expected[name], atol=1e-5)


def test_the_order_of_bands_does_not_matter(backbone, series, places):
    order = np.random.default_rng(0).permutation(len(series.bands))
    shuffled = Input(
        "series",
        series.values[:, :, order],
        tuple(series.bands[i] for i in order),
        tuple(series.units[i] for i in order),
        months=series.months,
    )
    expected = backbone.arrays(series, places, True)
    for name, found in backbone.arrays(shuffled, places, True).items():
        np.testing.assert_array_equal(found, expected[name])


def test_a_repeated_band_is_refused(backbone, series, places):
    # B2 and B02 are one band: a network would take it for two.
    twice = Input(
        "series",
        np.concatenate([series.values, series.values[:, :, 2:3]], axis=2),
        (*series.bands, "B02"),
        (*series.units, series.units[2]),
        months=series.months,
    )
    with pytest.raises(SettingsError, match=r"B2 2 times \(B2, B02\)"):
        backbone.arrays(twice, places, True)


def test_a_series_without_months_or_bands_is_refused(backbone, series, places):
    with pytest.raises(SettingsError, match="without months"):
        backbone.arrays(replace(series, months=None), places, True)
    other = replace(series, bands=tuple(f"x{i}" for i in range(len(series.bands))))
    with pytest.raises(SettingsError, match="none of the bands"):
        backbone.arrays(other, places, True)


def test_too_many_dates_are_refused(backbone, series, places):
    long = replace(
        series, values=np.tile(series.values, (1, 9, 1)), months=np.tile(series.months, (1, 9))
    )
    with pytest.raises(SettingsError, match="27 dates"):
        backbone.arrays(long, places, True)


def test_a_part_of_a_group_is_not_enough(series, places):
    one = replace(
        series, values=series.values[:, :, 3:4], bands=("B3",), units=("reflectance x 10000",)
    )
    for name in ("presto", "galileo"):
        with pytest.raises(SettingsError, match="complete group"):
            BACKBONES[name].arrays(one, places, True)


def test_networks_that_see_coordinates_refuse_samples_without(backbone, series, places):
    nowhere = np.full_like(places, np.nan)
    with pytest.raises(SettingsError, match=rf"{backbone.name} reads the coordinates.*place=off"):
        backbone.arrays(series, nowhere, True)
    hidden = backbone.arrays(series, nowhere, False)
    assert all(np.isfinite(part).all() for part in hidden.values())


def test_networks_get_the_true_months_of_a_table(backbone, tmp_path):
    import pandas as pd

    from bocage.tables import InputSpec, read_task

    rng = np.random.default_rng(0)
    n = 12
    frame = pd.DataFrame({"lon": rng.uniform(0, 1, n), "lat": rng.uniform(50, 51, n)})
    frame["crop"] = np.where(np.arange(n) % 2, "maize", "wheat")
    frame["start"] = np.where(np.arange(n) < 5, "2018-09-14", "2015-12-20")
    for step in range(1, 24):
        frame[f"NDVI_{step:02d}"] = rng.uniform(-0.5, 0.9, n)
    frame.to_csv(tmp_path / "t.csv", index=False)
    spec = InputSpec("NDVI_*", series=True, steps=True, first="start", every=16)
    task = read_task(tmp_path / "t.csv", target="crop", inputs={"ndvi": spec})
    found = backbone.arrays(task.inputs["ndvi"], task.lonlat, True)
    months = found["month" if backbone.name == "presto" else "months"]
    for row, at in enumerate(task.row.tolist()):
        days = pd.date_range(frame["start"][at], periods=23, freq="16D")
        # Counted from 0, as both networks do.
        assert months[row].tolist() == (days.month - 1).tolist()
