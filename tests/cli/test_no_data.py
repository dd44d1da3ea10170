"""From labels to a map: no data never becomes a class, whatever says that there is none."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine
from tests.data.alphaearth import NORTH, class_codes, patches
from tests.data.masked import BANDS, FILLER, is_masked, write_scene
from typer.testing import CliRunner

from bocage.cli._app import app
from bocage.sources import AEF_BANDS

SIDE = 48
STUDY = ["--target", "crop", "--leave", "district", "--budgets", "all", "--repeats", 1, "-j", 1,
         "--trials", 1]  # fmt: skip


def _run(*arguments):
    made = CliRunner().invoke(app, [str(part) for part in arguments])
    assert made.exit_code == 0, made.output
    return made.output


def _labels(path, truth, corner, n=150):
    """Write points on a raster whose first row lies in the north, with four districts."""
    rng = np.random.default_rng(4)
    row, column = rng.integers(SIDE, size=(2, n))
    table = {
        "crop": np.array(["maize", "water"])[truth[row, column]],
        "district": [f"d{4 * at // SIDE}" for at in row],
    }
    points = shapely.points(corner[0] + 10 * (column + 0.5), corner[1] - 10 * (row + 0.5))
    gpd.GeoDataFrame(table, geometry=points, crs=32633).to_file(path)
    return row, column


def _classes(path):
    with rasterio.open(path) as file:
        return file.read(1)


@pytest.mark.parametrize("way", ["internal mask", "alpha", "nodata by band"])
def test_masked_pixels_are_neither_sampled_nor_mapped_nor_drawn(tmp_path, way):
    truth = patches(SIDE, SIDE, 2, size=6)
    rng = np.random.default_rng(1)
    values = 60 + 80 * truth + rng.integers(-15, 15, (4, SIDE, SIDE))
    write_scene(tmp_path / "scene.tif", way, side=SIDE, values=values)
    row, column = _labels(tmp_path / "labels.gpkg", truth, (500_000.0, 5_000_000.0))
    gone, source = is_masked(SIDE), ["--source", tmp_path / "scene.tif"]
    said = _run("sample", tmp_path / "labels.gpkg", *source, "-o", tmp_path / "s.parquet")
    n_gone = int(gone[row, column].sum())
    assert f"{n_gone} of 150 labels lie where there is no data: left out" in said
    table = pd.read_parquet(tmp_path / "s.parquet")
    assert len(table) == 150 - n_gone
    assert "alpha" not in table
    assert not (table[list(BANDS)] == FILLER).any(axis=None)
    study = ["--input", "s2=B*", *STUDY]
    _run("compare", tmp_path / "s.parquet", "--methods", "prior,s2:logistic", *study,
         "-o", tmp_path / "study")  # fmt: skip
    _run("map", tmp_path / "study", *source, "-o", tmp_path / "map.tif", "-j", 1)
    found = _classes(tmp_path / "map.tif")
    np.testing.assert_array_equal(found == 255, gone)
    assert (found == truth)[~gone].mean() > 0.9


@pytest.mark.parametrize("dtype", ["float32", "int8"])
def test_pixels_whose_vector_is_zeros_are_counted_and_get_no_class(tmp_path, dtype):
    """As Earth Engine writes masked pixels; more than half of the file, and its middle."""
    truth = patches(SIDE, SIDE, 2, size=6)
    gone = np.zeros((SIDE, SIDE), dtype=bool)
    gone[8:42, 8:46] = True
    stored = class_codes(truth)
    if dtype == "float32":
        stored = (np.sign(stored) * (stored.astype(float) / 127.5) ** 2).astype(dtype)
    with rasterio.open(
        tmp_path / "aef.tif", "w", driver="GTiff", height=SIDE, width=SIDE, count=64, dtype=dtype,
        crs="EPSG:32633", transform=Affine(10, 0, NORTH[0], 0, -10, NORTH[1]),
    ) as file:  # fmt: skip
        file.write(np.where(gone, 0, stored).astype(dtype))
        file.descriptions = AEF_BANDS
    row, column = _labels(tmp_path / "labels.gpkg", truth, NORTH)
    source = ["--source", tmp_path / "aef.tif"]
    said = _run("sample", tmp_path / "labels.gpkg", *source, "-o", tmp_path / "s.parquet")
    assert f"{gone[row, column].sum()} of 150 labels lie where there is no data: left out" in said
    said = _run("sample", tmp_path / "labels.gpkg", *source, "--keep-all", "-o",
                tmp_path / "all.csv")  # fmt: skip
    kept = pd.read_csv(tmp_path / "all.csv")
    np.testing.assert_array_equal(kept["A07"].isna(), gone[row, column])
    _run("compare", tmp_path / "s.parquet", "--methods", "prior,aef:logistic", *STUDY,
         "-o", tmp_path / "study")  # fmt: skip
    _run("map", tmp_path / "study", *source, "-o", tmp_path / "map.tif", "-j", 1)
    np.testing.assert_array_equal(_classes(tmp_path / "map.tif") == 255, gone)
    _run("explain", tmp_path / "s.parquet", *STUDY[:4], *source, "-o", tmp_path / "why", "-j", 1)
