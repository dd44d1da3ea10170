"""ONNX files: they predict what the model predicts, or none is written."""

import json

import numpy as np
import pytest
from tests.data.models import KINDS, make_model

from bocage.core import SettingsError, StoreError
from bocage.models import Agreement, load_model, save_model, to_onnx
from bocage.models import _onnx as module

pytest.importorskip("onnxmltools")
pytest.importorskip("skl2onnx")
onnx = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")

FLOORS = [("prior", "classification"), ("prior", "regression"), ("bands", "regression")]
EXPORTED = [item for item in KINDS if item not in FLOORS]


def predict(path, X):
    session = runtime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"bands": X.astype(np.float32)})
    return found


@pytest.mark.parametrize(("name", "kind"), EXPORTED)
@pytest.mark.parametrize("classes", [2, 4])
def test_onnxruntime_predicts_what_the_model_predicts(tmp_path, name, kind, classes):
    model = make_model(name, kind, classes=classes, n_bands=9, scale=True)
    agreement = to_onnx(model, tmp_path / "model.onnx")
    assert agreement.largest < (1e-4 if kind == "classification" else 1e-2)
    assert agreement.n_other_class <= 4
    rows = model.applicability.rows
    found, expected = predict(tmp_path / "model.onnx", rows), model.predict(rows)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize("name", ["logistic", "xgboost", "lightgbm", "forest"])
def test_a_model_from_its_folder_gives_the_same_file(tmp_path, name):
    model = make_model(name, n_bands=5)
    to_onnx(model, tmp_path / "one.onnx")
    to_onnx(load_model(save_model(model, tmp_path / "model")), tmp_path / "two.onnx")
    X = np.random.default_rng(0).normal(0, 0.2, (50, 5))
    one, two = (predict(tmp_path / file, X) for file in ("one.onnx", "two.onnx"))
    assert one.tobytes() == two.tobytes()


def test_a_file_says_what_it_is_of(tmp_path):
    to_onnx(make_model(n_bands=5), tmp_path / "model.onnx")
    facts = {item.key: item.value for item in onnx.load(tmp_path / "model.onnx").metadata_props}
    assert json.loads(facts["bands"]) == ["A00", "A01", "A02", "A03", "A04"]
    assert json.loads(facts["classes"])[0] == "crop"
    assert facts["licence"] == "CC-BY-4.0"
    assert facts["coding"].startswith("square")


def test_the_agreement_is_said_in_words():
    said = str(Agreement(4096, 1.2e-7, 3e-8, 2))
    assert said == (
        "ONNX compared with Bocage on 4096 random rows: largest difference 1.2e-07, median 3e-08, "
        "different class in 2"
    )


def test_a_conversion_that_went_wrong_writes_nothing(tmp_path, monkeypatch):
    model, other = make_model(n_bands=5), make_model("forest", n_bands=5)
    convert = module._convert
    monkeypatch.setattr(module, "_convert", lambda _: convert(other))
    with pytest.raises(StoreError, match="of the rows disagree, so nothing was written"):
        to_onnx(model, tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "kind"), FLOORS)
def test_floors_are_refused_in_words(tmp_path, name, kind):
    with pytest.raises(SettingsError, match="has no ONNX converter"):
        to_onnx(make_model(name, kind), tmp_path / "model.onnx")


def test_missing_libraries_are_named(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    with pytest.raises(SettingsError, match=r"onnxruntime is not installed.*\.\[onnx\]"):
        to_onnx(make_model(n_bands=5), tmp_path / "model.onnx")
