"""Places without a target: one reading of coordinates for labels, samples and whatever comes."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS

from bocage.core import DataError, SettingsError
from bocage.sources import projected
from bocage.tables import read_places, read_task

LONLAT = np.array([[15.0, 47.0], [15.1, 47.2], [14.9, 46.9]])


def test_columns_in_metres_and_in_degrees_tell_the_same_places(tmp_path):
    east, north = projected(4326, 32633, LONLAT).T
    pd.DataFrame({"e": east, "n": north, "what": list("abc")}).to_csv(tmp_path / "m.csv")
    pd.DataFrame({"lon": LONLAT[:, 0], "lat": LONLAT[:, 1]}).to_csv(tmp_path / "d.csv")
    degrees = read_places(tmp_path / "d.csv")
    metres = read_places(tmp_path / "m.csv", lon="e", lat="n", crs="EPSG:32633")
    np.testing.assert_allclose(metres.lonlat, degrees.lonlat, atol=1e-8)
    assert (metres.columns, degrees.columns) == (("e", "n"), ("lon", "lat"))
    for places in (degrees, metres):
        assert (places.shapes, places.crs, len(places)) == (None, None, 3)
        points, crs = places.geometry
        np.testing.assert_array_equal(shapely.get_coordinates(points), places.lonlat)
        assert crs == "EPSG:4326"
    assert list(metres.frame["what"]) == ["a", "b", "c"]


def test_polygons_keep_their_shapes_and_stand_at_a_point_inside(tmp_path):
    corners = projected(4326, 32633, LONLAT)
    shapes = shapely.box(*(corners - 50).T, *(corners + 50).T)
    frame = gpd.GeoDataFrame({"id": [1, 2, 3]}, geometry=shapes, crs=32633)
    frame.to_file(tmp_path / "fields.gpkg", layer="fields")
    places = read_places(tmp_path / "fields.gpkg:fields")
    np.testing.assert_allclose(places.lonlat, LONLAT, atol=1e-6)
    found, crs = places.geometry
    assert shapely.equals(found, shapes).all()
    assert CRS.from_user_input(crs).to_epsg() == 32633
    assert (places.columns, places.names) == ((), ("fields.gpkg",))


def test_a_task_stands_where_its_places_are_read(tmp_path):
    east, north = projected(4326, 32633, LONLAT).T
    table = pd.DataFrame({"x": east, "y": north, "crop": list("aba"), "ndvi": [0.1, 0.5, 0.3]})
    table.to_csv(tmp_path / "t.csv", index=False)
    told = {"lon": "x", "lat": "y", "crs": "EPSG:32633"}
    task = read_task(tmp_path / "t.csv", target="crop", inputs={"vi": "ndvi"}, **told)
    places = read_places(tmp_path / "t.csv", **told)
    np.testing.assert_array_equal(task.lonlat, places.lonlat[task.row])


def test_a_row_without_a_place_stays_and_is_nan(tmp_path):
    (tmp_path / "t.csv").write_text("lon,lat\n15,47\n,\n")
    places = read_places(tmp_path / "t.csv")
    assert np.isnan(places.lonlat).all(axis=1).tolist() == [False, True]
    assert places.is_placed


@pytest.mark.parametrize(
    ("text", "told", "error", "said"),
    [
        ("name\na\n", {}, DataError, "no coordinates found"),
        ("lon,lat\n47,150\n40,140\n", {}, DataError, "look swapped"),
        ("lon,lat\n500000,5200000\n", {}, DataError, "look like metres"),
        ("a,b\n1,2\n", {"lon": "a"}, SettingsError, "only one of --lon and --lat"),
    ],
)
def test_a_table_that_tells_no_places_is_refused_in_one_line(tmp_path, text, told, error, said):
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(error, match=said):
        read_places(tmp_path / "t.csv", **told)
