"""Which release of a library is there, and what a message says to install."""

import re
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

from bocage.core import SettingsError, release_of
from bocage.core._packages import how_to_install
from bocage.methods import Head
from bocage.models._estimators import dump_estimator, load_estimator

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))


@pytest.fixture
def _fresh():
    release_of.cache_clear()
    yield
    release_of.cache_clear()


def _record(folder, name, release):
    made = folder / f"{name.replace('-', '_')}-{release}.dist-info"
    made.mkdir()
    made.joinpath("METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {release}\n"
    )


@pytest.mark.usefixtures("_fresh")
@pytest.mark.parametrize("records", [("xgboost",), ("xgboost-cpu",), ("xgboost", "xgboost-cpu")])
def test_the_release_is_that_of_the_library_whatever_its_package_is_called(
    records, tmp_path, monkeypatch
):
    import xgboost

    # Before any real record, so that it hides one of its name.
    for number, name in enumerate(records):
        _record(tmp_path, name, xgboost.__version__ if len(records) == 1 else f"0.{number}")
    monkeypatch.syspath_prepend(tmp_path)
    assert release_of("xgboost") == xgboost.__version__


def _fitted():
    rng = np.random.default_rng(0)
    return Head("xgboost", params={"n_estimators": 2}).fit(
        rng.normal(size=(20, 2)), np.arange(20) % 2
    )


def test_a_missing_library_is_an_error_that_says_what_to_install(monkeypatch):
    data = dump_estimator(_fitted())
    monkeypatch.setitem(sys.modules, "xgboost", None)
    said = r"xgboost can't be imported .* run pip install --force-reinstall --no-deps xgboost-cpu"
    if sys.platform == "darwin":
        said = said.removesuffix("-cpu")
    with pytest.raises(SettingsError, match=said):
        _fitted()
    with pytest.raises(SettingsError, match=said):
        load_estimator(data, "xgboost", "classification")


def test_the_remains_of_a_library_are_not_taken_for_it(tmp_path, monkeypatch):
    # What pip leaves of XGBoost where both of its packages were there, and one was removed.
    (tmp_path / "xgboost" / "__pycache__").mkdir(parents=True)
    for name in [name for name in sys.modules if name.partition(".")[0] == "xgboost"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(SettingsError, match="xgboost can't be imported"):
        _fitted()


def test_messages_name_extras_that_there_are():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = [
        name
        for file in SOURCES
        for name in re.findall(r"how_to_install\(['\"](\w+)['\"]\)", file.read_text())
    ]
    assert {"dask", "map", "onnx", "shap", "tune"} <= set(named)
    assert set(named) <= set(extras["optional-dependencies"])


def test_nothing_says_that_bocage_is_on_an_index():
    # Until it is; then the sentence changes here and in `how_to_install`.
    assert how_to_install("tune").endswith('pip install ".[tune]"')
    texts = [*SOURCES, ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    wrong = re.compile(r"install +['\"]?bocage\b", re.IGNORECASE)
    assert not [str(file) for file in texts if wrong.search(file.read_text())]
