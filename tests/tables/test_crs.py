"""Coordinate systems that a user names."""

import numpy as np
import pytest

from bocage.core import DataError, SettingsError
from bocage.tables._crs import find_crs, to_degrees

PLACE = np.array([[9.0, 45.0], [np.nan, np.nan], [9.5, 46.0]])


@pytest.mark.parametrize("text", ["EPSG:32632", "epsg:32632", " 32632 ", "+proj=utm +zone=32"])
def test_a_system_is_read_however_it_is_written(text):
    # An easting of 500 km is the zone's middle meridian.
    lonlat, notes = to_degrees(np.array([[500_000.0, 4_982_950.0]]), find_crs(text), ("e", "n"))
    np.testing.assert_allclose(lonlat, [[9.0, 45.0]], atol=1e-4)
    assert notes == ()


@pytest.mark.parametrize(
    ("code", "lon", "lat"),
    [(code, 7.4, 46.9) for code in (32632, 3035, 3857, 4258, 2056)] + [(27700, 0.1, 51.4)],
)
def test_there_and_back_is_the_same_place(code, lon, lat):
    from bocage.sources import to_crs

    here = np.array([[lon, lat]])
    xy = to_crs("EPSG:4326", f"EPSG:{code}", here)
    lonlat, _ = to_degrees(xy, find_crs(str(code)), ("e", "n"))
    # A hundredth of a metre.
    np.testing.assert_allclose(lonlat, here, atol=1e-7)


def test_missing_coordinates_stay_missing():
    from bocage.sources import to_crs

    xy = np.full((3, 2), np.nan)
    xy[[0, 2]] = to_crs("EPSG:4326", "EPSG:32632", PLACE[[0, 2]])
    lonlat, _ = to_degrees(xy, find_crs("32632"), ("e", "n"))
    np.testing.assert_allclose(lonlat, PLACE, atol=2e-9)


@pytest.mark.parametrize("text", ["", "here", "EPSG:1", "99999999", "EPSG:4978", "EPSG:5773"])
def test_what_is_no_system_of_places_is_refused(text):
    with pytest.raises(SettingsError, match="--crs"):
        find_crs(text)


def test_values_that_no_place_has_are_named():
    xy = np.array([[500_000.0, 5_000_000.0], [1e30, 5_000_000.0]])
    with pytest.raises(DataError, match=r"e and n can't be coordinates .*1 of 2 rows is outside"):
        to_degrees(xy, find_crs("32632"), ("e", "n"))


def test_places_where_a_system_is_not_made_for_are_noted():
    # Switzerland's eastings and northings exchanged lie in the Atlantic or beyond.
    xy = np.array([[1_200_000.0, 2_600_000.0], [1_210_000.0, 2_610_000.0]])
    _, notes = to_degrees(xy, find_crs("2056"), ("e", "n"))
    assert "all lie outside its area of use" in notes[0]
