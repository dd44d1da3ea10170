"""`bocage explain` of a number, as a user types it."""

import json

import numpy as np
import pandas as pd
import pytest
import rasterio
import yaml
from affine import Affine
from pyproj import Transformer


@pytest.fixture
def table(tmp_path, monkeypatch):
    """Labels whose number follows from two of eight columns."""
    from tests.conftest import make_samples

    samples = make_samples(n=360)
    rng = np.random.default_rng(3)
    X = rng.normal(size=(360, 8))
    frame = pd.DataFrame(X, columns=[f"E{i}" for i in range(8)])
    frame["soil_ph"] = 6.5 + 0.4 * X[:, 0] - 0.3 * X[:, 5] + 0.2 * rng.normal(size=360)
    frame["region"] = samples.groups["region"]
    frame["lon"], frame["lat"] = samples.lonlat.T
    path = tmp_path / "labels.csv"
    frame.to_csv(path, index=False)
    monkeypatch.chdir(tmp_path)
    return path


pytestmark = pytest.mark.usefixtures("table")

ASKED = ("--target", "soil_ph", "--leave", "region", "--input", "emb=E*")


def test_r2_of_all_dimensions_is_that_of_a_comparison(bocage, tmp_path):
    one = ("--methods", "emb:ridge", "--budgets", "all", "--repeats", 1, "-j", 1)
    code, out, err = bocage("compare", "labels.csv", *ASKED, *one, "--json", "-o", "study")
    assert code == 0, err
    (score,) = [
        row["score"]["value"]
        for row in json.loads(out)["scores"]
        if (row["method"], row["domain"], row["metric"]) == ("emb:ridge", "out", "r2")
    ]
    assert 0.5 < score < 1
    assert bocage("explain", "labels.csv", *ASKED)[0] == 0
    page = (tmp_path / "explanations" / "labels" / "report.html").read_text()
    assert f"All 8 dimensions reach {score:.3f}." in page


def _raster(path, values, names=tuple(f"E{band}" for band in range(8))):
    settings = {"height": 30, "width": 20, "dtype": "float32", "crs": "EPSG:32633"}
    with rasterio.open(
        path, "w", transform=Affine(10, 0, 5e5, 0, -10, 5e6), count=len(values), **settings
    ) as file:
        file.write(values.astype("float32"))
        file.descriptions = names[: len(values)]


def test_a_number_is_explained_and_its_subset_is_used(bocage, tmp_path):
    code, out, err = bocage("explain", "labels.csv", *ASKED)
    assert code == 0, err
    said = " ".join(out.split())
    assert "2 of 8 dimensions are enough for the target in held-out places: R²" in said
    assert "1 dimension rises with it (E0) and 1 dimension falls with it (E5)" in said
    folder = tmp_path / "explanations" / "labels"
    subset = yaml.safe_load((folder / "subset.yaml").read_text())
    assert subset["bands"] == ["E0", "E5"]
    assert subset["model"] == "ridge regression, R2"
    assert subset["roles"] == {"E0": "needed", "E5": "needed"}
    assert subset["loss_at_most"] < subset["margin"] == 0.02
    page = (folder / "report.html").read_text()
    assert "which dimensions predict the target" in page
    assert "--target soil_ph" in page
    # A comparison on the same labels agrees, and warns that they chose the columns.
    more = ("--input", "few=explanations/labels/subset.yaml")
    more += ("--methods", "prior,emb:ridge,few:ridge")
    short = ("--budgets", "all", "--repeats", "1", "-j", "1")
    code, out, err = bocage("compare", "labels.csv", *ASKED, *more, *short)
    assert code == 0, err
    assert "the columns of few were selected using labels" in " ".join(out.split())
    few, full = _scores(tmp_path / "studies" / "labels", "out", "few:ridge", "emb:ridge")
    assert full - few < subset["margin"]
    assert few == pytest.approx(subset["score"], abs=0.01)
    assert full == pytest.approx(subset["score_of_all"], abs=0.01)
    # A study is explained by its own labels and split.
    code, out, err = bocage("explain", "studies/labels", "--of", "emb", "-o", "from-study")
    assert code == 0, err
    again = yaml.safe_load((tmp_path / "from-study" / "subset.yaml").read_text())
    assert again["bands"] == subset["bands"]
    # Samples of a raster are taken with these bands alone.
    _raster(tmp_path / "emb.tif", np.random.default_rng(0).normal(size=(8, 30, 20)))
    to = Transformer.from_crs("EPSG:32633", "EPSG:4326", always_xy=True)
    lon, lat = to.transform([500105.0, 500055.0], [4999905.0, 4999805.0])
    pd.DataFrame({"lon": lon, "lat": lat, "soil_ph": [6, 7]}).to_csv("points.csv", index=False)
    asked = ("--source", "emb.tif", "--subset", "explanations/labels/subset.yaml")
    code, _, err = bocage("sample", "points.csv", *asked, "-o", "few.parquet")
    assert code == 0, err
    columns = set(pd.read_parquet("few.parquet").columns)
    assert columns & {f"E{band}" for band in range(8)} == {"E0", "E5"}
    # A map of the few reads these bands alone: the others may be missing.
    values = np.random.default_rng(1).normal(size=(8, 30, 20))
    _raster(tmp_path / "two.tif", values[[0, 5]], names=("E0", "E5"))
    asked = ("--method", "few:ridge", "--source", "two.tif", "-o", "map.tif")
    code, _, err = bocage("map", "studies/labels", *asked)
    assert code == 0, err
    with rasterio.open("map.tif") as file:
        made = file.read(1)
    truth = 6.5 + 0.4 * values[0] - 0.3 * values[5]
    assert np.corrcoef(made.ravel(), truth.ravel())[0, 1] > 0.99


def _scores(folder, where, *methods):
    from bocage.metrics import find_metric
    from bocage.study import answer, open_study, scores

    tally = answer(open_study(folder)).tallies[where, "all"]
    found = dict(zip(tally.methods, scores(tally, find_metric("regression")), strict=True))
    return [found[name] for name in methods]


def test_a_number_is_drawn_on_a_raster(bocage, tmp_path):
    values = np.random.default_rng(0).normal(size=(8, 30, 20))
    values[:, :3, :4] = np.nan
    _raster(tmp_path / "emb.tif", values)
    code, out, err = bocage("explain", "labels.csv", *ASKED, "--source", "emb.tif")
    assert code == 0, err
    page = (tmp_path / "explanations" / "labels" / "report.html").read_text()
    assert "The target on 600 pixels of emb.tif" in page
    assert "note: no label lies within the displayed pixels of emb.tif" in out
    assert "No label lies within these pixels" in page
    assert "bytes per pixel, as stored" in page
    _raster(tmp_path / "half.tif", values[:4])
    code, _, err = bocage("explain", "labels.csv", *ASKED, "--source", "half.tif")
    assert code == 2
    assert "half.tif has no band E4, E5, E6, E7" in err


def test_a_number_without_meaning_has_no_subset_and_loses_the_old_one(bocage, table):
    code, _, err = bocage("explain", "labels.csv", *ASKED)
    assert code == 0, err
    assert (table.parent / "explanations/labels/subset.yaml").is_file()
    frame = pd.read_csv(table)
    frame["soil_ph"] = np.random.default_rng(8).permutation(frame["soil_ph"])
    frame.to_csv(table, index=False)
    code, out, err = bocage("explain", "labels.csv", *ASKED)
    assert code == 0, err
    assert "The target is not predicted better than by chance in held-out places" in out
    assert "no map of" not in out
    _raster(table.parent / "emb.tif", np.random.default_rng(0).normal(size=(8, 30, 20)))
    code, out, err = bocage("explain", "labels.csv", *ASKED, "--source", "emb.tif")
    assert code == 0, err
    (said,) = (line for line in out.splitlines() if "no map of" in line)
    assert said == (
        "note: no map of emb.tif is drawn: no small subset of dimensions is enough for the "
        "target, to compare with all"
    )
    assert not (table.parent / "explanations/labels/subset.yaml").is_file()


def test_whole_numbers_are_explained_as_numbers_where_that_is_asked(bocage, table):
    frame = pd.read_csv(table)
    frame["soil_ph"] = (3 * frame["soil_ph"]).round().astype(int)
    frame.to_csv(table, index=False)
    code, out, err = bocage("explain", "labels.csv", *ASKED, "--kind", "regression")
    assert code == 0, err
    assert "for the target in held-out places: R²" in " ".join(out.split())


def test_the_place_itself_can_be_judged_by(bocage, tmp_path):
    code, out, err = bocage("explain", "labels.csv", *ASKED, "--where", "local", "--margin", "0.1")
    assert code == 0, err
    assert "enough for the target within these places" in " ".join(out.split())
    subset = yaml.safe_load((tmp_path / "explanations/labels/subset.yaml").read_text())
    assert (subset["place"], subset["margin"]) == ("local", 0.1)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--experiments", "3"), "--experiments applies to classes, and the target is a number"),
        (("--class-margin", "0.1"), "--class-margin applies to classes"),
        (("--margin", "1"), "--margin 1 is not a valid loss"),
        (("--of", "other"), "no input 'other'"),
    ],
)
def test_what_can_not_be_asked_of_a_number_is_one_line(bocage, more, said):
    code, _, err = bocage("explain", "labels.csv", *ASKED, *more)
    assert code == 2
    assert said in err
    assert len(err.strip().splitlines()) == 1
