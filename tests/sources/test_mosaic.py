"""Tiles behind the face of one raster read as the raster that they were cut from."""

import threading
from dataclasses import replace

import numpy as np
import pytest
import rasterio
from affine import Affine
from tests.data.alphaearth import NORTH, codes, write_alphaearth

from bocage.core import DataError, SettingsError
from bocage.sources import Declared, Window, join_tiles, open_source, tiles_in_words

SIDE, STEP = 64, 10


@pytest.fixture(scope="module")
def whole():
    """Stored numbers as they lie from the south, three tiles wide and two high."""
    stored = codes(6 * SIDE * SIDE).reshape(64, 2 * SIDE, 3 * SIDE).copy()
    stored[:, 10:20, 60:70] = -128
    return stored


@pytest.fixture(scope="module")
def tiles(whole, tmp_path_factory):
    """All tiles but one, out of order."""
    folder = tmp_path_factory.mktemp("tiles")
    made = []
    for row, column in [(1, 2), (0, 0), (0, 1), (1, 0), (0, 2)]:
        x, y = NORTH
        corner = (x + column * SIDE * STEP, y + row * SIDE * STEP)
        part = whole[:, row * SIDE : (row + 1) * SIDE, column * SIDE : (column + 1) * SIDE]
        path = folder / f"{row}{column}.tif"
        write_alphaearth(path, SIDE, SIDE, values=part, corner=corner)
        made.append(open_source(str(path)))
    return made


def test_tiles_read_as_the_raster_they_were_cut_from(tiles, whole):
    mosaic = join_tiles(tiles)
    expected = whole.copy()
    expected[:, SIDE:, SIDE : 2 * SIDE] = -128
    assert (mosaic.grid.height, mosaic.grid.width) == whole.shape[1:]
    assert mosaic.grid.is_bottom_up
    assert mosaic.grid.transform[2] == NORTH[0]
    np.testing.assert_array_equal(mosaic.read(mosaic.grid.whole), expected)
    for window in (Window(50, 40, 30, 90), Window(0, 0, 5, 5), Window(70, 70, 20, 20)):
        np.testing.assert_array_equal(
            mosaic.read(window, (3, 40)), expected[(slice(None), *window.slices)][[3, 40]]
        )
    assert len(mosaic.paths) == 5
    assert mosaic.about.name == "12.tif and 4 more"
    mosaic.close()


def test_one_tile_is_itself(tiles):
    assert join_tiles(tiles[:1]) is tiles[0]


def test_tiles_of_several_files_are_counted_file_by_file(tmp_path):
    tiles = []
    for name, column in (("west", 0), ("east", 20)):
        paths = [tmp_path / f"{name}_{band}.tif" for band in ("red", "nir")]
        for path in paths:
            write_alphaearth(path, 20, 20, corner=(NORTH[0] + STEP * column, NORTH[1]), n_bands=1)
        tiles.append(open_source(paths, Declared(("red", "nir"))))
    assert tiles_in_words(tiles) == join_tiles(tiles).about.name == "west_red.tif and 3 more"


def test_where_tiles_overlap_the_first_with_data_is_taken(whole, tmp_path):
    write_alphaearth(tmp_path / "a.tif", SIDE, SIDE, values=whole[:, :SIDE, :SIDE])
    other = codes(SIDE * SIDE, seed=9).reshape(64, SIDE, SIDE)
    write_alphaearth(tmp_path / "b.tif", SIDE, SIDE, values=other)
    opened = [open_source(str(tmp_path / name)) for name in ("a.tif", "b.tif")]
    found = join_tiles(opened).read(Window(0, 0, SIDE, SIDE))
    hole = (whole[:, :SIDE, :SIDE] == -128).all(axis=0)
    assert hole.any()
    np.testing.assert_array_equal(found[:, hole], other[:, hole])
    np.testing.assert_array_equal(found[:, ~hole], whole[:, :SIDE, :SIDE][:, ~hole])


def test_tiles_of_different_grids_are_refused(tiles, tmp_path):
    def write(name, **how):
        write_alphaearth(tmp_path / name, SIDE, SIDE, **how)
        return open_source(str(tmp_path / name))

    x, y = NORTH
    for other, tells in (
        (write("zone.tif", crs="EPSG:32634"), "different coordinate reference systems"),
        (write("off.tif", corner=(x + 643.0, y)), "off the grid"),
        (write("top.tif", bottom_up=False), "size or direction"),
        (write("few.tif", n_bands=12), "in its bands"),
    ):
        with pytest.raises(DataError, match=tells):
            join_tiles([tiles[0], other])
    later = replace(tiles[1], about=replace(tiles[1].about, years=(1999,)))
    with pytest.raises(DataError, match="in its years"):
        join_tiles([tiles[0], later])


def test_tiles_of_floats_join_and_a_nodata_that_can_not_be_stored_is_refused(tmp_path):
    made = []
    for i in range(2):
        path = tmp_path / f"{i}.tif"
        with rasterio.open(
            path, "w", driver="GTiff", height=4, width=4, count=1, dtype="float32",
            crs="EPSG:32633", transform=Affine(10, 0, 80.0 * i, 0, -10, 0), nodata=np.nan,
        ) as file:  # fmt: skip
            file.write(np.full((1, 4, 4), i + 0.5, dtype=np.float32))
        made.append(open_source(str(path)))
    joined = join_tiles(made)
    found = joined.read(joined.grid.whole)[0]
    assert np.isnan(found[:, 4:8]).all()
    assert (found[:, :4] == 0.5).all()
    assert joined.coding.missing(found[None])[:, 4:8].all()
    with rasterio.open(
        tmp_path / "whole.tif", "w", driver="GTiff", height=4, width=4, count=1, dtype="uint16",
        crs="EPSG:32633", transform=Affine(10, 0, 0, 0, -10, 0),
    ) as file:  # fmt: skip
        file.write(np.ones((1, 4, 4), dtype=np.uint16))
    for nodata in (-9999.0, float("nan")):
        with pytest.raises(SettingsError, match=r"can't be stored in whole\.tif, .* uint16"):
            open_source(str(tmp_path / "whole.tif"), Declared(nodata=nodata))


def test_a_thread_keeps_few_files_open(tmp_path, monkeypatch):
    from bocage.sources import _raster

    monkeypatch.setattr(_raster, "MOST_OPEN", 2)
    monkeypatch.setattr(_raster, "_HERE", threading.local())
    made = []
    for i in range(4):
        path = tmp_path / f"{i}.tif"
        x, y = NORTH
        write_alphaearth(path, 8, 8, corner=(x + 80 * i, y), holes=False, seed=i)
        made.append(open_source(str(path)))
    joined = join_tiles(made)
    whole = joined.read(joined.grid.whole)
    assert len(_raster._HERE.files) <= 2
    for i, tile in enumerate(made):
        np.testing.assert_array_equal(whole[:, :, 8 * i : 8 * i + 8], tile.read(tile.grid.whole))
    joined.close()
    assert not any(path in str(_raster._HERE.files) for path in joined.paths)


def test_a_file_that_was_written_anew_is_read_anew(tmp_path):
    write_alphaearth(tmp_path / "a.tif", 8, 8, holes=False, seed=1)
    raster = open_source(str(tmp_path / "a.tif"))
    before = raster.read(raster.grid.whole)
    (tmp_path / "a.tif").unlink()
    stored = write_alphaearth(tmp_path / "a.tif", 8, 8, holes=False, seed=2)
    again = open_source(str(tmp_path / "a.tif"))
    np.testing.assert_array_equal(again.read(again.grid.whole), stored)
    assert (before != stored).any()
