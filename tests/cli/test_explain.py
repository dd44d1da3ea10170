"""`bocage explain` as a user types it."""

import numpy as np
import pandas as pd
import pytest
import rasterio
import yaml
from affine import Affine


@pytest.fixture
def table(tmp_path, monkeypatch):
    """Labels whose classes follow from two of eight columns."""
    from tests.conftest import make_samples

    samples = make_samples(n=360)
    good = samples.inputs["good"].values
    noise = samples.inputs["noise"].values
    frame = pd.DataFrame({f"E{i}": column for i, column in enumerate([*good.T[:2], *noise.T])})
    frame["crop"], frame["region"] = samples.target, samples.groups["region"]
    frame["lon"], frame["lat"] = samples.lonlat.T
    path = tmp_path / "labels.csv"
    frame.to_csv(path, index=False)
    monkeypatch.chdir(tmp_path)
    return path


pytestmark = pytest.mark.usefixtures("table")

ASKED = ("--target", "crop", "--leave", "region", "--input", "emb=E*")


def test_an_explanation_and_its_subset_are_written_and_used(bocage, tmp_path):
    code, out, err = bocage("explain", "labels.csv", *ASKED)
    assert code == 0, err
    said = " ".join(out.split())
    assert "of 6 dimensions are enough for all classes in held-out places" in said
    assert "the published rule (Benavides-Martinez et al. 2026" in said
    folder = tmp_path / "explanations" / "labels"
    page = (folder / "report.html").read_text()
    assert "which dimensions carry which class" in page
    assert "How many dimensions a model of all classes needs" in page
    assert "<script" not in page
    subset = yaml.safe_load((folder / "subset.yaml").read_text())
    assert set(subset["bands"]) <= {f"E{i}" for i in range(6)}
    assert {"E0", "E1"} & set(subset["bands"])
    assert subset["place"] == "out"
    assert subset["loss_at_most"] < subset["margin"] == 0.02
    more = ("--input", "few=explanations/labels/subset.yaml")
    more += ("--methods", "prior,emb:logistic,few:logistic")
    short = ("--budgets", "all", "--repeats", "1", "-j", "1")
    code, out, err = bocage("compare", "labels.csv", *ASKED, *more, *short)
    assert code == 0, err
    assert "few:logistic" in out
    warning = "the columns of few were selected using labels (explanations/labels/subset.yaml)"
    assert warning in " ".join(out.split())
    assert warning in (tmp_path / "studies" / "labels" / "report.html").read_text()
    few, full = _scores(tmp_path / "studies" / "labels", "out", "few:logistic", "emb:logistic")
    assert full - few < subset["margin"]
    # Other inputs, other luck of the blocks that are held back.
    assert full == pytest.approx(subset["score_of_all"], abs=0.03)
    # A study is explained by its own labels and split.
    code, out, err = bocage("explain", "studies/labels", "--of", "emb", "-o", "from-study")
    assert code == 0, err
    assert "budgets" not in out
    again = yaml.safe_load((tmp_path / "from-study" / "subset.yaml").read_text())
    assert (again["bands"], again["classes"]) == (subset["bands"], subset["classes"])


def test_what_is_doubted_before_a_comparison_is_doubted_here_too(bocage, table):
    frame = pd.read_csv(table)
    copy = frame["crop"].map({"crop": 1, "tree": 2, "water": 3})
    torn = frame.loc[[0]].assign(crop=next(c for c in frame["crop"] if c != frame["crop"][0]))
    frame = frame.assign(E6=copy, E7=4.0)
    pd.concat([frame, torn.assign(E6=9, E7=4.0)]).to_csv(table, index=False)

    def notes(verb):
        code, out, err = bocage(verb, "labels.csv", *ASKED)
        assert code == 0, err
        return [line for line in out.splitlines() if line.startswith("note: ")]

    split, explained = notes("split"), notes("explain")
    assert sum("1 place holds more than one class" in line for line in split) == 1
    assert "note: input 'emb': E7 never varies and carries no information" in split
    assert set(split) <= set(explained)
    assert len(explained) == len(set(explained))


def test_a_copy_of_the_class_is_named(bocage, table):
    frame = pd.read_csv(table)
    classes = sorted(set(frame["crop"]))
    one = {f"E{7 + at}": 9 * (frame["crop"] == name) for at, name in enumerate(classes)}
    frame.assign(E6=frame["crop"].map(classes.index), **one).to_csv(table, index=False)
    _, out, _ = bocage("explain", "labels.csv", *ASKED)
    assert "note: input 'emb': E6 alone distinguishes every class from the others" in out
    assert "note: a score of 1.000 is suspiciously high" in out


def _scores(folder, where, *methods):
    """Score methods as `compare` reports them, with all labels."""
    from bocage.metrics import find_metric
    from bocage.study import answer, open_study, scores

    tally = answer(open_study(folder)).tallies[where, "all"]
    found = dict(zip(tally.methods, scores(tally, find_metric("classification")), strict=True))
    return [found[name] for name in methods]


def _write_task(path, name):
    """Write a named task as the table that a user may hold."""
    from bocage.study import load, make_settings

    task = load(make_settings({"task": name}))
    item = task.inputs["aef"]
    frame = pd.DataFrame(item.values, columns=list(item.bands))
    frame["cover"] = np.array(task.classes)[task.target]
    frame["region"], (frame["lon"], frame["lat"]) = task.groups["region"], task.lonlat.T
    frame.to_csv(path, index=False)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "where", "margin", "class_margin"),
    [
        ("landscape", "local", 0.02, 0.05),
        # Four regions are too few to show less in a region left out.
        pytest.param("four-regions-clean", "out", 0.05, 0.2, marks=pytest.mark.real),
    ],
)
def test_a_comparison_agrees_that_the_few_are_enough(
    bocage, tmp_path, name, where, margin, class_margin, request
):
    if name != "landscape":
        request.getfixturevalue("real_data")
    _write_task(tmp_path / "points.csv", name)
    asked = ("--target", "cover", "--leave", "region", "--input", "aef=A??")
    allowed = ("--margin", str(margin), "--class-margin", str(class_margin))
    code, _, err = bocage("explain", "points.csv", *asked, "--where", where, *allowed)
    assert code == 0, err
    path = tmp_path / "explanations" / "points" / "subset.yaml"
    subset = yaml.safe_load(path.read_text())
    assert 0 < len(subset["bands"]) < 64
    more = ("--input", f"few={path}", "--methods", "prior,aef:logistic,few:logistic")
    short = ("--budgets", "all", "--repeats", "1", "-j", "1")
    code, _, err = bocage("compare", "points.csv", *asked, *more, *short)
    assert code == 0, err
    few, full = _scores(tmp_path / "studies" / "points", where, "few:logistic", "aef:logistic")
    assert subset["margin"] == margin
    assert full - few < margin
    assert full == pytest.approx(subset["score_of_all"], abs=0.01)


def test_experiments_are_shown_beside(bocage, tmp_path):
    more = ("--experiments", "6", "--models", "lightgbm", "--depth", "3", "-j", "1")
    code, _, err = bocage("explain", "labels.csv", *ASKED, *more)
    assert code == 0, err
    page = (tmp_path / "explanations" / "labels" / "report.html").read_text()
    assert "Tree models, as published" in page
    assert list((tmp_path / "explanations" / "labels" / "runs").glob("*.parquet"))


def _write_raster(path):
    """Write six bands of noise, called as the table's columns are."""
    values = np.random.default_rng(0).normal(size=(6, 30, 20)).astype("float32")
    settings = {"height": 30, "width": 20, "count": 6, "dtype": "float32", "crs": "EPSG:32633"}
    with rasterio.open(path, "w", transform=Affine(10, 0, 5e5, 0, -10, 5e6), **settings) as file:
        file.write(values)
        file.descriptions = tuple(f"E{band}" for band in range(6))


def test_classes_are_drawn_on_a_raster(bocage, tmp_path):
    _write_raster(tmp_path / "emb.tif")
    code, _, err = bocage("explain", "labels.csv", *ASKED, "--source", "emb.tif")
    assert code == 0, err
    page = (tmp_path / "explanations" / "labels" / "report.html").read_text()
    assert "Each class on 600 pixels of emb.tif" in page
    assert "bytes per pixel, as stored" in page
    assert "data:image/png;base64" in page
    code, _, err = bocage("explain", "labels.csv", *ASKED, "--source", "gone.tif")
    assert code == 2
    assert "gone.tif" in err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--where", "moon"), "expected local or out"),
        (("--margin", "0"), "--margin 0 is not a valid loss"),
        (("--class-margin", "1.5"), "--class-margin 1.5 is not a valid loss"),
        (("--of", "other"), "no input 'other'"),
        (("--experiments", "2", "--models", "oak"), "model 'oak' is unknown"),
        (("--importance", "gini"), "importance 'gini' is unknown"),
        (("-o", "labels.csv/x"), "can't hold an explanation"),
        (("--target", "E0", "--input", "emb=E1,E2", "--experiments", "3"), "applies to classes"),
        (("--target", "E0", "--input", "emb=E1,E2", "--class-margin", ".1"), "applies to classes"),
    ],
)
def test_what_can_not_be_explained_is_one_line(bocage, more, said):
    asked = ASKED[2:4] if "--target" in more else ASKED
    code, _, err = bocage("explain", "labels.csv", *asked, *more)
    assert code == 2
    assert said in err
    assert len(err.strip().splitlines()) == 1


def test_what_is_not_used_or_not_drawn_is_said(bocage, tmp_path, table):
    frame = pd.read_csv(table)
    frame["crop"] = np.random.default_rng(5).permutation(frame["crop"])
    frame.loc[frame.index[::60], "crop"] = "rare"
    frame.to_csv(table, index=False)
    short = ("--budgets", "50,all", "--repeats", "1", "-j", "1", "--methods", "prior,emb:logistic")
    code, _, err = bocage("compare", "labels.csv", *ASKED, *short)
    assert code == 0, err
    assert "'rare' (has 6, budgets of 50)" in err
    _write_raster(tmp_path / "emb.tif")
    code, out, err = bocage("explain", "studies/labels", "--source", "emb.tif", "-o", "made")
    assert code == 0, err
    # Explanations have no budgets.
    assert "asked for" not in out
    (said,) = (line for line in out.splitlines() if "is drawn" in line)
    assert said == (
        "note: no map of emb.tif is drawn: no class has a small subset of dimensions to compare "
        "with all"
    )
