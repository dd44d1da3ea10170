"""A raster whose fill value nobody declared is neither sampled nor mapped in silence."""

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine
from tests.data.alphaearth import patches
from typer.testing import CliRunner

from bocage.cli._app import app
from bocage.core import BocageError, DataError
from bocage.sources import Watch, open_source

SIDE = 600
"""Wider than two windows that are looked at."""

CORNER = (500_000.0, 5_000_000.0)
HOLES = {"seen at once": (slice(0, 60), slice(0, 60)), "missed": (slice(0, 9), slice(290, 300))}
DECLARED = ["--nodata", "-9999"]


def _run(*arguments):
    made = CliRunner().invoke(app, [str(part) for part in arguments])
    # The command line prints what is raised here, and exits with 2.
    refused = isinstance(made.exception, BocageError)
    return (2, str(made.exception)) if refused else (made.exit_code, made.output)


def _write(path, truth, hole, bands=(0, 1, 2), dtype="float32"):
    rng = np.random.default_rng(1)
    values = 60 + 80 * truth + rng.integers(-15, 15, (3, *truth.shape))
    values = values.astype(dtype)
    if hole is not None:
        values[(list(bands), *hole)] = -9999
    with rasterio.open(
        path, "w", driver="GTiff", height=SIDE, width=SIDE, count=3, dtype=dtype, tiled=True,
        crs="EPSG:32633", transform=Affine(10, 0, CORNER[0], 0, -10, CORNER[1]), blockxsize=64,
        blockysize=64,
    ) as out:  # fmt: skip
        out.write(values)
        out.descriptions = ("B1", "B2", "B3")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undeclared")
    truth = patches(SIDE, SIDE, 2, size=60)
    rng = np.random.default_rng(4)
    row, column = rng.integers(SIDE, size=(2, 200))
    # One label at least stands in each hole.
    row[:2], column[:2] = (20, 4), (20, 295)
    table = {
        "crop": np.array(["maize", "water"])[truth[row, column]],
        "district": [f"d{4 * at // SIDE}" for at in row],
    }
    points = shapely.points(CORNER[0] + 10 * (column + 0.5), CORNER[1] - 10 * (row + 0.5))
    gpd.GeoDataFrame(table, geometry=points, crs=32633).to_file(folder / "labels.gpkg")
    _write(folder / "good.tif", truth, None)
    code, said = _run("sample", folder / "labels.gpkg", "--source", folder / "good.tif",
                      "-o", folder / "s.parquet")  # fmt: skip
    assert code == 0, said
    code, said = _run(
        "compare", folder / "s.parquet", "--target", "crop", "--leave", "district", "--input",
        "s2=B*", "--methods", "prior,s2:logistic", "--budgets", "all", "--repeats", 1,
        "--trials", 1, "-j", 1, "-o", folder / "study",
    )  # fmt: skip
    assert code == 0, said
    code, said = _run("fit", folder / "study", "--source", folder / "good.tif",
                      "-o", folder / "model")  # fmt: skip
    assert code == 0, said
    return folder, truth


@pytest.mark.parametrize("dtype", ["float32", "int16"])
@pytest.mark.parametrize("hole", HOLES)
def test_a_sample_is_refused_until_the_number_is_declared(world, tmp_path, hole, dtype):
    folder, truth = world
    _write(tmp_path / "r.tif", truth, HOLES[hole], dtype=dtype)
    ask = ["sample", folder / "labels.gpkg", "--source", tmp_path / "r.tif"]
    ask += ["-o", tmp_path / "s.parquet"]
    code, said = _run(*ask)
    assert code == 2
    assert "hold -9999 in all bands" in said
    assert not (tmp_path / "s.parquet").exists()
    code, said = _run(*ask, *DECLARED)
    assert code == 0, said
    assert re.search("lies? where there is no data: left out", said)
    assert (pd.read_parquet(tmp_path / "s.parquet")[["B1", "B2", "B3"]] > 0).all(axis=None)


def test_a_sample_is_refused_where_no_label_stands_on_the_number(world, tmp_path):
    folder, truth = world
    _write(tmp_path / "r.tif", truth, (slice(-2, None), slice(-2, None)))
    ask = ["sample", folder / "labels.gpkg", "--source", tmp_path / "r.tif"]
    code, said = _run(*ask, "-o", tmp_path / "s.parquet")
    assert code == 2
    assert said.startswith("4 of 65,536 examined pixels of r.tif")


@pytest.mark.parametrize("way", ["study", "model"])
@pytest.mark.parametrize("hole", HOLES)
@pytest.mark.parametrize("bands", [(0, 1, 2), (1,)])
def test_a_map_is_refused_until_the_number_is_declared(world, tmp_path, hole, way, bands):
    folder, truth = world
    _write(tmp_path / "r.tif", truth, HOLES[hole], bands)
    made_from = [folder / "study"] if way == "study" else ["--model", folder / "model"]
    ask = ["map", *made_from, "--source", tmp_path / "r.tif", "-o", tmp_path / "map.tif", "-j", 1]
    code, said = _run(*ask)
    assert code == 2
    assert f"hold -9999 in {'all bands' if len(bands) > 1 else 'band B2'}" in said
    assert "like those of the training samples" in said
    assert not (tmp_path / "map.tif").exists()
    # Nothing that was painted before it was seen holds space.
    assert list(tmp_path.glob(".map*")) == []
    code, said = _run(*ask, *DECLARED)
    assert code == 0, said
    with rasterio.open(tmp_path / "map.tif") as file:
        found = file.read(1) == 255
    expected = np.zeros_like(found)
    expected[HOLES[hole]] = True
    np.testing.assert_array_equal(found, expected)


def test_pixels_that_are_zero_in_all_bands_as_masked_ones_are_written_get_no_class(
    tmp_path,
):
    with rasterio.open(tmp_path / "zeros.tif", "w", **_zeros_profile()) as out:
        values = np.full((3, 64, 64), 100.0, "float32")
        values[:, :20, :20] = 0
        out.write(values)
        out.descriptions = ("B1", "B2", "B3")
    watch = Watch.around([0, 1, 2], np.full(3, 45.0), np.full(3, 155.0), 3)
    raster = open_source(tmp_path / "zeros.tif").watched(watch)
    with pytest.raises(
        DataError, match=r"400 of 4,096 examined .* hold 0 in all bands.*--nodata 0"
    ):
        raster.pixels(raster.grid.whole, [0, 1, 2])
    # Learned from: then 0 is measured.
    known = Watch.around([0, 1, 2], np.zeros(3), np.full(3, 155.0), 3)
    raster.watched(known).pixels(raster.grid.whole, [0, 1, 2])


def _zeros_profile():
    return {
        "driver": "GTiff", "height": 64, "width": 64, "count": 3, "dtype": "float32",
        "crs": "EPSG:32633", "transform": Affine(10, 0, CORNER[0], 0, -10, CORNER[1]),
    }  # fmt: skip
