"""Configurations for TerraTorch, without TerraTorch."""

import numpy as np
import pytest
import yaml
from tests.data.optical import make_optical_task
from tests.data.series import make_series_task

from bocage.core import BocageError, SettingsError, StoreError
from bocage.methods import Recipe, Views, parse_method
from bocage.methods.exports import feed_of, terratorch_config, training_of, write_terratorch
from bocage.methods.exports._networks import SMP
from bocage.methods.exports._notes import header
from bocage.methods.exports._training import batch_size
from bocage.methods.strategies._train import CLIP, DECAY, WARM_UP
from bocage.splits import Inner

ROWS, TESTS = np.arange(4), {"out": np.arange(4, 8)}
INNER = Inner(
    ((np.array([0, 1]), np.array([2, 3])), (np.array([2, 3]), np.array([0, 1]))), "groups"
)


@pytest.fixture(scope="module")
def views():
    return Views(make_optical_task())


def _training(method, params=None, rows=ROWS):
    return training_of(method, rows, TESTS, INNER, Recipe(3, 12), 5, params)


def _config(views, text, params=None, weights=None):
    method = parse_method(text)
    return terratorch_config(method, views, _training(method, params), weights=weights)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("s2:forest", "neither baselines nor heads"),
        ("prior", "neither baselines nor heads"),
        ("s2:presto:lora", "presto can't be exported to TerraTorch; expected one of.*prithvi-tiny"),
        ("s2:galileo:full", "galileo can't be exported to TerraTorch"),
        ("s2:prithvi-tiny:adapter", "no bottleneck adapters.*use lora"),
        ("s2:conv1x1:scratch", "has no conv1x1.*segformer, shallow-unet|has no conv1x1.*unet"),
        ("s2@prithvi-tiny-random:unet:scratch", "maps of a frozen network"),
        ("s2:satlas-tiny:lora:placement=attention", "use placement=mlp"),
        ("s2:dofa-small:full", "no weights of dofa-small are published"),
        ("s3:prithvi-tiny:full", "reads input 's3'"),
        ("s2:prithvi-tiny:lora:last=13", "the network has 12"),
    ],
)
def test_what_terratorch_can_not_express_is_refused_in_words(views, text, said):
    with pytest.raises(SettingsError, match=said):
        _config(views, text)


def test_only_segmentations_can_be_written():
    with pytest.raises(SettingsError, match="is a regression; expected a segmentation"):
        _config(Views(make_series_task()), "series:unet:scratch")


def test_chips_that_do_not_fit_a_network_are_refused():
    with pytest.raises(BocageError, match="multiples of 32 pixels"):
        _config(Views(make_optical_task(side=16)), "s2:satlas-tiny:full")


def test_a_finished_run_decides_rate_and_epochs(views):
    made = _config(views, "s2:prithvi-tiny:lora", {"lr": 6e-3, "epochs": 7})
    assert made["trainer"]["max_epochs"] == 7
    assert made["model"]["init_args"]["lr"] == 6e-3
    assert made["seed_everything"] == 5
    assert "finished run" in _training(parse_method("s2:unet:scratch"), {"lr": 1, "epochs": 1}).why


def test_without_a_run_the_first_rate_and_all_epochs_are_taken(views):
    # 12 batches of 16 at least, from 4 chips a pass.
    made = _config(views, "s2:prithvi-tiny:full")
    assert (made["trainer"]["max_epochs"], made["model"]["init_args"]["lr"]) == (48, 1e-4)
    assert _config(views, "s2:unet:scratch:lr=0.5")["model"]["init_args"]["lr"] == 0.5
    made = _config(views, "s2:prithvi-tiny:linear", {"C": 1.0})
    assert made["model"]["init_args"]["lr"] == 1e-3
    assert (
        "without gradient steps"
        in _training(parse_method("s2:prithvi-tiny:linear"), {"C": 1.0}).why
    )
    none = _training(parse_method("s2:prithvi-tiny:full"), {"lr": 1e-3, "epochs": 0})
    assert (none.rate, none.n_epochs) == (1e-3, 48)
    assert "chose 0 epochs" in none.why


def test_the_recipe_is_that_of_all_networks(views):
    made = _config(views, "s2:unet:scratch")
    arguments = made["model"]["init_args"]
    assert made["trainer"]["gradient_clip_val"] == CLIP
    assert arguments["optimizer_hparams"] == {"weight_decay": DECAY}
    # 48 epochs of one batch; the rate rises in a tenth of them.
    assert arguments["scheduler_hparams"]["total_iters"] == round(48 * WARM_UP) - 1
    assert (
        "scheduler"
        not in _config(views, "s2:unet:scratch", {"lr": 1e-3, "epochs": 2})["model"]["init_args"]
    )


def test_classes_weigh_the_same_and_absent_ones_nothing(views):
    weight = np.array(_config(views, "s2:unet:scratch")["model"]["init_args"]["class_weights"])
    masks = views.task.masks[ROWS]
    shares = np.array([(masks == code).sum() for code in range(3)])
    np.testing.assert_allclose(weight * shares, (masks >= 0).sum() / 3)


def test_lora_in_the_last_blocks_names_them(views):
    made = _config(views, "s2:prithvi-tiny:lora:last=2,placement=attention,rank=4,alpha=8")
    peft = made["model"]["init_args"]["model_args"]["peft_config"]
    assert peft["peft_config_kwargs"]["r"] == 4
    assert peft["peft_config_kwargs"]["lora_alpha"] == 8
    pattern = peft["peft_config_kwargs"]["target_modules"]
    assert pattern == r"(?:.*\.)?(?:blocks\.10|blocks\.11)\.(?:attn\.qkv|attn\.proj)"
    assert made["model"]["init_args"]["freeze_backbone"] is False


def test_weights_on_this_machine_can_be_named(views, tmp_path):
    file = tmp_path / "weights.pt"
    file.touch()
    arguments = _config(views, "s2:prithvi-tiny:full", weights=file)["model"]["init_args"]
    assert arguments["model_args"]["backbone_ckpt_path"] == str(file)
    # Without a named file TerraTorch does not stretch DOFA's positions to these chips.
    arguments = _config(views, "s2:dofa-base:full")["model"]["init_args"]["model_args"]
    assert arguments["backbone_ckpt_data"].endswith("dofa_base_patch16_224-a0275954.pth")
    with pytest.raises(SettingsError, match="random weights; leave"):
        _config(views, "s2:prithvi-tiny:scratch", weights=file)
    with pytest.raises(SettingsError, match="can't read the weights of clay from a file"):
        _config(views, "s2:clay:full", weights=file)
    with pytest.raises(SettingsError, match="is no file"):
        _config(views, "s2:prithvi-tiny:full", weights=tmp_path / "none.pt")


@pytest.mark.parametrize("n", [1, 2, 15, 16, 17, 20, 33, 305])
def test_no_batch_is_too_large_or_of_one_chip(n):
    size = batch_size(n, 16)
    assert 1 <= size <= 16
    assert n == 1 or n % size != 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("s2:prithvi-tiny:full", ["place=off", "logistic regression", "Prithvi_EO_V2_tiny_TL.pt"]),
        (
            "s2:prithvi-300:decoder",
            ["exponential moving average", "one of the eight rotations", "the sum of their"],
        ),
        ("s2:satlas-tiny:lora", ["stochastic depth 0.2", "LoRA in the MLP only", "RED 3000"]),
        ("s2:clay:scratch", ["always gives 1 m", "different random weights"]),
        ("s2:prithvi-tiny:linear:weights=random", ["not trained by gradient steps"]),
        ("s2:unet:scratch", ["starts from different random weights"]),
    ],
)
def test_what_differs_is_said(views, text, said):
    method = parse_method(text)
    feed = feed_of(method, views, ROWS)
    made = " ".join(header(method, feed, _training(method), "a study").replace("#", "").split())
    for words in said:
        assert words in made
    for line in header(method, feed, _training(method), "a study " * 20).splitlines():
        assert line.startswith("#")
        assert len(line) <= 100
    assert ("place=off" in made) == (method.model in {"prithvi-tiny", "clay"})


def test_padding_is_said():
    views = Views(make_optical_task(side=48))
    method = parse_method("s2:prithvi-tiny:decoder")
    assert "multiple of 32 pixels" in header(
        method, feed_of(method, views, ROWS), _training(method), "a study"
    ).replace("\n#    ", "")


def test_the_folder_holds_chips_masks_and_lists(views, tmp_path):
    import rasterio
    from rasterio.warp import transform

    method = parse_method("s2:satlas-tiny:decoder")
    path = write_terratorch(tmp_path / "out", method, views, _training(method), title="a study")
    folder = path.parent
    assert yaml.safe_load(path.read_text()) == _config(views, "s2:satlas-tiny:decoder")
    splits = {p.stem: p.read_text().split() for p in (folder / "splits").iterdir()}
    assert splits["train"] == ["000000", "000001", "000002", "000003"]
    assert splits["inner1-val"] == ["000002", "000003"]
    assert splits["test-out"] == ["000004", "000005", "000006", "000007"]
    task = views.task
    with rasterio.open(folder / "chips/images/000005.tif") as file:
        values = file.read()
        assert file.descriptions[0] == "RED"
        assert file.nodata is None
        lon, lat = transform(file.crs, "EPSG:4326", [0.0], [0.0])
        assert file.bounds == (-160, -160, 160, 160)
    np.testing.assert_allclose([lon[0], lat[0]], task.lonlat[5], atol=1e-6)
    red = task.inputs["s2"].values[5, 3]
    np.testing.assert_array_equal(values[0], np.minimum(red, 3000))
    with rasterio.open(folder / "chips/masks/000005.tif") as file:
        np.testing.assert_array_equal(file.read(1), task.masks[5])
        assert file.nodata is None
    with pytest.raises(StoreError, match="already exists"):
        write_terratorch(tmp_path / "out", method, views, _training(method), title="a study")


def test_hidden_labels_stay_hidden_and_chips_without_any_are_left_out(views, tmp_path):
    import rasterio

    task, method = views.task, parse_method("s2:unet:scratch")
    masks = np.full_like(task.masks, -1)
    masks[:3, :4] = task.masks[:3, :4]
    masks[0, :4] = np.where(masks[0, :4] == 1, -1, masks[0, :4])
    training = training_of(method, ROWS, TESTS, INNER, Recipe(3, 12), 5, None, masks)
    folder = write_terratorch(tmp_path / "out", method, views, training, title="a study").parent
    text = (folder / "config.yaml").read_text()
    assert "chips without a label in the budget (1) are left out" in text
    splits = {p.stem: p.read_text().split() for p in (folder / "splits").iterdir()}
    assert splits["train"] == ["000000", "000001", "000002"]
    assert splits["inner1-val"] == ["000002"]
    assert len(splits["test-out"]) == 4
    for row, expected in ((0, masks), (2, masks), (6, task.masks)):
        with rasterio.open(folder / f"chips/masks/{row:06d}.tif") as file:
            np.testing.assert_array_equal(file.read(1), expected[row])
    assert not (folder / "chips/masks/000003.tif").exists()
    config = yaml.safe_load(text)
    weight = np.array(config["model"]["init_args"]["class_weights"])
    shares = np.array([(masks == code).sum() for code in range(3)])
    np.testing.assert_allclose(weight * shares, (masks >= 0).sum() / 3)
    # The scale is that of all chips, as ours is.
    plain = _config(views, "s2:unet:scratch")["data"]["init_args"]["means"]
    assert config["data"]["init_args"]["means"] == plain


def test_a_folder_that_can_not_be_written_is_said(views, tmp_path):
    (tmp_path / "file").touch()
    method = parse_method("s2:unet:scratch")
    with pytest.raises(StoreError, match="can't write"):
        write_terratorch(
            tmp_path / "file" / "out", method, views, _training(method), title="a study"
        )


def test_every_network_from_scratch_is_known_or_refused(views):
    from bocage.methods.chips import NETS

    assert set(NETS) - set(SMP) == {"conv1x1"}
    bands = _config(views, "s2+xy:unet:scratch")["data"]["init_args"]["dataset_bands"]
    assert bands[-4:] == ["s2_B12", "xy_x", "xy_y", "xy_z"]
    bands = _config(views, "s2.indices:unet:scratch")["data"]["init_args"]["dataset_bands"]
    assert bands[0] == "s2.indices_NDVI"
    dated = Views(make_optical_task(dates=2))
    bands = _config(dated, "s2:unet:scratch")["data"]["init_args"]["dataset_bands"]
    assert (len(bands), bands[0], bands[-1]) == (24, "s2_B1_1", "s2_B12_2")
