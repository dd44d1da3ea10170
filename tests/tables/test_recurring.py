"""Names that recur from group to group are named where no coordinates tell it."""

import numpy as np
import pandas as pd

from bocage.tables import read_task


def panel(n_names=40, n_years=5, seed=0):
    rng = np.random.default_rng(seed)
    name = np.repeat([f"land {i}" for i in range(n_names)], n_years)
    year = np.tile([f"{2000 + i}" for i in range(n_years)], n_names)
    n = len(name)
    frame = {"country": name, "year": year, "a": rng.normal(size=n), "value": rng.normal(size=n)}
    return pd.DataFrame(frame)


def notes_of(frame, tmp_path, **options):
    path = tmp_path / "t.csv"
    frame.to_csv(path, index=False)
    options = {"target": "value", "kind": "regression", "inputs": {"f": "a"}, **options}
    task = read_task(path, groups=["year"], **options)
    return [note for note in task.notes if "occur in several" in note]


def test_a_panel_without_coordinates_says_what_is_known_from_other_years(tmp_path):
    [note] = notes_of(panel(), tmp_path)
    assert note.startswith("most of the 40 names of column 'country' occur in several years")
    assert "--share country" in note
    assert "--leave country" in note
    # Once it is a group, splits see to it.
    assert notes_of(panel(), tmp_path, together=["country"]) == []


def test_kinds_days_and_single_visits_are_no_places(tmp_path):
    frame = panel()
    rng = np.random.default_rng(1)
    soil = rng.choice([f"soil {i}" for i in range(12)], len(frame))
    day = pd.Series(pd.date_range("2020-01-01", periods=40).repeat(5).strftime("%Y-%m-%d"))
    once = [f"plot {i}" for i in range(len(frame))]
    for column in (soil, day, once):
        assert notes_of(frame.assign(country=column), tmp_path) == []


def test_coordinates_see_to_it_themselves(tmp_path):
    frame = panel()
    place = pd.factorize(frame["country"])[0]
    frame = frame.assign(lon=5 + place * 0.01, lat=45 + place * 0.01)
    assert notes_of(frame, tmp_path) == []
