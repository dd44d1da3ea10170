"""Maps of polygons by models of pixels and of means: what is said, and what is refused."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine
from tests.data.alphaearth import NORTH, write_alphaearth
from tests.data.models import make_model, stored_embeddings
from tests.data.parcels import box

from bocage.core import DataError, SettingsError
from bocage.mapping import make_map, map_parcels, parcel_points
from bocage.models import band_of, load_model, places_of, save_model
from bocage.sources import AEF_CODING, Coding, Declared, open_source
from bocage.tables import read_rows

SIDE = 30


def _support(model, support):
    return replace(model, training=replace(model.training, support=support))


def _rows(path, shapes, **columns):
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=32633)
    frame.to_file(path)
    return read_rows(path)


@pytest.fixture
def raster(tmp_path):
    stored = stored_embeddings(SIDE * SIDE, seed=2).reshape(64, SIDE, SIDE).copy()
    stored[:, 20:25, 20:25] = -128
    write_alphaearth(tmp_path / "aef.tif", SIDE, SIDE, values=stored)
    return open_source(tmp_path / "aef.tif", Declared(years=(2024,)))


def _values(raster, rows, columns):
    """Decoded pixels, shape (64, n); rows from the south."""
    with rasterio.open(raster.paths[0]) as file:
        return AEF_CODING.decode(file.read())[:, rows, columns].reshape(64, -1)


@pytest.mark.parametrize("support", ["pixel", "polygon"])
def test_polygons_get_what_the_model_says_of_their_pixels_or_of_their_mean(
    raster, tmp_path, support
):
    model = _support(make_model(), support)
    shapes = [box(1, 1, 6, 5), box(3, 3, 6, 5), box(21, 21, 2, 2), box(24, 10, 1, 1)]
    rows = _rows(tmp_path / "p.gpkg", shapes, name=list("abcd"))
    made = map_parcels(model, [raster], rows, tmp_path / "m.gpkg")
    parts = [(slice(1, 7), slice(1, 6)), (slice(3, 9), slice(3, 8)), (slice(24, 25), slice(10, 11))]
    expected = []
    for part in parts:
        X = _values(raster, *part)
        if support == "polygon":
            mean = X.mean(axis=1)
            expected.append(model.predict((mean / np.linalg.norm(mean))[None])[0])
        else:
            expected.append(model.predict(X.T).mean(axis=0))
    table = gpd.read_file(tmp_path / "m.gpkg")
    found = table[[f"p_{name}" for name in model.classes]].to_numpy()
    np.testing.assert_allclose(found[[0, 1, 3]], expected, atol=1e-12)
    assert np.isnan(found[2]).all()
    assert pd.isna(table["class"][2])
    assert table["n_pixels"].tolist() == [30, 30, 0, 1]
    assert "1 of 4 polygons has no pixel with data, and therefore no class" in made.notes
    assert made.n_polygons == tuple((table["class"] == name).sum() for name in model.classes)
    assert sum(made.areas) == pytest.approx(61 * 100, rel=2e-3)
    areas = pd.read_csv(tmp_path / "m_parcel_areas.csv")
    assert areas["polygons"].tolist() == list(made.n_polygons)


@pytest.mark.parametrize("support", ["pixel", "polygon"])
def test_polygons_that_cross_themselves_are_counted(raster, tmp_path, support):
    left, low, right, high = box(1, 1, 6, 6).bounds
    tie = shapely.Polygon([(left, low), (right, high), (right, low), (left, high)])
    rows = _rows(tmp_path / "p.gpkg", [tie, box(8, 8, 6, 5)], name=list("ab"))
    made = map_parcels(_support(make_model(), support), [raster], rows, tmp_path / "m.gpkg")
    assert any(
        note.startswith("p.gpkg: 1 of 2 polygons crosses or overlaps itself") for note in made.notes
    )


def test_a_model_of_means_paints_no_pixels_wherever_it_was_kept(raster, tmp_path):
    save_model(_support(make_model(), "polygon"), tmp_path / "model")
    model = load_model(tmp_path / "model")
    with pytest.raises(SettingsError, match="trained on polygon means"):
        make_map(model, raster, tmp_path / "m.tif")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("m.")] == []
    # Models of before say nothing of it.
    text = (tmp_path / "model" / "model.json").read_text()
    assert '"support": "polygon"' in text


def test_values_on_another_scale_are_refused_where_enough_polygons_tell(tmp_path):
    values = np.random.default_rng(0).normal(size=(64, SIDE, SIDE)).astype("float32")
    with rasterio.open(
        tmp_path / "v.tif", "w", driver="GTiff", height=SIDE, width=SIDE, count=64,
        dtype="float32", crs="EPSG:32633",
        transform=Affine(10, 0, NORTH[0], 0, -10, NORTH[1] + 10 * SIDE),
    ) as file:  # fmt: skip
        file.write(values * 1000 + 5000)
    names = tuple(f"v{band:02d}" for band in range(64))
    raster = open_source(tmp_path / "v.tif", Declared(names))
    made = replace(make_model(), bands=names)
    for support in ("pixel", "polygon"):
        model = _support(replace(made, coding=Coding("linear", None)), support)
        many = _rows(tmp_path / "p.gpkg", [box(r, 1, 1, 3) for r in range(1, 21)], name=range(20))
        with pytest.raises(DataError, match="expected values on the same scale"):
            map_parcels(model, [raster], many, tmp_path / "m.gpkg")
        few = _rows(tmp_path / "q.gpkg", [box(1, 1, 1, 3)], name=["a"])
        made_few = map_parcels(model, [raster, raster], few, tmp_path / "m.gpkg")
        said = next(n for n in made_few.notes if "unlike all training samples" in n)
        assert " of v.tif and 1 more" in said


def test_points_of_polygons_are_those_on_the_raster(raster, tmp_path):
    rows = _rows(tmp_path / "p.gpkg", [box(1, 1, 4, 4), box(300, 1, 4, 4)], name=["a", "b"])
    found = parcel_points(rows, [raster])
    np.testing.assert_array_equal(found, rows.lonlat[:1])
    away = _rows(tmp_path / "q.gpkg", [box(300, 1, 4, 4)], name=["b"])
    assert parcel_points(away, [raster]) is None


def test_columns_of_statistics_are_found_in_the_bands_of_a_source():
    names = ("A00", "A01", "red_mean")
    assert band_of("A01_std", names) == ("A01", "std")
    # A band that is called so is that band.
    assert band_of("red_mean", names) == ("red_mean", "mean")
    assert band_of("red_mean_max", names) == ("red_mean", "max")
    assert band_of("A02_std", names) is None
    assert places_of(("A01_std", "A00", "n_pixels"), names, "polygon") == (1, 0, 0)
    assert places_of(("A01_std",), names, "pixel") is None
