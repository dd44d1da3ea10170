"""Frozen features: computed once, equal to the uncached, never mixed up."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from bocage.core import StoreError
from bocage.methods.backbones import Frozen


@pytest.fixture
def made(backbone, series, places, tmp_path):
    return Frozen(backbone, "random", backbone.arrays(series, places, True), tmp_path / "kept")


@torch.no_grad()
def test_what_is_kept_equals_the_uncached(made):
    batch = made.batch(slice(None))
    encoder = made.encoder
    np.testing.assert_allclose(made.features(), encoder(batch).numpy(), atol=1e-6)
    tokens = encoder.stem(batch)
    for block in range(len(encoder.blocks)):
        expected = encoder.through(tokens, 0, block).numpy()
        np.testing.assert_allclose(made.tokens(block), expected, atol=1e-5)


def test_features_are_computed_once(made, monkeypatch):
    first = np.array(made.features())
    again = Frozen(made.backbone, "random", made.arrays, made.folder)
    monkeypatch.setattr(Frozen, "_encode", lambda *_: pytest.fail("computed again"))
    np.testing.assert_array_equal(again.features(), first)
    assert isinstance(again.features(), np.memmap)
    assert not list(made.folder.glob(".*"))


def test_what_they_took_is_kept_beside_them(made):
    taken = made.seconds("pooled")
    assert 0 < taken < 1
    assert Frozen(made.backbone, "random", made.arrays, made.folder).seconds("pooled") == taken
    # Fewer blocks take less; the time of a deleted file is measured anew.
    assert made.seconds("block0-turn0") < taken
    (path,) = made.folder.glob("*pooled.seconds")
    path.unlink()
    again = Frozen(made.backbone, "random", made.arrays, made.folder)
    np.testing.assert_array_equal(again.features(), made.features())
    assert again.seconds("pooled") > 0


def test_a_cut_file_is_made_again(made):
    expected = np.array(made.features())
    (path,) = made.folder.glob("*pooled.npy")
    path.write_bytes(path.read_bytes()[:500])
    again = Frozen(made.backbone, "random", made.arrays, made.folder)
    np.testing.assert_array_equal(again.features(), expected)


def test_every_thing_that_decides_features_is_in_the_key(made, series, places):
    backbone = made.backbone
    other = replace(series, values=series.values + 0.01)
    keys = {
        made.key,
        Frozen(backbone, "pretrained", made.arrays).key,
        Frozen(backbone, "random", backbone.arrays(series, places, False)).key,
        Frozen(backbone, "random", backbone.arrays(other, places, True)).key,
        Frozen(backbone, "random", backbone.arrays(series, places + 1, True)).key,
    }
    assert len(keys) == 5


def test_a_folder_that_can_not_be_written_is_one_line(made, tmp_path):
    (tmp_path / "file").write_text("")
    lost = Frozen(made.backbone, "random", made.arrays, tmp_path / "file" / "features")
    with pytest.raises(StoreError, match="BOCAGE_CACHE"):
        lost.features()


def test_a_full_disk_is_an_error_and_leaves_nothing(made):
    import resource
    import signal

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, hard))
    try:
        with pytest.raises(StoreError, match="free some space"):
            made.tokens(0)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert not list(made.folder.iterdir())
