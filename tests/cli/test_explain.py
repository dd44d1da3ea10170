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
    assert "of 6 dimensions keep 98 % of the score" in out.replace("\n", " ")
    folder = tmp_path / "explanations" / "labels"
    page = (folder / "report.html").read_text()
    assert "which dimensions carry which class" in page
    assert "<script" not in page
    subset = yaml.safe_load((folder / "subset.yaml").read_text())
    assert set(subset["bands"]) <= {f"E{i}" for i in range(6)}
    assert {"E0", "E1"} & set(subset["bands"])
    more = ("--input", "few=explanations/labels/subset.yaml", "--methods", "prior,few:logistic")
    short = ("--budgets", "all", "--repeats", "1", "-j", "1")
    code, out, err = bocage("compare", "labels.csv", *ASKED, *more, *short)
    assert code == 0, err
    assert "few:logistic" in out
    warning = "the columns of few were chosen by labels (explanations/labels/subset.yaml)"
    assert warning in " ".join(out.split())
    assert warning in (tmp_path / "studies" / "labels" / "report.html").read_text()
    # A study is explained by its own labels and split.
    code, out, err = bocage("explain", "studies/labels", "--of", "emb", "-o", "from-study")
    assert code == 0, err
    again = yaml.safe_load((tmp_path / "from-study" / "subset.yaml").read_text())
    assert (again["bands"], again["classes"]) == (subset["bands"], subset["classes"])


def test_experiments_are_shown_beside(bocage, tmp_path):
    more = ("--experiments", "6", "--models", "lightgbm", "--depth", "3", "-j", "1")
    code, _, err = bocage("explain", "labels.csv", *ASKED, *more)
    assert code == 0, err
    page = (tmp_path / "explanations" / "labels" / "report.html").read_text()
    assert "Tree models, as published" in page
    assert list((tmp_path / "explanations" / "labels" / "runs").glob("*.parquet"))


def test_classes_are_drawn_on_a_raster(bocage, tmp_path):
    values = np.random.default_rng(0).normal(size=(6, 30, 20)).astype("float32")
    settings = {"height": 30, "width": 20, "count": 6, "dtype": "float32", "crs": "EPSG:32633"}
    with rasterio.open(
        tmp_path / "emb.tif", "w", transform=Affine(10, 0, 5e5, 0, -10, 5e6), **settings
    ) as file:
        file.write(values)
        file.descriptions = tuple(f"E{band}" for band in range(6))
    code, _, err = bocage("explain", "labels.csv", *ASKED, "--source", "emb.tif")
    assert code == 0, err
    page = (tmp_path / "explanations" / "labels" / "report.html").read_text()
    assert "Each class on 600 pixels of emb.tif" in page
    assert "bytes a pixel, as stored" in page
    assert "data:image/png;base64" in page
    code, _, err = bocage("explain", "labels.csv", *ASKED, "--source", "gone.tif")
    assert code == 2
    assert "gone.tif" in err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--where", "moon"), "expected local or out"),
        (("--of", "other"), "no input 'other'"),
        (("--experiments", "2", "--models", "oak"), "model 'oak' is unknown"),
        (("--importance", "gini"), "importance 'gini' is unknown"),
        (("-o", "labels.csv/x"), "can't hold an explanation"),
        (("--target", "E0", "--input", "emb=E1,E2"), "is a regression"),
    ],
)
def test_what_can_not_be_explained_is_one_line(bocage, more, said):
    asked = ASKED[2:4] if "--target" in more else ASKED
    code, _, err = bocage("explain", "labels.csv", *asked, *more)
    assert code == 2
    assert said in err
    assert len(err.strip().splitlines()) == 1
