"""Scenes cut into chips, and masks that are none."""

from dataclasses import replace

import numpy as np
import pytest
from tests.data.chips import make_chip_task, make_chips
from tests.data.masked import SIDE, is_masked, write_scene

from bocage.core import DataError, DownloadError, Input
from bocage.datasets import load_task
from bocage.datasets._burn_scar_scenes import read_codes, to_int16
from bocage.datasets._chips import Scene, cut, read_scene
from bocage.datasets._flood_spain import flood_spain
from bocage.tasks import Samples, build_task


def test_chips_put_together_are_the_scene():
    scene = np.arange(2 * 8 * 12).reshape(2, 8, 12)
    chips = cut(scene, 4)
    assert chips.shape == (6, 2, 4, 4)
    again = chips.reshape(2, 3, 2, 4, 4).transpose(2, 0, 3, 1, 4).reshape(2, 8, 12)
    np.testing.assert_array_equal(again, scene)


def test_a_rest_at_the_edge_is_left_out_and_nothing_is_not_enough():
    assert cut(np.zeros((9, 13)), 4).shape == (6, 4, 4)
    with pytest.raises(DataError, match="contains no chip of 16 pixels"):
        cut(np.zeros((9, 13)), 16)


def test_centres_are_where_the_chips_are():
    scene = Scene(np.zeros((1, 4, 8)), (0.1, 0.0, 10.0, 0.0, -0.1, 50.0), "EPSG:4326")
    np.testing.assert_allclose(scene.centres(4), [[10.2, 49.8], [10.6, 49.8]])


def test_a_file_that_is_no_raster_is_one_line(tmp_path):
    (tmp_path / "x.tif").write_bytes(b"not a tiff")
    with pytest.raises(DataError, match=r"x\.tif can't be read as a raster"):
        read_scene(tmp_path / "x.tif")


def _samples(masks, classes=("land", "water")):
    item = Input("s2", np.zeros((len(masks), 1, *masks.shape[1:])), ("B2",))
    lonlat = np.column_stack([np.arange(len(masks)), np.zeros(len(masks))]).astype(float)
    return Samples("x", "segmentation", np.zeros(len(masks)), lonlat, {"s2": item}, masks=masks,
                   classes=classes)  # fmt: skip


@pytest.mark.parametrize(
    ("masks", "words"),
    [
        (np.full((3, 4, 4), 2, np.int16), "codes from 2 to 2; expected -1"),
        (np.full((3, 4, 4), -2, np.int16), "codes from -2"),
        (np.zeros((3, 4, 4), np.int16), "one class only"),
        (np.zeros((3, 4, 4)), "masks of whole numbers"),
        (np.stack([np.eye(4), -np.ones((4, 4))]).astype(np.int16), "1 chip has no labelled"),
    ],
)
def test_masks_that_can_not_be_used_are_refused(masks, words):
    with pytest.raises(DataError, match=words):
        build_task(_samples(masks))


def test_a_chip_is_called_after_most_of_its_labelled_pixels():
    masks = np.full((2, 4, 4), -1, np.int16)
    masks[0, 0] = [1, 1, 0, -1]
    masks[1, 0] = [0, 0, 1, -1]
    task = build_task(_samples(masks))
    assert task.target[np.argsort(task.row)].tolist() == [1, 0]


def test_a_changed_pixel_changes_the_label_and_not_the_sample():
    task = make_chip_task()
    masks = task.masks.copy()
    masks[3, 5, 5] = 1 - masks[3, 5, 5]
    other = replace(task, masks=masks)
    same = task.label_digests() == other.label_digests()
    assert same.tolist() == [i != 3 for i in range(len(task))]


def test_rows_take_their_masks_along():
    values, masks = make_chips()
    task = make_chip_task()
    np.testing.assert_array_equal(task.masks, masks[task.row])
    np.testing.assert_array_equal(task.inputs["s2"].values, values[task.row])


@pytest.mark.real
@pytest.mark.usefixtures("real_data")
def test_flood_spain_is_what_was_published():
    task = load_task("flood-spain")
    assert (task.kind.name, task.classes, len(task)) == ("segmentation", ("land", "water"), 64)
    codes, count = np.unique(task.masks, return_counts=True)
    assert dict(zip(codes.tolist(), count.tolist(), strict=True)) == {
        -1: 99,
        0: 192_010,
        1: 70_035,
    }
    # Water is dark in the near infrared, and its backscatter is low.
    water = task.masks == 1
    s2, s1 = task.inputs["s2"], task.inputs["s1"]
    nir = s2.values[:, s2.bands.index("B8")]
    assert nir[water].mean() < 0.6 * nir[task.masks == 0].mean()
    assert s1.values[:, 0][water].mean() < s1.values[:, 0][task.masks == 0].mean()


@pytest.mark.usefixtures("real_data")
def test_another_flood_is_refused(tmp_path, monkeypatch):
    folder = tmp_path / "flood-spain"
    folder.mkdir()
    for name in ("S2Hand", "S1Hand", "LabelHand"):
        (folder / f"Spain_7370579_{name}.tif").write_bytes(b"other")
    monkeypatch.setenv("BOCAGE_DATA", str(tmp_path))
    with pytest.raises(DownloadError, match="is not the expected file"):
        flood_spain()


@pytest.mark.parametrize(
    ("parcels", "words"),
    [
        (np.zeros((2, 4, 4), int), r"\(2, 4, 4\); expected whole numbers, one per pixel"),
        (np.zeros((3, 4, 4)), "float64"),
        (np.full((3, 4, 4), -2), "numbers from -2"),
        (np.full((3, 4, 4), 2**31), "to 2147483648"),
    ],
)
def test_parcels_that_can_not_be_used_are_refused(parcels, words):
    masks = np.stack([np.eye(4)] * 3).astype(np.int16)
    with pytest.raises(DataError, match=words):
        build_task(replace(_samples(masks), parcels=parcels))


def test_parcels_stay_with_their_chips():
    masks = np.random.default_rng(0).integers(0, 2, (6, 4, 4)).astype(np.int16)
    parcels = np.arange(6)[:, None, None] * 2 + masks
    task = build_task(replace(_samples(masks), parcels=parcels))
    np.testing.assert_array_equal(task.parcels, task.row[:, None, None] * 2 + task.masks)
    assert task.parcels.dtype == np.int32
    assert np.array_equal(task.take(np.array([4, 1])).parcels, task.parcels[[4, 1]])


@pytest.mark.parametrize("way", ["internal mask", "sidecar mask"])
def test_pixels_that_a_mask_leaves_out_are_known_to_be_none(tmp_path, way):
    write_scene(tmp_path / "scene.tif", way)
    scene = read_scene(tmp_path / "scene.tif")
    np.testing.assert_array_equal(scene.unmasked, ~is_masked())
    scene = replace(scene, values=scene.values.astype(np.float32) / 10_000)
    np.testing.assert_array_equal(to_int16(scene, "scene.tif")[1], ~is_masked())
    write_scene(tmp_path / "mask.tif", way, values=np.ones((4, SIDE, SIDE), int))
    np.testing.assert_array_equal(read_codes(tmp_path / "mask.tif") == 1, ~is_masked())
    assert (read_codes(tmp_path / "mask.tif")[is_masked()] == -1).all()
