"""Tables as people have them, read right or refused in one line: on the command line."""

import json

import numpy as np
import pandas as pd
import pytest

FAST = ["--methods", "prior,f:ridge:alpha=1", "--budgets", "all", "--repeats", "1", "-j", "1"]


def sites(n_sites=6, per=30, seed=0):
    """Synthetic fluxes at sites in a row, told by two bands."""
    rng = np.random.default_rng(seed)
    site = np.repeat(np.arange(n_sites), per)
    x = rng.normal(size=(len(site), 2))
    return pd.DataFrame(
        {
            "lon": 10 + site + rng.uniform(0, 0.4, len(site)),
            "lat": 45 + rng.uniform(0, 0.4, len(site)),
            "site": [f"s{s}" for s in site],
            "flux": 2 * x[:, 0] - x[:, 1] + 0.3 * rng.normal(size=len(site)),
            "crop": np.where(x[:, 0] > 0, "maize", "wheat"),
            "f0": x[:, 0],
            "f1": x[:, 1],
        }
    )


def test_a_semicolon_table_gives_the_study_of_the_comma_table(bocage, tmp_path):
    frame = sites(3, 12)
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_csv(tmp_path / "b.csv", index=False, sep=";", decimal=",", encoding="utf-16")
    ask = ["--target", "flux", "--leave", "site", "--input", "f=f?", *FAST, "--json"]
    code, plain, err = bocage("compare", "a.csv", *ask)
    assert code == 0, err
    code, other, err = bocage("compare", "b.csv", *ask)
    assert code == 0, err
    assert "note: b.csv was read with semicolons between columns and decimal commas" in err
    assert "note: b.csv was read as UTF-16" in err
    assert json.loads(plain)["scores"] == json.loads(other)["scores"]


def test_parcels_of_eighteen_digits_and_a_blank(bocage, tmp_path):
    frame = sites().assign(parcel=10**17 + np.arange(180) // 2)
    frame["parcel"] = frame["parcel"].astype("Int64")
    frame.loc[3, "parcel"] = pd.NA
    frame.to_csv(tmp_path / "a.csv", index=False)
    ask = ["--target", "crop", "--leave", "parcel", "--input", "f=f*"]
    code, out, err = bocage("split", "a.csv", *ask)
    assert code == 0, err
    # 90 parcels, and one sample without.
    assert "91 parcels were merged with their neighbours" in out


def without_places():
    """Groups, no coordinates; codes that are text; a predictor that is text."""
    frame = sites(4, 20).drop(columns=["lon", "lat", "crop"])
    rng = np.random.default_rng(1)
    soil = rng.choice(["clay", "sand"], len(frame))
    frame["flux"] += 3.0 * (soil == "clay")
    return frame.assign(state=[f"0{s[1:]}" for s in frame["site"]], f_soil=soil)


def test_labels_without_coordinates_are_compared_over_their_groups(bocage, tmp_path):
    without_places().to_csv(tmp_path / "a.csv", index=False)
    ask = ["--target", "flux", "--leave", "state", "--input", "f=f0,f1,f_soil"]
    code, out, err = bocage("compare", "a.csv", *ask, "--budgets", "all", "-j", "1")
    assert code == 0, err
    words = " ".join(err.split())
    assert "note: samples have no coordinates: only groups are left out" in words
    assert (
        "f_soil is text, one-hot encoded as 2 columns of 0 and 1 (f_soil=clay, f_soil=sand)"
        in words
    )
    # A head that reads the soil explains nearly all; no control by coordinates is offered.
    assert "xy" not in out
    table = pd.read_parquet(tmp_path / "studies" / "a" / "scores.parquet")
    found = table[(table["method"] == "f:ridge") & (table["domain"] == "out")]
    assert found[found["metric"] == "r2"]["value"].mean() > 0.9
    assert set(found["group"]) >= {f"0{n}" for n in range(4)}
    assert set(table["domain"]) == {"out", "in", "random"}
    page = (tmp_path / "studies" / "a" / "report.html").read_text()
    assert "samples have no coordinates" in page


def test_a_split_without_coordinates_has_no_distances(bocage, tmp_path):
    without_places().to_csv(tmp_path / "a.csv", index=False)
    ask = ["--target", "flux", "--leave", "state", "--input", "f=f?"]
    code, out, err = bocage("split", "a.csv", *ask, "--json")
    assert code == 0, err
    rows = json.loads(out, parse_constant=lambda text: pytest.fail(f"{text} is no JSON"))
    assert {row["nearest_metres"] for row in rows} == {None}
    code, out, err = bocage("split", "a.csv", *ask)
    assert code == 0, err
    assert "nan" not in out


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ([], ["no coordinates", "--leave site", "--leave state"]),
        (["--leave", "blocks"], ["no coordinates", "--leave site"]),
        (["--leave", "clusters"], ["no coordinates", "--leave site"]),
        (["--leave", "state", "--block-metres", "100"], ["--block-metres", "no coordinates"]),
        (["--leave", "state", "--share", "place"], ["--share place", "no coordinates"]),
        (["--leave", "state", "--buffer-metres", "10"], ["--buffer-metres", "no coordinates"]),
        (["--leave", "state", "--same-place", "10"], ["--same-place", "no coordinates"]),
    ],
)
def test_what_needs_coordinates_is_refused_without_them(bocage, tmp_path, more, words):
    without_places().to_csv(tmp_path / "a.csv", index=False)
    ask = ["--target", "flux", "--input", "f=f?", *FAST]
    code, out, err = bocage("compare", "a.csv", *ask, *more)
    assert (code, out) == (2, "")
    last = err.strip().splitlines()[-1]
    assert last.startswith("bocage: ")
    assert all(word in last for word in words), last


def test_a_method_on_coordinates_is_refused_without_them(bocage, tmp_path):
    without_places().to_csv(tmp_path / "a.csv", index=False)
    ask = ["--target", "flux", "--input", "f=f?", "--leave", "state"]
    code, _, err = bocage("compare", "a.csv", *ask, "--methods", "prior,xy:knn1")
    assert code == 2
    assert "no coordinates, so no 'xy'" in err.strip().splitlines()[-1]


def months(names, n=60, seed=0):
    """Synthetic curves of two crops in three districts."""
    rng = np.random.default_rng(seed)
    crop = np.arange(n) % 2
    phase = np.linspace(0, 2 * np.pi, len(names))
    curve = 5000 + 3000 * np.sin(phase[None] + 1.2 * crop[:, None])
    frame = pd.DataFrame(
        {
            "lon": 10 + 2 * np.repeat(np.arange(3), n // 3) + rng.uniform(0, 0.5, n),
            "lat": 45 + rng.uniform(0, 0.5, n),
            "district": np.repeat(["d0", "d1", "d2"], n // 3),
            "crop": np.array(["maize", "wheat"])[crop],
        }
    )
    values = np.round(curve + rng.normal(0, 500, curve.shape))
    return frame.join(pd.DataFrame(values, columns=names))


SERIES = ["--target", "crop", "--leave", "district", "--series", "ndvi=NDVI_*"]
HEADS = ["--methods", "prior,ndvi:logistic:C=1", "--budgets", "all", "--repeats", "1", "-j", "1"]
ISO = [f"NDVI_2019-{month:02d}-01" for month in range(1, 13)]
STEPS = [f"NDVI_{step:02d}" for step in range(1, 24)]
DAYS = [f"NDVI_{day:%Y-%m-%d}" for day in pd.date_range("2018-09-14", periods=23, freq="16D")]


@pytest.mark.parametrize(
    ("names", "more", "said"),
    [
        (ISO, [], "12 dates, 2019-01-01 to 2019-12-01, of NDVI"),
        (DAYS, [], "23 dates, 2018-09-14 to 2019-09-01, of NDVI"),
        (STEPS, ["--undated"], "23 steps, 01 to 23, of NDVI; they have no dates"),
    ],
)
def test_dates_of_a_series_are_said(bocage, tmp_path, names, more, said):
    months(names).to_csv(tmp_path / "a.csv", index=False)
    code, _, err = bocage("compare", "a.csv", *SERIES, *HEADS, *more)
    assert code == 0, err
    assert said in " ".join(err.split())


def test_steps_are_asked_about_and_have_months_with_a_first_date(bocage, tmp_path):
    frame = months(STEPS)
    frame["start"] = np.where(np.arange(len(frame)) < 30, "2018-09-14", "2015-01-01")
    frame.to_csv(tmp_path / "a.csv", index=False)
    code, _, err = bocage("split", "a.csv", *SERIES)
    assert code == 2
    assert "NDVI_13 looks dated" in err
    assert "use --undated" in err
    code, _, err = bocage("split", "a.csv", *SERIES, "--undated", "--first-date", "start")
    assert code == 2
    assert "add --every 16" in err
    more = ["--undated", "--first-date", "start", "--every", "16"]
    code, out, err = bocage("split", "a.csv", *SERIES, *more)
    assert code == 0, err
    assert "each row begins at its own date" in out


def test_a_network_that_needs_months_says_so_of_steps(bocage, tmp_path):
    pytest.importorskip("torch")
    months(STEPS).to_csv(tmp_path / "a.csv", index=False)
    ask = ["--methods", "prior,ndvi:presto:linear", "--budgets", "all", "--repeats", "1", "-j", "1"]
    code, _, err = bocage("compare", "a.csv", *SERIES, *ask, "--undated")
    last = err.strip().splitlines()[-1]
    assert code == 2
    assert "presto reads time series whose months are known" in last
    assert "or use a shallow head" in last


def test_what_is_said_of_a_series_needs_one(bocage, tmp_path):
    months(ISO).to_csv(tmp_path / "a.csv", index=False)
    ask = ["--target", "crop", "--leave", "district", "--input", "ndvi=NDVI_*"]
    code, _, err = bocage("compare", "a.csv", *ask, *HEADS, "--undated")
    assert code == 2
    assert "--undated is given, but no series" in err


def torn():
    frame = months(ISO)
    lost = np.random.default_rng(1).random((len(frame), 12)) < 0.05
    frame[ISO] = frame[ISO].where(~lost, 65535)
    return frame, int(lost.sum()), int(lost.any(axis=1).sum())


def test_numbers_that_stand_for_nothing_are_asked_about_and_treated(bocage, tmp_path):
    frame, cells, rows = torn()
    frame.to_csv(tmp_path / "a.csv", index=False)
    code, _, err = bocage("compare", "a.csv", *SERIES, *HEADS)
    assert code == 2
    assert f"{cells} of 660 cells of NDVI at 11 dates (" in err
    assert "use --nodata 65535" in err
    code, _, err = bocage("compare", "a.csv", *SERIES, *HEADS, "--nodata", "65535")
    assert code == 2
    assert f"{rows} of 60 rows are incomplete" in err
    assert "--gaps" in err
    known = ["--nodata", "65535", "--gaps"]
    code, _, err = bocage("compare", "a.csv", *SERIES, *HEADS, *known, "drop", "-o", "dropped")
    assert code == 0, err
    assert f"{rows} of 60 rows were left out: {rows} with missing" in err
    assert f"{60 - rows} samples" in err
    code, _, err = bocage("compare", "a.csv", *SERIES, *HEADS, *known, "fill", "-o", "filled")
    assert code == 0, err
    assert f"{cells} filled in time" in err
    assert "60 samples" in err


def test_gaps_are_kept_for_heads_that_take_them(bocage, tmp_path):
    frame, cells, rows = torn()
    frame.to_csv(tmp_path / "a.csv", index=False)
    known = ["--nodata", "65535", "--gaps", "keep"]
    code, _, err = bocage("compare", "a.csv", *SERIES, *HEADS, *known)
    assert code == 2
    assert "'ndvi:logistic:C=1' can't learn from missing values" in err
    assert "ndvi:forest, ndvi:xgboost, ndvi:lightgbm" in err
    trees = "prior,ndvi:xgboost:n_estimators=5"
    heads = ["--methods", trees, *HEADS[2:]]
    code, _, err = bocage("compare", "a.csv", *SERIES, *heads, *known)
    assert code == 0, err
    assert f"{cells} missing cells of {rows} rows stay missing" in err
    table = pd.read_parquet(tmp_path / "studies" / "a" / "scores.parquet")
    found = table[(table["domain"] == "out") & (table["metric"] == "balanced_accuracy")]
    assert (found[found["method"] != "prior"]["value"] >= 0.75).all()
    # Twice the same: what is missing is part of the content, and always the same bits.
    code, _, err = bocage("compare", "a.csv", *SERIES, *heads, *known)
    assert "(0 to do)" in err


@pytest.mark.parametrize("value", ["1e200", "-1e308", "5e18"])
def test_a_huge_target_is_refused_before_the_work(bocage, tmp_path, value):
    frame = sites().astype({"flux": object})
    frame.loc[7, "flux"] = value
    frame.to_csv(tmp_path / "a.csv", index=False)
    ask = ["--target", "flux", "--leave", "site", "--input", "f=f?"]
    code, out, err = bocage("compare", "a.csv", *ask, *FAST)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "sums of squares overflow" in err
    assert not (tmp_path / "studies").exists()


def test_a_model_is_not_mapped_where_its_labels_have_no_place(bocage, tmp_path):
    from tests.data.alphaearth import write_fields

    write_fields(tmp_path, "district", "crop")
    ask = ["--target", "flux", "--leave", "state", "--input", "f=f?"]
    without_places().to_csv(tmp_path / "a.csv", index=False)
    code, _, err = bocage("compare", "a.csv", *ask, *FAST)
    assert code == 0, err
    code, _, err = bocage("fit", "studies/a", "--source", "aef.tif", "-o", "model")
    assert code == 2
    assert "has no coordinates" in err.strip().splitlines()[-1]
    assert not (tmp_path / "model").exists()


def test_explain_takes_the_same_options(bocage, tmp_path):
    frame, cells, _ = torn()
    frame.to_csv(tmp_path / "a.csv", index=False)
    ask = ["--target", "crop", "--leave", "district", "--input", "ndvi=NDVI_*"]
    code, _, err = bocage("explain", "a.csv", *ask)
    assert code == 2
    assert f"{cells} of 660 cells of NDVI at 11 dates (" in err
    code, _, err = bocage("explain", "a.csv", *ask, "--nodata", "65535", "--gaps", "keep")
    assert code == 2
    assert "keeps missing values" in err
    code, _, err = bocage("explain", "a.csv", *ask, "--nodata", "65535", "--gaps", "drop")
    assert code == 0, err
