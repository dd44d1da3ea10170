"""A raster whose values are unlike those of training is mapped with a word, or not at all."""

import numpy as np
import pytest
import rasterio
from affine import Affine
from tests.data.alphaearth import patches

from bocage.mapping import MapArea, make_map
from bocage.mapping._values import unlike
from bocage.methods import Head
from bocage.models import Applicability, MapModel, Training
from bocage.sources import Coding, Declared, open_source

SIDE = 120
BANDS = ("e0", "e1", "e2", "e3", "e4", "e5")
SAID = "that were checked are unlike all training samples"


def _values(seed, shift=0.0):
    """Two classes around 0 (synthetic): on any scale their middle is 0."""
    rng = np.random.default_rng(seed)
    truth = patches(SIDE, SIDE, 2, size=20)
    centre = np.array([[-1.0], [1.0]])
    stored = centre[truth] + rng.normal(size=(*truth.shape, len(BANDS))) + shift
    return np.moveaxis(stored, -1, 0).astype(np.float32), truth


def _write(path, stored):
    with rasterio.open(
        path, "w", driver="GTiff", height=SIDE, width=SIDE, count=len(BANDS), dtype="float32",
        crs="EPSG:32633", transform=Affine(10, 0, 5e5, 0, -10, 5e6), nodata=-9999,
    ) as out:  # fmt: skip
        out.write(stored)
        out.descriptions = BANDS
    return path


@pytest.fixture(scope="module")
def model():
    stored, truth = _values(0)
    at = np.random.default_rng(1).choice(truth.size, 200, replace=False)
    X, y = stored.reshape(len(BANDS), -1)[:, at].T.astype(float), truth.ravel()[at]
    head = Head("logistic", "classification", None, 2, np.zeros(len(BANDS), bool), 0).fit(X, y)
    return MapModel(
        head, BANDS, Coding("linear", -9999.0), "cover", Training((100, 100)),
        classes=("crop", "tree"), prior=(0.5, 0.5),
        applicability=Applicability.fit(X, np.arange(len(X)) % 5),
    )  # fmt: skip


@pytest.mark.parametrize("way", ["in the file", "declared"])
def test_a_map_of_bands_times_ten_says_so_in_words_and_in_its_files(model, tmp_path, way):
    stored, _ = _values(2)
    times = 10 if way == "in the file" else 1
    path = _write(tmp_path / "r.tif", stored * times)
    declared = Declared(scale=10.0 if way == "declared" else None)
    made = make_map(model, open_source(path, declared), tmp_path / "map.tif")
    said = [note for note in made.notes if SAID in note]
    assert len(said) == 1
    assert said[0].endswith("check the scale, the unit and the order of its bands")
    assert float(said[0].split("%")[0]) > 90
    for name in ("class", "confidence"):
        with rasterio.open(made.files[name]) as file:
            assert file.tags()["bocage_caution"] == said[0]
    # It is of this map, and not of the model.
    assert "unlike" not in (made.files["model"] / "model.json").read_text()
    told = "6 bands of r.tif are read as 10 x stored +0, and the model was fitted on plain values"
    assert any(told in note for note in made.notes) == (way == "declared")


@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_a_map_of_the_same_land_or_of_land_next_door_is_not_doubted(model, tmp_path, shift):
    stored, _ = _values(3, shift)
    stored[:, :30] = -9999
    made = make_map(model, open_source(_write(tmp_path / "r.tif", stored)), tmp_path / "map.tif")
    assert not any(SAID in note or "are read as" in note for note in made.notes)
    with rasterio.open(made.files["class"]) as file:
        assert "bocage_caution" not in file.tags()


def test_what_lies_outside_the_area_is_not_counted(model, tmp_path):
    import shapely

    stored, _ = _values(4)
    stored[:, :100] *= 10
    raster = open_source(_write(tmp_path / "r.tif", stored))
    below = MapArea(shapely.box(5e5, 5e6 - 1200, 5e5 + 1200, 5e6 - 1000), "EPSG:32633", "area")
    shape = shapely.MultiPolygon([below.shape, shapely.box(5e5, 5e6 - 30, 5e5 + 30, 5e6)])
    places = tuple(range(len(BANDS)))
    assert unlike(model, raster, places, raster.grid.whole, None)
    assert not unlike(model, raster, places, raster.grid.whole, shape)


def test_a_method_without_labels_to_measure_from_knows_the_range_of_each_input(tmp_path):
    stored, _ = _values(5)
    raster = open_source(_write(tmp_path / "r.tif", stored * 10))

    class Ranges:
        """The limits of a network's inputs, of three bands each."""

        limits = (*(np.full(6, end) for end in (-4.0, 0.0, 4.0)),)
        parts = (slice(0, 3), slice(3, 6))
        applicability = None

    places = tuple(range(len(BANDS)))
    assert SAID in unlike(Ranges(), raster, places, raster.grid.whole, None)
    near = open_source(_write(tmp_path / "near.tif", stored * 1.5))
    assert not unlike(Ranges(), near, places, near.grid.whole, None)
    # One input that is off is not excused by another that fits.
    stored[:3] *= 10
    half = open_source(_write(tmp_path / "half.tif", stored))
    assert SAID in unlike(Ranges(), half, places, half.grid.whole, None)


def test_a_map_of_one_class_says_so_where_it_is_no_detail(model, tmp_path):
    # So little above the middle of training that no value is strange, and all are of one class.
    stored = np.full((len(BANDS), SIDE, SIDE), 0.6, np.float32)
    made = make_map(model, open_source(_write(tmp_path / "r.tif", stored)), tmp_path / "map.tif")
    said = [note for note in made.notes if note.startswith("all 14,400 pixels of the map are ")]
    assert len(said) == 1
    assert "one of 2 classes in training" in said[0]
    stored, _ = _values(3)
    made = make_map(model, open_source(_write(tmp_path / "b.tif", stored)), tmp_path / "two.tif")
    assert not any("pixels of the map are" in note for note in made.notes)
