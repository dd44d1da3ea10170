"""Columns that are named as coordinates and tell other places than those in use are named."""

import numpy as np
import pandas as pd
import pytest

from bocage.tables import read_task

N = 40


@pytest.fixture
def frame():
    rng = np.random.default_rng(0)
    made = pd.DataFrame({"Xloc": rng.uniform(0, 5, N), "Yloc": rng.uniform(0, 5, N)})
    made["long"], made["lat"] = 6.8 + made["Xloc"] / 76, 47.1 + made["Yloc"] / 111
    made["v"], made["crop"] = rng.normal(size=N), ["a", "b"] * (N // 2)
    return made


def notes(frame, path, lon, lat, **options):
    frame.to_csv(path / "t.csv", index=False)
    task = read_task(path / "t.csv", target="crop", inputs={"x": "v"}, lon=lon, lat=lat, **options)
    return [note for note in task.notes if note.startswith("coordinates are those of")]


def test_kilometres_taken_for_degrees_are_told_by_the_columns_beside_them(frame, tmp_path):
    (note,) = notes(frame, tmp_path, "Xloc", "Yloc")
    first = frame.iloc[0]
    assert note.startswith(
        f"coordinates are those of Xloc and Yloc (row 1: lon {first['Xloc']:.6g}, lat "
        f"{first['Yloc']:.6g}); long and lat of the same table differ (lon "
        f"{first['long']:.6g}, lat {first['lat']:.6g}), by a median of 4,"
    )
    assert note.endswith(" km: if those are correct, name them with --lon long "
                         "--lat lat")  # fmt: skip
    # What is offered is taken.
    assert notes(frame, tmp_path, "long", "lat") == []


def test_a_wrong_zone_is_told_too(frame, tmp_path):
    from pyproj import Transformer

    to = Transformer.from_crs("EPSG:4326", "EPSG:32632", always_xy=True)
    frame["east"], frame["north"] = to.transform(frame["long"], frame["lat"])
    assert notes(frame, tmp_path, "east", "north", crs="EPSG:32632") == []
    assert len(notes(frame, tmp_path, "east", "north", crs="EPSG:32633")) == 1


def test_the_same_places_once_more_are_no_matter(frame, tmp_path):
    frame["gps_lon"], frame["gps_lat"] = frame["long"].round(3), frame["lat"].round(3)
    assert notes(frame, tmp_path, "gps_lon", "gps_lat") == []
    # Blank, text or one alone: nothing is told.
    frame["Xloc"], frame["Yloc"] = frame["Xloc"] + 50, frame["Yloc"] - 20
    assert len(notes(frame, tmp_path, "Xloc", "Yloc")) == 1
    assert notes(frame.assign(lat=np.nan), tmp_path, "Xloc", "Yloc") == []
    assert notes(frame.assign(lat="47 N"), tmp_path, "Xloc", "Yloc") == []
    assert notes(frame.drop(columns="lat"), tmp_path, "Xloc", "Yloc") == []
