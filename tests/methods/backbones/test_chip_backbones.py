"""Pretrained networks for chips: fed as published, cut as published, loaded whole or not at all."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from bocage.core import DataError, DownloadError, Input, SettingsError
from bocage.methods import BACKBONES
from bocage.methods.backbones import Frozen

BANDS = ("B2", "B3", "B4", "B5", "B6", "B7", "B8", "B8A", "B11", "B12")
NAMES = ("prithvi-tiny", "clay", "satlas-tiny", "terramind-tiny", "dofa-small", "galileo")
PLACES = np.array([[-120.5, 38.0], [3.0, 41.0], [17.0, -12.0]])


@pytest.fixture(scope="module")
def chips():
    rng = np.random.default_rng(0)
    values = rng.uniform(0, 4000, (3, len(BANDS), 32, 32)).astype(np.float32)
    months = np.array([[3], [9], [12]])
    return Input("s2", values, BANDS, "reflectance x 10000", years=(2020,), months=months)


@pytest.fixture(params=NAMES)
def backbone(request):
    return BACKBONES[request.param]


def _keep(chips, *bands):
    at = [chips.bands.index(band) for band in bands]
    return replace(chips, values=chips.values[:, at], bands=bands)


def _published(name, **settings):
    """Build a network of the registry from the seed that ours starts from."""
    from terratorch.registry import BACKBONE_REGISTRY

    # Importing it asks for 16-bit products, where a processor has them.
    torch.set_float32_matmul_precision("highest")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return BACKBONE_REGISTRY.build(name, pretrained=False, **settings).eval()


@torch.no_grad()
def test_prithvi_is_the_published_encoder(chips, tmp_path):
    prithvi = BACKBONES["prithvi-tiny"]
    arrays = prithvi.arrays(chips, PLACES, True)
    frozen = Frozen(prithvi, "random", arrays, tmp_path)
    bands = ["BLUE", "GREEN", "RED", "NIR_NARROW", "SWIR_1", "SWIR_2"]
    inner = _published("prithvi_eo_v2_tiny_tl", bands=bands, num_frames=1)
    mean = np.array([1087, 1342, 1433, 2734, 1958, 1363])[:, None, None]
    spread = np.array([2248, 2179, 2178, 1850, 1242, 1049])[:, None, None]
    own = _keep(chips, "B2", "B3", "B4", "B8A", "B11", "B12").values
    x = torch.tensor((own - mean) / spread, dtype=torch.float32)
    when = torch.from_numpy(arrays["when"])
    latlon = torch.tensor(PLACES[:, ::-1].copy(), dtype=torch.float32)
    made = inner.prepare_features_for_image_model(inner.forward_features(x, when, latlon))
    for depth, level in zip((3, 6, 9, 12), frozen.levels(), strict=True):
        np.testing.assert_allclose(level, made[depth - 1].numpy(), atol=1e-5)
    assert frozen.n_parameters == sum(p.numel() for p in inner.parameters())


@torch.no_grad()
def test_several_dates_stand_in_prithvi_as_published(chips, tmp_path):
    prithvi = BACKBONES["prithvi-tiny"]
    dated = replace(
        chips,
        values=np.stack([chips.values, chips.values[::-1]], axis=1),
        months=np.array([[3, 6]] * 3),
    )
    arrays = prithvi.arrays(dated, PLACES, False)
    assert arrays["x"].shape == (3, 6, 2, 32, 32)
    frozen = Frozen(prithvi, "random", arrays, tmp_path)
    bands = ["BLUE", "GREEN", "RED", "NIR_NARROW", "SWIR_1", "SWIR_2"]
    inner = _published("prithvi_eo_v2_tiny_tl", bands=bands, num_frames=2)
    made = inner.forward_features(torch.from_numpy(arrays["x"]))
    # Dates stand one after the other as channels, as TerraTorch's neck lays them out.
    laid = made[-1][:, 1:].reshape(3, 2, 2, 2, 192).permute(0, 1, 4, 2, 3).reshape(3, 384, 2, 2)
    np.testing.assert_allclose(frozen.maps(), laid.numpy(), atol=1e-5)


@torch.no_grad()
def test_clay_is_the_published_encoder(chips, tmp_path):
    from terratorch.models.backbones.clay_v1.embedder import Embedder

    torch.set_float32_matmul_precision("highest")
    clay = BACKBONES["clay"]
    arrays = clay.arrays(chips, PLACES, True)
    frozen = Frozen(clay, "random", arrays, tmp_path)
    words = ["blue", "green", "red", "rededge1", "rededge2", "rededge3", "nir", "nir08"]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        inner = Embedder(img_size=32, bands=[*words, "swir16", "swir22"]).eval()
    x, latlon = (torch.from_numpy(arrays[name]) for name in ("x", "latlon"))
    made = inner.forward_features(x, latlon=latlon, gsd=10.0)
    for depth, level in zip((3, 6, 9, 12), frozen.levels(), strict=True):
        laid = made[depth - 1][:, 1:].transpose(1, 2).reshape(3, 768, 4, 4)
        np.testing.assert_allclose(level, laid.numpy(), atol=1e-4)


@torch.no_grad()
def test_terramind_is_the_published_encoder(chips, tmp_path):
    terramind = BACKBONES["terramind-tiny"]
    arrays = terramind.arrays(chips, PLACES, True)
    frozen = Frozen(terramind, "random", arrays, tmp_path)
    named = ["BLUE", "GREEN", "RED", "RED_EDGE_1", "RED_EDGE_2", "RED_EDGE_3", "NIR_BROAD"]
    bands = {"S2L2A": [*named, "NIR_NARROW", "SWIR_1", "SWIR_2"]}
    inner = _published("terramind_v1_tiny", modalities=["S2L2A"], bands=bands, merge_method=None)
    made = inner(torch.from_numpy(arrays["x"]))
    for depth, level in zip((3, 6, 9, 12), frozen.levels(), strict=True):
        laid = made[depth - 1].transpose(1, 2).reshape(3, 192, 2, 2)
        np.testing.assert_allclose(level, laid.numpy(), atol=1e-5)


@torch.no_grad()
def test_dofa_is_the_published_encoder(chips, tmp_path):
    dofa = BACKBONES["dofa-small"]
    arrays = dofa.arrays(chips, PLACES, True)
    frozen = Frozen(dofa, "random", arrays, tmp_path)
    named = ["RED", "GREEN", "BLUE", "RED_EDGE_1", "RED_EDGE_2", "RED_EDGE_3", "NIR_BROAD"]
    inner = _published(
        "dofa_small_patch16_224", model_bands=[*named, "SWIR_1", "SWIR_2"], img_size=32,
        weights=None, out_indices=[2, 5, 8, 11],
    )  # fmt: skip
    for made, level in zip(inner(torch.from_numpy(arrays["x"])), frozen.levels(), strict=True):
        laid = made[:, 1:].transpose(1, 2).reshape(3, 384, 2, 2)
        np.testing.assert_allclose(level, laid.numpy(), atol=1e-4)


@torch.no_grad()
def test_satlas_is_the_published_encoder(chips, tmp_path):
    satlas = BACKBONES["satlas-tiny"]
    arrays = satlas.arrays(chips, PLACES, True)
    frozen = Frozen(satlas, "random", arrays, tmp_path)
    inner = _published(
        "satlas_swin_t_sentinel2_si_ms", model_bands=["BLUE"] * 9, weights=None,
        out_indices=[1, 3, 5, 7],
    )  # fmt: skip
    for made, level in zip(inner(torch.from_numpy(arrays["x"])), frozen.levels(), strict=True):
        expected = made.permute(0, 3, 1, 2).numpy()
        # Theirs runs in the state that its import leaves; see docs/conventions.md.
        np.testing.assert_allclose(level, expected, rtol=0, atol=1e-5 * np.abs(expected).max())


@torch.no_grad()
def test_galileo_on_chips_is_the_published_encoder(chips, tmp_path):
    from rslearn.models.galileo.galileo import GalileoModel

    galileo = BACKBONES["galileo"]
    frozen = Frozen(galileo, "random", galileo.arrays(chips, PLACES, True), tmp_path)
    inner = frozen.encoder.inner
    s2 = torch.from_numpy(chips.values).permute(0, 2, 3, 1)[:, :, :, None]
    made = GalileoModel.construct_galileo_input(
        s2=s2,
        latlon=torch.tensor(PLACES[:, ::-1].copy()).float(),
        months=torch.from_numpy(chips.months - 1),
        normalize=True,
    )
    *tokens, _ = inner(**made._asdict(), patch_size=8)
    pooled = inner.average_tokens(*tokens)
    np.testing.assert_allclose(frozen.features(), pooled.numpy(), atol=1e-4)
    s_t_x, s_t_m = tokens[0], tokens[4]
    shown = s_t_x[:, :, :, 0, s_t_m[0, 0, 0, 0] == 0]
    expected = shown.mean(dim=3).permute(0, 3, 1, 2)
    np.testing.assert_allclose(frozen.maps(), expected.numpy(), atol=1e-4)


def test_what_is_said_of_a_network_is_true(backbone, chips, tmp_path):
    frozen = Frozen(backbone, "random", backbone.arrays(chips, PLACES, True), tmp_path)
    encoder = frozen.encoder
    assert len(encoder.blocks) == backbone.n_blocks == len(encoder.widths) == encoder.depths[-1]
    assert frozen.features().shape[0] == 3
    assert [level.shape[1:] for level in frozen.levels()] == frozen.level_shapes()
    np.testing.assert_allclose(frozen.levels()[-1], frozen.maps(), atol=1e-5)
    # Every linear layer that LoRA changes is there, in every block.
    for block in encoder.blocks:
        names = {name for name, part in block.named_modules() if isinstance(part, torch.nn.Linear)}
        for wanted in (*encoder.attention, *encoder.mlp):
            assert any(name.endswith(wanted) for name in names), (wanted, names)


@pytest.mark.parametrize("turn", [1, 6])
def test_a_turned_chip_gives_what_the_network_sees_in_it(backbone, chips, tmp_path, turn):
    from bocage.methods.backbones import turned

    frozen = Frozen(backbone, "random", backbone.arrays(chips, PLACES, True), tmp_path)
    values = turned(torch.from_numpy(chips.values), turn).numpy()
    other = replace(chips, values=np.ascontiguousarray(values))
    expected = Frozen(backbone, "random", backbone.arrays(other, PLACES, True), tmp_path / "b")
    np.testing.assert_allclose(frozen.levels(turn)[-1], expected.maps(), atol=1e-5)


@pytest.mark.parametrize(
    ("factor", "unit", "error", "tells"),
    [
        (1e-4, "reflectance x 10000", DataError, "reflectance x 10000"),
        (30.0, "reflectance x 10000", DataError, "between 0 and 20000"),
        (1.0, "1", SettingsError, "declared in '1'"),
    ],
)
def test_a_wrong_scale_is_refused(backbone, chips, factor, unit, error, tells):
    with pytest.raises(error, match=tells) as refused:
        backbone.arrays(replace(chips, values=chips.values * factor, units=unit), PLACES, True)
    assert backbone.name in str(refused.value)


def test_declared_reflectance_is_converted(backbone, chips):
    expected = backbone.arrays(chips, PLACES, True)
    other = replace(chips, values=chips.values / 1e4, units="reflectance")
    for name, found in backbone.arrays(other, PLACES, True).items():
        np.testing.assert_allclose(found, expected[name], atol=1e-3)


def test_a_repeated_band_is_refused(backbone, chips):
    # Satlas itself would take nine times the same band without a word.
    twice = replace(
        chips,
        values=np.concatenate([chips.values, chips.values[:, :1]], axis=1),
        bands=(*BANDS, "B02"),
    )
    with pytest.raises(SettingsError, match=r"B2 2 times \(B2, B02\)"):
        backbone.arrays(twice, PLACES, True)


def test_the_order_of_bands_does_not_matter(backbone, chips):
    expected = backbone.arrays(chips, PLACES, True)
    for name, found in backbone.arrays(_keep(chips, *BANDS[::-1]), PLACES, True).items():
        np.testing.assert_array_equal(found, expected[name])


def test_satlas_needs_all_of_its_bands_and_others_take_some(backbone, chips, tmp_path):
    some = _keep(chips, "B2", "B3", "B4", "B8A")
    if backbone.name == "satlas-tiny":
        with pytest.raises(SettingsError, match="lacks B5, B6, B7, B8, B11, B12"):
            backbone.arrays(some, PLACES, True)
        return
    frozen = Frozen(backbone, "random", backbone.arrays(some, PLACES, True), tmp_path)
    assert np.isfinite(frozen.maps()).all()


def test_chips_that_do_not_fit_are_refused(backbone, chips):
    odd = replace(chips, values=chips.values[:, :, :30, :30])
    with pytest.raises(SettingsError, match=r"30 x 30: cut chips of another size"):
        backbone.arrays(odd, PLACES, True)
    table = Input("t", chips.values[:, :, 0, 0].astype(float), BANDS, "reflectance x 10000")
    with pytest.raises(SettingsError, match="of form table"):
        backbone.arrays(table, PLACES, True)


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """A folder with weights of Prithvi tiny, as published: of another seed, with a decoder."""
    from terratorch.registry import TERRATORCH_FULL_MODEL_REGISTRY

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        whole = TERRATORCH_FULL_MODEL_REGISTRY.build("prithvi_eo_v2_tiny_tl_mae", pretrained=False)
    path = tmp_path / "data" / "weights" / "prithvi-tiny" / "Prithvi_EO_V2_tiny_TL.pt"
    path.parent.mkdir(parents=True)
    torch.save(whole.state_dict(), path)
    monkeypatch.setenv("BOCAGE_DATA", str(tmp_path / "data"))
    return path, whole.eval()


@torch.no_grad()
def test_weights_from_a_file_are_those_of_the_file(chips, weights, tmp_path):
    _, whole = weights
    prithvi = BACKBONES["prithvi-tiny"]
    arrays = prithvi.arrays(chips, PLACES, False)
    frozen = Frozen(prithvi, "pretrained", arrays, tmp_path / "kept")
    made = whole.encoder.forward_features(torch.from_numpy(arrays["x"])[:, :, None])
    laid = made[-1][:, 1:].transpose(1, 2).reshape(3, 192, 2, 2)
    np.testing.assert_allclose(frozen.maps(), laid.numpy(), atol=1e-5)


def test_some_bands_take_their_own_weights(chips, weights, tmp_path):
    _, whole = weights
    prithvi = BACKBONES["prithvi-tiny"]
    arrays = prithvi.arrays(_keep(chips, "B4", "B12"), PLACES, False)
    inner = Frozen(prithvi, "pretrained", arrays, tmp_path / "kept").encoder.inner
    own, every = inner.patch_embed.proj.weight, whole.encoder.patch_embed.proj.weight
    assert torch.equal(own, every[:, [2, 5]])


@pytest.mark.parametrize("damage", ["missing", "shape", "code", "text"])
def test_weights_that_do_not_fit_are_refused(chips, weights, tmp_path, damage):
    path, whole = weights
    state = whole.state_dict()
    if damage == "missing":
        del state["encoder.blocks.3.attn.qkv.weight"]
    if damage == "shape":
        state["encoder.blocks.3.attn.qkv.weight"] = torch.zeros(3, 3)
    torch.save(state, path)
    if damage == "code":
        torch.save({"encoder": torch.nn.Linear(2, 2)}, path)
    if damage == "text":
        path.write_text("<html>not found</html>")
    prithvi = BACKBONES["prithvi-tiny"]
    arrays = prithvi.arrays(chips, PLACES, False)
    words = {"missing": "1 missing", "shape": "1 of another shape", "code": "contain code"}
    with pytest.raises(DataError, match=words.get(damage, "can't be read as weights")):
        Frozen(prithvi, "pretrained", arrays, tmp_path / "kept").maps()


def test_weights_that_are_not_there_say_where_to_put_them(tmp_path, monkeypatch):
    monkeypatch.setenv("BOCAGE_DATA", str(tmp_path))
    prithvi = BACKBONES["prithvi-tiny"]
    with pytest.raises(DownloadError, match=r"weights/prithvi-tiny/Prithvi_EO_V2_tiny_TL\.pt"):
        prithvi.find()
    assert not prithvi.is_at_hand
    assert BACKBONES["galileo"].is_at_hand
    with pytest.raises(DownloadError, match="no weights of dofa-small are published"):
        BACKBONES["dofa-small"].find()


@pytest.mark.parametrize("strategy", ["lora", "adapter"])
def test_everything_that_a_strategy_adds_gets_a_gradient(backbone, chips, tmp_path, strategy):
    # Satlas's attention never calls its layers: LoRA there would count, and learn nothing.
    from bocage.methods import STRATEGIES
    from bocage.methods.strategies._wiring import open_encoder, trained

    frozen = Frozen(backbone, "random", backbone.arrays(chips, PLACES, True), tmp_path)
    encoder = frozen.copy()
    open_encoder(encoder, strategy, STRATEGIES[strategy].options)
    for part in trained(encoder):
        # Zeros at the start would hide what lies before them.
        torch.nn.init.normal_(part, std=0.1)
    encoder(frozen.batch(slice(None))).square().sum().backward()
    still = [
        name
        for name, part in encoder.named_parameters()
        if part.requires_grad and (part.grad is None or not part.grad.any())
    ]
    assert still == []


def test_lora_where_a_network_can_not_be_changed_is_refused(chips):
    from tests.data.chips import make_chip_task

    from bocage.methods import Views, parse_method

    task = make_chip_task(n=3)
    views = Views(replace(task, inputs={"s2": chips}, lonlat=PLACES, masks=task.masks[:3]))
    method = parse_method("s2:satlas-tiny:lora:placement=attention,weights=random")
    with pytest.raises(SettingsError, match="can't be placed in the attention of satlas-tiny"):
        method.check(views)
