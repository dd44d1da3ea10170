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
    frame = sites()
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_csv(tmp_path / "b.csv", index=False, sep=";", decimal=",", encoding="utf-16")
    ask = ["--target", "flux", "--leave", "site", "--input", "f=f*", *FAST, "--json"]
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
    assert "91 parcels were merged whole" in out


def without_places():
    """Groups, no coordinates; codes that are text; a predictor that is text."""
    frame = sites().drop(columns=["lon", "lat", "crop"])
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
    assert "note: samples have no coordinates: groups alone are left out" in words
    assert "f_soil is text, and becomes 2 columns of 0 and 1 (f_soil=clay, f_soil=sand)" in words
    # A head that reads the soil explains nearly all; no control by coordinates is offered.
    assert "xy" not in out
    table = pd.read_parquet(tmp_path / "studies" / "a" / "scores.parquet")
    found = table[(table["method"] == "f:ridge") & (table["domain"] == "out")]
    assert found[found["metric"] == "r2"]["value"].mean() > 0.9
    assert set(found["group"]) >= {f"0{n}" for n in range(6)}
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
        (["--leave", "state", "--buffer", "10"], ["--buffer", "no coordinates"]),
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
