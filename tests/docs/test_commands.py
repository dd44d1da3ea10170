"""Every `bocage` command that README, docs and help show is run, made small."""

import os
import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from shapely import box
from tests.data.alphaearth import write_fields
from tests.data.burn_scars import write_burn_scars, write_zones
from typer.testing import CliRunner

from bocage.cli import _examples
from bocage.cli._app import app
from bocage.datasets import named_tasks
from bocage.methods import parse_method
from bocage.study import read_settings

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
LONG = {
    # As long as all others together; the same with clean labels is always run.
    "bocage explain four-regions --leave region",
    # Run by its own test.
    "bocage demo --synthetic-only",
}
SMALL = ["--budgets", "5,all", "--repeats", "1", "--methods", "prior,aef:logistic:C=10", "-j", "1"]


def commands() -> list[str]:
    found = []
    for page in PAGES:
        for block in re.findall(r"```console\n(.*?)```", page.read_text(), re.DOTALL):
            found += re.findall(r"^\$ (?:\S*/)?(bocage .*?)(?:\s+#.*)?$", block, re.MULTILINE)
        # Commands within a sentence; names of commands alone are not run.
        text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
        shown = [c.partition(" > ")[0] for c in re.findall(r"`(bocage [^`]+)`", text)]
        found += [c for c in shown if len(c.split()) > 2]
    # The examples of the commands' help are run as those of the docs are.
    for name, text in vars(_examples).items():
        if name.isupper():
            lines = re.findall(r"^(bocage .*)$", text.replace("\\\n", " "), re.MULTILINE)
            found += [" ".join(line.partition(" > ")[0].split()) for line in lines]
    return sorted(set(found))


ABOUT = "my_labels.gpkg --target crop --leave district"

# What a reader has made before, in the order of the pages: what it stands on, and the command.
STEPS = {
    "samples": ("fields", "sample labels.gpkg --source aef.tif -o samples.parquet"),
    "crops": (
        "samples",
        "compare samples.parquet --target crop --leave district --input aef=A?? -o studies/crops",
    ),
    "model": ("crops", "fit studies/crops --source aef.tif -o crop-model"),
    "explained": ("fields", f"explain {ABOUT} --input aef=A??"),
    "compared": ("labels", f"compare {ABOUT}"),
    "both": ("crops", f"compare {ABOUT}"),
}


def _run(text):
    arguments = shlex.split(text)
    made = CliRunner().invoke(app, [*arguments, *(SMALL if arguments[0] == "compare" else [])])
    assert made.exit_code == 0, made.output


def _write_labels(folder):
    """Write a synthetic GeoPackage with the columns of the docs, and a table of dates."""
    import geopandas as gpd

    rng = np.random.default_rng(0)
    n = 240
    crop, district = rng.integers(3, size=n), rng.integers(4, size=n)
    embedding = rng.normal(size=(n, 64)) + 2 * rng.normal(size=(3, 64))[crop]
    embedding /= np.linalg.norm(embedding, axis=1, keepdims=True)
    lon, lat = 10 + district + rng.uniform(0, 0.5, n), 45 + rng.uniform(0, 0.5, n)
    columns = {f"A{band:02d}": embedding[:, band] for band in range(64)}
    columns |= {f"B{band}": rng.uniform(0, 0.4, n) for band in (2, 3, 4, 8)}
    columns |= {
        "crop": [f"crop {c}" for c in crop],
        "district": [f"district {d}" for d in district],
        "cv_fold": np.arange(n) % 5,
        "soil_ph": 6 + embedding[:, 0] + 0.1 * rng.normal(size=n),
    }
    frame = gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(lon, lat), crs="EPSG:4326")
    frame.to_file(folder / "my_labels.gpkg")
    square = box(10, 45, 13.5, 45.5)
    gpd.GeoDataFrame(geometry=[square], crs=4326).to_file(folder / "area.geojson")
    dated = {f"B{b}_2021-{m:02d}": rng.uniform(200, 4000, n) for b in (2, 3, 4) for m in (4, 5)}
    dated |= {f"{b}_2021-{m:02d}": rng.uniform(-20, -8, n) for b in ("VV", "VH") for m in (4, 5)}
    kept = pd.DataFrame({"lon": lon, "lat": lat, **dated, "crop": columns["crop"]})
    kept.assign(district=columns["district"]).to_csv(folder / "my_series.csv", index=False)


def _write_parcels(folder):
    """Write polygons around the labels of the raster."""
    import geopandas as gpd

    labels = gpd.read_file(folder / "labels.gpkg")
    labels.set_geometry(labels.buffer(30)).to_file(folder / "parcels.gpkg")


@pytest.fixture(scope="session")
def stage(tmp_path_factory):
    """Where a folder is in which everything up to a step was made: once, and then copied."""
    folders = {}

    def made(name):
        if name in folders:
            return folders[name]
        folder = folders[name] = tmp_path_factory.mktemp(name)
        if name == "labels":
            _write_labels(folder)
            return folder
        before, step = STEPS.get(name, ("labels", None))
        shutil.copytree(made(before), folder, dirs_exist_ok=True)
        here = Path.cwd()
        os.chdir(folder)
        try:
            if step is None:
                write_fields(Path(), "district", "crop")
                _write_parcels(Path())
            else:
                _run(step)
        finally:
            os.chdir(here)
        return folder

    return made


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [pytest.param(c, marks=pytest.mark.truth if c in LONG else ()) for c in commands()],
)
def test_command_runs(command, request, stage, tmp_path, monkeypatch):
    real = ("four-regions", "mato-grosso", "fuel-moisture", "algae-blooms", "flood-spain")
    if any(name in command for name in real):
        request.getfixturevalue("real_data")
    shutil.copytree(stage(_needs(command)), tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    arguments = [part.replace("docs/", f"{ROOT}/docs/") for part in shlex.split(command)[1:]]
    if "--experiments" in arguments:
        arguments += ["--experiments", "2", "--models", "lightgbm"]
    if arguments[0] == "terratorch":
        folder = Path(arguments[1])
        folder.mkdir(parents=True)
        (folder / "study.yaml").write_text(f"task: {folder.name}\n")
    if arguments[0] == "compare" and not arguments[1].startswith("studies/"):
        arguments += _made_small(command, request)
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, f"{command}\n{result.output}\n{result.exception!r}"


def _needs(command):
    """Name the last step that a reader has made before a command."""
    if "subset.yaml" in command:
        return "explained"
    for what, step in (
        ("--model crop-model", "model"), ("studies/my_labels studies/crops", "both"),
        ("studies/my_labels", "compared"), ("-o studies/crops", "samples"),
        ("studies/crops", "crops"), ("aef.tif", "fields"),
    ):  # fmt: skip
        if what in command:
            return step
    return "labels"


def _made_small(command, request):
    """Return options that make a study of a named task small; put its files in place."""
    small = dict(zip(SMALL[::2], SMALL[1::2], strict=True))
    if "--at 20" in command:
        small["--budgets"] = "20,all"
    if "landscape" in command:
        del small["--budgets"], small["--repeats"]
    if "hls-burn-scars" in command or "wildfire" in command:
        write_burn_scars(Path("data/hls-burn-scars"), side=128)
        write_zones(Path())
        request.getfixturevalue("monkeypatch").setenv("BOCAGE_DATA", "data")
        small["--methods"] = "prior,hls:logistic:C=1"
    if "my_series" in command:
        small["--methods"] = "prior,s2:logistic:C=10"
    if "flood-spain" in command:
        small |= {"--methods": "prior,s2:logistic:C=10", "--budgets": "8"}
    if "fuel-moisture" in command or "algae-blooms" in command:
        small |= {"--methods": "prior,series:ridge:alpha=100", "--budgets": "20,all"}
    return [part for pair in small.items() for part in pair]


def test_the_docs_show_commands():
    assert set(commands()) >= LONG
    assert any(command.startswith("bocage compare my_labels") for command in commands())


STUDIES = sorted((ROOT / "docs" / "studies").glob("*.yaml"))


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_methods_of_a_study_can_be_read(path):
    settings = read_settings(path)
    for text in (*(settings.methods or []), *settings.more_methods):
        assert parse_method(text).name == text


def test_the_docs_list_every_named_task():
    page = (ROOT / "docs" / "tasks.md").read_text()
    assert [name for name in named_tasks() if f"`{name}`" not in page] == []
