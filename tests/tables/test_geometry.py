"""Coordinates in any CRS, polygons, and areas that are true square metres."""

import os
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Geod, Transformer

from bocage.core import DataError
from bocage.tables import read_task
from bocage.tables._geometry import places


def shapes(*items) -> np.ndarray:
    return np.array(items, dtype=object)


@pytest.mark.parametrize("epsg", [32631, 3035, 2154, 27700, 3857, 4258])
def test_points_agree_with_pyproj(epsg):
    degrees = np.array([[1.5, 45.25], [2.75, 46.5], [-0.5, 44.0]])
    there = Transformer.from_crs(4326, epsg, always_xy=True).transform(*degrees.T)
    back = Transformer.from_crs(epsg, 4326, always_xy=True).transform(*there)
    lonlat, area = places(shapely.points(*there), CRS.from_epsg(epsg), "t.gpkg")
    np.testing.assert_allclose(lonlat, np.column_stack(back), atol=1e-9)
    # British grid to WGS84 takes a grid or seven parameters: metres, not degrees, off.
    np.testing.assert_allclose(lonlat, degrees, atol=1e-4)
    assert np.isnan(area).all()


@pytest.mark.parametrize("suffix", [".gpkg", ".geoparquet"])
def test_a_file_in_utm_gives_the_same_places(fields, tmp_path, suffix):
    table = gpd.GeoDataFrame(
        fields.drop(columns=["lon", "lat"]),
        geometry=gpd.points_from_xy(fields["lon"], fields["lat"]),
        crs=4326,
    ).to_crs(32631)
    path = tmp_path / f"t{suffix}"
    table.to_file(path) if suffix == ".gpkg" else table.to_parquet(path)
    task = read_task(path, target="crop", inputs={"s2": "B*"})
    np.testing.assert_allclose(task.lonlat[np.argsort(task.row)], fields[["lon", "lat"]], atol=1e-8)


def test_latitude_first_axis_order_does_not_swap():
    lonlat, _ = places(shapes(shapely.Point(5, 45)), "EPSG:4326", "t.gpkg")
    assert lonlat.tolist() == [[5.0, 45.0]]


def test_area_of_a_utm_square_on_the_central_meridian():
    # UTM shrinks lengths by 0.9996 there, so the ground holds 1 / 0.9996 ** 2 as much.
    square = shapely.box(499_950, 5_000_000, 500_050, 5_000_100)
    _, area = places(shapes(square), "EPSG:32631", "t.gpkg")
    assert area[0] == pytest.approx(10_000 / 0.9996**2, rel=1e-5)


@settings(max_examples=30, deadline=None)
@given(st.floats(-179, 178), st.floats(-75, 75), st.floats(0.0005, 0.02), st.floats(0.0005, 0.02))
def test_area_agrees_with_the_geodesic_one(lon, lat, width, height):
    box = shapely.box(lon, lat, lon + width, lat + height)
    _, area = places(shapes(box), "EPSG:4326", "t.gpkg")
    geodesic = abs(Geod(ellps="WGS84").geometry_area_perimeter(box)[0])
    assert area[0] == pytest.approx(geodesic, rel=2e-3)


def test_holes_and_parts_count():
    ring = shapely.box(0, 0, 100, 100).difference(shapely.box(25, 25, 75, 75))
    parts = shapely.MultiPolygon([shapely.box(200, 0, 250, 100), shapely.box(300, 0, 350, 100)])
    moved = [shapely.affinity.translate(item, 499_900, 5_000_000) for item in (ring, parts)]
    _, area = places(shapes(*moved), "EPSG:32631", "t.gpkg")
    np.testing.assert_allclose(area, np.array([7_500, 10_000]) / 0.9996**2, rtol=1e-4)


def test_a_self_crossing_parcel_has_the_area_that_is_seen():
    # Unrepaired, the two triangles of a bow tie cancel to nothing.
    bow = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    _, area = places(shapes(shapely.affinity.translate(bow, 499_900, 5e6)), "EPSG:32631", "t")
    assert area[0] == pytest.approx(5_000 / 0.9996**2, rel=1e-4)


def test_the_point_of_a_polygon_lies_inside_it():
    horseshoe = shapely.box(0, 0, 3, 3).difference(shapely.box(1, 1, 2, 3))
    assert not horseshoe.contains(shapely.Point(1.5, 2))
    lonlat, _ = places(shapes(horseshoe), 4326, "t.gpkg")
    assert horseshoe.contains(shapely.Point(lonlat[0]))


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_geometry_without_crs(fields, write):
    for name in ("t.gpkg", "t.geoparquet"):
        path = write(fields, name, crs=None)
        with pytest.raises(DataError, match=r"the geometry in t\..* has no CRS"):
            read_task(path, target="crop", inputs={"s2": "B*"})


def test_a_crs_that_is_nowhere_on_earth():
    engineering = CRS.from_wkt(
        'ENGCRS["site",EDATUM["site"],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],'
        'LENGTHUNIT["metre",1]]'
    )
    with pytest.raises(DataError, match="can't be converted to longitude and latitude"):
        places(shapes(shapely.Point(1, 2)), engineering, "t.gpkg")


def test_blank_geometry_is_missing_not_zero():
    lonlat, area = places(
        shapes(None, shapely.Point(), shapely.Point(5, 45), shapely.Polygon()), 4326, "t"
    )
    assert np.isnan(lonlat[[0, 1, 3]]).all()
    assert lonlat[2].tolist() == [5, 45]
    assert np.isnan(area).all()


def test_points_that_a_projection_can_not_reach_are_missing():
    lonlat, _ = places(shapes(shapely.Point(1e12, 1e12)), "EPSG:32631", "t.gpkg")
    assert np.isnan(lonlat).all()


def test_areas_go_with_parcels(fields, write):
    half = 0.0005
    boxes = [
        shapely.box(x - half, y - half, x + half, y + half)
        for x, y in zip(fields["lon"], fields["lat"], strict=True)
    ]
    task = read_task(
        write(fields.assign(geometry=boxes), "t.gpkg"), target="crop", inputs={"s2": "B*"}
    )
    assert task.area is not None
    geod = Geod(ellps="WGS84")
    expected = [abs(geod.geometry_area_perimeter(boxes[row])[0]) for row in task.row]
    np.testing.assert_allclose(task.area, expected, rtol=1e-4)


def test_a_mix_of_points_and_parcels_has_no_areas_and_says_so(fields, write):
    mixed = [shapely.Point(x, y) for x, y in zip(fields["lon"], fields["lat"], strict=True)]
    mixed[0] = mixed[0].buffer(0.001)
    path = write(fields.assign(geometry=mixed), "t.geoparquet")
    task = read_task(path, target="crop", inputs={"s2": "B*"})
    assert task.area is None
    assert any("only 1 of 24 samples are polygons" in note for note in task.notes)


@pytest.mark.real
@pytest.mark.skipif("BOCAGE_DATA" not in os.environ, reason="BOCAGE_DATA is not set: no real data")
def test_real_parcels_have_their_geodesic_area():
    path = Path(os.environ["BOCAGE_DATA"]) / "slovenia-lulc" / "LULC.gpkg"
    task = read_task(path, target="LULC_NAME", inputs={"id": "RABA_ID"}, drop_incomplete=True)
    degrees = gpd.read_file(path).to_crs(4326).geometry
    geod = Geod(ellps="WGS84")
    expected = [abs(geod.geometry_area_perimeter(degrees[row])[0]) for row in task.row]
    assert len(task) == 84
    np.testing.assert_allclose(task.area, expected, rtol=1e-4)
    inside = [
        degrees[row].contains(shapely.Point(task.lonlat[i])) for i, row in enumerate(task.row)
    ]
    assert all(inside)
