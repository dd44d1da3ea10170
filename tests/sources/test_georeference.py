"""Rows and columns, x and y, and systems of coordinates: one way for all rooms."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer
from pyproj.exceptions import ProjError

import bocage
from bocage.core import DataError
from bocage.sources import direct, pixel_area, projected, rowcol_of, to_crs, xy_of

TURNED = tuple(
    Affine.translation(4_123_456.7, 812_345.6) @ Affine.rotation(30) @ Affine.scale(10, -7)
)[:6]
LONLAT = np.array([[15.0, 47.3], [15.1, 47.2], [14.9, 0.0]])


@given(st.floats(0, 1e5), st.floats(0, 1e5))
def test_a_place_goes_back_to_the_row_and_column_that_it_came_from(row, column):
    xy = xy_of(TURNED, np.array([row]), np.array([column]))
    np.testing.assert_allclose(xy[0], Affine(*TURNED) @ (column, row), rtol=1e-14)
    np.testing.assert_allclose(np.ravel(rowcol_of(TURNED, xy)), [row, column], atol=1e-8)


def test_a_pixel_has_the_area_of_its_sides():
    assert pixel_area(TURNED) == pytest.approx(70.0)


@pytest.mark.parametrize("crs", ["EPSG:32633", "EPSG:3035", "EPSG:6933"])
def test_places_get_the_bits_that_proj_gives(crs):
    step = Transformer.from_crs(4326, crs, always_xy=True)
    expected = np.column_stack(step.transform(*LONLAT.T))
    np.testing.assert_array_equal(projected(4326, crs, LONLAT), expected)
    np.testing.assert_array_equal(to_crs("EPSG:4326", crs, LONLAT), expected)
    np.testing.assert_array_equal(np.column_stack(direct(4326, crs).transform(*LONLAT.T)), expected)


def test_an_unknown_system_is_refused_in_words_where_nobody_else_has_some():
    with pytest.raises(DataError, match="can't be converted from 'EPSG:4326' to 'nowhere'"):
        to_crs("EPSG:4326", "nowhere", LONLAT)
    with pytest.raises(ProjError):
        projected(4326, "nowhere", LONLAT)


def test_no_other_module_makes_transformers_or_inverts_a_grid():
    folder = Path(bocage.__file__).parent
    asked = [
        "grep",
        "-rlE",
        r"Transformer\.from_crs|a \* e - b \* d",
        "--include=*.py",
        str(folder),
    ]
    found = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()
    assert [Path(name).name for name in found] == ["_georeference.py"]
