"""Targets, inputs and groups of a label table."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from bocage.core import REGRESSION, DataError, SettingsError
from bocage.tables import InputSpec, read_task
from bocage.tables._names import natural
from bocage.tables._spec import Columns, choose_bands
from bocage.tables._target import as_words, choose_kind

S2 = {"s2": "B*"}


# --- target ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["a", "b", "a"], "classification"),
        ([1, 2, 3] * 40, "classification"),
        ([1.0, 2.0, np.nan] * 4, "classification"),
        ([*range(1, 31)] * 2, "classification"),
        ([1] * 9 + [2] * 9 + [3], "classification"),
        ([0] * 20 + [1], "classification"),
        ([True, False] * 4, "classification"),
        (np.linspace(0, 1, 50), "regression"),
        (pd.Categorical([1.5, 2.5] * 4), "classification"),
    ],
)
def test_kind_is_found_where_it_is_safe(values, expected):
    assert choose_kind(pd.Series(values), "y", None) == expected


ONCE = [18081, 32543, 18664, 885806]


@pytest.mark.parametrize(
    "values",
    [
        range(200),
        [0.5, 1.5, 2.5] * 30,
        ONCE,
        [*ONCE, *ONCE[:2]],
        [*range(30), -9999, -9999],
        [0] * 40 + [1] * 9 + [2, 5, 11],
    ],
)
def test_kind_is_asked_for_where_it_is_not(values):
    with pytest.raises(DataError, match="could be classes or a quantity"):
        choose_kind(pd.Series(values), "y", None)
    assert choose_kind(pd.Series(values), "y", "classification") == "classification"
    assert choose_kind(pd.Series(values), "y", "regression") == "regression"


def test_a_regression_target_given_as_text(fields, write):
    with pytest.raises(DataError, match=r"regression target 'crop' is given as text \(such as 'ma"):
        read_task(write(fields), target="crop", kind="regression", inputs=S2)
    broken = fields.assign(harvest=fields["harvest"].astype(str))
    broken.loc[7, "harvest"] = "12 t"
    with pytest.raises(DataError, match=r"numbers and '12 t' \(1 of 24"):
        read_task(write(broken), target="harvest", kind="regression", inputs=S2)


def test_dates_are_no_target(fields, write):
    dated = fields.assign(day=pd.date_range("2024-01-01", periods=len(fields)))
    with pytest.raises(DataError, match="holds dates"):
        read_task(write(dated, "t.parquet"), target="day", inputs=S2)


def test_an_identifier_is_no_target(make, write):
    frame = make(80)
    frame["plot"] = [f"plot {i}" for i in range(80)]
    with pytest.raises(DataError, match="80 different values in 80 rows"):
        read_task(write(frame), target="plot", inputs=S2)


def test_regression_keeps_its_values(fields, write):
    task = read_task(write(fields), target="harvest", inputs=S2)
    assert task.kind is REGRESSION
    assert task.classes == ()
    np.testing.assert_array_equal(task.target[np.argsort(task.row)], fields["harvest"])


def test_class_codes_stay_whole_where_one_is_missing(fields, write):
    coded = fields.assign(code=np.arange(len(fields)) % 3 * 1.0)
    coded.loc[0, "code"] = np.nan
    task = read_task(write(coded), target="code", inputs=S2, drop_incomplete=True)
    assert task.classes == ("0", "1", "2")


def test_blanks_around_a_class_make_no_other_class(fields, write):
    fields.loc[0, "crop"] = " maize "
    task = read_task(write(fields), target="crop", inputs=S2)
    assert task.classes == ("maize", "oats", "wheat")


@given(st.lists(st.integers(-(2**53), 2**53), min_size=1, max_size=20))
def test_codes_are_written_the_same_as_whole_numbers_and_as_floats(codes):
    whole, _ = as_words(pd.Series(codes, dtype="int64"))
    floats, _ = as_words(pd.Series(codes, dtype="float64"))
    nullable, _ = as_words(pd.Series(codes, dtype="Int64"))
    assert whole.tolist() == floats.tolist() == nullable.tolist() == [str(c) for c in codes]


# --- inputs ----------------------------------------------------------------------------------


def test_declared_input_carries_what_is_declared(fields, write):
    spec = InputSpec("B11,B2", "optical", "reflectance", "keep", (2023, 2024))
    item = read_task(write(fields), target="crop", inputs={"s2": spec}).inputs["s2"]
    assert item.bands == ("B11", "B2")
    assert (item.modality, item.units, item.scaling, item.years) == (
        "optical",
        "reflectance",
        "keep",
        (2023, 2024),
    )


def test_a_bare_pattern_is_of_unknown_modality_and_standardised(fields, write):
    item = read_task(write(fields), target="crop", inputs=S2).inputs["s2"]
    assert item.bands == ("B2", "B11")
    assert (item.modality, item.scaling) == ("unknown", "standardise")


def test_no_input_lists_the_numeric_columns(fields, write):
    with pytest.raises(DataError) as caught:
        read_task(write(fields), target="crop")
    text = str(caught.value)
    assert "Numeric columns are: harvest, B2, B11" in text
    assert "--input s2='B*'" in text


def test_a_wildcard_over_words_gives_the_command_without_them(fields, write):
    table = fields.assign(plot=[f"P{i}" for i in range(len(fields))])
    path = write(table.drop(columns=["district", "harvest"]))
    with pytest.raises(DataError, match=r"plot holds .* --input all='B2,B11'$"):
        read_task(path, target="crop", inputs={"all": "*"})


def test_radar_columns_are_not_guessed(fields, write):
    with pytest.raises(DataError, match="no input found"):
        read_task(write(fields.assign(S1_VV=1.0, S1_VH=2.0)), target="crop")


def test_a_wildcard_never_takes_the_answer_or_the_place(fields, write):
    coded = fields.assign(crop=np.arange(len(fields)) % 3)
    path = write(coded.drop(columns="district"))
    task = read_task(path, target="crop", inputs={"all": "*"})
    assert task.inputs["all"].bands == ("B2", "B11", "harvest")


def test_a_wildcard_passes_over_places_beside_geometry(fields, write):
    shapes = fields.assign(longitude=fields["lon"], latitude=fields["lat"])
    path = write(shapes.drop(columns="district"), "t.gpkg")
    task = read_task(path, target="crop", inputs={"all": "*"})
    assert "longitude" not in task.inputs["all"].bands


def test_the_target_is_refused_as_an_input(fields, write):
    with pytest.raises(DataError, match="names the target column 'harvest'"):
        read_task(write(fields), target="harvest", inputs={"x": "B2,harvest"})


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("C*", r"no column matches 'C\*'\. Numeric columns are: harvest, B2, B11"),
        ("b2", "no column matches 'b2'; did you mean 'B2'"),
        ("B2,B3", "no column matches 'B3'"),
        ("B*,note", "can't use note; expected numbers"),
        ("*", "can't use note; expected numbers"),
    ],
)
def test_patterns_that_do_not_fit(fields, write, pattern, said):
    with pytest.raises(DataError, match=said):
        read_task(write(fields.assign(note="dry")), target="crop", inputs={"x": pattern})


@pytest.mark.parametrize("name", ["xy", "a+b", "", "a b", "-x"])
def test_names_that_can_not_name_an_input(fields, write, name):
    with pytest.raises(SettingsError, match="can't name an input"):
        read_task(write(fields), target="crop", inputs={name: "B*"})


def test_empty_pattern(fields, write):
    with pytest.raises(SettingsError, match="has an empty pattern"):
        read_task(write(fields), target="crop", inputs={"s2": " , "})


def test_aef_stands_beside_what_is_declared(aef, fields, write):
    both = aef.assign(B2=fields["B2"])
    assert set(read_task(write(both), target="crop", inputs=S2).inputs) == {"aef", "s2"}


def test_some_of_the_64_bands_are_not_taken_for_all(aef, write):
    few = aef.drop(columns=[f"A{band:02d}" for band in range(32, 64)])
    with pytest.raises(DataError, match="no input found"):
        read_task(write(few), target="crop")
    item = read_task(write(few), target="crop", inputs={"half": "A??"}).inputs["half"]
    assert (item.modality, item.scaling) == ("embedding", "keep")


bands = st.lists(st.from_regex(r"[AB][0-9]{1,2}", fullmatch=True), min_size=1, unique=True)


@given(bands, st.sampled_from(["*", "A*,B*", "B*,A*", "A?,*", "*,*"]))
def test_every_band_is_taken_once_in_natural_order(names, pattern):
    parts = [part for part in pattern.split(",") if any(_fits(name, part) for name in names)]
    if not parts:
        return
    chosen = choose_bands("x", ",".join(parts), Columns(names, {}, (), "y"))
    expected = {name for part in parts for name in names if _fits(name, part)}
    assert set(chosen) == expected
    assert len(chosen) == len(expected)
    if parts == ["*"]:
        assert [(b[0], int(b[1:])) for b in chosen] == sorted((b[0], int(b[1:])) for b in names)


def _fits(name: str, part: str) -> bool:
    return part == "*" or (name[0] == part[0] and (part[1] == "*" or len(name) == len(part)))


def test_natural_order():
    assert sorted(["B11", "B8A", "B2", "B8"], key=natural) == ["B2", "B8", "B8A", "B11"]


# --- groups ----------------------------------------------------------------------------------


def test_usual_groups_are_found_and_years_are_whole(fields, write):
    frame = fields.assign(year=2023.0, Region="west", weather="dry")
    task = read_task(write(frame), target="crop", inputs=S2, groups=["weather"])
    assert set(task.groups) == {"weather", "district", "year", "Region"}
    assert set(task.groups["year"]) == {"2023"}


def test_a_group_that_is_partly_blank_is_left_aside_and_told(fields, write):
    fields.loc[2, "district"] = None
    task = read_task(write(fields), target="crop", inputs=S2)
    assert task.groups == {}
    assert any("'district' is blank in 1 row " in note for note in task.notes)


@pytest.mark.parametrize("column", ["parcel", "event", "Parcel"])
def test_parcels_and_events_stay_together(fields, write, column):
    frame = fields.assign(**{column: np.arange(len(fields)) // 4})
    task = read_task(write(frame), target="crop", inputs=S2)
    number = task.groups[column]
    for value in np.unique(number):
        assert len(np.unique(task.unit[number == value])) == 1
    assert len(np.unique(task.unit)) == 6
    assert f"samples of one {column} are kept together" in task.notes


def test_other_columns_are_kept_together_where_asked(fields, write):
    task = read_task(write(fields), target="crop", inputs=S2, together=["district"])
    assert len(np.unique(task.unit)) == 2


def test_samples_without_a_parcel_are_not_one_parcel(fields, write):
    frame = fields.assign(parcel=[1.0, 1.0] + [np.nan] * 22)
    task = read_task(write(frame), target="crop", inputs=S2)
    assert len(np.unique(task.unit)) == 23


def test_duplicates_are_counted_and_no_error(fields, write):
    twice = pd.concat([fields, fields.iloc[:3]])
    task = read_task(write(twice), target="crop", inputs=S2)
    assert len(task) == 27
    assert len(np.unique(task.unit)) == 24
    assert any(note.startswith("3 duplicate rows") for note in task.notes)


def test_each_sample_that_shares_its_place_is_counted(fields, write):
    # Three at one place and two at another: five share theirs, and two places are enough for them.
    fields.loc[:2, ["lon", "lat"]] = 5.5, 45.5
    fields.loc[3:4, ["lon", "lat"]] = 5.6, 45.6
    task = read_task(write(fields), target="crop", inputs=S2)
    assert "5 samples share their coordinates with others; kept together" in task.notes
    assert len(np.unique(task.unit)) == len(fields) - 3


def test_samples_of_one_pixel_are_counted_and_no_error(aef, write):
    # 3 m and 7 m east of a corner of the 10 m grid, then 13 m: the next pixel.
    east, north = np.array([500_003.0, 500_007.0, 500_013.0]), np.full(3, 5_000_005.0)
    lon, lat = Transformer.from_crs(32631, 4326, always_xy=True).transform(east, north)
    aef.loc[:2, "lon"], aef.loc[:2, "lat"] = lon, lat
    task = read_task(write(aef), target="crop")
    unit = task.unit[np.argsort(task.row)]
    assert unit[0] == unit[1] != unit[2]
    assert any(note.startswith("2 samples lie in the 10 m pixel") for note in task.notes)


# --- tables without places --------------------------------------------------------------------


def test_a_table_without_coordinates_has_its_groups(fields, write):
    frame = fields.drop(columns=["lon", "lat"])
    task = read_task(write(frame), target="crop", inputs=S2)
    assert not task.has_places
    assert len(task) == len(frame)
    assert any("no coordinates: only groups are left out" in note for note in task.notes)
    # Nothing ties one sample to another.
    assert len(np.unique(task.unit)) == len(frame)


def test_rows_that_are_the_same_stay_together_without_coordinates(fields, write):
    frame = pd.concat([fields, fields.iloc[:3]]).drop(columns=["lon", "lat"])
    task = read_task(write(frame), target="crop", inputs=S2)
    assert len(np.unique(task.unit)) == len(fields)
    assert any("3 duplicate rows (same groups, target" in note for note in task.notes)


@pytest.mark.parametrize("pair", [("x", "Y"), ("Easting", "northing"), ("POINT_X", "POINT_Y")])
def test_columns_that_look_like_metres_are_asked_about(fields, write, pair):
    frame = fields.drop(columns=["lon", "lat"]).assign(**dict.fromkeys(pair, 500_000.0))
    with pytest.raises(DataError, match=rf"no coordinates found.*{pair[0]}, {pair[1]}"):
        read_task(write(frame), target="crop", inputs=S2)


@pytest.mark.parametrize("column", ["x", "y", "Easting", "northing", "lat", "Longitude"])
def test_one_coordinate_alone_is_no_place(fields, write, column):
    frame = fields.drop(columns=["lon", "lat"]).assign(**{column: fields["lat"]})
    task = read_task(write(frame), target="crop", inputs=S2)
    assert not task.has_places
    lone = column.lower() in ("lat", "longitude")
    assert any(f"has {column} and no other coordinate" in note for note in task.notes) == lone


@pytest.mark.parametrize(("target", "other"), [("y", "x"), ("lat", "lon"), ("northing", "easting")])
def test_a_target_is_no_coordinate(fields, write, target, other):
    frame = fields.drop(columns=["lon", "lat", "crop"]).rename(columns={"harvest": target})
    task = read_task(write(frame.assign(**{other: 1.5})), target=target, inputs=S2)
    assert not task.has_places


def test_parcels_without_a_number_and_a_place_are_told_apart_by_their_row(fields, write):
    frame = fields.drop(columns=["lon", "lat"]).assign(parcel=np.arange(24) // 2 * 1.0)
    frame.loc[[2, 8], "parcel"] = np.nan
    task = read_task(write(frame), target="crop", inputs=S2)
    assert len(np.unique(task.groups["parcel"])) == 14


# --- predictors that are text -----------------------------------------------------------------


def test_text_becomes_columns_of_0_and_1(fields, write):
    soil = np.array(["clay", "sand", "clay", "loam"])[np.arange(24) % 4]
    task = read_task(write(fields.assign(soil=soil)), target="crop", inputs={"s": "B2,soil"})
    item = task.inputs["s"].take(np.argsort(task.row))
    assert item.bands == ("B2", "soil=clay", "soil=loam", "soil=sand")
    np.testing.assert_array_equal(item.values[:, 0], fields["B2"])
    for at, word in enumerate(("clay", "loam", "sand"), start=1):
        np.testing.assert_array_equal(item.values[:, at], soil == word)
    assert "input 's': soil is text, one-hot encoded as 3 columns of 0 and 1" in " ".join(
        task.notes
    )


def test_codes_with_zeros_before_them_are_words(fields, write):
    frame = fields.assign(biome_code=[f"{n % 3 + 1:02d}" for n in range(24)])
    item = read_task(write(frame), target="crop", inputs={"s": "B2,biome_code"}).inputs["s"]
    assert item.bands == ("B2", "biome_code=01", "biome_code=02", "biome_code=03")


def test_a_blank_predictor_is_a_row_that_lacks_something(fields, write):
    frame = fields.assign(soil=np.array(["clay", "sand"])[np.arange(24) % 2])
    frame.loc[5, "soil"] = None
    with pytest.raises(DataError, match="1 of 24 rows are incomplete: 1 with missing"):
        read_task(write(frame), target="crop", inputs={"s": "soil"})


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([f"plot {n}" for n in range(24)], "remark holds 24 different words in 24 rows"),
        (
            ["1.5", "2.5", "n.d.", "4.5"] * 6,
            r"remark holds numbers and 'n\.d\.' \(6 of 24 rows\): blank it, or write it",
        ),
        (
            ["1,5", "2,5", "3,5", "4,5"] * 6,
            "remark holds '1,5', '2,5', .*: write numbers with a decimal point",
        ),
        (pd.to_datetime(["2020-01-01", "2020-02-01"] * 12), "remark holds dates"),
    ],
)
def test_text_that_is_no_predictor_is_refused_with_its_reason(fields, write, cells, said):
    path = write(fields.assign(remark=cells), "t.parquet")
    with pytest.raises(DataError, match=said):
        read_task(path, target="crop", inputs={"s": "B*,rem*"})


@pytest.mark.parametrize("cells", [["3,1", "2,7", "4,0"], ["1,200", "3,400", "7"]])
def test_a_target_of_numbers_with_commas_is_no_class(fields, write, cells):
    frame = fields.assign(harvest=np.array(cells)[np.arange(24) % 3])
    with pytest.raises(DataError, match="'harvest' holds numbers with commas"):
        read_task(write(frame), target="harvest", inputs=S2)
    task = read_task(write(frame), target="harvest", inputs=S2, kind="classification")
    assert task.classes == tuple(sorted(cells))


def test_columns_of_words_are_offered_where_there_is_no_input(fields, write):
    frame = fields.assign(soil=np.array(["clay", "sand"])[np.arange(24) % 2])
    with pytest.raises(DataError, match=r"Numeric columns are: .*B2.*; text columns: soil[.;]"):
        read_task(write(frame), target="crop")


def _target(fields, values):
    wanted = [values[row % len(values)] for row in range(len(fields))]
    return fields.assign(value=wanted)


NUMBERS = [f"{0.5 + row:g}" for row in range(12)]


@pytest.mark.parametrize("kind", [None, "regression"])
@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([*NUMBERS[:11], "n.d."], r"numbers and 'n\.d\.' \(2 of 24 rows\).*: blank it"),
        ([*NUMBERS[:11], "<0.5"], "numbers and '<0.5' .*: blank it"),
        ([*NUMBERS[:11], "1,234.5"], "numbers and '1,234.5' .*: write numbers .* without commas"),
        ([*map(str, range(11)), "none given"], "numbers and 'none given'"),
        (["-1e-3", *NUMBERS[1:11], "?"], r"numbers and '\?'"),
    ],
)
def test_a_few_words_do_not_make_classes_of_numbers(fields, tmp_path, values, said, kind):
    _target(fields, values).to_csv(tmp_path / "t.csv", index=False)
    asked = {"target": "value", "inputs": {"s2": "B*"}}
    with pytest.raises(DataError, match=f"the target 'value' holds {said}") as caught:
        read_task(tmp_path / "t.csv", kind=kind, **asked)
    assert "--kind classification" in str(caught.value)
    # A mark such as n.d. is asked about among classes too.
    known = {"kind": "classification", "nodata": ["value=none"]}
    assert len(read_task(tmp_path / "t.csv", **known, **asked).classes) == 12


def test_numbers_kept_as_text_are_no_classes(fields, tmp_path):
    _target(fields, NUMBERS).to_parquet(tmp_path / "t.parquet")
    with pytest.raises(DataError, match=r"holds numbers as text \(such as '0\.5'\); expected"):
        read_task(tmp_path / "t.parquet", target="value", inputs={"s2": "B*"})


@pytest.mark.parametrize(
    "values",
    [
        [f"{code:02d}" for code in range(1, 13)],
        [*(f"{code:02d}" for code in range(1, 12)), "none"],
        [f"1_{code}" for code in range(12)],
        ["1", "2", "3", "fallow"],
        [*map(str, range(11)), *(f"wheat{n}" for n in range(13))],
    ],
)
def test_codes_stay_classes(fields, tmp_path, values):
    _target(fields, values).to_parquet(tmp_path / "t.parquet")
    task = read_task(tmp_path / "t.parquet", target="value", inputs={"s2": "B*"})
    assert set(task.classes) == set(values)
