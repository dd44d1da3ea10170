"""Heads and backbones of other packages: installed, found, used; what fails there is one line."""

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.data.models import make_model
from tests.data.plugins import install_hedge, write_package
from tests.data.series import make_series

from bocage.core import CLASSIFICATION, DataError, SettingsError, plugins
from bocage.methods import BACKBONES, HEADS, Head, default_methods, parse_method
from bocage.models import load_model, save_model

ROOT = Path(__file__).parents[2]
HEAD, BACKBONE = "bocage.heads", "bocage.backbones"
LDA = """
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from bocage.methods.heads import HeadSpec

class Mine(LinearDiscriminantAnalysis):
    pass

def build(kind, params, seed):
    return Mine(**params)

part = HeadSpec("mine", "mine", build, {"classification": ({},)}"""


@pytest.fixture(autouse=True)
def _forget():
    """What was found in a test is not there in the next."""
    yield
    plugins.cache_clear()
    for registry in (HEADS, BACKBONES):
        registry._loaded.clear()
    sys.modules.pop("thorn", None)


@pytest.fixture
def put(tmp_path, monkeypatch):
    """Lay down a package that offers a part."""

    def lay(group, name, text):
        monkeypatch.syspath_prepend(write_package(tmp_path / "site", group, name, text))
        plugins.cache_clear()

    return lay


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The outsider's package, installed as pip does it."""
    # Looked for and not imported: setuptools changes what it finds in a running process.
    if not all(map(find_spec, ("pip", "setuptools"))):
        pytest.skip("pip and setuptools build the package")
    return install_hedge(tmp_path_factory.mktemp("hedge"))


@pytest.fixture
def python(site, tmp_path):
    """Run Python in a process of its own, with the package there or not."""

    def run(*arguments, with_hedge=True):
        path = [str(ROOT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
        path = [str(Path(item).resolve()) for item in path]
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join([*([str(site)] if with_hedge else []), *path]),
            "BOCAGE_CACHE": str(tmp_path / "cache"),
        }
        return subprocess.run(
            [sys.executable, *arguments],
            env=environment, cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run


def test_a_head_and_a_backbone_of_another_package_are_compared(python, tmp_path):
    pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    code = rng.integers(0, 2, 120)
    frame = pd.DataFrame({"lon": rng.uniform(10, 11, 120), "lat": rng.uniform(45, 46, 120)})
    frame["district"] = np.array(["north", "south", "west"])[np.arange(120) % 3]
    frame["crop"] = np.array(["maize", "wheat"])[code]
    for band in ("v1", "v2"):
        frame[band] = rng.normal(size=120) + 2 * code
    for month in range(1, 6):
        frame[f"B4_2021-0{month}"] = rng.normal(900, 90, 120)
        # The season of one class comes two months after that of the other.
        season = np.sin(month - 2.0 * code)
        frame[f"B8_2021-0{month}"] = 2500 + 900 * season + rng.normal(0, 90, 120)
    frame.to_csv(tmp_path / "labels.csv", index=False)
    methods = (
        "prior,v:discriminant,v:discriminant:shrinkage=0.5,"
        "s2:kernels:linear:weights=random,s2@kernels-random:discriminant"
    )
    asked = ["compare", "labels.csv", "--target", "crop", "--leave", "district"]
    asked += ["--input", "v=v?", "--series", "s2=B?_2021-??", "--units", "s2=reflectance x 10000"]
    asked += ["--methods", methods, "--budgets", "all", "--repeats", "1", "-j", "1", "-o", "made"]
    done = python("-m", "bocage", *asked)
    assert done.returncode == 0, done.stderr
    made = json.loads((tmp_path / "made" / "environment.json").read_text())
    assert made["hedge"] == "0.1.0"
    scores = pd.read_parquet(tmp_path / "made" / "scores.parquet")
    scores = scores[(scores["metric"] == "balanced_accuracy") & (scores["domain"] == "out")]
    mean = scores.groupby("method")["value"].mean()
    assert set(mean.index) == set(methods.split(","))
    assert mean.pop("prior") == 0.5
    assert mean.min() > 0.85


def test_a_mistyped_name_is_answered_with_that_of_another_package(python):
    asked = "from bocage.methods import parse_method\nparse_method('v:discriminat')"
    assert "did you mean 'v:discriminant'?" in python("-c", asked).stderr
    assert "discriminant" not in python("-c", asked, with_hedge=False).stderr


def test_a_model_of_another_packages_head_is_stored_read_mapped_and_written(python):
    code = (
        "import numpy as np\n"
        "from tests.data.models import AEF_CODING, make_model, stored_embeddings\n"
        "from bocage.models import load_model, save_model, to_earth_engine\n"
        "from bocage.predict import disagreements, kernel_of\n"
        "save_model(make_model('discriminant', n_bands=9), 'model')\n"
        "model = load_model('model')\n"
        "kernel = kernel_of(model.head, AEF_CODING, np.int8)\n"
        "pixels = stored_embeddings(2000, d=64)[:9]\n"
        "print(type(kernel).__name__)\n"
        "print(disagreements(kernel, model.head, AEF_CODING, pixels).unexplained)\n"
        "print('WEIGHTS' in to_earth_engine(model))\n"
    )
    done = python("-c", code)
    assert done.stdout.split() == ["LinearKernel", "0", "True"], done.stderr
    said = python(
        "-c", "from bocage.models import load_model\nload_model('model')", with_hedge=False
    )
    assert "no head is called 'discriminant' here; install the package" in said.stderr


def test_what_another_package_brings_is_not_run_unless_it_is_named(put, toy):
    put(HEAD, "mine", "raise RuntimeError('imported')")
    assert "mine" in HEADS
    assert not [m for m in default_methods(toy, every=True) if m.model == "mine"]
    with pytest.raises(SettingsError, match="imported"):
        parse_method("good:mine")


def test_a_name_of_our_own_is_not_replaced(put):
    put(HEAD, "ridge", "raise RuntimeError('imported')")
    assert HEADS["ridge"].title == "ridge regression"
    assert list(HEADS).count("ridge") == 1


@pytest.mark.parametrize(
    ("group", "text", "told"),
    [
        (HEAD, "import no_such_module", "can't be imported"),
        (HEAD, "1 / 0", "ZeroDivisionError"),
        (HEAD, "part = 3", "is a int, and expected is a HeadSpec"),
        (HEAD, "def part():\n    raise KeyError('x')", "can't be made"),
        (HEAD, LDA + ")\nfrom dataclasses import replace\npart = replace(part, name='x')", "'x'"),
        (HEAD, LDA + ", weighting='votes')", "votes"),
        (HEAD, LDA + ", trusted=('builtins.eval',))", "trusts builtins.eval"),
        (HEAD, LDA + ", trusted=('os.system',))", "trusts os.system"),
        (HEAD, LDA.replace("({},)", "()") + ")", "its grid needs"),
        (BACKBONE, "part = None", "expected is a Backbone"),
    ],
)
def test_a_package_that_fails_is_named_in_one_line(put, group, text, told):
    put(group, "mine", text)
    with pytest.raises(SettingsError, match=re.escape(told)) as caught:
        parse_method("good:mine" if group == HEAD else "series:mine:linear").title  # noqa: B018
    said = str(caught.value)
    assert "'mine' of the package thorn 1.2" in said
    assert "\n" not in said


def test_an_estimator_that_fails_is_an_error_that_names_its_package(put):
    put(
        HEAD,
        "mine",
        LDA.replace("    pass", "    def fit(self, X, y): raise OSError('full')") + ")",
    )
    with pytest.raises(DataError, match=r"'mine' of the package thorn failed \(OSError: full\)"):
        Head("mine").fit(np.eye(4), np.arange(4) % 2)


def test_types_of_a_package_are_stored_where_it_lists_them_and_else_refused(put, tmp_path):
    put(HEAD, "mine", LDA + ")")
    with pytest.raises(
        SettingsError, match=r"holds thorn\.Mine; expected these types in `trusted`"
    ):
        save_model(make_model("mine", n_bands=5), tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_a_model_with_a_packages_own_estimator_is_read_back(put, tmp_path):
    put(HEAD, "mine", LDA + ", trusted=('thorn.Mine',))")
    model = make_model("mine", n_bands=5)
    again = load_model(save_model(model, tmp_path / "model"))
    rows = model.applicability.rows
    np.testing.assert_array_equal(again.predict(rows), model.predict(rows))


def test_a_new_release_of_a_package_runs_its_methods_again(put):
    put(HEAD, "mine", LDA + ")")
    decides = parse_method("good:mine").decides(CLASSIFICATION)
    assert "thorn 1.2" in decides
    assert any(str(item).startswith("scikit-learn ") for item in decides)


def _blocks(section):
    text = (ROOT / "docs" / "extend.md").read_text(encoding="utf-8")
    return re.findall(r"```python\n(.*?)```", text.partition(f"## {section}\n")[2], re.DOTALL)[0]


def test_the_head_of_the_docs_is_one(put):
    put(HEAD, "discriminant", _blocks("A head") + "\npart = DISCRIMINANT")
    rng = np.random.default_rng(0)
    code = np.arange(90) % 3
    X = rng.normal(size=(90, 3)) + 4 * np.eye(3)[code]
    head = Head("discriminant", params={"shrinkage": "auto"}, n_classes=3).fit(X, code)
    assert (head.predict(X) == code).mean() > 0.9


def test_the_backbone_of_the_docs_is_one(put, tmp_path):
    pytest.importorskip("torch")
    from bocage.methods.backbones import Frozen

    put(BACKBONE, "kernels", _blocks("A backbone") + "\npart = KERNELS")
    item = make_series(12)[0]
    backbone = BACKBONES["kernels"]
    arrays = backbone.arrays(item, np.zeros((12, 2)), True)
    features = Frozen(backbone, "random", arrays, tmp_path).features()
    assert features.shape == (12, 128)
    assert "thorn 1.2" in backbone.weights_key("random")
