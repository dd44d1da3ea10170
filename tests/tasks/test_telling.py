"""Columns that tell nothing, or that were made from the target, are named; honest ones are not."""

import re

import numpy as np
import pandas as pd
import pytest

from bocage.core import DataError, Input
from bocage.tables import read_task
from bocage.tasks import feature_notes, flat_notes
from bocage.tasks._telling import is_like_target

CROPS = np.array(["maize", "oats", "wheat"])
CODE = {"maize": 1.0, "oats": 2.0, "wheat": 3.0}
ALL = (
    "alone distinguishes every class from the others without error: if it was derived from the "
    "labels,"
)


@pytest.fixture
def table(make):
    return make(90)


def _said(write, frame, pattern="B*,z*", target="crop", **options):
    path = write(frame)
    task = read_task(path, target=target, inputs={"s2": pattern}, **options)
    return feature_notes(task, target)


def test_honest_columns_are_passed_over(table, write):
    assert _said(write, table, "B*") == ()
    # A good feature overlaps a little.
    good = table["crop"].map(CODE) + np.random.default_rng(0).normal(0, 0.6, len(table))
    assert _said(write, table.assign(z=good)) == ()


def test_a_column_of_one_value_is_named(table, write):
    assert _said(write, table.assign(z=7.0)) == (
        "input 's2': z never varies and carries no information",
    )
    assert _said(write, table.assign(z=7.0, z2=0)) == (
        "input 's2': z, z2 never vary and carry no information",
    )


def test_a_column_that_is_blank_but_for_one_row_is_named(table, write):
    lone = table.assign(z=np.where(np.arange(90) == 4, 3.0, np.nan))
    assert _said(write, lone, gaps="keep") == (
        "input 's2' has at most one distinct value of z (known in 1 of 90 rows)",
    )


def test_a_flat_band_of_a_series_is_named_once():
    values = np.random.default_rng(0).normal(size=(5, 3, 2))
    values[:, :, 1] = 4.0
    assert flat_notes(Input("s", values, ("B2", "B3"))) == (
        "input 's': B3 never varies and carries no information",
    )


@pytest.mark.parametrize(
    "made",
    [
        lambda code: code,
        lambda code: -5 * code,
        lambda code: code + np.random.default_rng(0).uniform(0, 0.9, len(code)),
        # Codes of kinds of crops, in no order of the classes.
        lambda code: (3 * code + 4 * (np.arange(len(code)) // 3 % 2)) % 11,
    ],
)
def test_a_copy_of_the_class_is_told(table, write, made):
    code = table["crop"].map(CODE).to_numpy()
    [note] = _said(write, table.assign(z=made(code)))
    assert note == f"input 's2': z {ALL} leave it out"


def test_columns_of_one_class_are_told_together(table, write):
    more = {f"z{crop}": (table["crop"] == crop) * 1 for crop in CROPS[:2]}
    [note] = _said(write, table.assign(**more, zwords=table["crop"].str.upper()))
    assert "each of zmaize, zwords=MAIZE alone distinguishes 'maize'" in note
    assert "zwords=WHEAT alone distinguishes 'wheat' from all other classes without error" in note


@pytest.mark.parametrize("wrong", [1, 4])
def test_a_code_that_is_wrong_at_few_places_is_told_with_their_number(make, write, wrong):
    table = make(240)
    code = table["crop"].map(CODE)
    code[:wrong] = code[:wrong] % 3 + 1
    [note] = _said(write, table.assign(z=code))
    assert note == (
        f"input 's2': z alone distinguishes every class from the others at {240 - wrong} of 240 "
        "places: if it was derived from the labels, leave it out"
    )
    maize = (table["crop"] == "maize") * 1
    maize[:wrong] = 1 - maize[:wrong]
    oats = (table["crop"] == "oats") * 1
    notes = _said(write, table.assign(zm=maize, zo=oats))
    assert [re.sub(".*: z", "z", note.split(": if it was")[0]) for note in notes] == [
        "zo alone distinguishes 'oats' from all other classes without error",
        f"zm alone distinguishes 'maize' from all other classes at {240 - wrong} of 240 places",
    ]


def test_more_errors_than_two_in_a_hundred_or_a_measurement_tell_nothing(make, write):
    table = make(240)
    code = table["crop"].map(CODE)
    code[:5] = code[:5] % 3 + 1
    maize = (table["crop"] == "maize") * 1
    maize[:5] = 1 - maize[:5]
    assert _said(write, table.assign(z=code, zm=maize)) == ()
    # A good measurement is right at most places.
    good = table["crop"].map(CODE) + np.random.default_rng(0).uniform(0, 0.9, 240)
    good[0] += 1
    assert _said(write, table.assign(z=good)) == ()


def test_errors_are_counted_in_places(make, write):
    table = make(240)
    z = table["crop"].map(CODE)
    wrong = pd.concat([table.loc[[0]].assign(z=3.0)] * 9)
    [note] = _said(write, pd.concat([table.assign(z=z), wrong], ignore_index=True))
    assert "at 239 of 240 places" in note


def test_a_rare_class_is_not_told_by_saying_nothing(make, write):
    """A column that is nearly always 0 is right at nearly all places where a class is rare."""
    rng = np.random.default_rng(0)
    alarms = 0
    for rare in (1, 2, 3, 4, 5) * 10:
        table = make(240)
        table["crop"] = np.where(np.arange(240) < rare, "maize", "wheat")
        one = {f"B{i + 20}": (rng.permutation(240) < k) * 1 for i, k in enumerate((1, 2, 3, 4))}
        notes = _said(write, table.assign(**one), "B*")
        alarms += any("alone distinguishes" in note for note in notes)
    assert alarms == 0


def test_few_samples_are_no_evidence(make, write):
    few = make(6)
    assert _said(write, few.assign(z=few["crop"].map(CODE))) == ()


def test_many_samples_of_few_places_are_few(make, write):
    few = make(6)
    again = pd.concat([few] * 20, ignore_index=True)
    assert _said(write, again.assign(z=again["crop"].map(CODE))) == ()


def test_chance_seldom_tells(write):
    """Of noise, a note is a false alarm in one table of a thousand."""
    rng = np.random.default_rng(0)
    alarms = 0
    for _ in range(100):
        n = int(rng.integers(8, 30))
        frame = pd.DataFrame(
            {
                "lon": rng.uniform(5, 6, n),
                "lat": rng.uniform(45, 46, n),
                "crop": np.array(["maize", "wheat"])[np.arange(n) % 2],
                **{f"z{i}": rng.normal(size=n) for i in range(20)},
                **{f"B{i}": rng.integers(0, 2, n) for i in range(20)},
            }
        )
        alarms += any("alone distinguishes" in note for note in _said(write, frame))
    assert alarms <= 1


def test_a_copy_of_a_number_in_another_unit_is_told(table, write):
    copy = table.assign(z=1000 * table["harvest"] + 3)
    [note] = _said(write, copy, target="harvest")
    assert note.startswith("input 's2': z is the target in another unit, without error: if")
    noisy = table.assign(z=table["harvest"] + np.random.default_rng(0).normal(0, 1e-3, 90))
    assert _said(write, noisy, target="harvest") == ()


def test_a_name_made_from_the_target_is_told_where_its_values_do_not_tell(table, write):
    strange = table.assign(crop_id=np.arange(90) % 7, class_code=np.arange(90) % 4)
    [note] = _said(write, strange, "B*,c*")
    assert note.startswith("input 's2' uses class_code, crop_id, named like a target: leave out")
    copy = table.assign(crop_id=table["crop"].map(CODE))
    [note] = _said(write, copy, "B*,crop_id")
    assert ALL in note


@pytest.mark.parametrize("name", ["crop_height", "cropland", "classic", "B2", "id", "land_class"])
def test_other_names_are_names(name):
    assert not is_like_target(name, "crop")


# --- which columns an input takes ------------------------------------------------------------


def _notes(write, frame, pattern, **options):
    options = {"target": "crop", "inputs": {"a": pattern}, **options}
    return [n for n in read_task(write(frame), **options).notes if "input 'a'" in n]


def test_a_pattern_of_everything_says_what_it_took_and_what_it_left_out(make, write):
    assert _notes(write, make(), "*", groups=["district"]) == [
        (
            "input 'a' (*) takes 3 columns: B2, B11, harvest; left out, as they are not features: "
            "district (group), lon (coordinate), lat (coordinate), crop (target)"
        )
    ]
    assert _notes(write, make(), "B*,harvest") == []


def test_a_pattern_that_meets_a_group_by_the_way_says_so(make, write):
    named = make().rename(columns={"district": "Biome"})
    [note] = _notes(write, named, "B*")
    assert note == (
        "input 'a' (B*) takes 2 columns: B2, B11; left out, as they are not features: Biome (group)"
    )
    text = "no column matches 'Bio*' except Biome, which wildcards skip"
    with pytest.raises(DataError, match=re.escape(text)):
        _notes(write, named, "Bio*")


def test_groups_and_coordinates_that_are_named_are_read_and_told(make, write):
    told = _notes(write, make(), "B2,lat,district")
    assert told[0] == "input 'a' names lat (coordinate), district (group): used as features too"
    assert read_task(write(make()), target="crop", inputs={"a": "B2,lat"}).inputs["a"].bands == (
        "B2",
        "lat",
    )


@pytest.mark.parametrize("first", [0, 1])
def test_a_number_of_the_row_is_used_if_it_is_named_and_told(make, write, first):
    numbered = make().assign(zid=np.random.default_rng(0).permutation(24) + first)
    [note] = _notes(write, numbered, "B*,zid")
    assert note == (
        "input 'a': zid numbers the rows of the table and is used; leave it out if it is not a "
        "feature"
    )
    [note] = _notes(write, numbered.assign(zz=range(24)), "zid,zz")
    assert note == (
        "input 'a': zid, zz number the rows of the table and are used; leave out those that are "
        "not features"
    )


def test_a_wildcard_leaves_out_the_number_of_the_row(make, write):
    table = make().drop(columns="district").reset_index(names="")
    path = write(table)
    task = read_task(path, target="crop", inputs={"a": "*"})
    assert task.inputs["a"].bands == ("B2", "B11", "harvest")
    [note] = [note for note in task.notes if "input 'a'" in note]
    assert "left out, as they are not features: " in note
    assert "Unnamed: 0 (row number)" in note


@pytest.mark.parametrize(
    ("index", "is_number"),
    [
        ([3, 4, 9, 11, 12, 40], True),  # rows were left out since
        ([0, 1, 2, 0, 1, 2], True),  # two files, one below the other
        ([3, 2, 9, 11, 12, 40], False),
        ([3, 4, 9, 11, 12, 40.5], False),
        ([3, 3, 3, 3, 3, 3], False),
    ],
)
def test_an_index_without_a_name_numbers_rows(make, write, index, is_number):
    table = make(6).assign(**{"Unnamed: 5": index})
    bands = read_task(write(table), target="crop", inputs={"a": "*"}).inputs["a"].bands
    assert ("Unnamed: 5" not in bands) == is_number


def _projected(frame, crs=32631):
    from pyproj import Transformer

    to = Transformer.from_crs(4326, crs, always_xy=True)
    return to.transform(frame["lon"].to_numpy(), frame["lat"].to_numpy())


@pytest.mark.parametrize("wide", [1, 8])
def test_a_wildcard_leaves_out_coordinates_of_another_system(make, write, wide):
    table = make(60)
    table["lon"] = 5 + (table["lon"] - 5) * wide
    table["lat"] = 45 + (table["lat"] - 45) * wide
    x, y = _projected(table)
    [note] = _notes(write, table.assign(X=x, utm_y=y), "*")
    assert "takes 3 columns: B2, B11, harvest; left out" in note
    assert "X (coordinate), utm_y (coordinate)" in note
    [note] = _notes(write, table.assign(X=x), "B2,X")
    assert note == "input 'a' names X (coordinate): used as features too"


def test_a_name_or_values_alone_make_no_coordinate(make, write):
    table = make(60)
    x, _ = _projected(table)
    noisy = x + np.random.default_rng(0).normal(0, 0.1 * x.std(), len(x))
    assert (
        "takes 4 columns: B2, B11, harvest, warmth;"
        in _notes(write, table.assign(warmth=x), "*")[0]
    )
    assert "takes 4 columns: B2, B11, X, harvest;" in _notes(write, table.assign(X=noisy), "*")[0]
    # Six numbers follow from six places by themselves.
    assert "X, harvest;" in _notes(write, make(6).assign(X=range(9, 3, -1)), "*")[0]


def test_up_to_twenty_taken_columns_are_named(make, write):
    table = make().drop(columns=["B2", "B11", "harvest"])
    names = [f"q{i}" for i in range(1, 22)]
    values = np.random.default_rng(0).normal(size=(len(table), 21))
    more = table.join(pd.DataFrame(values, columns=names))
    [note] = _notes(write, more.drop(columns="q21"), "*")
    assert f"takes 20 columns: {', '.join(names[:20])}; left out" in note
    [note] = _notes(write, more, "*")
    assert f"takes 21 columns: {', '.join(names[:20])} and 1 more; left out" in note


@pytest.mark.parametrize("values", [np.arange(24) + 7, np.arange(24) * 2, np.arange(24) // 2])
def test_other_whole_numbers_may_be_features(make, write, values):
    assert _notes(write, make().assign(zid=values), "B*,zid") == []
    assert _notes(write, make(12).assign(zid=np.arange(12)), "B*,zid") == []
