"""Named tasks: their counts, their notes, and what is refused."""

import os
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bocage.core import DataError, DownloadError, SettingsError, stack
from bocage.datasets import load_task, named_tasks
from bocage.datasets._four_regions import FILES, four_regions
from bocage.datasets._mato_grosso import CONTENT_SHA256, FILE, content_sha256
from bocage.tables import read_task

HAS_DATA = bool(os.environ.get("BOCAGE_DATA"))


def real(test):
    skip = pytest.mark.skipif(not HAS_DATA, reason="BOCAGE_DATA is not set: no real data here")
    return pytest.mark.real(skip(test))


def counts(values) -> dict[str, int]:
    names, number = np.unique(values, return_counts=True)
    return dict(zip(names.tolist(), number.tolist(), strict=True))


@real
def test_four_regions():
    task = load_task("four-regions")
    assert len(task) == 2880
    assert counts(np.array(task.classes)[task.target]) == dict.fromkeys(sorted(task.classes), 320)
    assert set(counts(task.groups["region"]).values()) == {720}
    assert set(task.groups["year"]) == {"2024"}
    assert task.leave == "region"
    assert task.inputs["aef"].scaling == "keep"
    assert task.inputs["aef"].modality == "embedding"
    assert task.inputs["s1"].bands == ("S1_VV", "S1_VH", "S1_VV_div_VH")
    assert (task.inputs["s1"].units, task.inputs["s1"].modality) == ("dB", "radar")
    norm = np.linalg.norm(task.inputs["aef"].values, axis=1)
    assert ((norm > 0.97) & (norm < 1.03)).all()
    assert "478 of 2,880 rows (16.6%)" in task.notes[0]
    assert "80 points in the Amazon are labelled snow and ice" in task.notes[0]
    assert "produced by Google and Google DeepMind" in task.licence


@real
def test_four_regions_has_five_pairs_in_one_pixel():
    task = load_task("four-regions")
    number = np.bincount(task.unit)
    assert (number == 2).sum() == 5
    assert number.max() == 2
    # The data agree: a pair reads the same vector.
    for unit in np.flatnonzero(number == 2):
        (one, two), _ = stack([task.inputs["aef"].take(np.flatnonzero(task.unit == unit))])
        assert (one == two).all()
    assert any(note.startswith("10 samples lie in the 10 m pixel") for note in task.notes)


@real
def test_four_regions_clean():
    task = load_task("four-regions-clean")
    assert len(task) == 1219
    assert task.classes == ("built", "crops", "trees", "water")
    assert counts(np.array(task.classes)[task.target]) == {
        "built": 318,
        "crops": 276,
        "trees": 308,
        "water": 317,
    }
    assert "the easy ones" in task.notes[0]


@real
def test_four_regions_read_as_a_label_table_is_the_same():
    files = f"{os.environ['BOCAGE_DATA']}/four-regions/*.csv"
    named = load_task("four-regions")
    read = read_task(files, target="dw_label", inputs={"s1": "S1_VV,S1_VH,S1_VV_div_VH"})
    assert (named.digests == read.digests).all()
    assert (named.unit == read.unit).all()


@real
def test_four_regions_from_a_server(tmp_path, monkeypatch):
    served = tmp_path / "served"
    served.mkdir()
    for file in FILES:
        shutil.copy(Path(os.environ["BOCAGE_DATA"]) / file.path, served / file.name)
    expected = load_task("four-regions-clean")
    monkeypatch.delenv("BOCAGE_DATA")
    monkeypatch.delenv("BOCAGE_OFFLINE", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=served))
    threading.Thread(target=http.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{http.server_port}"
        task = four_regions(clean=True, cache=tmp_path / "cache", base_url=url)
    finally:
        http.shutdown()
        http.server_close()
    assert (task.digests == expected.digests).all()


def test_four_regions_is_pinned_to_a_commit():
    for file in FILES:
        assert len(file.sha256) == 64
        assert "/f4d5fbbacfa4b0f9bcb5f5217b272b812de4f39c/" in file.base_url


@real
def test_mato_grosso():
    task = load_task("mato-grosso")
    assert counts(np.array(task.classes)[task.target]) == {
        "Cerrado": 379,
        "Forest": 131,
        "Pasture": 344,
        "Soy_Corn": 364,
    }
    item = task.inputs["ndvi"]
    values, _ = stack([item])
    assert values.shape == (1218, 12)
    assert (item.bands[0], item.bands[-1]) == ("NDVI_01", "NDVI_12")
    assert (item.modality, item.units, item.scaling) == ("series", "1", "standardise")
    assert 0 < values.min() < values.max() < 1
    assert (item.years[0], item.years[-1], len(item.years)) == (2000, 2016, 17)
    assert task.leave == "year"
    years = sorted(set(task.groups["year"]))
    assert (years[0], years[-1], len(years)) == ("2000-2001", "2015-2016", 16)
    assert any("560 of 1,218 samples" in note for note in task.notes)


@real
def test_mato_grosso_series_are_those_of_the_long_table():
    table = pd.read_csv(Path(os.environ["BOCAGE_DATA"]) / FILE)
    task = load_task("mato-grosso")
    numbers = np.sort(table["sample"].unique())
    for position in (0, 100, 1217):
        rows = table[table["sample"] == numbers[task.row[position]]].sort_values("step")
        series, _ = stack([task.inputs["ndvi"].take(np.array([position]))])
        assert series.tolist() == [rows["NDVI"].tolist()]
        assert task.classes[task.target[position]] == rows["label"].iloc[0]
        assert task.groups["year"][position].startswith(rows["date"].iloc[0][:4])


@real
def test_mato_grosso_places_stay_together():
    task = load_task("mato-grosso")
    place = np.unique(task.lonlat, axis=0, return_inverse=True)[1].ravel()
    assert len(np.unique(place)) == len(np.unique(task.unit)) == 732
    pairs = np.unique(np.column_stack([place, task.unit]), axis=0)
    assert len(pairs) == 732


@real
def test_mato_grosso_written_again_is_the_same_but_changed_is_not(tmp_path, monkeypatch):
    table = pd.read_csv(Path(os.environ["BOCAGE_DATA"]) / FILE)
    expected = load_task("mato-grosso")
    path = tmp_path / FILE
    path.parent.mkdir()
    # As R would write it: other digits, other numbering, other row order.
    again = table.assign(sample=table["sample"] + 1).sample(frac=1, random_state=0)
    again.to_csv(path, index=False, float_format="%.6f")
    assert content_sha256(again) == CONTENT_SHA256
    monkeypatch.setenv("BOCAGE_DATA", str(tmp_path))
    task = load_task("mato-grosso")
    assert (
        task.lonlat[np.lexsort(task.lonlat.T)] == expected.lonlat[np.lexsort(expected.lonlat.T)]
    ).all()
    table.loc[5, "NDVI"] += 0.001
    table.to_csv(path, index=False)
    with pytest.raises(DownloadError, match="does not hold the samples this task is made from"):
        load_task("mato-grosso")


def test_mato_grosso_without_the_folder_says_how_to_get_it(monkeypatch):
    monkeypatch.delenv("BOCAGE_DATA", raising=False)
    with pytest.raises(DownloadError, match="samples_modis_ndvi of the R package sits"):
        load_task("mato-grosso")


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe"])
def test_mato_grosso_with_another_file(tmp_path, monkeypatch, content):
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_bytes(content)
    monkeypatch.setenv("BOCAGE_DATA", str(tmp_path))
    with pytest.raises(DownloadError):
        load_task("mato-grosso")


def test_landscape_needs_nothing(monkeypatch):
    monkeypatch.delenv("BOCAGE_DATA", raising=False)
    monkeypatch.setenv("BOCAGE_OFFLINE", "1")
    task = load_task("landscape")
    assert task.synthetic
    assert task.leave in task.groups


def test_the_list_of_named_tasks_is_sorted_and_described():
    names = list(named_tasks())
    assert names == sorted(names)
    assert {"algae-blooms", "four-regions", "fuel-moisture", "landscape"} <= set(names)
    assert all(len(line) > 20 for line in named_tasks().values())


def test_files_are_read_by_path(fields, write):
    path = write(fields)
    for source in (path, str(path), [path], str(path.parent / "*.csv")):
        task = load_task(source, target="crop", inputs={"s2": "B*"})
        assert len(task) == len(fields)


def test_unknown_name_suggests_the_nearest():
    with pytest.raises(DataError, match="called 'four-region'; did you mean 'four-regions'"):
        load_task("four-region")


def test_unknown_path(tmp_path):
    with pytest.raises(DataError, match="there is no file"):
        load_task(str(tmp_path / "landscape"), target="crop")


def test_a_file_needs_a_target(fields, write):
    with pytest.raises(SettingsError, match="no target is given"):
        load_task(write(fields))


def test_a_named_task_takes_no_options():
    with pytest.raises(SettingsError, match="is a named task and takes no target, inputs"):
        load_task("landscape", target="crop", inputs={"s2": "B*"})
