"""A model folder that somebody changed and signed anew: refused in words, and nothing is loaded."""

import hashlib
import io
import json
import time
import zipfile
import zlib

import numpy as np
import pytest
from tests.data.models import make_model

from bocage.core import DataError
from bocage.models import _files, load_model, save_model

MODELS = ["prior", "centroid", "logistic", "knn3", "forest", "mlp"]


def sign(folder, name, data):
    """Replace a file and its hash, as somebody would who means it."""
    (folder / name).write_bytes(data)
    tell(folder, lambda facts: facts["files"].update({name: hashlib.sha256(data).hexdigest()}))


def tell(folder, change):
    """Change what a model says of itself."""
    facts = json.loads((folder / "model.json").read_text())
    change(facts)
    (folder / "model.json").write_text(json.dumps(facts))


@pytest.fixture
def folder(tmp_path):
    return save_model(make_model(), tmp_path / "model")


def refused(folder, told):
    with pytest.raises(DataError, match=told) as caught:
        load_model(folder)
    said = str(caught.value)
    assert "\n" not in said
    assert "\x1b" not in said
    assert len(said) < 600


@pytest.mark.parametrize(
    ("metric", "values", "told"),
    [
        ("balanced accuracy", (0.9, 1.7, 1.8), "from 0 to 1"),
        ("balanced accuracy", (-0.1, 0.5, 0.6), "from 0 to 1"),
        ("F1 of water", (0.5, 0.9, 1.2), "from 0 to 1"),
        ("R²", (0.5, 1.2, 1.3), "from -inf to 1"),
        ("RMSE", (-1.0, 0.2, 0.3), "from 0 to inf"),
        ("macro-F1", (0.9, 0.8, 0.7), "an interval from 0.9 down to 0.7"),
    ],
)
def test_a_score_that_no_method_can_have(folder, metric, values, told):
    names = ("low", "score", "high")
    claim = dict(zip(names, values, strict=True)) | {"metric": metric}
    tell(folder, lambda facts: facts["training"].update(claim))
    refused(folder, told)


@pytest.mark.parametrize(
    ("name", "value"),
    [("n_tested", -1), ("n_labels", [5, -5, 5]), ("ece", 1.5), ("brier", -0.1), ("log_loss", -1.0)],
)
def test_a_count_or_an_error_that_can_not_be(folder, name, value):
    tell(folder, lambda facts: facts["training"].update({name: value}))
    refused(folder, f"training.{name}")


@pytest.mark.parametrize("value", [[0.5, 0.5, 0.5], [1.5, -0.5, 0.0]])
def test_class_shares_that_can_not_be(folder, value):
    tell(folder, lambda facts: facts.update(prior=value))
    refused(folder, r"model\.json in model can't be used")


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_are_none(folder, value):
    text = (folder / "model.json").read_text()
    facts = json.loads(text)
    facts["training"]["score"] = "HERE"
    (folder / "model.json").write_text(json.dumps(facts).replace('"HERE"', value))
    refused(folder, r"training\.score")


@pytest.mark.parametrize("mark", ["\x1b[2J", "\x07", "\n", "\x9b1m", "\u202e"])
@pytest.mark.parametrize("name", ["target", "product", "licence", "classes", "bands"])
def test_names_that_give_orders_to_a_terminal(folder, name, mark):
    def change(facts):
        old = facts[name]
        facts[name] = f"{old}{mark}" if isinstance(old, str) else [f"{old[0]}{mark}", *old[1:]]

    tell(folder, change)
    refused(folder, name)


def test_a_name_of_a_file_gives_no_orders_either(folder):
    (folder / "a\x1b[2Jb").write_text("")
    with pytest.raises(DataError, match="which the model does not list"):
        load_model(folder)


@pytest.mark.parametrize("name", ["head.npz", "applicability.npz", "estimator.skops"])
@pytest.mark.parametrize("harm", ["cut", "stream", "method", "locked", "empty", "text", "crc"])
def test_an_archive_that_can_not_be_read(folder, name, harm):
    data = bytearray((folder / name).read_bytes())
    start = 30 + int.from_bytes(data[26:28], "little") + int.from_bytes(data[28:30], "little")
    directory = data.rfind(b"PK\x01\x02")
    first = data.find(b"PK\x01\x02")
    if harm == "cut":
        data = data[: len(data) // 2]
    elif harm == "stream":
        # Still an archive, but what was packed is no stream of zlib.
        data[start : start + 8] = b"\xff" * 8
    elif harm == "method":
        data[8:10] = data[first + 10 : first + 12] = b"\x63\x00"
    elif harm == "locked":
        data[6] |= 1
        data[first + 8] |= 1
    elif harm == "crc":
        data[first + 16] ^= 1
    else:
        data = b"" if harm == "empty" else b"no archive"
    assert directory > 0
    sign(folder, name, bytes(data))
    refused(folder, "can't be read")


@pytest.mark.parametrize("name", ["head.npz", "estimator.skops"])
def test_an_archive_that_would_fill_the_memory_is_not_unpacked(folder, name, monkeypatch):
    from bocage.models import _archive

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in ("probes.npy", "answers.npy", "schema.json"):
            archive.writestr(member, bytes(1_000_000))
    sign(folder, name, buffer.getvalue())
    assert len(buffer.getvalue()) < 10_000
    monkeypatch.setattr(_archive, "MOST_BYTES", 2_000_000)
    refused(folder, "when it is unpacked")


def test_names_are_compared_before_any_file_is_read(folder, monkeypatch):
    read = []
    real = _files._read
    monkeypatch.setattr(
        _files, "_read", lambda path, most: read.append(path.name) or real(path, most)
    )
    (folder / "big.bin").write_bytes(b"x")
    refused(folder, r"big\.bin, which the model does not list")
    assert read == ["model.json"]
    (folder / "big.bin").unlink()
    (folder / "head.npz").unlink()
    refused(folder, r"lacks head\.npz")
    assert read == ["model.json"] * 2


@pytest.mark.parametrize("name", ["model.json", "head.npz"])
def test_a_file_that_is_too_long_is_not_read_to_its_end(folder, name, monkeypatch):
    monkeypatch.setattr(_files, "MOST_FACTS" if name == "model.json" else "MOST_BYTES", 1000)
    refused(folder, "in model is longer than")


@pytest.mark.parametrize("array", ["probes", "answers", "classes", "temperature", "mean"])
@pytest.mark.parametrize("shape", [(), (0,), (1, 1), (3, 3, 3)])
def test_arrays_of_another_shape(folder, array, shape):
    with np.load(folder / "head.npz") as found:
        arrays = dict(found)
    if array not in arrays:
        pytest.skip("this head has none")
    arrays[array] = np.zeros(shape)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    sign(folder, "head.npz", buffer.getvalue())
    refused(folder, "model")


@pytest.mark.parametrize("name", MODELS)
def test_an_estimator_has_the_same_bytes_each_time(tmp_path, name, monkeypatch):
    first = save_model(make_model(name), tmp_path / "a") / "estimator.skops"
    later = time.time() + 4000
    monkeypatch.setattr(time, "time", lambda: later)
    # Objects that stay, so that new ones lie elsewhere.
    kept = [np.zeros(n) for n in range(2000)]
    second = save_model(make_model(name), tmp_path / "b") / "estimator.skops"
    assert kept
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert archive.testzip() is None
    assert zlib.crc32(first.read_bytes())


def test_a_saved_model_loads_and_says_what_it_said(folder):
    assert load_model(folder).classes == make_model().classes
