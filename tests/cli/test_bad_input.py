"""Bad input: each has its own line, exit code 2, no traceback, and nothing is left behind."""

import numpy as np
import pytest

QUICK = ["--methods", "prior,aef:logistic:C=10", "--budgets", "5,all", "--repeats", "1", "-j", "1"]


def _set(column, value, row=slice(None)):
    def change(frame):
        frame.loc[frame.index[row], column] = value
        return frame

    return change


def _drop(*columns):
    return lambda frame: frame.drop(columns=list(columns))


def _int8(frame):
    bands = [c for c in frame if c.startswith("A")]
    # The inverse of the provider's code: sign(v) * sqrt(|v|) * 127.5.
    values = frame[bands].to_numpy()
    frame[bands] = np.round(np.sign(values) * np.sqrt(np.abs(values)) * 127.5)
    return frame


def _longer(frame):
    bands = [c for c in frame if c.startswith("A")]
    frame[bands] = frame[bands] * 3.7
    return frame


def _swapped(frame):
    return frame.rename(columns={"lon": "lat", "lat": "lon"}).assign(lat=lambda f: f["lat"] + 100)


def _words(frame):
    frame["yield"] = [f"about {value:.1f} tons" for value in frame["yield"]]
    return frame


def _nothing(frame):
    return frame


CROP = ["--target", "crop", "--leave", "district"]

CASES = {
    "missing target": (_nothing, ["--target", "corp", "--leave", "district"], ["corp", "'crop'"]),
    "no target": (_nothing, ["--leave", "district"], ["--target"]),
    "missing group": (
        _nothing,
        ["--target", "crop", "--leave", "distrct"],
        ["distrct", "'district'"],
    ),
    "missing input": (_nothing, [*CROP, "--input", "s2=C*"], ["C*"]),
    "no input at all": (lambda f: f[["lon", "lat", "crop", "district"]], CROP, ["input"]),
    "an embedding without a column": (_drop("A63"), CROP, ["A63 is missing", "--input aef"]),
    "an embedding with text": (
        lambda f: f.assign(A05=["x"] * len(f)),
        [*CROP, "--input", "s2=B*"],
        ["A05 holds text"],
    ),
    "numbers with a unit": (
        lambda f: f.assign(B2=[f"{value:.1f} %" for value in f["B2"] * 100]),
        [*CROP, "--input", "s2=B*"],
        ["B2 holds numbers with a unit", "write only the numbers, without %", "--input s2='B8'"],
    ),
    "one class": (_set("crop", "maize"), CROP, ["one class", "maize"]),
    "class too small": (
        _set("crop", "oats", slice(0, 2)),
        [*CROP, "--budgets", "20,50", "--exact"],
        ["oats"],
    ),
    "swapped": (_swapped, CROP, ["swap"]),
    "longitude out of range": (_set("lon", 371.0, slice(3, 4)), CROP, ["371", "-180"]),
    "latitude out of range": (_set("lat", -97.5, slice(3, 4)), CROP, ["-97.5", "-90"]),
    "missing coordinate": (
        _set("lat", np.nan, slice(3, 4)),
        CROP,
        ["without coordinates", "--drop-incomplete"],
    ),
    "a thousand with a comma": (
        lambda f: f.assign(B2=["10,000", "9", "8"] * (len(f) // 3)),
        [*CROP, "--input", "s2=B*"],
        ["B2 holds numbers and '10,000' (30 of 90 rows): write numbers", "without commas"],
    ),
    "a word among numbers": (
        lambda f: f.assign(B8=["n/a?", *map(str, f["B8"][1:])]),
        [*CROP, "--input", "s2=B*"],
        ["can't use B8", "B8 holds numbers and 'n/a?' (1 of 90 rows): blank it"],
    ),
    "a word in a quantity": (
        lambda f: f.assign(**{"yield": ["n.d.", *map(str, f["yield"][1:])]}),
        ["--target", "yield", "--leave", "district"],
        ["'yield' holds numbers and 'n.d.' (1 of 90 rows)", "--kind classification"],
    ),
    "all at one place": (
        lambda f: f.assign(lon=0.0, lat=0.0),
        CROP,
        ["all 90 samples are at one place (lon 0, lat 0)", "correct the coordinates"],
    ),
    "all at one place, to be cut into blocks": (
        lambda f: f.assign(lon=3.25, lat=-1.5),
        ["--target", "crop", "--leave", "blocks"],
        ["all 90 samples are at one place (lon 3.25, lat -1.5)"],
    ),
    "all at one place, to be clustered": (
        lambda f: f.assign(lon=3.25, lat=-1.5),
        ["--target", "crop", "--leave", "clusters"],
        ["all 90 samples are at one place (lon 3.25, lat -1.5)"],
    ),
    "NaN": (_set("A07", np.nan, slice(4, 6)), CROP, ["A07", "2", "--drop-incomplete"]),
    "infinite": (_set("B8", np.inf, slice(4, 5)), [*CROP, "--input", "s2=B*"], ["B8", "infinite"]),
    "raw int8": (_int8, CROP, ["int8", "--dequantise"]),
    "not of unit length": (_longer, CROP, ["length 1", "3.7"]),
    "one group": (_set("district", "d0"), CROP, ["district", "d0"]),
    "text target": (
        _words,
        ["--target", "yield", "--kind", "regression", "--leave", "district"],
        ["yield", "number"],
    ),
    "no valid fold": (lambda f: f.assign(crop=f["district"]), CROP, ["none of its classes"]),
    "unknown method": (_nothing, [*CROP, "--methods", "aef:logstic"], ["logstic", "logistic"]),
    "unknown input": (_nothing, [*CROP, "--methods", "fea:logistic"], ["fea", "aef"]),
    "unknown parameter": (_nothing, [*CROP, "--methods", "aef:logistic:D=3"], ["D", "C"]),
    "budget in words": (_nothing, [*CROP, "--budgets", "few"], ["few", "'all'"]),
    "budget of nothing": (
        _nothing,
        [*CROP, "--budgets", "0"],
        ["'0'", "a whole number of at least 1 (such as 5)"],
    ),
    "share of nothing": (_nothing, [*CROP, "--budgets", "0%"], ["'0%'", "above 0 (such as 10%)"]),
    "too large budgets": (_nothing, [*CROP, "--budgets", "500", "--exact"], ["500", "smaller"]),
    "unknown score": (_nothing, [*CROP, "--metric", "kappa"], ["kappa", "balanced_accuracy"]),
    "unknown place": (_nothing, [*CROP, "--where", "there"], ["there", "out"]),
    "prevalence": (_nothing, [*CROP, "--prevalence", "maize=half"], ["half"]),
    "prevalence of one class": (_nothing, [*CROP, "--prevalence", "maize=0.5"], ["rice"]),
    "input without a name": (_nothing, [*CROP, "--input", "A??"], ["NAME=VALUE"]),
    "no address": (_nothing, [*CROP, "--dask", "nowhere"], ["nowhere", "--dask local"]),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_table_is_one_line(bocage, frame, tmp_path, case):
    change, arguments, words = CASES[case]
    change(frame).to_csv(tmp_path / "labels.csv", index=False)
    given = dict(zip(QUICK[::2], QUICK[1::2], strict=True))
    quick = [w for key, value in given.items() if key not in arguments for w in (key, value)]
    code, out, err = bocage("compare", "labels.csv", *arguments, *quick)
    _expect(code, out, err, words)
    assert [p.name for p in tmp_path.iterdir()] == ["labels.csv"] or case == "no address"


def _expect(code, out, err, words):
    lines = err.strip().splitlines()
    assert code == 2, err
    assert "Traceback" not in err
    assert lines
    assert lines[-1].startswith("bocage: "), err
    assert all(line.startswith("note: ") for line in lines[:-1]) or "samples" in err, err
    assert out == ""
    for word in words:
        assert word in lines[-1], f"{word!r} is not in: {lines[-1]}"


FILES = {
    "not there": (None, ["no file", "labels.csv"]),
    "empty": (b"", ["empty"]),
    "only a head": (b"lon,lat,crop\n", ["no row"]),
    "no table": (b"\x00\x01\x02\xff\xfe nothing", ["labels.csv"]),
    "ragged": (b"lon,lat,crop\n1,2,rice\n1,2,3,4,rice\n", ["line 3"]),
}


@pytest.mark.parametrize("case", FILES)
def test_bad_file_is_one_line(bocage, tmp_path, case):
    content, words = FILES[case]
    if content is not None:
        (tmp_path / "labels.csv").write_bytes(content)
    code, out, err = bocage("compare", "labels.csv", "--target", "crop")
    _expect(code, out, err, words)


@pytest.mark.parametrize("name", ["labels.gpkg", "labels.geojson", "labels.parquet"])
def test_a_cut_file_is_one_line(bocage, frame, tmp_path, name):
    geo = _points(frame)
    path = tmp_path / name
    geo.to_parquet(path) if name.endswith("parquet") else geo.to_file(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    code, out, err = bocage("compare", name, *CROP)
    _expect(code, out, err, [name])


def _points(frame, crs="EPSG:4326"):
    import geopandas as gpd

    points = gpd.points_from_xy(frame["lon"], frame["lat"])
    return gpd.GeoDataFrame(frame.drop(columns=["lon", "lat"]), geometry=points, crs=crs)


def test_geometry_without_crs_is_one_line(bocage, frame, tmp_path):
    _points(frame, crs=None).to_file(tmp_path / "labels.gpkg")
    _expect(*bocage("compare", "labels.gpkg", *CROP), ["CRS"])


def test_a_folder_is_no_table(bocage, tmp_path):
    (tmp_path / "labels").mkdir()
    _expect(*bocage("compare", "labels", "--target", "crop"), ["labels"])


def test_an_unknown_task_names_the_nearest(bocage):
    _expect(*bocage("compare", "landscap"), ["landscap", "landscape"])


def test_an_unknown_key_names_the_nearest(bocage, tmp_path):
    (tmp_path / "study.yaml").write_text("task: landscape\nbudget: [5]\n")
    _expect(*bocage("compare", "study.yaml"), ["budget", "'budgets'"])


def test_the_place_of_the_study_is_a_file(bocage, frame, tmp_path):
    frame.to_csv(tmp_path / "labels.csv", index=False)
    (tmp_path / "out").write_text("")
    _expect(*bocage("compare", "labels.csv", *CROP, *QUICK, "-o", "out"), ["out", "-o"])


@pytest.mark.parametrize("verb", [["report"], ["study", "show"]])
def test_no_study_here(bocage, verb):
    _expect(*bocage(*verb, "."), ["no study"])


def test_an_unknown_option_is_named(bocage):
    code, _, err = bocage("compare", "landscape", "--leav", "region")
    assert code == 2
    assert "--leav" in err
    assert "Traceback" not in err


def test_the_offer_to_dequantise_works(bocage, frame, tmp_path):
    frame.to_csv(tmp_path / "plain.csv", index=False)
    _int8(frame).to_csv(tmp_path / "labels.csv", index=False)
    code, out, err = bocage("compare", "labels.csv", *CROP, *QUICK, "--dequantise")
    assert code == 0, err
    assert "aef:logistic:C=10" in out


def test_duplicates_and_samples_of_one_pixel_are_named_and_kept_together(bocage, frame, tmp_path):
    import pandas as pd

    near = frame.iloc[5:6].assign(lon=lambda f: f["lon"] + 1e-7, B2=0.123)
    doubled = pd.concat([frame, frame.iloc[:3], near], ignore_index=True)
    doubled.to_csv(tmp_path / "labels.csv", index=False)
    code, _, err = bocage("compare", "labels.csv", *CROP, *QUICK)
    assert code == 0, err
    notes = [line for line in err.splitlines() if line.startswith("note: ")]
    assert any("3" in note and "duplicate" in note for note in notes), notes
    assert any("together" in note for note in notes), notes


def test_weights_that_are_not_here_are_said_before_anything_is_written(
    bocage, tmp_path, monkeypatch, real_data
):
    import shutil

    shutil.copytree(real_data / "fuel-moisture", tmp_path / "data" / "fuel-moisture")
    monkeypatch.setenv("BOCAGE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("BOCAGE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("BOCAGE_OFFLINE", "1")
    code, _, err = bocage("compare", "fuel-moisture", "-o", "study")
    assert code == 2
    assert "default_model.pt is not on this machine, and BOCAGE_OFFLINE forbids" in err
    assert not (tmp_path / "study").exists()


@pytest.mark.usefixtures("real_data")
def test_networks_that_are_not_installed_are_said(bocage, tmp_path, monkeypatch):
    from bocage.methods.backbones import _backbone

    monkeypatch.setattr(_backbone, "lacking", lambda: ["torch"])
    asked = ["--methods", "prior,series:presto:linear", "-o", "study"]
    code, _, err = bocage("compare", "fuel-moisture", *asked)
    assert code == 2
    assert "networks need torch, which is not installed: in the checkout of Bocage, run" in err
    assert 'pip install ".[tune]"' in err
    assert not (tmp_path / "study").exists()


@pytest.mark.usefixtures("real_data")
def test_more_blocks_than_a_network_has_are_refused(bocage, tmp_path):
    asked = ["--methods", "prior,series:presto:lora:last=3", "-o", "study"]
    code, _, err = bocage("compare", "fuel-moisture", *asked)
    assert code == 2
    assert "the network has 2: set last to 2 or less" in err
    assert not (tmp_path / "study").exists()


@pytest.mark.parametrize("word", ["blocks", "clusters", "knndm", "none"])
def test_a_column_called_as_what_leave_makes_is_not_passed_over(bocage, frame, tmp_path, word):
    frame.rename(columns={"district": word}).to_csv(tmp_path / "labels.csv", index=False)
    said = [f"the table has a column {word!r}", f"rename the column ({word}_1)"]
    _expect(*bocage("split", "labels.csv", "--target", "crop", "--leave", word), said)


@pytest.mark.parametrize("name", ["place", "random"])
def test_other_words_are_columns_to_leave_out(bocage, frame, tmp_path, name):
    frame.rename(columns={"district": name}).to_csv(tmp_path / "labels.csv", index=False)
    code, out, err = bocage("split", "labels.csv", "--target", "crop", "--leave", name)
    assert code == 0, err
    assert "out" in out
