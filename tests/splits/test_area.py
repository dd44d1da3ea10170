"""The area to be mapped: polygons and rasters of any system become points spread evenly."""

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import rasterio.features
import shapely
from rasterio.enums import ColorInterp
from rasterio.transform import from_origin

from bocage.core import DataError
from bocage.splits import read_area
from bocage.splits._distances import nearest, nearest_other
from bocage.tasks import on_the_ground

BOX = shapely.box(500_000, 5_000_000, 540_000, 5_020_000)  # 40 by 20 km in UTM 33


def _write(tmp_path, shapes, crs=32633, name="area.gpkg"):
    path = tmp_path / name
    gpd.GeoDataFrame(geometry=shapes, crs=crs).to_file(path)
    return path


@pytest.mark.parametrize("crs", [32633, 4326, 3035])
@pytest.mark.parametrize("name", ["area.gpkg", "area.geojson"])
def test_polygons_of_any_system_get_points_at_even_distances(tmp_path, crs, name):
    frame = gpd.GeoDataFrame(geometry=[BOX], crs=32633).to_crs(crs)
    frame.to_file(tmp_path / name)
    area = read_area(tmp_path / name)
    assert area.name == name
    assert 1900 < len(area.lonlat) < 2100
    # 800 square kilometres by 2,000 points: 632 m apart, each.
    assert area.spacing == pytest.approx(632.5, rel=0.01)
    apart = nearest_other(on_the_ground(area.lonlat))
    np.testing.assert_allclose(apart, area.spacing, rtol=0.01)
    points = gpd.GeoSeries(gpd.points_from_xy(*area.lonlat.T), crs=4326).to_crs(32633)
    assert points.within(BOX.buffer(200)).all()
    assert points.union_all().envelope.area > 0.95 * BOX.area


@pytest.mark.parametrize(
    ("crs", "lon", "lat"), [(2056, 6.85, 47.13), (27700, -1.2, 51.7), (31467, 9.0, 48.5)]
)
@pytest.mark.parametrize("form", ["polygons", "raster"])
def test_an_area_of_another_datum_stands_where_the_same_one_in_wgs84_does(
    tmp_path, crs, lon, lat, form
):
    rng = np.random.default_rng(0)
    labels = np.column_stack([lon + rng.uniform(0, 0.05, 60), lat + rng.uniform(0, 0.03, 60)])
    here = gpd.GeoSeries(gpd.points_from_xy(*labels.T), crs=4326).to_crs(crs)
    around = here.buffer(25).union_all()
    paths = [tmp_path / "own.gpkg", tmp_path / "degrees.gpkg"]
    for path, there in zip(paths, (crs, 4326), strict=True):
        gpd.GeoDataFrame(geometry=[around], crs=crs).to_crs(there).to_file(path)
    if form == "raster":
        west, south, east, north = around.bounds
        transform = from_origin(west, north, 5, 5)
        shape = int((north - south) // 5) + 1, int((east - west) // 5) + 1
        valid = rasterio.features.rasterize([around], shape, transform=transform).astype("uint8")
        profile = {"driver": "GTiff", "count": 1, "height": shape[0], "width": shape[1]}
        profile |= {"dtype": "uint8", "nodata": 0, "crs": crs, "transform": transform}
        paths[0] = tmp_path / "own.tif"
        with rasterio.open(paths[0], "w", **profile) as file:
            file.write(valid[None])
    own, degrees = (
        nearest(on_the_ground(read_area(path).lonlat), on_the_ground(labels)) for path in paths
    )
    assert np.median(degrees) == pytest.approx(25 / np.sqrt(2), abs=0.5)
    assert np.median(own) == pytest.approx(np.median(degrees), abs=1)
    # Distances are on a sphere, and half a pixel.
    assert own.max() < 25.2 + (5 if form == "raster" else 0)


def test_scattered_polygons_get_points_by_their_area(tmp_path):
    small, large = shapely.box(0, 0, 1000, 1000), shapely.box(50_000, 0, 53_000, 1000)
    area = read_area(_write(tmp_path, [small, large], 3035))
    east = area.lonlat[:, 0] > area.lonlat[:, 0].mean()
    assert east.mean() == pytest.approx(0.75, abs=0.03)
    # Hundreds of specks, all between the points of any grid: each has one.
    specks = [shapely.box(x, y, x + 1, y + 1) for x in range(0, 10_000, 500) for y in range(5)]
    assert len(read_area(_write(tmp_path, specks, 3035, "specks.gpkg"), n=3).lonlat) > 0


def test_the_date_line_does_not_widen_an_area(tmp_path):
    halves = [shapely.box(179.5, 10, 180, 11), shapely.box(-180, 10, -179.5, 11)]
    area = read_area(_write(tmp_path, halves, 4326))
    assert area.spacing == pytest.approx(np.sqrt(109.5e3 * 111e3 / 2000), rel=0.02)
    assert (np.abs(area.lonlat[:, 0]) > 179).all()


def _raster(tmp_path, values, nodata=None, name="area.tif", mask=None, alpha=False):
    path = tmp_path / name
    count, height, width = values.shape
    profile = {"driver": "GTiff", "count": count, "height": height, "width": width, "crs": 32633}
    profile |= {"dtype": values.dtype, "nodata": nodata}
    profile["transform"] = from_origin(500_000, 5_020_000, 100, 100)
    with rasterio.open(path, "w", **profile) as file:
        if alpha:
            file.colorinterp = [ColorInterp.gray, ColorInterp.alpha]
        file.write(values)
        if mask is not None:
            file.write_mask(mask)
    return path


@pytest.mark.parametrize("how", ["nodata", "mask", "alpha", "nan", "zeros"])
def test_only_the_valid_pixels_of_a_raster_are_the_area(tmp_path, how):
    valid = np.zeros((200, 400), bool)
    valid[:, 200:] = True
    if how == "zeros":  # an embedding cut to an area: no vector has length 0
        path = _raster(tmp_path, np.tile(np.where(valid, 0.1, 0).astype("float32"), (16, 1, 1)))
    elif how == "mask":
        path = _raster(tmp_path, np.full((1, 200, 400), 7, "uint8"), mask=valid)
    elif how == "alpha":
        values = np.stack([np.full(valid.shape, 7), 255 * valid]).astype("uint8")
        path = _raster(tmp_path, values, alpha=True)
    elif how == "nan":
        path = _raster(tmp_path, np.where(valid, 1, np.nan)[None].astype("float32"))
    else:
        path = _raster(tmp_path, np.where(valid, 3, 255)[None].astype("uint8"), nodata=255)
    area = read_area(path)
    assert 1500 < len(area.lonlat) < 3000
    points = gpd.GeoSeries(gpd.points_from_xy(*area.lonlat.T), crs=4326).to_crs(32633)
    assert points.within(shapely.box(520_000, 5_000_000, 540_000, 5_020_000)).all()
    # A class 0 of a map of one band is valid.
    zero = read_area(_raster(tmp_path, np.zeros((1, 20, 20), "uint8"), name="zero.tif"))
    assert len(zero.lonlat) == 400


def test_the_content_of_an_area_is_its_key(tmp_path):
    one = read_area(_write(tmp_path, [BOX]))
    same = read_area(_write(tmp_path, [BOX], name="other_name.gpkg"))
    other = read_area(_write(tmp_path, [shapely.affinity.translate(BOX, 100)], name="moved.gpkg"))
    assert one.key == same.key != other.key


def test_what_is_no_area_is_refused_in_words(tmp_path):
    with pytest.raises(DataError, match=r"there is no file .*gone.gpkg.*check the path"):
        read_area(tmp_path / "gone.gpkg")
    with pytest.raises(DataError, match="holds Point; expected polygons"):
        read_area(_write(tmp_path, [shapely.Point(0, 0)], name="points.gpkg"))
    with pytest.raises(DataError, match="more than a hemisphere"):
        read_area(_write(tmp_path, [shapely.box(-180, -90, 180, 90)], 4326, "earth.gpkg"))
    with pytest.raises(DataError, match="no valid pixel"):
        read_area(_raster(tmp_path, np.full((1, 9, 9), 255, "uint8"), nodata=255))
    (tmp_path / "broken.tif").write_text("no raster")
    with pytest.raises(DataError, match=r"broken.tif can't be read as a raster"):
        read_area(tmp_path / "broken.tif")


@pytest.mark.parametrize("crs", [4326, 32633, 2056])
def test_a_place_on_the_border_of_an_area_stands_in_it_and_one_a_metre_off_does_not(tmp_path, crs):
    corner = shapely.box(6.80, 47.10, 6.85, 47.15)
    frame = gpd.GeoDataFrame(geometry=[corner.segmentize(0.001)], crs=4326).to_crs(crs)
    frame.to_file(tmp_path / "box.gpkg")
    area = read_area(tmp_path / "box.gpkg")
    on = shapely.get_coordinates(corner)
    assert area.holds(on).all()
    assert area.holds(np.array([[6.82, 47.12]])).all()
    assert not area.holds(on + (on - [6.825, 47.125]) * 1e-3).any()
    assert not area.holds(np.array([[-120.0, 47.12], [6.82, -47.12]])).any()


def test_the_pixels_of_a_raster_hold_what_stands_in_them(tmp_path):
    valid = np.ones((40, 40), "uint8")
    valid[:, 20:] = 0
    area = read_area(_raster(tmp_path, valid[None], nodata=0))
    xy = np.array([[501_999, 5_018_000], [502_001, 5_018_000], [499_999, 5_018_000]])
    lonlat = gpd.GeoSeries(gpd.points_from_xy(*xy.T), crs=32633).to_crs(4326).get_coordinates()
    np.testing.assert_array_equal(area.holds(lonlat.to_numpy()), [True, False, False])


def test_longitudes_beyond_180_hold_what_stands_there(tmp_path):
    area = read_area(_write(tmp_path, [shapely.box(190, 10, 191, 11)], 4326))
    np.testing.assert_array_equal(
        area.holds(np.array([[-169.5, 10.5], [190.5, 10.5], [169.5, 10.5]])), [True, True, False]
    )
