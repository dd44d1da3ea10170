"""Whole maps: the same bytes however they are made, and never a class where there is no data."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
import rasterio
import shapely
from tests.data.alphaearth import class_codes, patches, write_alphaearth

from bocage.core import DataError, SettingsError, StoreError
from bocage.mapping import MapArea, MapRequest, make_map
from bocage.mapping.painters import PixelPainter
from bocage.methods import Head
from bocage.models import Applicability, MapModel, Training, training_prior
from bocage.models._nearest import FoldRows
from bocage.sources import AEF_BANDS, AEF_CODING, ArraySource, Declared, open_source

CLASSES = ("crop", "tree", "water", "built")
HEIGHT, WIDTH = 150, 130
EVERY = ("confidence", "probability", "applicability", "density")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A raster, its true classes, and rows with codes of some of its pixels."""
    folder = tmp_path_factory.mktemp("world")
    truth = patches(HEIGHT, WIDTH, len(CLASSES))
    stored = class_codes(truth)
    stored[:, 20:31, 40:52] = -128
    write_alphaearth(folder / "aef.tif", values=stored, height=HEIGHT, width=WIDTH)
    rng = np.random.default_rng(3)
    at = rng.choice(truth.size, 400, replace=False)
    X = AEF_CODING.decode(stored.reshape(64, -1)[:, at]).T
    good = np.isfinite(X).all(axis=1)
    return folder / "aef.tif", truth, stored, X[good], truth.ravel()[at][good]


def _model(world, name="logistic", **head):
    _, _, _, X, y = world
    kind = head.pop("kind", "classification")
    n = len(CLASSES)
    fitted = Head(name, kind, head.pop("params", None), n, np.zeros(64, bool), 0).fit(X, y)
    is_classes = kind == "classification"
    counts = np.bincount(y, minlength=n) if is_classes else [len(y)]
    return MapModel(
        fitted, AEF_BANDS, AEF_CODING, "cover", Training(tuple(int(c) for c in counts)),
        classes=CLASSES if is_classes else (),
        prior=tuple(training_prior(name, counts)) if is_classes else (),
        applicability=Applicability.fit(X, np.arange(len(X)) % 5),
    )  # fmt: skip


@pytest.fixture(scope="module")
def model(world):
    return _model(world)


def _make(model, world, path, order=None, **how):
    return make_map(model, open_source(world[0]), path, order, **how)


def test_a_layer_of_a_former_map_goes_and_that_is_said(model, world, tmp_path):
    first = _make(model, world, tmp_path / "map.tif", MapRequest(("confidence", "density")))
    again = _make(model, world, tmp_path / "map.tif", MapRequest(()))
    assert first.files["density"].exists()
    assert not any("former map" in note for note in again.notes)
    other = _make(_model(world, "knn3"), world, tmp_path / "map.tif", MapRequest(("confidence",)))
    gone = "map_density.tif, map_density.qml described the former map and are removed"
    assert any(note.startswith(gone) for note in other.notes)
    assert not first.files["density"].exists()
    assert not first.files["density"].with_suffix(".qml").exists()
    assert other.files["confidence"].exists()


def _read(path):
    with rasterio.open(path) as file:
        return file.read()


def test_a_map_is_right_and_has_no_class_where_there_is_no_data(model, world, tmp_path):
    made = _make(model, world, tmp_path / "map.tif", MapRequest(EVERY))
    _, truth, stored, _, _ = world
    hole = (stored == -128).any(axis=0)[::-1]
    found = _read(made.files["class"])[0]
    np.testing.assert_array_equal(found == 255, hole)
    assert (found == truth[::-1])[~hole].mean() > 0.99
    for name in EVERY:
        layer = _read(made.files[name])
        gone = np.isnan(layer) if name == "density" else layer == 255
        np.testing.assert_array_equal(gone.all(axis=0), hole)
        np.testing.assert_array_equal(gone.any(axis=0), hole)
    with rasterio.open(made.files["class"]) as file, rasterio.open(world[0]) as source:
        assert file.transform.e < 0 < source.transform.e
        assert file.bounds.left == source.bounds.left
        assert {file.bounds.top, file.bounds.bottom} == {source.bounds.top, source.bounds.bottom}
    counts = np.bincount(found[~hole], minlength=4)
    assert made.pixels == tuple(counts)
    np.testing.assert_allclose(made.areas, counts * 100.0)


@pytest.mark.parametrize("name", ["logistic", "forest", "xgboost", "lightgbm", "knn3", "bands"])
def test_a_map_is_what_the_model_itself_predicts(world, tmp_path, name):
    model = _model(world, name)
    made = _make(model, world, tmp_path / "map.tif", MapRequest(("confidence", "probability")))
    stored = world[2]
    known = ~(stored == -128).any(axis=0)
    expected = model.predict(AEF_CODING.decode(stored[:, known]).T)
    found = _read(made.files["class"])[0][::-1][known]
    two = np.sort(expected, axis=1)[:, -2:]
    clear = two[:, 1] - two[:, 0] > 1e-6
    np.testing.assert_array_equal(found[clear], expected.argmax(axis=1)[clear])
    shown = _read(made.files["probability"])[:, ::-1][:, known] / 250
    assert np.abs(shown.T - expected).max() <= 0.002 + 1e-5
    confidence = _read(made.files["confidence"])[0][::-1][known]
    assert np.abs(confidence / 100 - two[:, 1]).max() <= 0.005 + 1e-5


def test_a_regression_is_mapped_as_numbers(world, tmp_path):
    model = _model(world, "ridge", kind="regression")
    made = _make(model, world, tmp_path / "map.tif", MapRequest(()))
    stored = world[2]
    known = ~(stored == -128).any(axis=0)
    found = _read(made.files["value"])[0][::-1]
    np.testing.assert_array_equal(np.isnan(found), ~known)
    expected = model.predict(AEF_CODING.decode(stored[:, known]).T)[:, 0]
    np.testing.assert_allclose(found[known], expected, atol=1e-4)
    with pytest.raises(SettingsError, match="probability is only defined for classes"):
        _make(model, world, tmp_path / "no.tif", MapRequest(("probability",)))


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_the_number_of_workers_changes_no_byte(model, world, tmp_path, workers):
    first = _make(model, world, tmp_path / "a.tif", MapRequest(EVERY), workers=4).files
    other = _make(model, world, tmp_path / "b.tif", MapRequest(EVERY), workers=workers).files
    for name in ("class", *EVERY):
        assert first[name].read_bytes() == other[name].read_bytes()


@pytest.mark.slow
def test_a_dask_cluster_changes_no_byte(model, world, tmp_path):
    first = _make(model, world, tmp_path / "a.tif", MapRequest(EVERY)).files
    other = _make(
        model, world, tmp_path / "b.tif", MapRequest(EVERY), workers=2, dask="local"
    ).files
    for name in ("class", *EVERY):
        assert first[name].read_bytes() == other[name].read_bytes()


def _with_errors(world, errors, *, is_share):
    """A model whose method was wrong as told, and held out blocks of every fifth sample."""
    X, rows = world[3], np.arange(len(world[3]))
    folds = [FoldRows(rows[rows % 5 != k], rows[rows % 5 == k]) for k in range(5)]
    return Applicability.of_folds(X, folds, errors=errors(X), is_share=is_share)


def test_the_expected_error_is_that_of_samples_as_far_and_blank_beyond(world, tmp_path):
    near = _with_errors(world, lambda X: np.arange(len(X)) / len(X), is_share=True)
    model = replace(_model(world), applicability=near)
    order = MapRequest(("applicability", "error", "density"))
    made = _make(model, world, tmp_path / "map.tif", order)
    stored = world[2]
    known = ~(stored == -128).any(axis=0)
    index = near.index(AEF_CODING.decode(stored[:, known]).T)
    found = _read(made.files["error"])[0][::-1]
    beyond = index > near.curve.farthest
    assert 0 < beyond.sum() < 0.2 * len(index)
    np.testing.assert_array_equal(found[known] == 255, beyond)
    assert (found[~known] == 255).all()
    expected = near.curve(index[~beyond]) * 100
    assert np.abs(found[known][~beyond] - expected).max() <= 0.5 + 1e-4
    # Beyond is outside: a pixel of which nothing is known is never one that can be trusted.
    inside = _read(made.files["applicability"])[0][::-1][known] <= 100
    assert not inside[beyond].any()
    density = _read(made.files["density"])[0][::-1]
    np.testing.assert_array_equal(np.isnan(density), ~known)
    np.testing.assert_array_equal(density[known] > 0, inside)
    for name in ("applicability", "error", "density"):
        with rasterio.open(made.files[name]) as file:
            assert file.tags()["applicability_rule"] == near.rule
            assert made.files[name].with_suffix(".qml").exists()
    with rasterio.open(made.files["error"]) as file:
        assert f"nodata beyond a dissimilarity of {near.curve.farthest:.3g}" in file.descriptions[0]


def test_the_expected_error_of_numbers_is_in_their_unit(world, tmp_path):
    near = _with_errors(world, lambda X: np.full(len(X), 1.75), is_share=False)
    model = replace(_model(world, "ridge", kind="regression"), applicability=near, unit="t")
    made = _make(model, world, tmp_path / "map.tif", MapRequest(("error",)))
    found = _read(made.files["error"])[0]
    assert np.isfinite(found).mean() > 0.7
    np.testing.assert_allclose(found[np.isfinite(found)], 1.75, rtol=1e-6)
    with rasterio.open(made.files["error"]) as file:
        assert file.units == ("t",)


def test_an_expected_error_that_nobody_measured_is_refused(model, world, tmp_path):
    with pytest.raises(SettingsError, match="the errors of enough held-out samples"):
        _make(model, world, tmp_path / "map.tif", MapRequest(("error",)))
    bare = replace(model, applicability=None)
    with pytest.raises(SettingsError, match="leave out --layers density,error"):
        _make(bare, world, tmp_path / "map.tif", MapRequest(("error", "density")))
    assert not list(tmp_path.iterdir())


def test_an_area_is_cut_out_by_the_centres_of_pixels(model, world, tmp_path):
    raster = open_source(world[0])
    left, low, _, _ = raster.grid.bounds
    shape = shapely.Point(left + 600, low + 700).buffer(333)
    whole = _read(_make(model, world, tmp_path / "a.tif").files["class"])[0]
    order = MapRequest((), MapArea(shape, raster.grid.crs, "area.gpkg"))
    made = _make(model, world, tmp_path / "b.tif", order)
    with rasterio.open(made.files["class"]) as file:
        assert file.shape < whole.shape
        rows, columns = np.indices(file.shape)
        x, y = file.transform * (columns + 0.5, rows + 0.5)
        inside = shapely.intersects_xy(shape, x, y)
        found = file.read(1)
        with rasterio.open(tmp_path / "a.tif") as all_of_it:
            window = rasterio.windows.from_bounds(*file.bounds, all_of_it.transform)
            expected = np.where(inside, all_of_it.read(1, window=window.round()), 255)
    np.testing.assert_array_equal(found, expected)


def test_an_area_in_degrees_smaller_than_a_pixel_gets_its_pixel(model, world, tmp_path):
    raster = open_source(world[0])
    place = raster.grid.xy(np.array([60.2]), np.array([70.2]))[0]
    from bocage.sources import to_crs

    lon, lat = to_crs(raster.grid.crs, "EPSG:4326", place[None])[0]
    tiny = shapely.Point(lon, lat).buffer(1e-6)
    made = _make(
        model, world, tmp_path / "m.tif", MapRequest((), MapArea(tiny, "EPSG:4326", "a.gpkg"))
    )
    found = _read(made.files["class"])
    assert found.shape == (1, 1, 1)
    assert found[0, 0, 0] == world[1][60, 70]


def test_an_area_elsewhere_is_refused(model, world, tmp_path):
    order = MapRequest((), MapArea(shapely.box(0, 0, 1, 1), "EPSG:4326", "area.gpkg"))
    with pytest.raises(DataError, match=r"area\.gpkg does not overlap aef\.tif"):
        _make(model, world, tmp_path / "m.tif", order)
    assert not list(tmp_path.iterdir())


def test_class_shares_move_what_is_uncertain(world, tmp_path):
    _, _, _, X, y = world
    noisy = X + np.random.default_rng(0).normal(0, 0.12, X.shape)
    model = _model((*world[:3], noisy, y))
    plain = _make(model, world, tmp_path / "a.tif", MapRequest(("probability",)))
    shares = {"crop": 0.97, "tree": 0.01, "water": 0.01, "built": 0.01}
    made = _make(model, world, tmp_path / "b.tif", MapRequest(("probability",), prior=shares))
    assert made.prior == (0.97, 0.01, 0.01, 0.01)
    assert "equally frequent" in plain.notes[0]
    assert not any("equally frequent" in note for note in made.notes)
    assert made.pixels[0] > plain.pixels[0]
    p = _read(plain.files["probability"])[:, 100, 100] / 250
    weighted = p * np.array(made.prior) / np.array(model.prior)
    found = _read(made.files["probability"])[:, 100, 100] / 250
    np.testing.assert_allclose(found, weighted / weighted.sum(), atol=0.1)
    estimated = _make(model, world, tmp_path / "c.tif", MapRequest((), prior="estimated"))
    assert abs(sum(estimated.prior) - 1) < 1e-9
    assert "estimated" in estimated.notes[0]
    same = _make(model, world, tmp_path / "d.tif", MapRequest((), prior="uniform"))
    assert (tmp_path / "d.tif").read_bytes() == (tmp_path / "a.tif").read_bytes()
    assert same.pixels == plain.pixels


@pytest.mark.parametrize(
    ("prior", "tells"),
    [
        ("even", "prior 'even' is unknown"),
        ({"crop": 1.0}, "expected one for each class"),
        (dict.fromkeys(CLASSES, 0.0), "not all 0"),
    ],
)
def test_shares_that_make_no_sense_are_refused(model, world, tmp_path, prior, tells):
    with pytest.raises(SettingsError, match=tells):
        _make(model, world, tmp_path / "m.tif", MapRequest((), prior=prior))


def test_a_raster_without_the_models_bands_is_refused(model, tmp_path):
    write_alphaearth(tmp_path / "few.tif", n_bands=10)
    with pytest.raises(DataError, match="no band A10"):
        make_map(model, open_source(tmp_path / "few.tif"), tmp_path / "m.tif")


def test_a_scale_that_is_far_off_is_refused(world, tmp_path):
    path, _, stored, X, y = world
    with rasterio.open(path) as source:
        profile = source.profile | {"dtype": "int16", "nodata": -9999, "interleave": "band"}
        descriptions = tuple(f"ndvi_{i}" for i in range(64))
    values = np.where(stored == -128, -9999, stored.astype(np.int16) * 40 + 5000)
    with rasterio.open(tmp_path / "x.tif", "w", **profile) as out:
        out.write(values.astype(np.int16))
        out.descriptions = descriptions
    scaled = open_source(tmp_path / "x.tif", Declared(scale=1e-4))
    X = scaled.coding.decode(values.reshape(64, -1)[:, ::37]).T
    y = world[1].ravel()[::37][np.isfinite(X).all(axis=1)]
    X = X[np.isfinite(X).all(axis=1)]
    model = _model((path, world[1], stored, X, y))
    model = replace(model, bands=descriptions, coding=scaled.coding)
    assert make_map(model, scaled, tmp_path / "good.tif").pixels
    wrong = replace(model, coding=open_source(tmp_path / "x.tif").coding)
    with pytest.raises(DataError, match="expected values on the same scale"):
        make_map(wrong, open_source(tmp_path / "x.tif"), tmp_path / "bad.tif")


SCRIPT = """
import sys, time
from pathlib import Path
from bocage.mapping import MapRequest, make_map, _engine
from bocage.models import load_model
from bocage.sources import open_source
painted = _engine.paint_window
def slow(job, window):
    time.sleep(0.15)
    return painted(job, window)
_engine.paint_window = slow
import bocage.mapping._windows as w
w.SIDE = 32
make_map(load_model(sys.argv[1]), open_source(sys.argv[2]), Path(sys.argv[3]),
         MapRequest(tuple(sys.argv[4].split(","))), workers=2)
"""


@pytest.mark.slow
def test_a_map_that_is_killed_goes_on_and_has_the_same_bytes(model, world, tmp_path):
    from bocage.models import save_model

    save_model(model, tmp_path / "model")
    whole = _make(model, world, tmp_path / "whole.tif", MapRequest(EVERY)).files
    command = [sys.executable, "-c", SCRIPT, tmp_path / "model", world[0], tmp_path / "map.tif"]
    command.append(",".join(EVERY))
    done = tmp_path / ".map.tif.draft" / "done.txt"
    process = subprocess.Popen(command)
    for _ in range(600):
        if done.exists() and done.read_text().count("\n") > 3:
            break
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    n_done = done.read_text().count("\n")
    assert 3 < n_done < 25
    assert not (tmp_path / "map.tif").exists()
    before = done.read_text()
    subprocess.run(command, check=True)
    assert before
    for name, path in whole.items():
        if name in ("class", *EVERY):
            other = tmp_path / path.name.replace("whole", "map")
            assert path.read_bytes() == other.read_bytes()
    assert not list(tmp_path.glob(".*"))


def test_a_full_disk_leaves_no_map(model, world, tmp_path, monkeypatch):
    from bocage.mapping.outputs import Draft

    def full(*_):
        raise StoreError("the disk is full")

    monkeypatch.setattr(Draft, "put", full)
    with pytest.raises(StoreError, match="the disk is full"):
        _make(model, world, tmp_path / "map.tif")
    assert not (tmp_path / "map.tif").exists()


def test_a_model_that_can_not_be_kept_is_known_before_the_work(model, world, tmp_path):
    old = _make(model, world, tmp_path / "map.tif").files
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    numbers = _model(world, "ridge", kind="regression")
    for broken in (model, numbers):
        with pytest.raises(DataError, match=r"model\.json .* target"):
            _make(replace(broken, target="x" * 3000), world, tmp_path / "map.tif")
    after = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert after == before
    assert old["class"] in after


def test_a_map_that_fails_at_its_end_leaves_nothing_and_is_not_painted_again(
    model, world, tmp_path, monkeypatch
):
    from bocage.mapping import _companion_files

    whole = _make(model, world, tmp_path / "whole.tif").files

    def full(path, *_, **__):
        raise StoreError(f"can't write {path}")

    with monkeypatch.context() as patched:
        patched.setattr(_companion_files, "write_quicklook", full)
        with pytest.raises(StoreError) as caught:
            _make(model, world, tmp_path / "map.tif")
    assert str(caught.value) == f"can't write {tmp_path / 'map.png'}"
    assert not list(tmp_path.glob("map*"))
    # All windows are done: no pixel is read for the map again.
    monkeypatch.setattr(PixelPainter, "paint", full)
    made = _make(model, world, tmp_path / "map.tif").files
    for name in ("class", "confidence"):
        assert made[name].read_bytes() == whole[name].read_bytes()
    assert not list(tmp_path.glob(".*"))


def test_a_map_of_numbers_takes_the_place_of_one_of_classes(model, world, tmp_path):
    _make(model, world, tmp_path / "map.tif", MapRequest(()))
    assert (tmp_path / "map_areas.csv").exists()
    _make(_model(world, "ridge", kind="regression"), world, tmp_path / "map.tif")
    assert {path.name for path in tmp_path.iterdir()} == {
        "map.tif", "map.qml", "map.png", "map_model",
    }  # fmt: skip


def test_an_array_in_memory_gives_the_map_of_its_file_to_the_bit(model, world, tmp_path):
    file = open_source(world[0])
    stored = file.read(file.grid.whole)
    array = ArraySource(stored, file.grid, file.names, file.coding, file.about, file.block)
    order = MapRequest(EVERY)
    one = make_map(model, file, tmp_path / "file.tif", order)
    other = make_map(model, array, tmp_path / "array.tif", order)
    for name in ("class", *EVERY):
        np.testing.assert_array_equal(_read(one.files[name]), _read(other.files[name]))
    assert one.pixels == other.pixels
    assert (one.files["class"].read_bytes()) == (other.files["class"].read_bytes())
