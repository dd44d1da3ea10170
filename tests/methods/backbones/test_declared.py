"""Networks that users declare: what is said is checked, and nothing is guessed."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from bocage.core import DataError, DownloadError, Input, SettingsError
from bocage.datasets import load_task
from bocage.methods import BACKBONES, Effort, Recipe, Views, parse_method
from bocage.methods.backbones import Frozen

BANDS = ("B2", "B3", "B4", "B8")
PLACES = np.zeros((3, 2))
MEAN, STD = 1200.0, 900.0
VIT = {
    "registry": "timm_vit_tiny_patch16_224",
    "patch": 16,
    "blocks": 12,
    "settings": {"in_chans": 4, "img_size": 32},
}
RESNET = {"registry": "timm_resnet18", "patch": 32, "settings": {"in_chans": 4}}


@pytest.fixture
def declare(tmp_path, monkeypatch):
    monkeypatch.setenv("BOCAGE_DATA", str(tmp_path))
    monkeypatch.setenv("BOCAGE_CACHE", str(tmp_path / "cache"))

    def write(name, **values):
        import yaml

        band = {"unit": "reflectance x 10000", "mean": MEAN, "std": STD}
        values = {"bands": [{"name": name, **band} for name in BANDS], **values}
        path = tmp_path / "backbones" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(yaml.safe_dump(values))
        return path

    return write


def _chips(side=32):
    values = np.random.default_rng(0).uniform(0, 4000, (3, len(BANDS), side, side))
    return Input("s2", values.astype(np.float32), BANDS, "reflectance x 10000")


def _frozen(name, chips, weights="random"):
    backbone = BACKBONES[name]
    return Frozen(backbone, weights, backbone.arrays(chips, PLACES, True))


def _published(key, **settings):
    from terratorch.registry import BACKBONE_REGISTRY

    # Importing it asks for 16-bit products, where a processor has them.
    torch.set_float32_matmul_precision("highest")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return BACKBONE_REGISTRY.build(key, pretrained=False, **settings).eval()


@torch.no_grad()
@pytest.mark.parametrize(
    ("told", "side", "extra"),
    [
        (VIT, 32, 1),
        (
            {
                "registry": "timm_vit_small_patch14_reg4_dinov2",
                "patch": 14,
                "blocks": 12,
                "settings": {"in_chans": 4, "img_size": 28},
            },
            28,
            5,
        ),
    ],
)
def test_a_transformer_is_cut_at_its_blocks_and_gives_what_the_registry_gives(
    declare, told, side, extra
):
    declare("mine", **told)
    chips = _chips(side)
    frozen = _frozen("mine", chips)
    x = torch.tensor((chips.values - MEAN) / STD)
    depths = [2, 5, 8, 11]
    made = _published(told["registry"], **told["settings"], out_indices=depths)(x)
    for level, expected in zip(frozen.levels(), made, strict=True):
        np.testing.assert_allclose(level, expected.numpy(), atol=1e-4)
    assert frozen.encoder.layout.extra == extra
    assert frozen.encoder.attention == ("attn.proj", "attn.qkv")
    assert frozen.encoder.mlp == ("mlp.fc1", "mlp.fc2")


@torch.no_grad()
def test_any_other_network_is_run_whole(declare):
    declare("mine", **RESNET)
    chips = _chips(64)
    x = torch.tensor((chips.values - MEAN) / STD)
    made = _published("timm_resnet18", in_chans=4)(x)
    for level, expected in zip(_frozen("mine", chips).levels(), made[-4:], strict=True):
        np.testing.assert_allclose(level, expected.numpy(), atol=1e-4)


def test_its_weights_are_read_whole_or_not_at_all(declare, tmp_path):
    declare("mine", **VIT, weights="mine.safetensors")
    chips = _chips()
    with pytest.raises(DownloadError, match=r"weights/mine/mine.safetensors"):
        BACKBONES["mine"].find("pretrained")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        from terratorch.registry import BACKBONE_REGISTRY

        other = BACKBONE_REGISTRY.build(VIT["registry"], pretrained=False, **VIT["settings"])
    state = {name.removeprefix("model."): part for name, part in other.state_dict().items()}
    path = tmp_path / "weights" / "mine" / "mine.safetensors"
    path.parent.mkdir(parents=True)
    save_file(state, path)
    loaded = _frozen("mine", chips, "pretrained").encoder
    for name, part in other.state_dict().items():
        if ".blocks.0." in name:
            own = dict(loaded.blocks[0].named_parameters())[name.rpartition("blocks.0.")[2]]
            assert torch.equal(own, part)
    del state[next(name for name in state if "patch_embed" in name)]
    save_file(state, path)
    with pytest.raises(DataError, match="1 missing"):
        _ = _frozen("mine", chips, "pretrained").encoder


def test_a_changed_declaration_is_another_network(declare):
    declare("mine", **VIT)
    before = BACKBONES["mine"].weights_key("random")
    declare("mine", **{**VIT, "settings": {**VIT["settings"], "qkv_bias": False}})
    assert BACKBONES["mine"].weights_key("random") != before


@pytest.mark.parametrize(
    ("change", "tells"),
    [
        ({"blocks": 11}, "can't be split into 11 blocks"),
        ({"registry": "no_such_network"}, "can't build 'no_such_network'"),
        ({"settings": {"in_chans": 3, "img_size": 32}}, "can't read chips with 4 bands"),
        ({"settings": {"no_such_word": 3}}, "can't build"),
        ({"registry": "timm_vit_base_patch16_rope_224"}, "can't be split into 12 blocks"),
        ({"blocks": 0, "registry": "timm_vgg11", "settings": {"in_chans": 4, "out_indices": [0]}},
         "gives 1 feature maps"),
    ],
)  # fmt: skip
def test_a_network_that_is_not_as_declared_is_refused(declare, change, tells):
    declare("mine", **{**VIT, **change})
    with pytest.raises(SettingsError, match=tells):
        _ = _frozen("mine", _chips()).encoder


@pytest.mark.parametrize(
    ("change", "tells"),
    [
        ({"patch": None}, "patch in .*mine.yaml can't be used"),
        ({"bands": [{"name": "B2", "unit": "reflectance x 10000", "std": 1.0}]}, "bands.0.mean"),
        ({"bands": [{"name": "HH", "unit": "dB", "mean": -10, "std": 5}]}, "needs low and high"),
        ({"bands": [{"name": "B2", "unit": "reflectance x 10000", "mean": 1, "std": 0}]}, "std"),
        ({"weights": "../../secret.pt"}, "weights in"),
        ({"colour": "blue"}, "colour in"),
    ],
)
def test_what_can_not_be_guessed_must_be_said(declare, change, tells):
    declare("mine", **{**VIT, **change})
    with pytest.raises(SettingsError, match=tells):
        _ = BACKBONES["mine"]


@pytest.mark.parametrize("text", ["", "- a\n", "registry: [\n", "!!python/object:os.system {}\n"])
def test_a_broken_declaration_is_an_error_in_words(declare, text):
    declare("mine", **VIT).write_text(text)
    with pytest.raises(SettingsError, match=r"mine\.yaml"):
        _ = BACKBONES["mine"]


def test_a_wrong_scale_or_a_missing_band_is_refused(declare):
    declare("mine", **VIT)
    chips = _chips()
    small = Input("s2", chips.values / 1e4, BANDS, "reflectance x 10000")
    with pytest.raises(DataError, match="mine expects reflectance x 10000"):
        BACKBONES["mine"].arrays(small, PLACES, True)
    some = Input("s2", chips.values[:, :3], BANDS[:3], "reflectance x 10000")
    with pytest.raises(SettingsError, match="lacks B8"):
        BACKBONES["mine"].arrays(some, PLACES, True)


@pytest.mark.slow
def test_every_strategy_trains_it(declare):
    declare("vit", **VIT)
    declare("resnet", **RESNET)
    views, recipe = Views(load_task("landscape-chips")), Recipe(1, 1, augment=False)
    rows = np.arange(4)
    for text in (
        "s2:vit:linear:weights=random",
        "s2:vit:lora:weights=random,last=2",
        "s2:vit:adapter:weights=random",
        "s2:resnet:decoder:weights=random",
        "s2:resnet:full:weights=random",
        "s2:resnet:scratch",
    ):
        method = parse_method(text)
        method.check(views)
        method.prepare(views, recipe)
        learner = method.fit(views, rows, None, Effort(1, recipe, 0)).learner
        assert learner.predict_masks(rows).shape == views.task.masks[rows].shape
    with pytest.raises(SettingsError, match="has no transformer blocks to adapt"):
        parse_method("s2:resnet:lora:weights=random").check(views)
