"""Labels that contradict each other are counted; rotation and rows told apart are none."""

import numpy as np
import pandas as pd
import pytest

from bocage.tables import read_task
from bocage.tasks import contradictions

S2 = {"s2": "B*"}
HOLD = "more than one class"
SAME = "the same features and different classes"


def _again(fields, rows, crop, **columns):
    """Add copies of rows with another class, and features of their own."""
    more = fields.loc[rows].assign(crop=crop, **columns)
    return pd.concat([fields, more], ignore_index=True)


def _said(write, frame, **options):
    return contradictions(read_task(write(frame), **{"target": "crop", "inputs": S2, **options}))


def test_places_with_several_classes_are_counted_and_the_commonest_pair_is_named(fields, write):
    maize, oats = fields.index[fields["crop"] == "maize"], fields.index[fields["crop"] == "oats"]
    table = _again(_again(fields, maize[:5], "wheat", B2=9.0), oats[:2], "wheat", B2=9.0)
    [note] = _said(write, table)
    assert note.startswith(
        "7 places hold more than one class (most often 'maize' and 'wheat', at 5 places): labels "
        "contradict each other there; correct them"
    )
    assert "--group" in note


def test_one_place_is_no_plural_and_one_pair_is_not_the_commonest(fields, write):
    [note] = _said(write, _again(fields, [0], "wheat"))
    assert note.startswith("1 place holds more than one class ('maize' and 'wheat'): ")


@pytest.mark.parametrize("crop", ["maize", "wheat"])
def test_the_same_class_again_and_one_place_alone_are_no_contradiction(fields, write, crop):
    assert _said(write, fields) == ()
    table = _again(fields, [0], crop, B2=9.0)
    assert len(_said(write, table)) == (crop == "wheat")


def test_three_classes_at_one_place_are_one_place(fields, write):
    table = _again(_again(fields, [0], "wheat", B2=8.0), [0], "oats", B2=9.0)
    [note] = _said(write, table)
    assert note.startswith("1 place holds")


def test_another_crop_in_another_year_is_rotation_where_the_year_is_used(fields, write):
    rows = fields.index[fields["crop"] == "maize"]
    fields["season"] = 2020
    table = _again(fields, rows, "wheat", season=2021, B2=np.arange(float(len(rows))))
    [note] = _said(write, table)
    assert note.startswith(f"{len(rows)} places hold {HOLD}")
    assert _said(write, table, groups=["season"]) == ()
    assert _said(write, table.rename(columns={"season": "year"})) == ()


def test_rotation_that_no_feature_shows_is_told(fields, write):
    rows = fields.index[fields["crop"] == "maize"][:3]
    table = _again(fields.assign(year=2020), rows, "wheat", year=2021)
    [note] = _said(write, table)
    assert note == (
        "3 sets of rows have the same features and different classes ('maize' and 'wheat'): no "
        "method can distinguish them by their features"
    )


def test_what_contradicts_in_one_year_is_not_told_twice(fields, write):
    table = _again(fields.assign(year=2020), [0], "wheat")
    [note] = _said(write, table)
    assert HOLD in note


def test_two_classes_in_one_pixel_of_an_embedding(aef, write):
    near = aef.loc[[0]].assign(crop="wheat", lon=aef["lon"][0] + 1e-6)
    table = pd.concat([aef, near], ignore_index=True)
    notes = _said(write, table, inputs={})
    # Half of all points stand so near to the edge of a pixel that these two are not in one.
    same_pixel = len(np.unique(read_task(write(table), target="crop").unit)) == len(aef)
    assert len(notes) == same_pixel
    assert same_pixel
    assert SAME in notes[0]


def test_without_places_rows_of_equal_features_are_looked_at(fields, write):
    table = _again(fields, [0, 3], "wheat").drop(columns=["lon", "lat"])
    [note] = _said(write, table, groups=["district"])
    assert note.startswith(f"2 sets of rows have {SAME}")
    assert _said(write, _again(fields, [0], "wheat", B2=9.0).drop(columns=["lon", "lat"])) == ()


def test_rows_of_equal_features_are_told_wherever_they_stand(fields, write):
    far = {"lon": 5.01, "lat": 45.99, "district": "elsewhere"}
    [note] = _said(write, _again(fields, [0], "wheat", **far))
    assert note == (
        "1 set of rows has the same features and different classes ('maize' and 'wheat'): no "
        "method can distinguish them by their features"
    )
    assert _said(write, _again(fields, [0], "maize", **far)) == ()
    # The first feature alone is not all of them.
    assert _said(write, _again(fields, [0], "wheat", **far, B11=7.0)) == ()
    assert _said(write, _again(fields, [0], "wheat", **far, B2=7.0)) == ()


def test_the_commonest_pair_of_equal_features_is_counted_in_sets(fields, write):
    table = _again(_again(fields, [0, 3], "wheat"), [2], "wheat").drop(columns=["lon", "lat"])
    [note] = _said(write, table)
    assert f"3 sets of rows have {SAME} (most often 'maize' and 'wheat', in 2 sets): " in note


def test_what_contradicts_at_a_place_is_left_out_of_the_sets(fields, write):
    # One row more, elsewhere, has the features of the two that were told.
    table = _again(_again(fields, [0], "wheat"), [0], "oats", lon=5.01, lat=45.99)
    [note] = _said(write, table)
    assert HOLD in note


def test_numbers_do_not_contradict_each_other(fields, write):
    table = _again(fields, [0], "wheat").assign(harvest=np.arange(25.0) / 3)
    assert _said(write, table, target="harvest") == ()


def test_classes_are_those_that_were_put_together(fields, write):
    from bocage.study import StudySettings, load

    table = write(_again(fields, [0], "Maize", B2=9.0))
    settings = {"task": str(table), "target": "crop", "inputs": {"s2": "B*"}}
    merged = load(StudySettings(**settings, merge={"Maize": "maize"}))
    apart = load(StudySettings(**settings, distinct=True))
    assert [sum(HOLD in note for note in task.notes) for task in (merged, apart)] == [0, 1]
