"""Bad input: each kind has its own line that says what to do; nothing wrong passes silently."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bocage.core import DataError, SettingsError, stack
from bocage.tables import check_leave, dequantise_int8, read_task
from bocage.tables._degrees import check_coordinates

BANDS = [f"A{band:02d}" for band in range(64)]
S2 = {"s2": "B*"}


def refused(match: str, path, kind: type[Exception] = DataError, **options) -> str:
    options = {"target": "crop", "inputs": S2, **options}
    with pytest.raises(kind, match=match) as caught:
        read_task(path, **options)
    text = str(caught.value)
    assert "\n" not in text
    assert len(text) < 500
    return text


# --- columns ---------------------------------------------------------------------------------


def test_missing_target_suggests_the_nearest(fields, write):
    text = refused("no column 'crops' for the target", write(fields), target="crops")
    assert "did you mean 'crop'?" in text
    assert "--target" in text


def test_missing_target_without_a_near_name_lists_what_is_there(fields, write):
    text = refused("no column 'zzz'", write(fields), target="zzz")
    assert "did you mean" not in text
    assert "The table has: lon, lat, crop" in text


def test_missing_group(fields, write):
    refused("no column 'distric' for a group; did you mean", write(fields), groups=["distric"])


def test_the_target_is_no_group(fields, write):
    refused("is the target and a group", write(fields), SettingsError, groups=["crop"])


def test_a_group_with_a_plus_in_its_name(fields, write):
    path = write(fields.rename(columns={"district": "a+b"}))
    refused("has '\\+' in its name", path, SettingsError, groups=["a+b"])


def test_one_class(fields, write):
    refused("one class only \\('maize'\\)", write(fields.assign(crop="maize")))


def test_one_class_left_after_dropping(fields, write):
    lost = fields.assign(crop=fields["crop"].where(fields["crop"] == "oats"))
    refused("one class only \\('oats'\\)", write(lost), drop_incomplete=True)


def test_one_value(fields, write):
    path = write(fields.assign(harvest=2.5))
    with pytest.raises(DataError, match=r"one value only \(2\.5\)"):
        read_task(path, target="harvest", kind="regression", inputs=S2)


# --- coordinates -----------------------------------------------------------------------------


def test_no_coordinates(fields, write):
    path = write(fields.rename(columns={"lon": "x", "lat": "y"}))
    text = refused("no coordinates found", path)
    assert "--lon and --lat" in text
    assert "--lon 'x' --lat 'y' --crs EPSG:32633" in text


def test_one_of_two_coordinate_columns(fields, write):
    refused("only one of --lon and --lat", write(fields), SettingsError, lon="lon")


def test_named_coordinate_column_that_is_missing(fields, write):
    refused("no column 'lng' for --lon; did you mean 'lon'", write(fields), lon="lng", lat="lat")


def test_two_candidates_for_one_coordinate(fields, write):
    refused("lon, longitude are all possible", write(fields.assign(longitude=fields["lon"])))


def test_coordinates_in_words(fields, write):
    text = fields["lon"].astype(str).str.replace(".", ",")
    refused("'lon' holds text \\(such as '5,", write(fields.assign(lon=text)))


def test_one_cell_of_words_among_coordinates_is_named(fields, write):
    text = fields["lon"].astype(str)
    text.iloc[4] = "1O.5"
    n = len(fields)
    refused(f"'lon' holds text \\(such as '1O.5'; 1 of {n} rows", write(fields.assign(lon=text)))


def test_columns_that_seem_to_be_coordinates_are_named_in_the_command(fields, write):
    path = write(fields.rename(columns={"lon": "Longitud", "lat": "Latitud"}))
    text = refused("no coordinates found", path)
    assert "Name them with --lon 'Longitud' and --lat 'Latitud' (degrees)" in text


@pytest.mark.parametrize(
    "names", [("x_lon", "y_lat"), ("Longitude", "LATITUDE"), ("lng", "lat"), ("east", "north")]
)
def test_coordinate_names(fields, write, names):
    path = write(fields.rename(columns=dict(zip(("lon", "lat"), names, strict=True))))
    given = {"lon": "east", "lat": "north"} if names[0] == "east" else {}
    task = read_task(path, target="crop", inputs=S2, **given)
    np.testing.assert_array_equal(task.lonlat[np.argsort(task.row)], fields[["lon", "lat"]])


def test_columns_exchanged_by_name(fields, write):
    refused("are swapped: --lon is 'lat'", write(fields), lon="lat", lat="lon")


@pytest.mark.parametrize(
    "names", [("Latitude_WGS84", "place"), ("place", "decimalLongitude"), ("POINT_Y", "POINT_X")]
)
def test_one_name_is_enough_to_see_columns_exchanged(fields, write, names):
    path = write(fields.rename(columns=dict(zip(("lon", "lat"), names, strict=True))))
    text = refused(f"are swapped: --lon is '{names[0]}'", path, lon=names[0], lat=names[1])
    assert "rename a column that contains the other coordinate" in text


@pytest.mark.parametrize("names", [("POINT_X", "POINT_Y"), ("long_term", "flat"), ("east", "plat")])
def test_names_that_say_nothing_else_are_taken(fields, write, names):
    path = write(fields.rename(columns=dict(zip(("lon", "lat"), names, strict=True))))
    assert len(read_task(path, target="crop", inputs=S2, lon=names[0], lat=names[1])) == 24


@pytest.mark.parametrize(
    ("lon", "lat", "said"),
    [
        # Chile and West Bengal, exchanged.
        (-30, -70, "in Antarctica or the sea around it (latitude -69."),
        (22, 88, "in the Arctic Ocean, north of all land (latitude 88"),
        (22, -59, ""),
        (22, 82, ""),
    ],
)
def test_samples_that_all_lie_at_a_pole_are_doubted(fields, write, lon, lat, said):
    there = fields.assign(lon=fields["lon"] - 5 + lon, lat=fields["lat"] - 45 + lat)
    notes = [n for n in read_task(write(there), target="crop", inputs=S2).notes if "swapped" in n]
    assert len(notes) == bool(said)
    assert all(f"all samples lie {said}" in note for note in notes)
    one = there.assign(lat=np.where(np.arange(24) == 3, 45.0, there["lat"]))
    assert not any("swapped" in n for n in read_task(write(one), target="crop", inputs=S2).notes)


def test_columns_exchanged_by_value(fields, write):
    # In California longitudes are beyond 90: as latitudes they can't be.
    swapped = fields.assign(lon=fields["lat"] - 10, lat=fields["lon"] - 125)
    refused("look swapped \\(24 of 24 rows", write(swapped))


def test_swapped_geometry(fields, write):
    swapped = fields.assign(lon=fields["lat"] - 10, lat=fields["lon"] - 125)
    refused("look swapped", write(swapped, "t.gpkg"))


def test_some_rows_out_of_range_are_not_called_swapped(fields, write):
    fields.loc[3, "lat"] = 451.0
    text = refused("coordinates are out of range \\(1 of 24 rows", write(fields))
    assert "lat 451" in text
    assert "swapped" not in text


def test_coordinates_in_metres(fields, write):
    plane = gpd.points_from_xy(fields["lon"], fields["lat"], crs=4326).to_crs(32631)
    path = write(fields.assign(lon=plane.x, lat=plane.y))
    text = refused("look like metres", path)
    assert "--lon 'lon' --lat 'lat' --crs EPSG:32633 (UTM zone 33 north)" in text
    # What is said can be done as it stands.
    task = read_task(path, target="crop", inputs=S2, lon="lon", lat="lat", crs="EPSG:32631")
    np.testing.assert_allclose(task.lonlat[np.argsort(task.row)], fields[["lon", "lat"]], atol=1e-8)


def test_geometry_in_metres_that_says_degrees_is_told_to_name_its_system(fields, write):
    plane = gpd.points_from_xy(fields["lon"], fields["lat"], crs=4326).to_crs(32631)
    shapes = gpd.points_from_xy(plane.x, plane.y)
    table = gpd.GeoDataFrame(fields.drop(columns=["lon", "lat"]), geometry=shapes, crs=4326)
    path = write(fields).with_name("m.gpkg")
    table.to_file(path)
    text = refused("look like metres: the file names a CRS other than", path)
    assert "--crs EPSG:32633" in text
    task = read_task(path, target="crop", inputs=S2, crs="32631")
    np.testing.assert_allclose(task.lonlat[np.argsort(task.row)], fields[["lon", "lat"]], atol=1e-8)
    assert "m.gpkg: geometry is read in EPSG:32631 (--crs), not in EPSG:4326" in str(task.notes)


def test_longitudes_from_0_to_360(fields, write):
    refused("run from 0 to 360", write(fields.assign(lon=fields["lon"] + 240)))


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=20),
    st.integers(0, 19),
    st.sampled_from([(0, 180.001), (0, -1e9), (1, 90.001), (1, -91)]),
)
def test_any_coordinate_out_of_range_is_refused_and_none_within(points, where, wrong):
    lonlat = np.array(points)
    check_coordinates(lonlat)
    lonlat[where % len(lonlat), wrong[0]] = wrong[1]
    with pytest.raises(DataError):
        check_coordinates(lonlat)


def test_samples_at_0_0_far_from_all_others_are_noted(fields, write):
    fields.loc[[2, 7, 8], ["lon", "lat"]] = 0.0
    (note,) = [n for n in read_task(write(fields), target="crop", inputs=S2).notes if "lat 0" in n]
    assert note.startswith("3 of 24 rows are at exactly lon 0, lat 0, far from all others (lon 5")
    # The cure that is named works.
    fields.loc[[2, 7, 8], ["lon", "lat"]] = np.nan
    task = read_task(write(fields), target="crop", inputs=S2, drop_incomplete=True)
    assert len(task) == 21
    assert not any("lat 0" in n for n in task.notes)


@pytest.mark.parametrize("place", [(0.0, 45.5), (5.5, 0.0)])
def test_one_zero_alone_is_a_place(fields, write, place):
    fields.loc[2, ["lon", "lat"]] = place
    notes = read_task(write(fields), target="crop", inputs=S2).notes
    assert not any("exactly lon 0, lat 0" in note for note in notes)


def test_0_0_among_others_is_a_place(fields, write):
    fields[["lon", "lat"]] -= fields.loc[2, ["lon", "lat"]]
    notes = read_task(write(fields), target="crop", inputs=S2).notes
    assert not any("exactly lon 0, lat 0" in note for note in notes)


# --- incomplete rows -------------------------------------------------------------------------


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, -9999.0, 1e20])
def test_unusable_features_are_counted_and_named(fields, write, value):
    fields.loc[[2, 5, 7], "B2"] = value
    path = write(fields)
    text = refused("3 of 24 rows are incomplete", path)
    assert "3 with missing, infinite or nodata values in input 's2' (bands B2)" in text
    assert "--drop-incomplete" in text
    task = read_task(path, target="crop", inputs=S2, drop_incomplete=True)
    assert len(task) == 21
    assert sorted(task.row) == [row for row in range(24) if row not in (2, 5, 7)]
    np.testing.assert_array_equal(task.inputs["s2"].values, fields.loc[task.row, ["B2", "B11"]])
    assert any("3 of 24 rows were left out" in note for note in task.notes)


def test_rows_without_target(fields, write):
    fields.loc[[0, 1], "crop"] = None
    fields.loc[2, "crop"] = "  "
    path = write(fields)
    refused("3 of 24 rows are incomplete: 3 without target 'crop'", path)
    task = read_task(path, target="crop", inputs=S2, drop_incomplete=True)
    assert task.classes == ("maize", "oats", "wheat")
    assert len(task) == 21


@pytest.mark.parametrize("value", [np.nan, np.inf, -9999.0])
def test_rows_without_regression_target(fields, write, value):
    fields.loc[4, "harvest"] = value
    path = write(fields)
    mark = r" \(1 hold -9999\);" if value == -9999 else ";"
    text = refused(f"1 without target 'harvest'{mark}", path, target="harvest")
    assert text.endswith("fill them in, or leave these rows out with --drop-incomplete")
    task = read_task(path, target="harvest", inputs=S2, drop_incomplete=True)
    assert task.target.min() > 0
    assert len(task) == 23


@pytest.mark.parametrize("name", ["t.csv", "t.gpkg"])
def test_rows_without_coordinates(fields, write, name):
    fields.loc[[1, 2], "lon"] = np.nan
    path = write(fields, name)
    text = refused("2 without coordinates; fill them in, or leave these rows out", path)
    # What becomes of missing features changes nothing here, and is not offered.
    assert "--gaps" not in text
    assert refused("2 without coordinates", path, gaps="drop") == text
    task = read_task(path, target="crop", inputs=S2, drop_incomplete=True)
    assert np.isfinite(task.lonlat).all()


def test_rows_without_an_asked_group(fields, write):
    fields.loc[[1, 2], "district"] = None
    path = write(fields)
    text = refused("2 without group 'district'; fill them in, or", path, groups=["district"])
    assert "--drop-incomplete" in text
    assert "--gaps" not in text
    assert len(read_task(path, target="crop", inputs=S2, groups=["district"],
                         drop_incomplete=True)) == len(fields) - 2  # fmt: skip


@pytest.mark.parametrize("words", [True, False])
@pytest.mark.parametrize(("mark", "nodata"), [(-9999, []), (0, ["code=0"]), (-32768, ["none"])])
def test_a_mark_for_nothing_is_no_class(fields, write, mark, nodata, words):
    codes = fields["crop"].map({"maize": "m1" if words else 1, "oats": "o" if words else 2,
                                "wheat": "w" if words else 3})  # fmt: skip
    codes[[2, 9]] = str(mark) if words else mark
    path = write(fields.assign(code=codes))
    said = f"2 without target 'code' \\(2 hold {mark}\\); fill them in"
    refused(said, path, target="code", nodata=nodata)
    task = read_task(path, target="code", inputs=S2, nodata=nodata, drop_incomplete=True)
    assert (len(task), len(task.classes)) == (len(fields) - 2, 3)


def test_declared_marks_in_the_target_are_named(fields, write):
    fields.loc[[3, 5], "harvest"] = 777.0
    fields.loc[4, "harvest"] = -9999.0
    path = write(fields)
    said = r"3 without target 'harvest' \(1 hold -9999, 2 hold 777\); fill"
    refused(said, path, target="harvest", nodata=["harvest=777"])


def test_all_that_is_missing_is_told_at_once(fields, write):
    fields.loc[0, "crop"] = None
    fields.loc[1, "lat"] = np.nan
    fields.loc[1, "B11"] = np.nan
    text = refused("2 of 24 rows are incomplete", write(fields))
    assert all(word in text for word in ("target 'crop'", "coordinates", "B11"))
    assert text.endswith("or leave these rows out with --drop-incomplete")


def test_nothing_left(fields, write):
    refused("no row is left", write(fields.assign(B2=-9999.0)), drop_incomplete=True)


# --- embeddings ------------------------------------------------------------------------------


def test_aef_is_found_by_itself(aef, write):
    task = read_task(write(aef), target="crop")
    item = task.inputs["aef"]
    assert item.bands == tuple(BANDS)
    assert (item.modality, item.scaling, item.units) == ("embedding", "keep", "1")


def test_raw_int8_is_refused_and_dequantise_offered(raw_aef, write):
    assert "--dequantise" in refused("raw int8 embeddings", write(raw_aef), inputs={})


def test_dequantised_int8_has_unit_length(aef, raw_aef, write):
    task = read_task(write(raw_aef), target="crop", dequantise=True)
    vectors = task.inputs["aef"].take(np.argsort(task.row))
    np.testing.assert_allclose(np.linalg.norm(vectors.values, axis=1), 1, atol=0.02)
    np.testing.assert_allclose(vectors.values, aef[BANDS], atol=0.01)


def test_dequantise_known_values():
    values = np.array([[127.0, -127.0, 0.0, 51.0], [-128.0, 3.0, 4.0, 5.0]])
    out = dequantise_int8(values)
    np.testing.assert_allclose(out[0], [(127 / 127.5) ** 2, -((127 / 127.5) ** 2), 0, 0.16])
    assert np.isnan(out[1]).all()


def test_int8_nodata_is_an_incomplete_row_not_a_vector(raw_aef, write):
    raw_aef.loc[[3, 4], BANDS] = -128.0
    path, options = write(raw_aef), {"inputs": {}, "dequantise": True}
    refused("2 with missing, infinite or nodata values in input 'aef'", path, **options)
    task = read_task(path, target="crop", drop_incomplete=True, **options)
    assert len(task) == 22
    values, _ = stack(task.inputs.values())
    assert values.min() > -1


def test_raw_int8_with_gaps_is_still_seen(raw_aef, write):
    raw_aef.loc[3, BANDS] = np.nan
    refused("raw int8 embeddings", write(raw_aef), inputs={})


def test_dequantise_what_is_not_raw(aef, write):
    refused("does not hold raw int8", write(aef), inputs={}, dequantise=True)


def test_dequantise_without_embedding(fields, write):
    refused("no input has columns A00", write(fields), SettingsError, dequantise=True)


@pytest.mark.parametrize("factor", [0.5, 1.05, 100.0])
def test_vectors_far_from_unit_length(aef, write, factor):
    aef[BANDS] *= factor
    text = refused("all 24 vectors are far from length 1", write(aef), inputs={})
    assert "--input emb='A??'" in text


def test_changed_vectors_may_stand_under_another_name(aef, write):
    aef[BANDS] *= 3
    task = read_task(write(aef), target="crop", inputs={"emb": "A??"})
    assert list(task.inputs) == ["emb"]
    assert task.inputs["emb"].modality == "embedding"


def test_one_odd_vector_in_a_hundred_is_noted(make, write):
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(200, 64))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[0] *= 0.9
    frame = pd.concat(
        [make(200)[["lon", "lat", "crop"]], pd.DataFrame(vectors, columns=BANDS)], axis=1
    )
    task = read_task(write(frame), target="crop")
    assert any(note.startswith("1 embedding vector has a length") for note in task.notes)
    frame.loc[1:2, BANDS] *= 0.9
    refused("3 of 200 vectors", write(frame), inputs={})


def test_a_vector_of_zeros_is_incomplete(aef, write):
    aef.loc[5, BANDS] = 0.0
    refused("1 with a vector of zeros in input 'aef'", write(aef), inputs={})


# --- what to leave out -----------------------------------------------------------------------


@pytest.fixture
def grouped(fields, write):
    frame = fields.assign(
        year=np.where(np.arange(len(fields)) % 2, 2023, 2024), country="France", region="west"
    )
    return read_task(write(frame), target="crop", inputs=S2)


@pytest.mark.parametrize(
    "leave", ["", "blocks", "clusters", "district", "year", "region+year", "year + district"]
)
def test_groups_that_can_be_left_out(grouped, leave):
    check_leave(grouped, leave)


@pytest.mark.parametrize(
    ("leave", "said"),
    [
        ("country", "group 'country' has one value only \\('France'\\)"),
        ("country+region", "has one value only \\('France\\+west'\\)"),
        ("distrikt", "no group 'distrikt' to leave out; did you mean 'district'"),
        ("year+plot", "no group 'plot' to leave out\\. This task has: country, district"),
    ],
)
def test_groups_that_can_not_be_left_out(grouped, leave, said):
    with pytest.raises(DataError, match=said):
        check_leave(grouped, leave)


def test_leave_is_checked_while_reading(fields, write):
    refused("has one value only", write(fields.assign(region="west")), leave="region")


@pytest.mark.parametrize("word", ["blocks", "clusters", "knndm", "none"])
@pytest.mark.parametrize("option", ["leave", "groups", "together"])
def test_a_column_called_as_a_word_of_leave_is_not_passed_over(fields, write, word, option):
    path = write(fields.rename(columns={"district": word}))
    given = word if option == "leave" else [word]
    text = refused(f"the table has a column '{word}'", path, SettingsError, **{option: given})
    assert f"rename the column ({word}_1)" in text
    # Where nobody says the word, nothing is in doubt.
    assert len(read_task(path, target="crop", inputs=S2)) == len(fields)


def test_another_case_is_no_other_word(fields, write):
    path = write(fields.rename(columns={"district": "Blocks"}))
    refused("the table has a column 'Blocks'", path, SettingsError, leave="blocks")
    assert "Blocks" in read_task(path, target="crop", inputs=S2, groups=["Blocks"]).groups
