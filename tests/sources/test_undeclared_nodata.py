"""Usual marks for nothing that nobody declared are refused where they are read."""

import numpy as np
import pytest
import rasterio
from affine import Affine

from bocage.core import DataError
from bocage.sources import Declared, Watch, Window, join_tiles, look_around, open_source

SIDE = 40


def _write(path, *, number=-9999.0, dtype="float32", nodata=None, bands=2, left=0, hole=True):
    values = np.random.default_rng(0).uniform(10, 90, (bands, SIDE, SIDE)).astype(dtype)
    if hole:
        values[:, 3:7, 5:10] = number
    with rasterio.open(
        path, "w", driver="GTiff", height=SIDE, width=SIDE, count=bands, dtype=dtype,
        crs="EPSG:32633", transform=Affine(10, 0, 5e5 + left, 0, -10, 5e6), nodata=nodata,
    ) as out:  # fmt: skip
        out.write(values)
        out.descriptions = tuple(f"b{path.stem}{i}" for i in range(bands))
    return path


@pytest.mark.parametrize(
    ("number", "dtype"),
    [(-9999, "float32"), (-9999, "int16"), (-32768, "int16"), (-99999, "int32"), (1e20, "float32")],
)
@pytest.mark.parametrize("bands", [1, 2])
def test_each_mark_is_told_with_its_share_and_what_to_do(tmp_path, number, dtype, bands):
    raster = open_source(_write(tmp_path / "r.tif", number=number, dtype=dtype, bands=bands))
    where = "all bands" if bands > 1 else "band br0"
    with pytest.raises(DataError) as told:
        look_around(raster.watched(Watch()), raster.grid.whole)
    assert str(told.value) == (
        f"20 of 1,600 examined pixels of r.tif (1.2%) hold {number:g} in {where}, which is not "
        f"declared as nodata; expected measured values: declare it with --nodata {number:g}, or "
        f"in the file (gdal_edit.py -a_nodata {number:g} r.tif)"
    )


def test_a_file_with_another_number_is_not_told_to_forget_it(tmp_path):
    raster = open_source(_write(tmp_path / "r.tif", nodata=0)).watched(Watch())
    with pytest.raises(DataError, match=r"declare it with --nodata -9999$"):
        raster.pixels(raster.grid.whole)


@pytest.mark.parametrize("way", ["declared", "in the file", "none held", "zeros", "one band"])
def test_what_is_declared_or_measured_passes(tmp_path, way):
    path = _write(
        tmp_path / "r.tif", number=0 if way == "zeros" else -9999, hole=way != "none held",
        nodata=-9999 if way == "in the file" else None,
    )  # fmt: skip
    if way == "one band":
        with rasterio.open(path, "r+") as file:
            file.write(np.full((SIDE, SIDE), 5, "float32"), 2)
    raster = open_source(path, Declared(nodata=-9999 if way == "declared" else None))
    found = raster.watched(Watch()).pixels(raster.grid.whole)
    assert found.missing.sum() == (20 if way in ("declared", "in the file") else 0)


def test_what_a_model_learned_from_is_measured_and_one_band_with_another_is_enough(tmp_path):
    raster = open_source(_write(tmp_path / "r.tif"))
    low, high = np.array([-1e4, 10.0]), np.array([90.0, 90.0])
    whole = raster.grid.whole
    watch = Watch.around([0, 1], low, high, 2)
    raster.watched(watch).pixels(whole, [0])
    words = r"-9999 in band br1.*like those of the training samples \(br1: 10 to 90\)"
    with pytest.raises(DataError, match=r"like those of the training samples"):
        raster.watched(watch).pixels(whole)
    with rasterio.open(tmp_path / "r.tif", "r+") as file:
        file.write(np.full((SIDE, SIDE), 5, "float32"), 1)
    with pytest.raises(DataError, match=words):
        open_source(tmp_path / "r.tif").watched(watch).pixels(whole)


def test_tiles_and_parts_of_a_stack_are_watched_by_what_they_store(tmp_path):
    one = open_source(_write(tmp_path / "r.tif"))
    (tmp_path / "east").mkdir()
    east = open_source(_write(tmp_path / "east" / "r.tif", left=10 * SIDE, hole=False))
    tiles = join_tiles([east, one])
    with pytest.raises(DataError, match="hold -9999 in all bands"):
        tiles.watched(Watch()).pixels(tiles.grid.whole)
    paths = [_write(tmp_path / "s.tif", dtype="uint16", hole=False), tmp_path / "r.tif"]
    # As values the mark would be another number.
    stack = open_source(paths, Declared(scale=0.01))
    stack.pixels(stack.grid.whole)
    for watch in (Watch(), Watch.around(range(4), np.zeros(4), np.ones(4), 4)):
        with pytest.raises(DataError, match="hold -9999 in all bands"):
            stack.watched(watch).pixels(stack.grid.whole)
    held = Watch.around(range(4), np.full(4, -100.0), np.ones(4), 4)
    assert not stack.watched(held).pixels(Window(3, 5, 1, 1)).missing.any()


@pytest.mark.parametrize("case", ["fill", "uint16", "few", "unlike", "measured", "declared"])
def test_a_number_far_from_all_that_was_learned_that_pixels_share_is_refused(tmp_path, case):
    number, dtype = (65535, "uint16") if case == "uint16" else (9999.0, "float32")
    path = _write(tmp_path / "r.tif", number=number, dtype=dtype, hole=case != "few")
    with rasterio.open(path, "r+") as file:
        values = file.read()
        if case == "few":  # a number that three pixels share can be measured
            values[:, 3, 5:8] = number
        if case == "unlike":  # a raster on another scale has many numbers far away
            values = values * 10_000
        file.write(values)
    raster = open_source(path, Declared(nodata=number if case == "declared" else None))
    high = np.array([20_000.0 if case == "measured" else 30.0] * 2)
    raster = raster.watched(Watch.around([0, 1], np.zeros(2), high, 2))
    if case in ("fill", "uint16"):
        with pytest.raises(DataError, match=f"20 of 1,600.*hold {number:g} in all bands.*--nodata"):
            raster.pixels(raster.grid.whole)
    else:
        raster.pixels(raster.grid.whole)


def test_the_largest_whole_number_of_a_type_is_no_measurement_unless_it_was_learned(tmp_path):
    path = _write(tmp_path / "r.tif", number=32767, dtype="int16")
    raster = open_source(path)
    whole, low = raster.grid.whole, np.zeros(2)
    near = Watch.around([0, 1], low, np.array([3e4, 3e4]), 2)
    raster.watched(Watch()).pixels(whole)
    with pytest.raises(DataError, match=r"20 of 1,600.*hold 32767 in all bands.*--nodata 32767"):
        raster.watched(near).pixels(whole)
    raster.watched(Watch.around([0, 1], low, np.array([4e4, 4e4]), 2)).pixels(whole)
    with rasterio.open(path, "r+") as file:
        file.write(np.full((SIDE, SIDE), 50, "int16"), 2)
    with pytest.raises(DataError, match=r"32767 in band br0"):
        open_source(path).watched(near).pixels(whole)
