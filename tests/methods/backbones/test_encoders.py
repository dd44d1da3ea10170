"""The encoders against the published code."""

from dataclasses import replace

import pytest
import torch
from tests.data.scripts import load_script

from bocage.core import DownloadError
from bocage.methods import BACKBONES
from bocage.methods.backbones import Frozen


def _frozen(backbone, series, places, place=True):
    return Frozen(backbone, "random", backbone.arrays(series, places, place))


def _without(series, *bands):
    keep = [i for i, band in enumerate(series.bands) if band not in bands]
    return replace(
        series,
        values=series.values[:, :, keep],
        bands=tuple(series.bands[i] for i in keep),
        units=tuple(series.units[i] for i in keep),
    )


@pytest.mark.parametrize("place", [True, False])
@pytest.mark.parametrize("absent", [(), ("VV", "VH"), ("B11", "elevation", "slope", "NDVI")])
@torch.no_grad()
def test_presto_is_the_published_encoder(series, places, place, absent):
    presto = BACKBONES["presto"]
    frozen = _frozen(presto, _without(series, *absent), places, place)
    encoder, batch = frozen.encoder, frozen.batch(slice(None))
    x = batch["x"]
    hidden = torch.zeros_like(x)
    for shown, group in zip(batch["groups"][0], encoder.inner.band_groups.values(), strict=True):
        hidden[:, :, group] = 0.0 if shown else 1.0
    unknown = torch.full(x.shape[:2], 9)
    expected = encoder.inner(x, unknown, batch.get("latlon"), hidden, batch["month"])
    torch.testing.assert_close(encoder(batch), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("place", [True, False])
@pytest.mark.parametrize("absent", [("NDVI",), ("NDVI", "VV", "VH"), ("NDVI", "slope")])
@torch.no_grad()
def test_galileo_is_the_published_encoder(series, places, place, absent):
    from rslearn.models.galileo.galileo import GalileoModel

    galileo = BACKBONES["galileo"]
    item = _without(series, *absent)
    frozen = _frozen(galileo, item, places, place)
    encoder = frozen.encoder

    def part(*bands):
        if not set(bands) <= set(item.bands):
            return None
        index = [item.bands.index(band) for band in bands]
        return torch.tensor(item.values[:, :, index]).float()

    s1 = part("VV", "VH")
    srtm = part("elevation", "slope")
    optical = [b for b in item.bands if b.startswith("B")]
    made = GalileoModel.construct_galileo_input(
        s1=None if s1 is None else s1[:, None, None],
        s2=part(*optical)[:, None, None],
        era5=part("temperature_2m", "total_precipitation"),
        srtm=None if srtm is None else srtm[:, None, :1],
        latlon=torch.tensor(places[:, ::-1].copy()).float() if place else None,
        months=torch.from_numpy(item.months - 1),
        normalize=True,
    )
    *tokens, _ = encoder.inner(**made._asdict(), patch_size=1)
    expected = encoder.inner.average_tokens(*tokens)
    found = encoder(frozen.batch(slice(None)))
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-6)


@pytest.fixture
def arrays(backbone, series, places):
    return backbone.arrays(series, places, True)


def test_what_is_said_of_a_network_is_true(backbone, series, places, tmp_path, monkeypatch):
    monkeypatch.setenv("BOCAGE_CACHE", str(tmp_path))
    frozen = _frozen(backbone, series, places)
    encoder = frozen.encoder
    assert frozen.n_parameters == {"presto": 404_160, "galileo": 1_037_856}[backbone.name]
    assert len(encoder.blocks) == backbone.n_blocks == len(encoder.widths)
    with torch.no_grad():
        assert encoder(frozen.batch(slice(None))).shape == (len(places), 128)


@pytest.mark.usefixtures("real_data")
def test_random_weights_are_the_same_every_time_and_not_the_pretrained(backbone, arrays):
    one, two = (backbone.load("random", arrays).state_dict() for _ in range(2))
    real = backbone.load("pretrained", arrays).state_dict()
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert any(not torch.equal(one[name], real[name]) for name in one)


def test_loading_leaves_the_random_state_alone(backbone, arrays):
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    backbone.load("random", arrays)
    assert torch.equal(torch.rand(2), expected)


def test_other_weights_are_refused(backbone, arrays, tmp_path, monkeypatch):
    path = tmp_path / backbone.file.path
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\x80\x04not weights")
    monkeypatch.setenv("BOCAGE_DATA", str(tmp_path))
    with pytest.raises(DownloadError, match="is not the expected file"):
        backbone.load("pretrained", arrays)


def test_weights_are_not_fetched_offline(backbone, arrays, tmp_path, monkeypatch):
    monkeypatch.delenv("BOCAGE_DATA", raising=False)
    monkeypatch.setenv("BOCAGE_CACHE", str(tmp_path))
    monkeypatch.setenv("BOCAGE_OFFLINE", "1")
    with pytest.raises(DownloadError, match="BOCAGE_OFFLINE forbids"):
        backbone.load("pretrained", arrays)


@pytest.mark.real
@pytest.mark.usefixtures("real_data")
@pytest.mark.parametrize(
    ("task", "features", "shuffled", "left_out"),
    [
        ("fuel-moisture", "Presto", 0.59, 0.43),
        ("fuel-moisture", "Presto, random weights", 0.54, 0.46),
        ("fuel-moisture", "Presto without coordinates", None, 0.33),
        ("fuel-moisture", "Presto, random weights, without coordinates", None, 0.40),
        ("algae-blooms", "Presto", None, 0.12),
        ("algae-blooms", "Presto, random weights", None, 0.32),
    ],
)
def test_frozen_presto_scores_what_was_seen(task, features, shuffled, left_out):
    # Seen apart from this code, to 0.03.
    from bocage.datasets import load_task

    wiring, found = load_script("presto_wiring"), load_task(task)
    if shuffled is not None:
        score = wiring.score(found, features, leave=False)
        assert score == pytest.approx(shuffled, abs=0.03)
    score = wiring.score(found, features, leave=True, seed=None)
    assert score == pytest.approx(left_out, abs=0.03)
