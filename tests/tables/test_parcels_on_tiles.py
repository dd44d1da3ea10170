"""Parcels that lie on several tiles: all their pixels count, each once, in any order of tiles."""

from itertools import permutations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine
from tests.data.alphaearth import NORTH, codes, write_alphaearth
from typer.testing import CliRunner

from bocage.cli._app import app
from bocage.sources import _parcel_outlines, open_source
from bocage.tables import sample_labels

SIDE, STEP = 64, 10
STATISTICS = ("mean", "std", "min", "max")


@pytest.fixture
def stored():
    made = codes(SIDE * SIDE).reshape(64, SIDE, SIDE).copy()
    made[:, 20:24, 28:34] = -128
    return made


def _write(path, stored, rows, columns, **how):
    part = stored[:, rows, columns]
    corner = (NORTH[0] + STEP * columns.start, NORTH[1] + STEP * rows.start)
    write_alphaearth(path, *part.shape[1:], values=part, corner=corner, **how)
    return path


def _parcels(path, n=12):
    """Write parcels on the middle of the raster, one that reaches beyond it, and a large one."""
    rng = np.random.default_rng(5)
    x = NORTH[0] + STEP * (SIDE / 2 + rng.uniform(-4, 4, n))
    y = NORTH[1] + STEP * rng.uniform(8, SIDE - 8, n)
    boxes = shapely.box(x - 45, y - 30, x + 45, y + 30)
    beyond = shapely.box(NORTH[0] - 500, NORTH[1] + 100, NORTH[0] + 40, NORTH[1] + 150)
    whole = shapely.box(NORTH[0], NORTH[1], NORTH[0] + STEP * SIDE, NORTH[1] + STEP * SIDE)
    shapes = np.array([*boxes, beyond, whole])
    gpd.GeoDataFrame({"crop": ["a", "b"] * (len(shapes) // 2)}, geometry=shapes,
                     crs=32633).to_file(path)  # fmt: skip
    return path


@pytest.mark.parametrize("piece", [512, 7])
def test_all_pixels_of_all_tiles_give_the_bits_of_the_whole_raster(
    tmp_path, stored, monkeypatch, piece
):
    monkeypatch.setattr(_parcel_outlines, "PIECE", piece)
    every = slice(0, SIDE)
    whole = _write(tmp_path / "whole.tif", stored, every, every)
    tiles = [
        _write(tmp_path / "a.tif", stored, every, slice(0, 31), block=16),
        # It overlaps both others, which counts no pixel twice.
        _write(tmp_path / "b.tif", stored, slice(0, 40), slice(25, SIDE)),
        _write(tmp_path / "c.tif", stored, slice(33, SIDE), slice(31, SIDE), block=64),
    ]
    parcels = _parcels(tmp_path / "parcels.gpkg")
    expected = sample_labels(parcels, [open_source(whole)], statistics=STATISTICS)
    assert (expected.frame["n_pixels"] > 40).sum() == 13
    note = "1 of 14 parcels has data in fewer than half of its pixels: n_pixels gives their number"
    assert expected.notes == (note,)
    for order in permutations(tiles):
        found = sample_labels(parcels, [open_source(t) for t in order], statistics=STATISTICS)
        pd.testing.assert_frame_equal(found.frame, expected.frame, check_exact=True)
        assert found.notes == (note,)
    sources = [word for tile in tiles for word in ("--source", str(tile))]
    out = tmp_path / "out.parquet"
    said = CliRunner().invoke(
        app, ["sample", str(parcels), *sources, "--statistics", ",".join(STATISTICS), "-o",
              str(out)],
    )  # fmt: skip
    assert said.exit_code == 0, said.output
    assert f"note: {note}" in said.output
    pd.testing.assert_frame_equal(
        gpd.read_parquet(out).drop(columns="geometry"),
        expected.frame.drop(columns="geometry"),
        check_exact=True,
    )


def test_tiles_that_can_not_be_joined_give_a_parcel_the_one_that_holds_most(tmp_path, stored):
    every = slice(0, SIDE)
    left = _write(tmp_path / "left.tif", stored, every, slice(0, 30))
    # Half a pixel off: no mean of both would be of one grid.
    right = tmp_path / "right.tif"
    corner = (NORTH[0] + STEP * 30 + 5, NORTH[1])
    write_alphaearth(right, SIDE, 34, values=stored[:, :, 30:], corner=corner)
    x, y = NORTH[0] + STEP * 30.0, NORTH[1] + 400
    shapes = [shapely.box(x - 60, y, x + 20, y + 40), shapely.box(x - 20, y, x + 70, y + 40)]
    shapes += [shapely.box(x - 90, y, x - 20, y + 40)]
    gpd.GeoDataFrame({"crop": ["a", "b", "a"]}, geometry=shapes, crs=32633).to_file(
        tmp_path / "parcels.gpkg"
    )
    alone = [
        sample_labels(tmp_path / "parcels.gpkg", [open_source(path)], keep_all=True).frame
        for path in (left, right)
    ]
    for order in ((left, right), (right, left)):
        found = sample_labels(tmp_path / "parcels.gpkg", [open_source(path) for path in order])
        assert found.frame["n_pixels"].tolist() == [24, 28, 28]
        for row, own in enumerate((0, 1, 0)):
            assert (found.frame.loc[row, "A00"] == alone[own].loc[row, "A00"]).all()
        assert "2 of 3 parcels lie on tiles that can't be joined" in found.notes[0]


def test_masked_pixels_of_a_tile_are_taken_from_the_next(tmp_path):
    """Tiles of reflectance with masks, without any number for no data, that overlap wholly."""
    rng = np.random.default_rng(0)
    values = rng.integers(20, 200, (2, 16, 16)).astype("uint8")
    known = np.arange(16) < 8
    for name, mask in (("a", known), ("b", ~known), ("whole", known | True)):
        with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(
            tmp_path / f"{name}.tif", "w", driver="GTiff", height=16, width=16, count=2,
            dtype="uint8", crs="EPSG:32633", transform=Affine(10, 0, 5e5, 0, -10, 5e6),
        ) as file:  # fmt: skip
            file.write(np.where(mask, values, 3).astype("uint8"))
            file.descriptions = ("red", "nir")
            file.write_mask(np.broadcast_to(mask, (16, 16)))
    box = shapely.box(5e5 + 30, 5e6 - 130, 5e5 + 130, 5e6 - 20)
    gpd.GeoDataFrame({"crop": ["a"]}, geometry=[box], crs=32633).to_file(tmp_path / "p.gpkg")
    opened = [open_source(tmp_path / f"{name}.tif") for name in ("a", "b", "whole")]
    found = sample_labels(tmp_path / "p.gpkg", opened[:2]).frame
    expected = sample_labels(tmp_path / "p.gpkg", opened[2:]).frame
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert found["n_pixels"].tolist() == [110]
