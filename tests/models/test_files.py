"""Model folders: the same predictions to the bit, and nothing changed or foreign is loaded."""

import dataclasses
import hashlib
import json
import math
import os
import pickle
import shutil

import numpy as np
import pytest
import skops.io
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import FunctionTransformer
from tests.data.models import KINDS, make_model

from bocage.core import BocageError, DataError, SettingsError, StoreError
from bocage.models import Training, load_model, save_model


def rewrite(folder, name, data):
    """Replace a file and its hash, as somebody would who means it."""
    (folder / name).write_bytes(data)
    facts = json.loads((folder / "model.json").read_text())
    facts["files"][name] = hashlib.sha256(data).hexdigest()
    (folder / "model.json").write_text(json.dumps(facts))


@pytest.fixture
def model():
    return make_model()


@pytest.mark.parametrize(("name", "kind"), KINDS)
def test_predictions_are_the_same_to_the_bit_after_a_round_trip(tmp_path, name, kind):
    saved = make_model(name, kind, scale=True)
    again = load_model(save_model(saved, tmp_path / "model"))
    X = np.random.default_rng(5).normal(0, 0.2, (300, 64))
    assert again.predict(X).tobytes() == saved.predict(X).tobytes()
    assert again.applicability.index(X).tobytes() == saved.applicability.index(X).tobytes()


@pytest.mark.parametrize(("name", "kind"), [("forest", "classification"), ("ridge", "regression")])
def test_everything_else_comes_back_too(tmp_path, name, kind):
    saved = make_model(name, kind)
    # NaN, where it was not measured, equals nothing.
    measured = dataclasses.replace(
        saved.training, judged="local", ece=0.04, brier=0.2, log_loss=0.3, ece_before=0.11,
        brier_before=0.4, log_loss_before=0.5,
    )  # fmt: skip
    saved = dataclasses.replace(saved, training=measured)
    again = load_model(save_model(saved, tmp_path / "model"))
    for field in dataclasses.fields(saved):
        if field.name not in {"head", "applicability"}:
            assert getattr(again, field.name) == getattr(saved, field.name), field.name
    assert again.head.get_params() | {"standardise": 0} == saved.head.get_params() | {
        "standardise": 0
    }
    np.testing.assert_array_equal(again.head.standardise, saved.head.standardise)


@pytest.mark.parametrize("name", ["logistic", "xgboost", "lightgbm", "forest"])
def test_classes_that_were_never_seen_are_never_mapped(tmp_path, name):
    saved = make_model(name, classes=4)
    again = load_model(save_model(saved, tmp_path / "model"))
    X = np.random.default_rng(5).normal(0, 0.2, (50, 64))
    # What labels may be whatever is seen, and nothing more.
    assert (again.predict(X)[:, 3] == saved.noise / 4).all()
    assert (again.predict(X).argmax(axis=1) < 3).all()
    assert again.predict(X).tobytes() == saved.predict(X).tobytes()


@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "chebyshev", "cosine"])
@pytest.mark.parametrize("n_bands", [5, 64])
def test_every_distance_of_neighbours_is_kept(tmp_path, metric, n_bands):
    saved = make_model("knn3", n_bands=n_bands)
    saved.head.set_params(params={"metric": metric})
    rows = saved.applicability.rows
    saved.head.fit(rows, np.arange(len(rows)) % 3)
    again = load_model(save_model(saved, tmp_path / "model"))
    X = np.random.default_rng(5).normal(0, 0.2, (50, n_bands))
    assert again.predict(X).tobytes() == saved.predict(X).tobytes()


def test_a_model_without_score_or_applicability_is_kept_as_such(tmp_path, model):
    bare = dataclasses.replace(model, applicability=None, training=Training((50, 50, 50)))
    again = load_model(save_model(bare, tmp_path / "model"))
    assert again.applicability is None
    assert math.isnan(again.training.score)
    assert "null" in (tmp_path / "model" / "model.json").read_text()


def test_no_file_of_a_model_is_a_pickle(tmp_path, model):
    folder = save_model(model, tmp_path / "model")
    assert sorted(path.name for path in folder.iterdir()) == [
        "applicability.npz", "estimator.skops", "head.npz", "model.json",
    ]  # fmt: skip
    for path in folder.iterdir():
        assert b"allow_pickle" not in path.read_bytes()
        assert not path.read_bytes().startswith(b"\x80")
        assert path.stat().st_mode & 0o777 == 0o644 | (path.stat().st_mode & 0o022)


@pytest.mark.parametrize("name", ["applicability.npz", "estimator.skops", "head.npz", "model.json"])
def test_a_missing_file_is_said(tmp_path, model, name):
    folder = save_model(model, tmp_path / "model")
    (folder / name).unlink()
    with pytest.raises(DataError, match=name.replace(".", r"\.")):
        load_model(folder)


@pytest.mark.parametrize("name", ["applicability.npz", "estimator.skops", "head.npz"])
def test_one_changed_byte_is_refused(tmp_path, model, name):
    folder = save_model(model, tmp_path / "model")
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(DataError, match="is not the file that was saved"):
        load_model(folder)


def test_files_that_the_model_does_not_list_are_refused(tmp_path, model):
    folder = save_model(model, tmp_path / "model")
    (folder / "weights.pkl").write_bytes(pickle.dumps(1))
    with pytest.raises(DataError, match=r"weights\.pkl, which the model does not list"):
        load_model(folder)
    (folder / "weights.pkl").unlink()
    (folder / "more").mkdir()
    with pytest.raises(DataError, match="more, which is a link or not a regular file"):
        load_model(folder)


def test_files_from_elsewhere_are_not_followed(tmp_path, model):
    folder = save_model(model, tmp_path / "model")
    (folder / "head.npz").rename(tmp_path / "head.npz")
    (folder / "head.npz").symlink_to(tmp_path / "head.npz")
    with pytest.raises(DataError, match="a link or not a regular file"):
        load_model(folder)


def test_a_file_may_not_widen_what_is_allowed(tmp_path, model):
    """A function of the file's own choosing is not built, whatever hash the file has."""
    folder = save_model(model, tmp_path / "model")
    evil = skops.io.dumps(FunctionTransformer(func=os.getcwd))
    rewrite(folder, "estimator.skops", evil)
    with pytest.raises(DataError, match="does not need, and it was not loaded"):
        load_model(folder)


def test_types_of_one_head_are_not_allowed_for_another(tmp_path, model):
    forest = save_model(make_model("forest"), tmp_path / "forest")
    folder = save_model(model, tmp_path / "model")
    rewrite(folder, "estimator.skops", (forest / "estimator.skops").read_bytes())
    # Older skops trust all of scikit-learn; what was built is then looked at.
    with pytest.raises(DataError, match=r"not loaded|holds a RandomForestClassifier; a logistic"):
        load_model(folder)


def test_another_estimator_under_the_name_is_refused(tmp_path):
    folder = save_model(make_model("ridge", "regression"), tmp_path / "model")
    other = LogisticRegression().fit(np.eye(3), [0, 1, 2])
    rewrite(folder, "estimator.skops", skops.io.dumps(other))
    with pytest.raises(DataError, match="holds a LogisticRegression; expected a ridge model"):
        load_model(folder)


@pytest.mark.parametrize("name", ["logistic", "xgboost", "lightgbm"])
def test_a_file_that_holds_no_model_is_refused(tmp_path, name):
    folder = save_model(make_model(name), tmp_path / "model")
    file = next(folder.glob("estimator.*")).name
    rewrite(folder, file, pickle.dumps({"a": 1}))
    with pytest.raises(DataError, match="can't be read"):
        load_model(folder)


def test_arrays_that_hold_objects_are_not_unpickled(tmp_path, model):
    folder = save_model(model, tmp_path / "model")
    np.savez(tmp_path / "evil.npz", probes=np.array([{"a": 1}], dtype=object))
    rewrite(folder, "head.npz", (tmp_path / "evil.npz").read_bytes())
    with pytest.raises(DataError, match=r"head\.npz can't be read"):
        load_model(folder)


def test_a_model_that_predicts_otherwise_is_refused_with_its_versions(tmp_path, model):
    folder = save_model(model, tmp_path / "model")
    other = save_model(make_model(scale=True), tmp_path / "other")
    rewrite(folder, "estimator.skops", (other / "estimator.skops").read_bytes())
    with pytest.raises(DataError, match=r"predictions differ from .* sklearn \d"):
        load_model(folder)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"version_of_format": 9, "bocage": "9.9"}, r"format 9; .* install the version .*9\.9"),
        ({"bands": ["A00"]}, "1 band names; expected 64"),
        ({"bands": "A00"}, "bands"),
        ({"classes": ["crop"]}, "1 class names; expected 3"),
        ({"surprise": 1}, "surprise"),
        ({"prior": ["a"]}, "prior"),
        ({"format": "other"}, "format"),
        ({"files": {"../head.npz": "0" * 64}}, "lists"),
        ({"files": {"head.npz": "zz"}}, "files"),
    ],
)
def test_a_changed_description_is_refused_in_words(tmp_path, model, change, why):
    folder = save_model(model, tmp_path / "model")
    facts = json.loads((folder / "model.json").read_text()) | change
    (folder / "model.json").write_text(json.dumps(facts))
    with pytest.raises(DataError, match=why):
        load_model(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000])
def test_a_description_that_is_none_is_refused(tmp_path, model, text):
    folder = save_model(model, tmp_path / "model")
    (folder / "model.json").write_text(text)
    with pytest.raises(DataError, match=r"model\.json in model"):
        load_model(folder)


def test_a_folder_that_is_no_model_is_neither_read_nor_overwritten(tmp_path, model):
    with pytest.raises(DataError, match="not a Bocage model"):
        load_model(tmp_path / "nowhere")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(SettingsError, match="is not a Bocage model"):
        save_model(model, tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


def test_a_model_replaces_a_model_and_leaves_nothing_beside_it(tmp_path, model):
    save_model(model, tmp_path / "model")
    save_model(make_model("ridge", "regression"), tmp_path / "model")
    assert load_model(tmp_path / "model").kind == "regression"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


@pytest.mark.parametrize("at", ["fsync", "rename"])
def test_nothing_half_written_is_left_where_the_disk_is_full(tmp_path, model, monkeypatch, at):
    save_model(model, tmp_path / "model")
    before = {path.name: path.read_bytes() for path in (tmp_path / "model").iterdir()}

    def full(*_args):
        raise OSError(28, "No space left on device")

    if at == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        real = type(tmp_path).rename
        monkeypatch.setattr(
            type(tmp_path),
            "rename",
            lambda self, to: full() if to == tmp_path / "model" and ".old" not in self.name
            else real(self, to),
        )  # fmt: skip
    with pytest.raises(StoreError, match="No space left on device"):
        save_model(make_model("ridge", "regression"), tmp_path / "model")
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert {path.name: path.read_bytes() for path in (tmp_path / "model").iterdir()} == before


def test_a_copied_folder_is_the_same_model(tmp_path, model):
    folder = save_model(model, tmp_path / "model")
    shutil.copytree(folder, tmp_path / "elsewhere" / "renamed")
    assert load_model(tmp_path / "elsewhere" / "renamed").bands == model.bands


def test_facts_that_contradict_each_other_make_no_model(model):
    for change in ({"prior": ()}, {"classes": ("a",)}, {"bands": model.bands[:3]}):
        with pytest.raises(BocageError, match="expected"):
            dataclasses.replace(model, **change)
    with pytest.raises(DataError, match="63 different band names"):
        dataclasses.replace(model, bands=("A01", *model.bands[1:]))


@pytest.mark.parametrize(
    ("name", "kind", "n_classes"),
    [("ridge", "regression", 3), ("forest", "regression", 2), ("logistic", "classification", 0)],
)
def test_a_number_has_no_classes_and_classes_are_counted(tmp_path, name, kind, n_classes):
    folder = save_model(make_model(name, kind), tmp_path / "model")
    facts = json.loads((folder / "model.json").read_text())
    assert (facts["head"]["n_classes"] == 0) == (kind == "regression")
    facts["head"]["n_classes"] = n_classes
    (folder / "model.json").write_text(json.dumps(facts))
    with pytest.raises(DataError, match=f"{n_classes} classes of a {kind}"):
        load_model(folder)
