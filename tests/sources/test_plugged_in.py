"""Sources and tasks of another package: installed, found, used; what fails there is one line."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
from tests.data.plugins import install_hedge, write_package

from bocage.cli._complete import complete_sources
from bocage.core import DataError, SettingsError, plugins
from bocage.datasets import is_named, load_task, named_tasks
from bocage.sources import Window, open_source, scheme_of
from bocage.tasks import Task

ROOT = Path(__file__).parents[2]
SOURCES, TASKS = "bocage.sources", "bocage.tasks"


@pytest.fixture(autouse=True)
def _forget():
    """What was found in a test is not there in the next."""
    yield
    plugins.cache_clear()
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
def bocage(site, tmp_path):
    """Run the command in a process of its own, with the package there or not."""

    def run(*arguments, with_hedge=True):
        path = [str(ROOT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
        path = [str(Path(item).resolve()) for item in path]
        path = [*([str(site)] if with_hedge else []), *path]
        return subprocess.run(
            [sys.executable, "-m", "bocage", *map(str, arguments)],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(path), "COLUMNS": "200"},
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run


def _waves(row, column, seed=7):
    """The first band, by its formula."""
    phase = np.random.default_rng(seed).uniform(0, 6, (3, 2))[0]
    value = np.sin(row / 4 + phase[0]) + np.cos(column / 5 + phase[1])
    return np.round(1000 * value) / 1000


def test_a_task_is_compared_and_its_source_sampled_and_mapped(bocage, tmp_path):
    methods = "prior,waves:logistic,waves:forest"
    asked = ["--methods", methods, "--budgets", "all", "--repeats", "1", "-j", "1", "-o", "made"]
    done = bocage("compare", "hedgerows:n=240", *asked)
    assert done.returncode == 0, done.stderr
    scores = pd.read_parquet(tmp_path / "made" / "scores.parquet")
    scores = scores[(scores["metric"] == "balanced_accuracy") & (scores["domain"] == "out")]
    mean = scores.groupby("method")["value"].mean()
    assert mean["prior"] == 0.5
    assert mean["waves:logistic"] > 0.9

    done = bocage("map", "made", "--source", "waves:7", "--method", "waves:logistic", "-j", "1")
    assert done.returncode == 0, done.stderr
    with rasterio.open(tmp_path / "map.tif") as file:
        found = file.read(1)
    row, column = np.indices((96, 128))
    sea = row + column > 190
    np.testing.assert_array_equal(found == 255, sea)
    expected = _waves(row, column) > 0
    assert (found[~sea] == expected[~sea]).mean() > 0.95


def test_labels_get_the_pixels_of_a_source(bocage, tmp_path):
    # Centres of pixels of the grid, in its own metres; the last stands in the sea.
    rows, columns = np.array([0, 31, 32, 95]), np.array([0, 31, 32, 127])
    table = {"x": 500_000 + 10 * (columns + 0.5), "y": 5_200_000 - 10 * (rows + 0.5)}
    pd.DataFrame({**table, "crop": list("abab")}).to_csv(tmp_path / "labels.csv", index=False)
    places = ["--lon", "x", "--lat", "y", "--crs", "EPSG:32633"]
    done = bocage("sample", "labels.csv", *places, "--source", "waves:7", "-o", "out.csv")
    assert done.returncode == 0, done.stderr
    made = pd.read_csv(tmp_path / "out.csv")
    np.testing.assert_allclose(made["near"], _waves(rows[:3], columns[:3]), atol=1e-9)
    assert "3 bands of Waves 2024" in " ".join(done.stdout.split())
    renamed = ["--source", "waves:7", "--bands", "a,b,c", "--scale", "1", "-o", "other.csv"]
    assert bocage("sample", "labels.csv", *places, *renamed).returncode == 0
    other = pd.read_csv(tmp_path / "other.csv")
    np.testing.assert_allclose(other["a"], 1000 * made["near"], atol=1e-6)


def test_what_a_package_says_is_wrong_and_what_is_not_installed_is_one_line(bocage, tmp_path):
    (tmp_path / "labels.csv").write_text("lon,lat,crop\n15.0,46.9,a\n15.1,46.9,b\n")
    wrong = bocage("sample", "labels.csv", "--source", "waves:high", "-o", "x.csv")
    assert wrong.returncode == 2
    assert "expected a number, such as waves:7" in " ".join(wrong.stderr.split())
    asked = ["sample", "labels.csv", "--source", "waves:7", "-o", "x.csv"]
    lost = bocage(*asked, with_hedge=False)
    assert lost.returncode == 2
    assert "waves:7" in lost.stderr
    assert lost.stderr.count("\n") <= 2
    asked = bocage("compare", "hedgerow")
    assert asked.returncode == 2
    assert "did you mean 'hedgerows'" in " ".join(asked.stderr.split())
    unread = bocage("compare", "hedgerows:n=many")
    assert "'n=many' in 'hedgerows:n=many' can't be read" in " ".join(unread.stderr.split())


TASK = """
import numpy as np
from bocage.core import Input
from bocage.datasets import NamedTask
from bocage.tasks import Samples, build_task

def load():
    values = np.arange(8.0)[:, None]
    return Samples(
        "mine", "classification", np.array(list("abababab")), np.zeros((8, 2)) + values,
        {"v": Input("v", values, ("v",), "1")}, {},
    )
"""

UNFIT = "Samples('m', 'classification', np.array(['a', 'b']), np.zeros(3), {}, {})"


@pytest.mark.parametrize(
    "end",
    [
        "part = NamedTask('eight samples', load)",
        "part = NamedTask('eight samples', lambda: build_task(load()))",
        "def part(): return NamedTask('eight samples', load)",
    ],
)
def test_a_task_is_listed_completed_and_loaded(put, end):
    put(TASKS, "mine", TASK + end)
    assert is_named("mine")
    assert "mine" in complete_sources("m")
    assert named_tasks()["mine"] == "eight samples"
    task = load_task("mine")
    assert isinstance(task, Task)
    assert (len(task), task.classes) == (8, ("a", "b"))


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("import no_such_module", r"can't be imported \(ModuleNotFoundError"),
        ("part = 3", "is a int, and expected is a NamedTask"),
        ("part = NamedTask('x', lambda: 1 / 0)", r"can't be loaded \(ZeroDivisionError"),
        ("part = NamedTask('x', lambda: None)", "returns a NoneType, not Samples or a Task"),
        (f"part = NamedTask('x', lambda: {UNFIT})", "samples that don't fit together"),
    ],
)
def test_a_task_that_fails_names_its_package_in_one_line(put, end, said):
    put(TASKS, "mine", TASK + end)
    with pytest.raises((SettingsError, DataError), match=said) as caught:
        load_task("mine")
    assert "task 'mine' of the package thorn 1.2" in str(caught.value)
    assert "\n" not in str(caught.value)
    # A broken package breaks no list of names.
    assert len(named_tasks()) == 10


def test_a_name_of_our_own_is_not_replaced(put):
    put(TASKS, "landscape", "raise RuntimeError('imported')")
    assert "synthetic landscape" in named_tasks()["landscape"]
    assert load_task("landscape:seed=3").synthetic


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import no_such_module", r"can't be imported \(ModuleNotFoundError"),
        ("def part(what): return 3", "returns 'int', which has no 'names'"),
        ("def part(what): raise OSError(what)", r"can't open 'here' \(OSError: here\)"),
    ],
)
def test_a_source_that_fails_names_its_package_in_one_line(put, text, said):
    put(SOURCES, "mine", text)
    assert scheme_of("mine:here") == "mine"
    with pytest.raises(SettingsError, match=said) as caught:
        open_source("mine:here")
    assert "source 'mine' of the package thorn 1.2" in str(caught.value)


def test_a_file_is_read_though_a_package_has_a_scheme_of_its_name(put, tmp_path, monkeypatch):
    put(SOURCES, "mine", "raise RuntimeError('imported')")
    monkeypatch.chdir(tmp_path)
    assert not scheme_of("./mine:here.tif")
    with pytest.raises(DataError, match=re.escape("mine:here.tif")):
        open_source("./mine:here.tif")


def _blocks(section):
    text = (ROOT / "docs" / "extend.md").read_text(encoding="utf-8")
    text = text.partition(f"## {section}\n")[2].partition("\n## ")[0]
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


def test_the_source_and_the_array_of_the_docs_are_sources(put):
    one, other = _blocks("A source")
    put(SOURCES, "waves", one + "\npart = Waves")
    source = open_source("waves:3")
    found = source.pixels(Window(40, 50, 2, 3)).values
    row, column = np.indices((2, 3)) + np.array([40, 50])[:, None, None]
    np.testing.assert_allclose(found[0], np.sin(row / 9 + 3) + np.cos(column / 9), atol=6e-4)
    names = {"np": np}
    exec(other, names)  # noqa: S102 - our own page
    assert (names["source"].names, names["source"].grid.height) == (("vv", "vh"), 50)


def test_the_task_of_the_docs_is_one(put):
    (block,) = _blocks("A named task")
    put(TASKS, "hedgerows", block + "\npart = HEDGEROWS")
    task = load_task("hedgerows:seed=3")
    assert (len(task), task.classes, task.leave) == (300, ("field", "hedge"), "quarter")
    assert len(set(task.groups["quarter"])) == 4
