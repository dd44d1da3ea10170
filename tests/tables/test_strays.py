"""Rows far from all others are named; real places that are far away are not."""

import numpy as np
import pandas as pd
import pytest

from bocage.tables import find_strays, read_task
from bocage.tables._strays import stray_notes


def survey(lon, lat, side, n, seed=0):
    return np.random.default_rng(seed).uniform((lon, lat), (lon + side, lat + side), (n, 2))


JURA = survey(6.82, 47.12, 0.05, 359)
GERMANY = survey(7.0, 48.0, 6.0, 1000)


def with_rows(lonlat, *changed):
    made = lonlat.copy()
    for row, place in changed:
        made[row] = place
    return made


@pytest.mark.parametrize(
    ("lonlat", "rows"),
    [
        # A digit lost, and one column written twice.
        (with_rows(JURA, (5, (6.85, 4.7))), [5]),
        (with_rows(JURA, (5, (47.15, 47.15))), [5]),
        (with_rows(JURA, (5, (6.85, 4.7)), (90, (68.5, 47.13))), [5, 90]),
        # Exchanged, together and of a whole country.
        (with_rows(JURA, *((row, JURA[row, ::-1]) for row in range(9, 20))), list(range(9, 20))),
        (with_rows(GERMANY, (3, GERMANY[3, ::-1]), (4, GERMANY[4, ::-1])), [3, 4]),
        # The sign, and the decimal point.
        (with_rows(JURA, (7, JURA[7] * [-1, 1]), (8, JURA[8] * [1, -1])), [7, 8]),
        (with_rows(GERMANY, (1, GERMANY[1] * [1, 0.1])), [1]),
        # Rows without coordinates are no rows.
        (with_rows(JURA, (0, (np.nan, np.nan)), (5, (6.85, 4.7))), [5]),
    ],
)
def test_coordinates_that_were_mistyped_are_found(lonlat, rows):
    found = find_strays(lonlat)
    assert found is not None
    assert found.row.tolist() == rows


@pytest.mark.parametrize(
    "lonlat",
    [
        JURA,
        GERMANY,
        # Continents, some with few samples or one.
        np.concatenate([GERMANY, survey(-60, -20, 20, 500), survey(140, -35, 5, 3)]),
        np.concatenate([survey(-120, 30, 40, 500), survey(10, 45, 0.01, 1)]),
        # An island far away with several samples, and sites of a village each.
        np.concatenate([JURA, survey(55.4, -21.2, 0.2, 4)]),
        np.concatenate([JURA, survey(9.2, 45.1, 0.01, 2)]),
        # France and an island; Ecuador and the Galapagos.
        np.concatenate([survey(-1, 43, 7, 800), survey(55.4, -21.2, 0.2, 1)]),
        np.concatenate([survey(-80.5, -4, 4, 300), survey(-91, -0.9, 0.1, 1)]),
        # Most of a survey at one station, others all over the country, each alone.
        np.concatenate([survey(6.8, 47.1, 0.001, 400), survey(4.0, 45.0, 4.0, 20)]),
        # A field next to another, both small.
        np.concatenate([survey(6.8, 47.1, 0.001, 100), survey(6.85, 47.1, 0.001, 1)]),
        # Islands on both sides of the date line.
        np.concatenate([survey(179.0, -17, 0.9, 50), survey(-179.9, -17, 0.9, 50)]),
        # A mark for nothing is named by another note.
        with_rows(JURA, (5, (0.0, 0.0))),
        np.full((50, 2), 7.0),
        JURA[:5],
    ],
)
def test_real_places_that_are_far_away_are_not_named(lonlat):
    assert find_strays(lonlat) is None


def test_the_note_names_the_row_where_it_stands_and_how_far_that_is():
    lonlat = with_rows(JURA, (5, (6.85, 4.7)))
    (note,) = stray_notes(lonlat, np.arange(100, 100 + len(lonlat)))
    assert note.startswith("1 of 359 rows lies far from all others, which lie within 6.")
    assert "km of each other: row 106 (lon 6.85, lat 4.7), 4,720 km" in note
    assert note.endswith("if that is a typing error, correct it or leave the row out")
    (note,) = stray_notes(with_rows(JURA, (7, JURA[7, ::-1]), (9, JURA[9, ::-1])), np.arange(359))
    assert note.startswith("2 of 359 rows lie far from all others")
    assert note.count("; with lon and lat swapped, it lies among them)") == 2
    many = with_rows(JURA, *((row, JURA[row, ::-1]) for row in range(9, 20)))
    (note,) = stray_notes(many, np.arange(359))
    assert " and 8 more, " in note
    assert len(note) < 500


def test_a_table_says_so_before_anything_is_run(tmp_path):
    lonlat = with_rows(JURA, (5, (6.85, 4.7)))
    frame = pd.DataFrame(lonlat, columns=["lon", "lat"])
    frame["v"], frame["crop"] = np.arange(359.0), np.where(np.arange(359) % 2, "a", "b")
    frame.to_csv(tmp_path / "t.csv", index=False)
    task = read_task(tmp_path / "t.csv", target="crop", inputs={"x": "v"})
    assert any("row 6 (lon 6.85, lat 4.7)" in note for note in task.notes)
    # A row that is left out anyway is no matter.
    frame.loc[5, "crop"] = None
    frame.to_csv(tmp_path / "t.csv", index=False)
    options = {"target": "crop", "inputs": {"x": "v"}, "drop_incomplete": True}
    task = read_task(tmp_path / "t.csv", **options)
    assert not any("far from all others" in note for note in task.notes)


@pytest.mark.parametrize("n", [1, 12, 22, 40])
def test_exchanged_rows_are_found_up_to_a_third(n):
    lonlat = survey(-83, 37, 8, 267)
    rows = np.sort(np.random.default_rng(n).choice(267, n, replace=False))
    lonlat[rows] = lonlat[rows, ::-1]
    found = find_strays(lonlat)
    assert found is not None
    assert found.row.tolist() == rows.tolist()


@pytest.mark.parametrize("change", [lambda at: at[:, ::-1], lambda at: at * [1, -1]])
@pytest.mark.parametrize("n", [1, 3, 10])
def test_the_outermost_rows_are_found_too(change, n):
    # Corrected, they lie at the edge of the others, and not among them.
    lonlat = survey(-78.75, 35.7, 0.1, 512)
    lonlat = lonlat[np.argsort(-lonlat[:, 1])]
    lonlat[0] += [0, 0.004]
    lonlat[:n] = change(lonlat[:n])
    found = find_strays(lonlat)
    assert found is not None
    assert found.row.tolist() == list(range(n))
    assert all(found.mistake)


def test_beside_the_others_is_not_with_them():
    lonlat = survey(-78.75, 35.7, 0.1, 200)
    far = [[35.7 + 0.13, -78.7], [35.7 + 0.14, -78.7]]
    assert find_strays(np.concatenate([lonlat, far])) is None


def test_a_part_of_a_survey_beyond_the_equator_is_no_mistake():
    both = np.concatenate([survey(30, -8, 2, 200), survey(30, 8, 2, 60)])
    assert find_strays(both) is None
