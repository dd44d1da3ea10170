"""Columns that look like eastings and northings are named, with what makes them places."""

import shlex

import pytest

PAIRS = [
    ("UTM.EW", "UTM.NS"), ("XCOORD", "YCOORD"), ("coords.x1", "coords.x2"), ("UTM_E", "UTM_N"),
    ("Easting_m", "Northing_m"), ("eastings", "northings"), ("utm_easting", "utm_northing"),
    ("X_UTM33", "Y_UTM33"), ("coord.x", "coord.y"), ("utm_east", "utm_north"),
]  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS)
def test_a_pair_is_named_with_its_options(bocage, frame, pair):
    x, y = pair
    few = frame[["district", "crop", "B2"]].assign(**{
        x: 500_000 + 90_000 * (frame["lon"] - 10), y: 5_000_000 + 111_000 * (frame["lat"] - 45),
    })  # fmt: skip
    few.to_csv("t.csv", index=False)
    for leave in ("blocks", "district"):
        code, _, err = bocage("split", "t.csv", "--target", "crop", "--leave", leave)
        assert (code, err.count("\n")) == (2, 1)
        assert f"--lon {x!r} --lat {y!r} --crs" in err
    told = shlex.split(err.partition("too: ")[2].partition(" (UTM")[0])
    assert bocage("split", "t.csv", "--target", "crop", "--leave", "district", *told)[0] == 0


def test_features_of_other_names_are_no_places(bocage, frame):
    few = frame[["district", "crop"]].assign(x1=frame["B2"], x2=frame["B8"], n=frame["yield"])
    few.assign(e=frame["A00"]).to_csv("t.csv", index=False)
    code, _, err = bocage("split", "t.csv", "--target", "crop", "--leave", "district")
    assert code == 0, err
