"""Networks on chips make maps: no seams, the same bytes however made, nothing where no data is."""

from dataclasses import replace

import numpy as np
import pytest
import rasterio
import shapely
import torch
from affine import Affine
from tests.data.chips import fitted_on, make_reflectance_chips

from bocage.core import DataError, SettingsError
from bocage.mapping import MapArea, MapRequest, _windows, make_map
from bocage.mapping.painters import ChipPainter, Tiling
from bocage.methods import Recipe
from bocage.models import MapModel, Training, load_model, save_model
from bocage.sources import Declared, open_source

HEIGHT, WIDTH = 150, 130
BANDS = ("B3", "B4", "B8")
CORNER = (500_000.0, 5_000_000.0)


pytestmark = pytest.mark.usefixtures("own_cache")


@pytest.fixture(scope="module")
def task():
    return make_reflectance_chips(48, BANDS)


def _fitted(task, text, epochs=12):
    return fitted_on(task, text, np.arange(len(task)), Recipe(epochs, epochs))[1]


def _model(task, fitted):
    counts = np.bincount(task.masks[task.masks >= 0], minlength=2)
    return MapModel(
        fitted, fitted.columns, open_coding(), "water",
        Training(tuple(counts.tolist()), method=fitted.method.name, counted="labelled pixels"),
        classes=task.classes, prior=(0.5, 0.5), years=(2020,),
    )  # fmt: skip


def open_coding():
    from bocage.sources import Coding

    return Coding("linear", -1.0)


@pytest.fixture(scope="module")
def unet(task):
    return _fitted(task, "s2:unet:scratch")


@pytest.fixture(scope="module")
def conv(task):
    return _fitted(task, "s2:conv1x1:scratch")


def _write(path, values, *, bottom_up=False):
    height, width = values.shape[1:]
    x, y = CORNER
    rows = values[:, ::-1] if bottom_up else values
    transform = (
        Affine(10, 0, x, 0, 10, y - 10 * height) if bottom_up else Affine(10, 0, x, 0, -10, y)
    )
    with rasterio.open(
        path, "w", driver="GTiff", height=height, width=width, count=len(values), dtype="float32",
        crs="EPSG:32633", transform=transform, nodata=-1.0, tiled=True, blockxsize=64,
        blockysize=64,
    ) as out:  # fmt: skip
        out.write(rows.astype(np.float32))
        out.descriptions = BANDS
    return open_source(str(path), Declared(years=(2020,)))


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Discs of water in land, as the chips have, on a larger grid with a hole in it."""
    rng = np.random.default_rng(5)
    row, column = np.mgrid[:HEIGHT, :WIDTH]
    water = np.zeros((HEIGHT, WIDTH), dtype=bool)
    for _ in range(18):
        middle = rng.uniform(0, [HEIGHT, WIDTH])
        water |= np.hypot(row - middle[0], column - middle[1]) < rng.uniform(4, 10)
    noise = rng.normal(size=(3, HEIGHT, WIDTH))
    values = 1500 + 400 * (noise + 1.5 * np.stack([water, ~water, 0 * water]))
    values = np.clip(values, 0, 9000)
    values[:, 40:52, 70:79] = -1.0
    folder = tmp_path_factory.mktemp("world")
    _write(folder / "up.tif", values, bottom_up=True)
    return _write(folder / "s2.tif", values), water, folder


@pytest.fixture(scope="module")
def whole(task, unet, world, tmp_path_factory):
    """The map of that world, made by two workers."""
    order = MapRequest(("confidence", "probability"))
    path = tmp_path_factory.mktemp("whole") / "map.tif"
    return make_map(_model(task, unet), world[0], path, order, workers=2)


def _read(path):
    with rasterio.open(path) as file:
        return file.read()


def _blended(fitted, raster, overlap):
    tiling = Tiling(fitted.chip, overlap)
    painter = ChipPainter(fitted, (0, 1, 2), raster.coding, tiling=tiling)
    wanted = np.ones((raster.grid.height, raster.grid.width), dtype=bool)
    return painter._blended(raster, raster.grid.whole, wanted)[0][1]


def _jumps(field, size, overlap):
    """Mean step between neighbouring columns where tiles begin, and elsewhere."""
    step = np.abs(np.diff(field, axis=1)).mean(axis=0)
    starts = Tiling(size, overlap).starts(field.shape[1], size[1], 0, field.shape[1])
    seam = np.zeros(len(step), dtype=bool)
    seam[[start - 1 for start in starts if start]] = True
    return step[seam].mean(), step[~seam].mean()


def test_a_constant_field_has_no_seam(conv, tmp_path):
    raster = _write(tmp_path / "flat.tif", np.full((3, 100, 110), 1700.0))
    for overlap in (0.0, 0.25, 0.5):
        made = _blended(conv, raster, overlap)
        np.testing.assert_allclose(made, made[0, 0], atol=1e-7)


def test_a_ramp_stays_a_ramp_of_what_one_pixel_says(conv, tmp_path):
    ramp = np.broadcast_to(1000 + 10.0 * np.arange(110), (3, 100, 110)).copy()
    ramp[1] = 2500 - ramp[1]
    raster = _write(tmp_path / "ramp.tif", ramp)
    made = _blended(conv, raster, 0.25)
    # A network without a neighbourhood says of each pixel what it says of that pixel alone.
    alone = conv.predict(np.ascontiguousarray(ramp[None, :, :32, :32]), np.zeros((1, 2)))
    np.testing.assert_allclose(made[:32, :32], alone[0, 1], atol=1e-6)
    np.testing.assert_allclose(made, np.broadcast_to(made[0], made.shape), atol=1e-6)
    steps = np.diff(made[0])
    assert (steps >= -1e-7).all() or (steps <= 1e-7).all()


@pytest.mark.parametrize("field", ["constant", "ramp"])
def test_blending_takes_the_seams_out_of_a_network_with_a_neighbourhood(unet, tmp_path, field):
    values = np.full((3, 128, 224), 1700.0)
    if field == "ramp":
        values = values + 4.0 * np.arange(224)
    raster = _write(tmp_path / "field.tif", values)
    seam, inner = _jumps(_blended(unet, raster, 0.0), unet.chip, 0.0)
    blended, smooth = _jumps(_blended(unet, raster, 0.25), unet.chip, 0.25)
    # Without overlap the edges of chips show; blended, a step there is like any other.
    assert seam > 3 * inner
    assert blended < 2 * smooth
    assert blended < seam / 3


def test_a_map_is_right_and_empty_where_there_is_no_data(whole, world):
    made, water = whole, world[1]
    found = _read(made.files["class"])[0]
    hole = np.zeros_like(water)
    hole[40:52, 70:79] = True
    np.testing.assert_array_equal(found == 255, hole)
    assert (found == water)[~hole].mean() > 0.93
    shown = _read(made.files["probability"])
    np.testing.assert_array_equal((shown == 255).all(axis=0), hole)
    assert (shown.argmax(axis=0) == found)[~hole].mean() > 0.999
    assert made.pixels == tuple(np.bincount(found[~hole], minlength=2))
    assert "labelled pixels" in made.files["catalogue entry"].read_text()


def test_the_north_is_on_top_whichever_way_the_rows_lie(task, unet, world, whole, tmp_path):
    model, folder = _model(task, unet), world[2]
    up = open_source(str(folder / "up.tif"), Declared(years=(2020,)))
    assert up.grid.is_bottom_up
    one = _read(whole.files["class"])
    # Tiles begin in the other corner, so that few pixels may differ.
    other = _read(make_map(model, up, tmp_path / "b.tif").files["class"])
    assert (one == other).mean() > 0.97


def test_a_chip_is_turned_with_the_north_on_top(unet, tmp_path):
    """On this height tiles begin at the same places from either side: all must be equal."""
    values = np.clip(1500 + 400 * np.random.default_rng(0).normal(size=(3, 128, 56)), 0, 9000)
    down = _write(tmp_path / "down.tif", values)
    up = _write(tmp_path / "up.tif", values, bottom_up=True)
    assert up.grid.is_bottom_up
    one, other = _blended(unet, down, 0.25), _blended(unet, up, 0.25)[::-1]
    assert np.abs(one - one[::-1]).max() > 0.1
    np.testing.assert_allclose(one, other, atol=1e-12)


@pytest.mark.parametrize("workers", [1, 3])
def test_windows_and_workers_change_no_byte(
    task, unet, world, whole, tmp_path, monkeypatch, workers
):
    # Blocks of 64: nine windows in place of one, across which chips reach.
    monkeypatch.setattr(_windows, "SIDE", 64)
    monkeypatch.setattr(ChipPainter, "height", 1)
    raster = world[0]
    assert len(_windows.windows_of(raster, raster.grid.whole, 3)) == 9
    other = make_map(_model(task, unet), raster, tmp_path / "b.tif", workers=workers).files
    for name in ("class", "confidence"):
        assert whole.files[name].read_bytes() == other[name].read_bytes()


@pytest.mark.slow
def test_a_dask_cluster_changes_no_byte(task, unet, world, whole, tmp_path):
    model = _model(task, unet)
    other = make_map(model, world[0], tmp_path / "b.tif", workers=2, dask="local").files
    assert whole.files["class"].read_bytes() == other["class"].read_bytes()


def test_an_area_shows_what_the_whole_map_shows_there(task, unet, world, whole, tmp_path):
    model, every = _model(task, unet), _read(whole.files["class"])[0]
    x, y = CORNER
    shape = shapely.box(x + 305, y - 1205, x + 905, y - 455)
    order = MapRequest((), MapArea(shape, "EPSG:32633", "area"))
    made = make_map(model, world[0], tmp_path / "b.tif", order)
    with rasterio.open(made.files["class"]) as file:
        part, column, row = file.read(1), (file.bounds.left - x) / 10, (y - file.bounds.top) / 10
    there = every[int(row) : int(row) + part.shape[0], int(column) : int(column) + part.shape[1]]
    known = part < 255
    assert known.sum() > 3000
    np.testing.assert_array_equal(part[known], there[known])


def test_a_raster_smaller_than_a_chip_is_mapped(task, unet, tmp_path):
    raster = _write(tmp_path / "small.tif", np.full((3, 20, 11), 1700.0))
    found = _read(make_map(_model(task, unet), raster, tmp_path / "map.tif").files["class"])
    assert found.shape == (1, 20, 11)
    assert (found < 2).all()


@pytest.mark.parametrize(
    "text",
    [
        "s2:unet:scratch",
        "s2+xy:conv1x1:scratch",
        "s2:galileo:lora:last=1,weights=random",
        "s2:galileo:linear:C=1,weights=random",
        "s2+s2@galileo-random:forest:n_estimators=5",
    ],
)
def test_a_network_is_saved_without_pickle_and_predicts_the_same(task, text, tmp_path):
    model = _model(task, _fitted(task, text, epochs=1))
    folder = save_model(model, tmp_path / "model")
    again = load_model(folder)
    assert not any(path.suffix in (".pkl", ".pt", ".joblib") for path in folder.iterdir())
    assert again.head.key == model.head.key
    chip = task.inputs["s2"].values[:1].astype(float)
    np.testing.assert_array_equal(
        again.head.predict(chip, task.lonlat[:1]), model.head.predict(chip, task.lonlat[:1])
    )
    if "lora" in text:
        # Public weights are not shipped: what learned is.
        assert (folder / "network.npz").stat().st_size < 200_000


def test_class_shares_move_a_networks_map(task, unet, world, whole, tmp_path):
    model, plain = _model(task, unet), whole
    rare = make_map(
        model, world[0], tmp_path / "b.tif", MapRequest(prior={"land": 0.99, "water": 0.01})
    )
    assert rare.pixels[1] < plain.pixels[1]
    guessed = make_map(model, world[0], tmp_path / "c.tif", MapRequest(prior="estimated"))
    share = world[1].mean()
    # Nearer to the truth than the half that was learned, which holds it back.
    assert abs(guessed.prior[1] - share) < 0.5 * abs(model.prior[1] - share)


def test_pixels_of_another_size_and_distances_are_refused(task, unet, world, tmp_path):
    coarse = replace(unet, pixel_metres=30.0)
    with pytest.raises(SettingsError, match="trained on chips with pixels of 30 m"):
        make_map(_model(task, coarse), world[0], tmp_path / "map.tif")
    with pytest.raises(
        SettingsError,
        match="distances are defined for methods that read the bands of single pixels",
    ):
        make_map(_model(task, unet), world[0], tmp_path / "map.tif", MapRequest(("applicability",)))
    assert not (tmp_path / "map.tif").exists()


def test_a_network_on_chips_is_no_script_and_no_onnx(task, unet, tmp_path):
    from bocage.models import to_onnx

    with pytest.raises(SettingsError, match="can't be written as ONNX"):
        to_onnx(_model(task, unet), tmp_path / "model.onnx")


def test_torch_stays_as_it_was_told(task, unet, world, tmp_path):
    before = torch.get_num_threads()
    for told in (1, 2):
        torch.set_num_threads(told)
        try:
            make_map(_model(task, unet), world[0], tmp_path / f"{told}.tif", MapRequest(()))
            assert torch.get_num_threads() == told
        finally:
            torch.set_num_threads(before)


def test_reflectance_in_place_of_its_ten_thousandfold_is_refused(task, unet, world, tmp_path):
    values = world[0].read(world[0].grid.whole) / 10_000
    raster = _write(tmp_path / "refl.tif", np.where(values < 0, -1.0, values))
    with pytest.raises(
        DataError, match=r"expected values on the same scale: declare it with --scale"
    ):
        make_map(_model(task, unet), raster, tmp_path / "map.tif")
    right = open_source(str(tmp_path / "refl.tif"), Declared(scale=10_000.0, years=(2020,)))
    found = _read(make_map(_model(task, unet), right, tmp_path / "map.tif").files["class"])[0]
    known = found < 255
    assert (found == world[1])[known].mean() > 0.93


def test_a_pixel_beyond_all_measure_has_no_data(task, unet, world, tmp_path):
    values = world[0].read(world[0].grid.whole).astype(np.float32)
    values[1, 5, 7] = -3.4e38
    raster = _write(tmp_path / "odd.tif", values)
    found = _read(make_map(_model(task, unet), raster, tmp_path / "map.tif").files["class"])[0]
    assert found[5, 7] == 255
    assert (found < 255).sum() > 19_000


def test_probabilities_that_only_ruled_out_classes_have_follow_the_shares():
    from bocage.colours import legend_for
    from bocage.mapping.outputs import class_layer
    from bocage.mapping.painters._window_predictor import encoded

    layers = {"class": class_layer(legend_for(("a", "b", "c")), {})}
    made = np.array([[1.0, 0.5], [0.0, 0.2], [0.0, 0.3]])
    found = encoded(made, layers, np.array([0.0, 1.0, 2.0]))["class"]
    np.testing.assert_array_equal(found, [2, 2])
