"""A number as target, from labels to a map on the command line."""

import json

import numpy as np
import pytest
import rasterio
from affine import Affine
from pyproj import Transformer
from tests.data.alphaearth import NORTH, class_codes, patches, write_alphaearth
from typer.testing import CliRunner

from bocage.cli._app import app
from bocage.mapping.outputs import check_item
from bocage.models import load_model
from bocage.sources import AEF_CODING

SIDE, N = 60, 120
METHODS = ("v:ridge", "v:forest:n_estimators=20", "v+xy:ridge")


def _run(*arguments):
    return CliRunner().invoke(app, [str(part) for part in arguments])


def _done(*arguments):
    made = _run(*arguments)
    assert made.exit_code == 0, (made.output, made.exception)
    return made.output


def _elevation(path):
    """Write four bands of plain numbers, one nodata in one of them; returns values as they lie."""
    rng = np.random.default_rng(0)
    values = rng.normal(50, 10, (4, SIDE, SIDE)).astype(np.float32)
    values[2, 10:15, 20:30] = -9999
    with rasterio.open(
        path, "w", driver="GTiff", height=SIDE, width=SIDE, count=4, dtype="float32",
        nodata=-9999, crs="EPSG:32633", transform=Affine(10, 0, NORTH[0], 0, -10, NORTH[1]),
    ) as file:  # fmt: skip
        file.write(values)
        file.descriptions = ("v1", "v2", "v3", "v4")
    known = (values != -9999).all(axis=0)
    return values.astype(float), known


def _embeddings(path):
    stored = class_codes(patches(SIDE, SIDE, 5))
    stored[:, 10:15, 20:30] = -128
    write_alphaearth(path, SIDE, SIDE, values=stored, bottom_up=False)
    return AEF_CODING.decode(stored), (stored != -128).all(axis=0)


@pytest.fixture(scope="module", params=[("v?", _elevation), ("A??", _embeddings)], ids=["v", "A"])
def world(request, tmp_path_factory):
    """A study of a yield, with the values of its raster and which pixels have data."""
    import geopandas as gpd

    folder = tmp_path_factory.mktemp("yields")
    columns, write = request.param
    values, known = write(folder / "raster.tif")
    rng = np.random.default_rng(1)
    at = rng.choice(np.flatnonzero(known), N, replace=False)
    with rasterio.open(folder / "raster.tif") as file:
        x, y = file.transform @ (at % SIDE + 0.5, at // SIDE + 0.5)
    inputs = values.reshape(len(values), -1)[:, at]
    t_ha = 5 + inputs[0] / inputs[0].std() - inputs[1] / inputs[1].std() + rng.normal(0, 0.2, N)
    labels = {"yield": t_ha, "district": [f"d{4 * column // SIDE}" for column in at % SIDE]}
    points = gpd.points_from_xy(x, y)
    gpd.GeoDataFrame(labels, geometry=points, crs=32633).to_file(folder / "labels.gpkg")
    samples, study = folder / "samples.parquet", folder / "study"
    _done("sample", folder / "labels.gpkg", "--source", folder / "raster.tif", "-o", samples)
    _done(
        "compare", samples, "--target", "yield", "--leave", "district", "--input", f"v={columns}",
        "--methods", ",".join(("prior", *METHODS)), "--budgets", "all", "--repeats", "1",
        "-j", "1", "-o", study,
    )  # fmt: skip
    return folder, values, known


def _read(path):
    with rasterio.open(path) as file:
        return file.read(1)


@pytest.mark.parametrize("method", METHODS)
def test_a_map_of_a_number_holds_what_its_model_predicts(world, tmp_path, method):
    folder, values, known = world
    source = ["--source", folder / "raster.tif"]
    chosen = [*source, "--method", method]
    said = _done("map", folder / "study", *chosen, "-o", tmp_path / "a.tif")
    assert "R² " in said
    _done("fit", folder / "study", *chosen, "-o", tmp_path / "model")
    _done("map", "--model", tmp_path / "model", *source, "-o", tmp_path / "b.tif")
    assert (tmp_path / "a.tif").read_bytes() == (tmp_path / "b.tif").read_bytes()
    found = _read(tmp_path / "a.tif")
    np.testing.assert_array_equal(np.isfinite(found), known)
    for model in map(load_model, (tmp_path / "model", tmp_path / "a_model")):
        assert (model.kind, model.classes, model.prior) == ("regression", (), ())
        if model.fitted is None:
            expected = model.predict(values[:, known].T)
        else:
            with rasterio.open(tmp_path / "a.tif") as file:
                row, column = np.nonzero(known)
                x, y = file.transform @ (column + 0.5, row + 0.5)
                to_degrees = Transformer.from_crs(file.crs, 4326, always_xy=True)
            lonlat = np.column_stack(to_degrees.transform(x, y))
            expected = model.fitted.predict(values[:, known].T, lonlat)
        np.testing.assert_allclose(found[known], expected[:, 0], rtol=1e-5, atol=1e-4)
    # Numbers have a style and a picture, and neither confidence nor areas.
    assert {path.name for path in tmp_path.iterdir() if path.name.startswith("a")} == {
        "a.tif", "a.qml", "a.png", "a_model",
    }  # fmt: skip
    assert not list(tmp_path.glob(".*"))


def test_the_catalogue_tells_of_a_regression_and_its_score(world, tmp_path):
    folder, _, _ = world
    source = ["--source", folder / "raster.tif", "--year", 2024]
    _done("map", folder / "study", *source, "-o", tmp_path / "map.tif")
    item = json.loads((tmp_path / "map.json").read_text())
    check_item(item)
    assert item["properties"]["mlm:tasks"] == ["regression"]
    with rasterio.open(tmp_path / "map.tif") as file:
        tags, names = file.tags(), file.descriptions
    assert tags["bocage_score"].startswith("R² ")
    assert "bocage_calibration" not in tags
    assert (tags["bocage_labels"], names) == (str(N), ("yield",))
    assert tags["bocage_score"] in item["properties"]["description"]


def test_distances_and_errors_are_layers_of_a_number_too(world, tmp_path):
    folder, _, known = world
    _done(
        "map", folder / "study", "--source", folder / "raster.tif", "-o", tmp_path / "map.tif",
        "--method", "v:ridge", "--layers", "applicability,density,error",
    )  # fmt: skip
    error, density = _read(tmp_path / "map_error.tif"), _read(tmp_path / "map_density.tif")
    # In the unit of the target: noise was 0.2, and the target's own spread is above 1.
    assert 0 < np.nanmean(error) < 1
    np.testing.assert_array_equal(np.isfinite(density), known)
    assert np.isnan(error[~known]).all()


@pytest.mark.parametrize("layer", ["confidence", "probability"])
def test_layers_of_classes_are_refused_for_a_number(world, tmp_path, layer):
    folder, _, _ = world
    source = ["--source", folder / "raster.tif", "-o", tmp_path / "map.tif"]
    made = _run("map", folder / "study", *source, "--layers", layer)
    assert f"yield is a number, and {layer} is only defined for classes; expected" in str(
        made.exception
    )
    assert not list(tmp_path.iterdir())


def test_an_area_without_data_has_an_empty_map_of_numbers_and_says_so(world, tmp_path):
    import geopandas as gpd
    import shapely

    folder, _, _ = world
    with rasterio.open(folder / "raster.tif") as file:
        corners = [file.transform @ corner for corner in ((22, 11), (27, 14))]
    area = gpd.GeoSeries([shapely.box(*corners[0], *corners[1])], crs=32633)
    area.to_file(tmp_path / "area.geojson")
    source = ["--source", folder / "raster.tif", "--area", tmp_path / "area.geojson"]
    said = _done("map", folder / "study", *source, "-o", tmp_path / "map.tif")
    assert "no pixel of the area has data, so the map is empty" in " ".join(said.split())
    assert np.isnan(_read(tmp_path / "map.tif")).all()
    assert not (tmp_path / "map.png").exists()


@pytest.mark.parametrize("metric", ["r2", "rmse"])
def test_a_number_that_nothing_tells_is_mapped_with_its_caution(tmp_path, metric):
    import pandas as pd

    values, known = _elevation(tmp_path / "raster.tif")
    rng = np.random.default_rng(4)
    at = rng.choice(np.flatnonzero(known), N, replace=False)
    inputs = values.reshape(len(values), -1)[:, at]
    table = pd.DataFrame(dict(zip(("v1", "v2", "v3", "v4"), inputs, strict=True)))
    with rasterio.open(tmp_path / "raster.tif") as file:
        x, y = file.transform @ (at % SIDE + 0.5, at // SIDE + 0.5)
    lonlat = Transformer.from_crs(32633, 4326, always_xy=True).transform(x, y)
    table["lon"], table["lat"] = lonlat
    table["yield"] = rng.normal(20, 5, N).round(3)
    table["district"] = [f"d{4 * column // SIDE}" for column in at % SIDE]
    table.to_csv(tmp_path / "samples.csv", index=False)
    _done(
        "compare", tmp_path / "samples.csv", "--target", "yield", "--leave", "district",
        "--input", "v=v?", "--methods", "prior,v:knn1", "--budgets", "all", "--repeats", "1",
        "--metric", metric, "--margin", "0.02", "-o", tmp_path / "study", "-j", "1",
    )  # fmt: skip
    made = ["--source", tmp_path / "raster.tif", "--method", "v:knn1"]
    said = _done("map", tmp_path / "study", *made, "-o", tmp_path / "map.tif")
    assert "may be meaningless" in said
    training = load_model(tmp_path / "map_model").training
    assert training.score < 0 if metric == "r2" else training.score > 5
    assert "not shown to beat" in training.caution
    _done("map", "--model", tmp_path / "map_model", *made[:2], "-o", tmp_path / "again.tif")
