"""The split that fits the use, as a user asks for it: an area, a probability sample, a buffer."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

pytestmark = pytest.mark.usefixtures("labels")

QUICK = ["--target", "crop", "--input", "aef=A??", "--input", "s2=B?"]
RUN = ["--methods", "prior,aef:logistic:C=1", "--budgets", "all", "--repeats", "1", "-j", "1"]


@pytest.fixture
def labels(frame, tmp_path):
    """The table, all in one district of 0.5 by 0.5 degrees, and that district as polygons."""
    frame["lon"] = frame["lon"] % 2 + 10
    frame.to_csv(tmp_path / "labels.csv", index=False)
    square = gpd.GeoDataFrame(geometry=[shapely.box(10, 45, 10.5, 45.5)], crs=4326)
    square.to_crs(32632).to_file(tmp_path / "square.gpkg")
    return frame


def test_a_map_of_an_area_is_judged_by_pooled_folds_that_match_it(bocage, tmp_path):
    code, out, err = bocage(
        "compare", "labels.csv", *QUICK, *RUN, "--area", "square.gpkg", "-o", "st"
    )
    assert code == 0, err
    assert "note: these folds (kNNDM) estimate how good the map of square.gpkg is: each of " in err
    assert "use: for a map of square.gpkg, this split fits: kNNDM looks for folds whose" in err
    assert "; half of square.gpkg lies within" in err
    # What the folds are is no relaxation of them.
    assert "Split: these folds (kNNDM)" in out
    assert "Relaxed criterion" not in out
    assert "with labels from the area itself" in " ".join(out.split())
    page = (tmp_path / "st" / "report.html").read_text()
    assert "kNNDM folds for the map of square.gpkg" in page
    assert "Which split fits the purpose" in page
    assert "map (square.gpkg) to label" in page
    scores = pd.read_parquet(tmp_path / "st" / "scores.parquet")
    local = scores[(scores["domain"] == "local") & (scores["metric"] == "balanced_accuracy")]
    # One figure a method, of all samples: not a mean over folds.
    assert local.groupby("method")["n"].apply(list).to_dict() == {
        "aef:logistic:C=1": [90],
        "prior": [90],
    }
    # The study is opened again and nothing is left to do; another area is another study.
    code, _, err = bocage("compare", "st/study.yaml")
    assert code == 0, err
    assert "(0 to do)" in err
    code, _, err = bocage("compare", "labels.csv", *QUICK, *RUN, "--leave", "blocks", "-o", "st")
    assert code == 2
    assert "with --leave knndm, not blocks" in err


def test_split_names_what_fits_and_draws_the_distances(bocage, tmp_path):
    asked = ["split", "labels.csv", *QUICK, "-o", "sp", "--area", "square.gpkg"]
    code, out, err = bocage(*asked, "--leave", "blocks")
    assert code == 0, err
    assert "use: for a map of square.gpkg, --leave knndm fits: kNNDM looks for folds" in out
    assert "blocks test at a greater distance" in out
    assert "errors: Errors of " in out
    chosen = "the largest side tried that gives at least 10 blocks, none with more than 20%"
    held = "the samples of one block are held out together, except in random folds"
    assert f"({chosen} of the samples); {held}" in out
    page = (tmp_path / "sp" / "split.html").read_text()
    assert "test to training: blocks (local)" in page
    assert "blocks: the accuracy of a method in the vicinity of its labels" in page
    assert "block side" in page
    assert f"({chosen} of the samples); {held}." in page
    code, out, err = bocage(*asked, "--leave", "blocks", "--block-metres", 9000)
    assert f"blocks are squares of 9 km (set with --block-metres); {held}" in out
    code, out, err = bocage(*asked, "--folds", "5")
    assert code == 0, err
    assert "local/all/5 " in out
    assert "local/all/6 " not in out
    assert "this split fits" in out
    code, out, err = bocage("split", "labels.csv", *QUICK, "-o", "pr", "--sampling", "probability")
    assert code == 0, err
    assert "declared a probability sample" in out
    code, out, err = bocage("split", "labels.csv", *QUICK, "-o", "bu", "--buffer-metres", "3000")
    assert code == 0, err
    assert "samples within 3000 m of a test sample are not used for training" in out


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--leave", "knndm"], "give that area with --area FILE"),
        (["--area", "gone.gpkg"], "there is no file 'gone.gpkg'"),
        (["--leave", "none"], "declare one with --sampling probability"),
        (["--sampling", "simple"], "--sampling simple can't be used; expected probability"),
        (
            ["--area", "square.gpkg", "--buffer-metres", "100"],
            "--buffer-metres can't be combined with --leave knndm",
        ),
        (["--buffer-metres", "-1"], "--buffer-metres -1 can't be used; expected a number above 0"),
        (["--buffer-metres", "90000"], "use a smaller --buffer-metres"),
    ],
)
def test_what_can_not_be_asked_is_refused_in_one_line(bocage, more, words):
    code, _, err = bocage("split", "labels.csv", *QUICK, *more)
    assert code == 2, err
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1
    assert words in err


def test_a_raster_is_an_area_too(bocage, tmp_path):
    import rasterio
    from rasterio.transform import from_origin

    profile = {"driver": "GTiff", "count": 1, "height": 50, "width": 50, "crs": 4326}
    profile |= {"dtype": "uint8", "nodata": 0, "transform": from_origin(10, 45.5, 0.01, 0.01)}
    with rasterio.open(tmp_path / "square.tif", "w", **profile) as file:
        file.write(np.ones((1, 50, 50), "uint8"))
    code, out, err = bocage("split", "labels.csv", *QUICK, "--area", "square.tif")
    assert code == 0, err
    assert "for a map of square.tif, this split fits" in out
