"""Python that README and docs show says where its names come from, and they are there."""

import ast
import re
from functools import partial
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import numpy as np
import pandas as pd
import pytest
import rasterio
from tests.data.models import make_model

import bocage
from bocage.datasets.landscape import write_landscape_tile
from bocage.models import save_model

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]


def _public():
    """Names that some room of Bocage offers."""
    rooms = [one.name for one in walk_packages(bocage.__path__, "bocage.") if one.ispkg]
    return {name for room in rooms for name in getattr(import_module(room), "__all__", ())}


def _code(block):
    """A block without the prompts and answers of a session."""
    lines = block.splitlines()
    if any(line.startswith(">>> ") for line in lines):
        lines = [line[4:] for line in lines if line.startswith((">>> ", "... "))]
    return "\n".join(lines)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_a_snippet_imports_what_it_calls(page):
    text, public = page.read_text(encoding="utf-8"), _public()
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    known = set()
    for block in blocks:
        tree = ast.parse(_code(block))
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        taken = {(node.module, name.name) for node in imports for name in node.names}
        for module, name in taken:
            assert hasattr(import_module(module), name), f"{module} has no {name}"
        names = {name for _, name in taken}
        every = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
        made = {node.id for node in every if isinstance(node.ctx, ast.Store)}
        assert {node.id for node in every} & public <= names | made
        known |= names
    bare = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    called = {
        name for code in re.findall(r"`([^`]+)`", bare) for name in re.findall(r"(\w+)\(", code)
    }
    assert called & public <= known


def test_the_snippets_of_maps_run(tmp_path, monkeypatch):
    pytest.importorskip("onnxruntime")
    monkeypatch.chdir(tmp_path)
    model = make_model()
    save_model(model, tmp_path / "crop-model")
    mapped = np.arange(100) % 2
    table = pd.DataFrame(np.full((3, 64), 1 / 8), columns=list(model.bands))
    given = {"mapped": mapped, "reference": np.roll(mapped, 20), "table": table}
    text = (ROOT / "docs" / "map.md").read_text(encoding="utf-8")
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(block, given)  # noqa: S102 - our own
    assert given["areas"].classes == ("crop", "other")
    assert given["probabilities"].shape == (3, 3)
    assert (tmp_path / "crop-model.onnx").exists()


@pytest.fixture(scope="module")
def at_hand(tmp_path_factory):
    """Labels and a raster as the pages of Python speak of them; synthetic."""
    folder = tmp_path_factory.mktemp("python")
    task = bocage.load_task("landscape")
    some = np.arange(0, len(task), 4)
    aef = task.inputs["aef"]
    fields = pd.DataFrame(aef.values[some], columns=list(aef.bands))
    fields["lon"], fields["lat"] = task.lonlat[some].T
    fields["crop"] = np.array(task.classes)[task.target[some]]
    fields["district"] = task.groups["region"][some]
    write_landscape_tile(folder / "aef.tif", side=200)
    with rasterio.open(folder / "aef.tif") as raster:
        west, south, east, north = raster.bounds
    # Some labels lie on the raster: a dozen of its region are moved there.
    moved = fields.index[fields["district"] == fields["district"].min()][:12]
    share = np.linspace(0.1, 0.9, len(moved))
    fields.loc[moved, "lon"] = west + share * (east - west)
    fields.loc[moved, "lat"] = south + share[::-1] * (north - south)
    return folder, fields


@pytest.mark.parametrize("page", ["README.md", "docs/python.md"])
def test_the_snippets_of_python_run(page, at_hand, monkeypatch):
    folder, fields = at_hand
    monkeypatch.chdir(folder)
    text = (ROOT / page).read_text(encoding="utf-8")
    text = text[text.index("# From Python") :]
    blocks = re.findall(r"```python\n(import.*?|.*?)```", text.partition("\n## What")[0], re.DOTALL)
    assert blocks
    given = {"fields": fields}
    if page == "README.md":
        # All methods at all budgets take minutes, and are another test's.
        compare = partial(bocage.compare, methods=["prior", "aef:knn3"], budgets=[5], repeats=1)
        monkeypatch.setattr(bocage, "compare", compare)
    for block in blocks:
        exec(block, given)  # noqa: S102 - our own
    assert given["model"].classes
    assert given["study"].n_missing == 0
