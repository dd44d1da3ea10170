"""What TerraTorch builds and reads from our configurations, against our own networks."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import yaml
from tests.data.optical import make_optical_task

from bocage.methods import BACKBONES, Recipe, Views, parse_method
from bocage.methods.backbones._encoder import N_LEVELS
from bocage.methods.backbones._patches import quietly
from bocage.methods.chips import NETS, NetLesson
from bocage.methods.chips._decoders import PyramidDecoder
from bocage.methods.exports import feed_of, terratorch_config, training_of, write_terratorch
from bocage.methods.exports._feed import bands_of
from bocage.methods.strategies._wiring import count, open_encoder
from bocage.splits import Inner

pytestmark = pytest.mark.slow

NETWORKS = ("prithvi-tiny", "terramind-tiny", "dofa-small", "satlas-tiny", "clay")
ROWS, TESTS = np.arange(4), {"out": np.arange(4, 8)}
LEFT_OVER = ("dofa_model.fc_norm", "dofa_model.head", "swin_model.norm", "swin_model.head")
"""Layers that TerraTorch keeps of a published network and never calls."""


def _made(views, text, epochs=3):
    method = parse_method(text)
    training = training_of(method, ROWS, TESTS, Inner((), ""), Recipe(epochs, 1), 0)
    feed = feed_of(method, views, ROWS)
    return method, feed, terratorch_config(method, views, training, feed=feed), training


def _build(config):
    with quietly():
        from terratorch.tasks import SemanticSegmentationTask

        # The seed that our random weights are drawn from.
        torch.manual_seed(0)
        return SemanticSegmentationTask(**config["model"]["init_args"])


def _open(network, *, without=()):
    """Count what learns."""
    return sum(
        part.numel()
        for name, part in network.named_parameters()
        if part.requires_grad and not any(word in name for word in without)
    )


@pytest.fixture(scope="module")
def views():
    return Views(make_optical_task())


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(
    "how",
    [
        "linear:weights=random",
        "decoder:weights=random",
        "lora:weights=random",
        "lora:weights=random,last=3,placement=mlp,rank=4,head=upernet",
        "full:weights=random,head=upernet",
        "scratch",
    ],
)
def test_the_same_parts_learn_as_many_parameters(views, network, how):
    method, _, config, _ = _made(views, f"s2:{network}:{how}")
    model = _build(config).model
    frozen = views.frozen(method.item)
    expected = 0
    if method.training not in {"linear", "decoder"}:
        encoder = frozen.copy()
        open_encoder(encoder, method.training, method.options)
        # LoRA in torchvision's attention, which reads the weights alone, never learns.
        is_deaf = network == "satlas-tiny" and method.training == "lora"
        expected = _open(encoder, without=("attn.",) if is_deaf else ())
        assert expected > 0
    assert _open(model.encoder, without=LEFT_OVER) == expected
    head = str(method.options.get("head", "linear"))
    if head == "linear":
        assert count(model.head) == _open(model.head) == 3 * (frozen.maps().shape[1] + 1)
        assert _open(model.decoder) == _open(model.neck) == 0
        return
    shapes = frozen.level_shapes()
    is_pyramid = network == "satlas-tiny"
    ours = PyramidDecoder(head, [shape[0] for shape in shapes], 3, is_pyramid=is_pyramid)
    assert _open(model.head) == count(ours.head)
    assert _open(model.neck) == (0 if ours.neck is None else count(ours.neck))
    assert _open(model.decoder) == count(ours.decoder)


def _fed(feed):
    """Scale chips as TerraTorch does."""
    with quietly():
        from terratorch.datamodules.utils import Normalize
    values = torch.from_numpy(feed.take(ROWS))
    if feed.dates > 1:
        shape = (len(ROWS), feed.dates, len(feed.bands), *feed.size)
        values = values.reshape(shape).movedim(1, 2)
    return Normalize(list(feed.means), list(feed.spreads))({"image": values})["image"]


@torch.no_grad()
def _agree(views, network):
    method, feed, config, _ = _made(views, f"s2:{network}:decoder:weights=random,place=off")
    model = _build(config).model.eval()
    frozen = views.frozen(method.item)
    batch = frozen.batch(ROWS)
    values = _fed(feed)
    assert torch.equal(values, batch["x"])
    found = model.encoder(values)
    size = values.shape[-2:]
    for neck in model.neck:
        if type(neck).__name__ == "LearnedInterpolateToPyramidal":
            break
        found = neck(found, image_size=size)
    encoder = frozen.encoder
    ours = encoder.pictures(encoder.stem(batch))
    assert len(found) == len(ours) == N_LEVELS
    for one, other in zip(found, ours, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-5)
    assert model(values).output.shape == (4, 3, *size)


@pytest.mark.parametrize("network", NETWORKS)
def test_a_network_of_the_same_weights_gives_the_same_maps(views, network, monkeypatch):
    # TerraTorch can't be told the size of a pixel.
    monkeypatch.setattr("bocage.methods.backbones._clay_encoder.PIXEL_METRES", 1.0)
    _agree(views, network)


@torch.no_grad()
@pytest.mark.parametrize("network", ["prithvi-tiny", "terramind-tiny"])
def test_weights_of_a_file_are_loaded_as_ours_are(tmp_path, monkeypatch, network):
    monkeypatch.setenv("BOCAGE_DATA", str(tmp_path))
    monkeypatch.setenv("BOCAGE_CACHE", str(tmp_path / "cache"))
    views, text = Views(make_optical_task()), f"s2:{network}:decoder:place=off"
    method, feed, config, training = _made(views, text)
    config["model"]["init_args"]["model_args"]["backbone_pretrained"] = False
    settings = config["model"]["init_args"]["model_args"]
    # A published network has all of its bands.
    settings.pop("backbone_bands")
    file = tmp_path / method.backbone.file.folder / method.backbone.file.name
    file.parent.mkdir(parents=True)
    torch.save(_build(config).model.encoder.state_dict(), file)
    config = terratorch_config(method, views, training, feed=feed, weights=file)
    with quietly():
        from terratorch.tasks import SemanticSegmentationTask
    torch.manual_seed(1)
    model = SemanticSegmentationTask(**config["model"]["init_args"]).model.eval()
    frozen = views.frozen(method.item)
    assert frozen.weights == "pretrained"
    found = model.neck[1](model.neck[0](model.encoder(_fed(feed))), image_size=feed.size)
    ours = frozen.encoder.pictures(frozen.encoder.stem(frozen.batch(ROWS)))
    for one, other in zip(found, ours, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("network", "shape"),
    [
        ("prithvi-tiny", {"dates": 3}),
        ("prithvi-tiny", {"width": 128}),
        ("terramind-tiny", {"width": 128}),
    ],
)
def test_maps_agree_for_dates_and_rectangles(network, shape):
    _agree(Views(make_optical_task(**shape)), network)


@pytest.mark.parametrize(
    ("network", "bands"),
    [("terramind-tiny", ("B2", "B3", "B4", "B8")), ("dofa-small", ("B8", "B4"))],
)
def test_maps_agree_for_fewer_bands(views, network, bands):
    item = views.task.inputs["s2"]
    keep = [item.bands.index(band) for band in bands]
    item = replace(item, values=item.values[:, keep], bands=bands)
    _agree(Views(replace(views.task, inputs={"s2": item})), network)


@pytest.mark.parametrize("network", [n for n, b in BACKBONES.items() if b.registry])
def test_every_network_is_fed_what_its_own_code_says(views, network):
    item, backbone = views.task.inputs["s2"], BACKBONES[network]
    if bands_of(backbone, item).patch == 14:
        views = Views(make_optical_task(side=28))
        item = views.task.inputs["s2"]
    _, feed, _, _ = _made(views, f"s2:{network}:scratch")
    expected = backbone.arrays(item, views.task.lonlat, False)["x"][ROWS]
    np.testing.assert_array_equal(_fed(feed).numpy(), expected)


@torch.no_grad()
@pytest.mark.parametrize("name", [name for name in NETS if name != "conv1x1"])
def test_networks_from_scratch_are_ours(views, name):
    method, feed, config, _ = _made(views, f"s2:{name}:scratch")
    model = _build(config).model
    ours = NetLesson(views.chips(method.parts), 3, name).segmenter(ROWS)
    assert _open(model) == count(ours.inner)
    expected = torch.from_numpy(ours.chips.take(ROWS))
    values = _fed(feed)
    assert torch.equal(values, (expected - ours.mean) / ours.spread)
    ours.inner.load_state_dict(model.smp_model.state_dict())
    torch.testing.assert_close(model.eval()(values).output, ours.inner.eval()(values))


def test_the_learning_rate_rises_as_ours_does_and_the_loss_is_ours(views):
    _, _, config, training = _made(views, "s2:shallow-unet:scratch", epochs=35)
    task = _build(config)
    with quietly():
        made = task.configure_optimizers()
    optimiser, schedule = made["optimizer"], made["lr_scheduler"]["scheduler"]
    assert made["lr_scheduler"]["interval"] == "step"
    assert type(optimiser).__name__ == "AdamW"
    warm = max(1, round(0.1 * training.n_epochs))
    assert warm == 4
    for step in range(1, 9):
        expected = training.rate * min(1.0, step / warm)
        assert optimiser.param_groups[0]["lr"] == pytest.approx(expected)
        optimiser.step()
        schedule.step()
    scores = torch.randn(4, 3, 32, 32)
    true = torch.from_numpy(views.task.masks[ROWS].astype(np.int64))
    ours = NetLesson(views.chips(["s2"]), 3, "unet").loss(ROWS)(scores, true)
    weight = task.criterion.weight[true[true >= 0]].sum() / (true >= 0).sum()
    assert (task.criterion(scores, true) * weight).item() == pytest.approx(ours.item(), rel=1e-5)


@pytest.mark.parametrize(("network", "dates"), [("satlas-tiny", 1), ("prithvi-tiny", 2)])
def test_terratorch_reads_the_chips_that_our_network_sees(tmp_path, monkeypatch, network, dates):
    views = Views(make_optical_task(dates=dates))
    method, _, _, training = _made(views, f"s2:{network}:decoder:weights=random,place=off")
    path = write_terratorch(tmp_path / "out", method, views, training, title="a study")
    monkeypatch.chdir(path.parent)
    config = yaml.safe_load(path.read_text())
    with quietly():
        from terratorch.datamodules import GenericNonGeoSegmentationDataModule as Module
    turned = Module(**config["data"]["init_args"])
    plain = Module(**{**config["data"]["init_args"], "train_transform": None})
    for module in (turned, plain):
        module.setup("fit")
    frozen = views.frozen(method.item)
    for row in range(4):
        sample = plain.train_dataset[row]
        scaled = plain.aug({"image": sample["image"][None]})["image"]
        assert torch.equal(scaled, frozen.batch(np.array([row]))["x"])
        np.testing.assert_array_equal(sample["mask"].numpy(), views.task.masks[row])
        other = turned.train_dataset[row]
        assert other["image"].shape == sample["image"].shape
        # Chip and mask are turned the same way.
        seen = {(float(v), int(m)) for v, m in zip(*_flat(sample), strict=True)}
        assert {(float(v), int(m)) for v, m in zip(*_flat(other), strict=True)} == seen
    assert len(plain.train_dataset) == 4
    plain.setup("test")
    np.testing.assert_array_equal(plain.test_dataset[1]["mask"].numpy(), views.task.masks[5])


def _flat(sample):
    image = sample["image"]
    return image.reshape(-1, image.shape[-2] * image.shape[-1])[0], sample["mask"].ravel()
