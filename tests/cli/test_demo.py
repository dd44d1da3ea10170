"""The first minute: a first answer, its page and a map, as commands that anyone would type."""

import numpy as np
import pytest
import rasterio

from bocage.datasets.landscape import write_landscape_tile
from bocage.mapping.outputs import legend_of
from bocage.study import open_study


@pytest.mark.slow
def test_the_demo_writes_pages_and_a_map_and_goes_on(bocage, tmp_path, monkeypatch):
    monkeypatch.setenv("BOCAGE_OFFLINE", "1")
    monkeypatch.setenv("BOCAGE_DATA", "")
    monkeypatch.setenv("BOCAGE_CACHE", str(tmp_path / "cache"))
    code, out, err = bocage("demo", "-j", "1")
    assert code == 0, err
    study = open_study(tmp_path / "bocage-demo" / "landscape")
    assert study.plan.n_runs - study.n_missing == study.plan.n_first > 0
    page = (study.folder / "report.html").read_text()
    typed = "bocage compare landscape --quick -o bocage-demo/landscape"
    assert typed in page
    said = " ".join(out.split())
    assert f"$ {typed}" in said
    assert "$ bocage map bocage-demo/landscape --source bocage-demo/aef.tif" in said
    # Where the real example can't be had, that is the last line, and no failure.
    assert out.splitlines()[-1].startswith("left out: the real example (")
    # The map is of the tile, and mostly right.
    truth = write_landscape_tile(tmp_path / "again.tif")
    made = tmp_path / "bocage-demo" / "map.tif"
    with rasterio.open(made) as file:
        found = file.read(1)
        tags = file.tags()
    classes = np.array([truth.classes.index(name) for name in legend_of(made).names])
    assert (classes[found] == truth.cover).mean() > 0.7
    # What was made up says so, in the file and in its catalogue entry.
    assert tags["bocage_synthetic"] == "yes"
    assert "Google" not in " ".join(tags.values())
    assert "synthetic" in (tmp_path / "bocage-demo" / "map.json").read_text()
    # Again: nothing is run twice.
    runs = {path: path.stat().st_mtime_ns for path in (study.folder / "runs").iterdir()}
    assert bocage("demo", "--synthetic-only")[0] == 0
    assert {path: path.stat().st_mtime_ns for path in (study.folder / "runs").iterdir()} == runs


@pytest.mark.parametrize("content", [b"II*\0 a raster of the user's own", b"no raster"])
def test_the_demo_replaces_no_raster_of_others(bocage, tmp_path, content):
    own = tmp_path / "bocage-demo" / "aef.tif"
    own.parent.mkdir()
    own.write_bytes(content)
    code, _, err = bocage("demo")
    assert code == 2
    assert "bocage-demo/aef.tif' " in err
    assert "would be overwritten" in err or "was not written by Bocage" in err
    assert own.read_bytes() == content
    assert [path.name for path in own.parent.iterdir()] == ["aef.tif"]
