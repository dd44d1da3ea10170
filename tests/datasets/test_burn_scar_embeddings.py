"""Embeddings beside scenes of burn scars: read, masked, and refused where they do not fit."""

import shutil

import numpy as np
import pytest
from tests.data.burn_scars import (
    embedding_name,
    names,
    quantise,
    write_burn_scars,
    write_embedding,
    write_pair,
)

from bocage.core import BocageError
from bocage.datasets import load_task
from bocage.datasets._burn_scars import hls_burn_scars
from bocage.tables._checks import dequantise_int8

CORNERS = ((500_000.0, 4_200_000.0), (510_000.0, 4_200_000.0))
UTM = "EPSG:32610"
KEYS = ("T10SEH.2018190", "T10SEH.2019100")
SIDE = 16


def vectors(seed=0):
    made = np.random.default_rng(seed).normal(size=(64, SIDE, SIDE))
    return made / np.linalg.norm(made, axis=0)


def write(folder, number=1, values=None, **options):
    options = {"crs": UTM, "corner": CORNERS[number], "pixel": 30.0, **options}
    values = quantise(vectors(number)) if values is None else values
    write_embedding(folder / "training", KEYS[number], values, **options)


@pytest.fixture
def small(tmp_path):
    """Two small scenes with embeddings, 30 m pixels, far apart."""
    rng = np.random.default_rng(0)
    mask = np.zeros((SIDE, SIDE), np.int16)
    mask[4:9, 4:9] = 1
    for number, key in enumerate(KEYS):
        light = rng.uniform(0.02, 0.4, (6, SIDE, SIDE))
        write_pair(tmp_path / "training", key, light, mask, UTM, CORNERS[number], 30.0)
        write(tmp_path, number)
    return tmp_path


def row_of(task, number):
    return int(np.flatnonzero(task.groups["event"] == KEYS[number])[0])


def test_raw_values_become_the_vectors_of_the_guide(small):
    task = hls_burn_scars(folder=small)
    item = task.inputs["aef"]
    assert (item.bands[0], item.bands[-1], len(item.bands)) == ("A00", "A63", 64)
    assert (item.units, item.scaling, item.modality, item.years) == (
        *("1", "keep", "embedding"),
        (2018, 2019),
    )
    raw = quantise(vectors(1)).reshape(64, -1)
    found = item.values[row_of(task, 1)].reshape(64, -1)
    expected = dequantise_int8(raw.T.astype(float)).T
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-5)
    # Half precision tells all steps of the lattice apart.
    np.testing.assert_array_equal(quantise(found.astype(float)), raw)
    assert "assumed to be of the scene's year" in " ".join(task.notes)


@pytest.mark.parametrize("kind", ["float32", "float64", "int16", "raw as float32"])
def test_every_way_to_write_it_gives_the_same(small, kind):
    before = hls_burn_scars(folder=small).inputs["aef"].values
    raw = quantise(vectors(1))
    if kind in {"float32", "float64"}:
        flat = dequantise_int8(raw.reshape(64, -1).T.astype(float)).T
        values, nodata = flat.reshape(raw.shape).astype(kind), None
    else:
        values, nodata = raw.astype("int16" if kind == "int16" else "float32"), -128
    write(small, values=values, nodata=nodata)
    np.testing.assert_array_equal(hls_burn_scars(folder=small).inputs["aef"].values, before)


@pytest.mark.parametrize("lost", ["raw", "declared", "nan", "zeros", "-9999"])
def test_a_pixel_without_a_vector_is_no_class(small, lost):
    before = hls_burn_scars(folder=small)
    if lost == "raw":
        values, nodata = quantise(vectors(1)), None
        # In one band: the guide says in all.
        values[7, 5, 5] = -128
    else:
        values, nodata = vectors(1).astype(np.float32), 5.0 if lost == "declared" else None
        values[:, 5, 5] = {"declared": 5.0, "nan": np.nan, "zeros": 0.0, "-9999": -9999.0}[lost]
    write(small, values=values, nodata=nodata)
    task = hls_burn_scars(folder=small)
    row = row_of(task, 1)
    assert np.argwhere(task.masks[row] == -1).tolist() == [[5, 5]]
    assert (task.inputs["aef"].values[row][:, 5, 5] == 0).all()
    # The image is what it was, and so is the size of the fire.
    old = row_of(before, 1)
    np.testing.assert_array_equal(task.inputs["hls"].values[row], before.inputs["hls"].values[old])
    assert (task.groups["fire_size"] == before.groups["fire_size"]).all()


def test_chips_of_a_scene_hold_their_own_vectors(small):
    task = hls_burn_scars(folder=small, side=8)
    assert task.inputs["aef"].values.shape == (8, 64, 8, 8)
    whole = hls_burn_scars(folder=small)
    # Of each scene the four chips, in whatever order, are its four quarters.
    for key in KEYS:
        rows = np.flatnonzero(task.groups["event"] == key)
        quarters = whole.inputs["aef"].values[row_of(whole, KEYS.index(key))]
        expected = {quarters[:, r : r + 8, c : c + 8].tobytes() for r in (0, 8) for c in (0, 8)}
        assert {task.inputs["aef"].values[row].tobytes() for row in rows} == expected


def test_chips_without_a_vector_are_left_out(small):
    values = quantise(vectors(1))
    values[:, :8, :8] = -128
    write(small, values=values)
    task = hls_burn_scars(folder=small, side=8)
    assert len(task) == len(task.inputs["aef"].values) == len(task.inputs["hls"].values) == 7


def test_the_generator_writes_what_can_be_read(tmp_path, monkeypatch):
    made = write_burn_scars(tmp_path / "hls-burn-scars", side=32, embedding=True)
    monkeypatch.setenv("BOCAGE_DATA", str(tmp_path))
    task = load_task("hls-burn-scars")
    assert len(task) == len(made)
    assert set(task.inputs) == {"hls", "aef"}
    length = np.linalg.norm(task.inputs["aef"].values.astype(float), axis=1)
    np.testing.assert_allclose(length, 1, atol=0.03)


IMAGE, MASK = names(KEYS[1])
EMBEDDING = embedding_name(KEYS[1])
BROKEN = {
    "one lacks": (
        lambda f: (f / "training" / EMBEDDING).unlink(),
        ["1 of 2 scenes have no embedding", IMAGE, "training", "_embedding.tif"],
    ),
    "one lacks in the other subfolder": (
        lambda f: (
            (f / "validation").mkdir(),
            *(shutil.move(f / "training" / n, f / "validation" / n) for n in (IMAGE, MASK)),
            (f / "training" / EMBEDDING).unlink(),
        ),
        ["1 of 2 scenes have no embedding", f"{IMAGE} in validation"],
    ),
    "no scene": (
        lambda f: [(f / "training" / n).unlink() for n in (IMAGE, MASK)],
        ["has no image", EMBEDDING],
    ),
    "bands": (
        lambda f: write(f, values=quantise(vectors(1))[:63]),
        [EMBEDDING, "63 bands", "A00 to A63"],
    ),
    "size": (
        lambda f: write(f, values=quantise(vectors(1))[:, :12]),
        [EMBEDDING, "12 x 16", "16 x 16", "warp"],
    ),
    "place": (
        lambda f: write(f, corner=CORNERS[0]),
        [EMBEDDING, "covers another area", "warp"],
    ),
    "system": (
        lambda f: write(f, crs="EPSG:32611"),
        [EMBEDDING, "covers another area"],
    ),
    "no system": (lambda f: write(f, crs=None), [EMBEDDING, "no coordinate reference system"]),
    "length": (
        lambda f: write(f, values=(3 * vectors(1)).astype(np.float32), nodata=None),
        [EMBEDDING, "length 1", "median 3"],
    ),
    "averaged raw values": (
        lambda f: write(f, values=(quantise(vectors(1)) / 2).astype(np.float32)),
        [EMBEDDING, "length 1", "can't be averaged"],
    ),
    "bytes": (
        lambda f: write(f, values=quantise(vectors(1)).view(np.uint8), nodata=None),
        [EMBEDDING, "from 0 to 255", "raw int8"],
    ),
    "cut": (
        lambda f: (f / "training" / EMBEDDING).write_bytes(b"no raster"),
        [EMBEDDING, "can't be read as a raster", "warp"],
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_an_embedding_that_does_not_fit_is_one_line(small, case):
    change, words = BROKEN[case]
    change(small)
    with pytest.raises(BocageError) as caught:
        hls_burn_scars(folder=small)
    text = str(caught.value)
    assert "\n" not in text
    assert str(small) not in text
    for word in words:
        assert word in text, f"{word!r} is not in: {text}"
