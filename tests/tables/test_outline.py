"""The outline of an area: polygons, and what is said of anything else."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from bocage.core import DataError
from bocage.splits import read_area
from bocage.tables import crossing_notes, read_outline


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nosuch.gpkg", "there is no file 'nosuch.gpkg'"),
        ("squares.gpkg", "there is no file 'squares.gpkg'; did you mean 'square.gpkg'?"),
        ("labels.csv", "'labels.csv' can't be read as an area"),
        ("folder", "'folder' is a folder"),
        ("empty.gpkg", "empty.gpkg is empty (0 bytes)"),
    ],
)
def test_an_area_that_is_none_is_told_what_an_area_is(tmp_path, monkeypatch, name, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "labels.csv").write_text("lon,lat\n1,2\n")
    (tmp_path / "empty.gpkg").touch()
    square = gpd.GeoDataFrame(geometry=[shapely.box(5, 45, 6, 46)], crs=4326)
    square.to_file(tmp_path / "square.gpkg")
    with pytest.raises(DataError) as told:
        read_outline(Path(name))
    assert said in str(told.value)
    assert "polygons in a GeoPackage, GeoJSON, Shapefile" in str(told.value)
    assert "label table" not in str(told.value)
    assert read_outline(tmp_path / "square.gpkg")[0].area == pytest.approx(1)


TIE = shapely.Polygon([(5, 45), (7, 47), (7, 45), (5, 47)])
TWICE = shapely.MultiPolygon([shapely.box(5, 45, 7, 47), shapely.box(6, 46, 8, 48)])
TOUCHING = shapely.Polygon([(5, 45), (9, 45), (9, 49), (7, 45), (6, 46), (5, 49)])
"""A ring that touches itself, as some programs write a hole: it encloses one area in any way."""


def test_an_area_that_crosses_itself_says_how_it_was_taken(tmp_path):
    assert not shapely.is_valid(TOUCHING)
    one = gpd.GeoDataFrame(geometry=[TIE, TOUCHING, shapely.box(0, 0, 1, 1)], crs=4326)
    one.to_file(tmp_path / "one.gpkg")
    shape, _, notes = read_outline(tmp_path / "one.gpkg")
    assert shape.covers(shapely.MultiPoint([(6.9, 46), (5.1, 46)]))
    said = (
        "one.gpkg: 1 of 3 polygons crosses or overlaps itself: the area that its lines enclose is "
        "used, except where they enclose it twice; repair it (QGIS: Fix geometries) if that is not "
        "intended"
    )
    assert notes == (said,)
    assert read_area(tmp_path / "one.gpkg").notes == notes
    two = np.array([TIE, TWICE, None, shapely.box(0, 0, 1, 1)])
    assert crossing_notes(two, "two.gpkg")[0].startswith(
        "two.gpkg: 2 of 4 polygons cross or overlap themselves: the area that their lines "
        "enclose is used"
    )
    # As is said: what lies in both parts is not taken.
    assert shapely.make_valid(TWICE).area == pytest.approx(6)
    assert crossing_notes(two[2:], "none") == crossing_notes(np.array([TOUCHING]), "none") == ()
