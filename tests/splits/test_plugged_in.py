"""A splitter of another package: installed, found and used, with no change to Bocage."""

import json
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.data.plugins import install_hedge

from bocage.splits import SplitSettings, make_split

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "tests" / "data" / "plugin"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Install the package of an outsider into a folder of its own."""
    return install_hedge(tmp_path_factory.mktemp("plugin"))


@pytest.fixture
def program(tmp_path, monkeypatch, installed):
    """Call the program in a process that finds the package."""
    rng = np.random.default_rng(0)
    lon = rng.uniform(10, 11, 120)
    frame = pd.DataFrame({"lon": lon, "lat": rng.uniform(45, 46, 120), "B2": rng.normal(size=120)})
    frame["crop"] = np.where(frame["B2"] > 0, "maize", "wheat")
    frame.to_csv(tmp_path / "labels.csv", index=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(installed), prepend=":")

    def call(*arguments):
        command = [sys.executable, "-m", "bocage", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return call, frame


def test_a_splitter_of_another_package_is_found_and_its_folds_are_used(program, tmp_path):
    call, frame = program
    asked = ["split", "labels.csv", "--target", "crop", "--input", "s2=B2", "-o", "made"]
    made = call(*asked, "--folds-from", "splitter:strips", "--json")
    assert made.returncode == 0, made.stderr
    rows = [row for row in json.loads(made.stdout) if row["domain"] == "out"]
    assert [row["fold"] for row in rows] == ["out/1", "out/2", "out/3", "out/4"]
    assert [row["n_test"] for row in rows] == [30] * 4
    # A strip is as far from its neighbours as one sample from the next, and no nearer.
    gaps = np.diff(np.sort(frame["lon"]))[[29, 59, 89]]
    assert min(row["nearest_metres"] for row in rows) > gaps.min() * 70_000
    page = (tmp_path / "made" / "split.html").read_text(encoding="utf-8")
    assert "4 folds given by splitter &#39;strips&#39;" in page


def test_the_splitter_of_the_docs_holds_out_the_strips_of_the_package(toy):
    page = (ROOT / "docs" / "extend.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (code,) = [block for block in blocks if "class Strips" in block]
    shown, offered = {}, {}
    exec(code, shown)  # noqa: S102 - our own
    exec((PLUGIN / "src" / "hedge" / "splitter.py").read_text(encoding="utf-8"), offered)  # noqa: S102
    made = [make_split(toy, SplitSettings(), folds=one["Strips"]()) for one in (shown, offered)]
    assert made[0].key == made[1].key
    west_to_east = [toy.lonlat[fold.tests["out"], 0] for fold in made[0].folds[:4]]
    for one, other in pairwise(west_to_east):
        assert one.max() <= other.min()
    assert 'strips = "hedge.splitter:Strips"' in page


def test_a_name_that_no_package_offers_is_told_with_those_there_are(program):
    call, _ = program
    asked = ["split", "labels.csv", "--target", "crop", "--input", "s2=B2"]
    made = call(*asked, "--folds-from", "splitter:stripes")
    assert made.returncode == 2
    assert "no splitter 'stripes'" in made.stderr
    assert "the installed packages offer: strips" in made.stderr
    assert "Traceback" not in made.stderr
