"""Zones: every sample's polygon, events never torn, and layers that can't be used."""

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box
from tests.data.burn_scars import write_zones

from bocage.core import DataError, Input, SettingsError
from bocage.tables import add_zones, parse_zone, read_task
from bocage.tables._zones import _one_a_unit
from bocage.tasks import Samples, build_task


def task_at(lonlat, event=None):
    n = len(lonlat)
    groups = {} if event is None else {"event": np.array(event)}
    return build_task(
        Samples(
            "points",
            "regression",
            np.arange(n, dtype=float),
            np.asarray(lonlat, dtype=float),
            {"s": Input("s", np.arange(n, dtype=float)[:, None], ("B2",))},
            groups,
            together_by=() if event is None else ("event",),
        )
    )


def zones_of(task, name="state"):
    """Zones in the order that the samples were given in."""
    out = np.empty(len(task), dtype=object)
    out[task.row] = task.groups[name]
    return out.tolist()


@pytest.fixture
def states(tmp_path):
    """Two states that share the border at 10 E."""
    frame = gpd.GeoDataFrame(
        {"NAME": ["west", "east"], "CODE": [6.0, 32.0]},
        geometry=[box(0, 40, 10, 50), box(10, 40, 20, 50)],
        crs=4326,
    )
    frame.to_file(tmp_path / "states.gpkg")
    return tmp_path / "states.gpkg", frame


POINTS = [(5, 45), (15, 45), (3, 41)]


def test_every_sample_gets_its_polygon(states):
    task = add_zones(task_at(POINTS), {"state": f"{states[0]}:NAME"})
    assert zones_of(task) == ["west", "east", "west"]
    assert task.groups["state"].dtype.kind == "U"
    assert "samples lie in 2 zones of states.gpkg (NAME)" in task.notes[-1]


@pytest.mark.parametrize("suffix", [".geojson", ".shp", ".parquet", ".zip"])
@pytest.mark.parametrize("epsg", [4326, 3035])
def test_layers_of_all_kinds_and_systems_say_the_same(states, tmp_path, suffix, epsg):
    frame = states[1].to_crs(epsg)
    path = tmp_path / f"again{suffix}"
    if suffix == ".parquet":
        frame.to_parquet(path)
    elif suffix == ".zip":
        import shutil

        (tmp_path / "inside").mkdir()
        frame.to_file(tmp_path / "inside" / "again.shp")
        shutil.make_archive(str(tmp_path / "again"), "zip", tmp_path / "inside")
    elif suffix == ".geojson":
        frame.to_crs(4326).to_file(path)
    else:
        frame.to_file(path)
    task = add_zones(task_at(POINTS), {"state": f"{path}:NAME"})
    assert zones_of(task) == ["west", "east", "west"]


def test_codes_are_words(states):
    task = add_zones(task_at(POINTS), {"state": f"{states[0]}:CODE"})
    assert zones_of(task) == ["6", "32", "6"]


def test_a_border_goes_to_the_first_by_name_whatever_the_order_of_polygons(states, tmp_path):
    states[1].iloc[::-1].to_file(tmp_path / "turned.gpkg")
    points = [*POINTS, (10, 45), (10, 50)]
    for path in (states[0], tmp_path / "turned.gpkg"):
        task = add_zones(task_at(points), {"state": f"{path}:NAME"})
        assert zones_of(task)[3:] == ["east", "east"]
        assert any("2 samples lie on a border" in note for note in task.notes)


def test_a_sample_in_no_polygon_is_outside_and_counted(states):
    task = add_zones(task_at([*POINTS, (30, 45)]), {"state": f"{states[0]}:NAME"})
    assert zones_of(task)[3] == "outside"
    assert "state: 1 of 4 samples lies in no polygon; zone 'outside'" in task.notes


def test_a_polygon_without_a_name_holds_nothing(states, tmp_path):
    frame = states[1].assign(NAME=["west", None])
    frame.to_file(tmp_path / "blank.gpkg")
    task = add_zones(task_at(POINTS), {"state": f"{tmp_path / 'blank.gpkg'}:NAME"})
    assert zones_of(task) == ["west", "outside", "west"]


def test_an_event_is_never_torn(states):
    # Three windows of one fire: two east of the border and one west; one at sea.
    points = [(9.9, 45), (10.1, 45), (10.2, 45), (9.9, 55), (2, 45)]
    task = add_zones(task_at(points, ["a", "a", "a", "a", "b"]), {"state": f"{states[0]}:NAME"})
    assert zones_of(task) == ["east", "east", "east", "east", "west"]
    assert any("state: 1 unit whose samples stay together" in note for note in task.notes)


def test_equal_shares_go_to_the_first_by_name_and_the_sea_to_no_state(states):
    points = [(9.9, 45), (10.1, 45), (5, 55), (5, 56), (5, 49)]
    task = add_zones(task_at(points, ["a", "a", "b", "b", "b"]), {"state": f"{states[0]}:NAME"})
    assert zones_of(task) == ["east", "east", "west", "west", "west"]


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from(["a", "b", "c", "outside"])),
        min_size=1,
        max_size=40,
    )
)
@settings(max_examples=100, deadline=None)
def test_one_zone_a_unit_is_what_counting_says(rows):
    unit = np.array([u for u, _ in rows])
    zone = np.array([z for _, z in rows])
    found, torn = _one_a_unit(zone, unit)
    several = 0
    for number in set(unit.tolist()):
        mine = zone[unit == number].tolist()
        several += len(set(mine)) > 1
        inside = [z for z in mine if z != "outside"] or ["outside"]
        best = min(sorted(set(inside)), key=lambda z: (-mine.count(z), z))
        assert set(found[unit == number].tolist()) == {best}
    assert torn == several


def test_zones_are_part_of_the_content_and_nothing_else_changes(states, tmp_path):
    task = task_at(POINTS)
    one = add_zones(task, {"state": f"{states[0]}:NAME"})
    assert (one.digests != task.digests).all()
    assert (one.row == task.row).all()
    assert (one.unit == task.unit).all()
    # Another file with the same borders gives the same content; a moved border does not.
    states[1].iloc[::-1].to_crs(3035).to_file(tmp_path / "same.gpkg")
    same = add_zones(task, {"state": f"{tmp_path / 'same.gpkg'}:NAME"})
    assert (same.digests == one.digests).all()
    moved = states[1].assign(geometry=[box(0, 40, 4, 50), box(4, 40, 20, 50)])
    moved.to_file(tmp_path / "moved.gpkg")
    other = add_zones(task, {"state": f"{tmp_path / 'moved.gpkg'}:NAME"})
    assert (other.digests != one.digests).sum() == 1


def test_several_zones_and_several_layers(tmp_path):
    write_zones(tmp_path)
    gpd.read_file(tmp_path / "states.gpkg").to_file(tmp_path / "all.gpkg", layer="states")
    gpd.read_file(tmp_path / "ecoregions.gpkg").to_file(tmp_path / "all.gpkg", layer="biomes")
    task = task_at([(-122.4, 38.4), (-105.4, 42.0), (-111.8, 45.0)])
    zones = {"state": "all.gpkg:states:NAME", "biome": "all.gpkg:biomes:BIOME_NAME"}
    made = add_zones(task, {name: f"{tmp_path}/{text}" for name, text in zones.items()})
    assert zones_of(made) == ["South Shore", "North Plain", "North Plain"]
    assert zones_of(made, "biome") == ["Grassland", "Grassland", "Conifer Forests"]


def test_a_table_read_with_zones_keeps_its_own_groups(states, fields, write):
    frame = fields.assign(lon=fields["lon"] + 4.5, lat=45.5)
    task = read_task(write(frame), target="crop", inputs={"s2": "B*"})
    made = add_zones(task, {"state": f"{states[0]}:NAME"})
    assert set(made.groups) == {"district", "state"}
    expected = np.where(frame["lon"] < 10, "west", "east")
    assert zones_of(made) == expected.tolist()


def test_no_zone_is_the_same_task():
    task = task_at(POINTS)
    assert add_zones(task, {}) is task


@pytest.mark.parametrize(
    "text", ["states.gpkg", "states.gpkg:", ":NAME", "states.tif:NAME", "states:NAME", ""]
)
def test_a_source_that_can_not_be_read(text):
    with pytest.raises(SettingsError, match=r"such as state=states\.gpkg:NAME"):
        parse_zone("state", text)


@pytest.mark.parametrize("name", ["blocks", "clusters", "a+b", "", "a b"])
def test_a_name_that_is_no_group(name):
    with pytest.raises(SettingsError, match="can't name a zone"):
        parse_zone(name, "states.gpkg:NAME")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a/states.gpkg:NAME", ("a/states.gpkg", None, "NAME")),
        ("C:/a/states.GPKG:NAME", ("C:/a/states.GPKG", None, "NAME")),
        ("admin.gpkg:states 2018:NAME", ("admin.gpkg", "states 2018", "NAME")),
        ("Ecoregions2017.zip:BIOME_NAME", ("Ecoregions2017.zip", None, "BIOME_NAME")),
    ],
)
def test_sources_that_can_be_read(text, expected):
    source = parse_zone("state", text)
    assert (str(source.path), source.layer, source.column) == expected


def test_a_name_that_is_taken(states):
    task = task_at(POINTS, ["a", "b", "c"])
    with pytest.raises(SettingsError, match=r"'event' has the name of a group .* event_zone"):
        add_zones(task, {"event": f"{states[0]}:NAME"})


def _refused(path, column="NAME"):
    with pytest.raises(DataError) as caught:
        add_zones(task_at(POINTS), {"state": f"{path}:{column}"})
    text = str(caught.value)
    assert text.startswith("zone 'state': ")
    return text


def test_bad_layers_are_one_line(states, tmp_path):
    path, frame = states
    assert "did you mean 'states.gpkg'?" in _refused(tmp_path / "state.gpkg")
    assert "no column 'NAM'; did you mean 'NAME'? It has: NAME, CODE" in _refused(path, "NAM")
    assert "no layer 'counties'" in _refused(path, "counties:NAME")

    frame.set_crs(None, allow_override=True).to_file(tmp_path / "nowhere.shp")
    assert "nowhere.shp has no CRS" in _refused(tmp_path / "nowhere.shp")

    frame.assign(geometry=frame.representative_point()).to_file(tmp_path / "points.gpkg")
    assert "has no polygon with a value in 'NAME'" in _refused(tmp_path / "points.gpkg")

    frame.assign(NAME=["outside", "east"]).to_file(tmp_path / "sea.gpkg")
    assert "a zone called 'outside'" in _refused(tmp_path / "sea.gpkg")

    frame.assign(geometry=frame.translate(60)).to_file(tmp_path / "far.gpkg")
    text = _refused(tmp_path / "far.gpkg")
    assert "none of the 3 samples (longitude 3 to 15, latitude 41 to 45)" in text

    cut = tmp_path / "cut.gpkg"
    cut.write_bytes(path.read_bytes()[:3000])
    assert "cut.gpkg" in _refused(cut)
    (tmp_path / "empty.geojson").write_text("")
    assert "empty.geojson is empty (0 bytes)" in _refused(tmp_path / "empty.geojson")
    (tmp_path / "plain.parquet").write_bytes(b"x")
    assert "can't read plain.parquet" in _refused(tmp_path / "plain.parquet")


def test_several_layers_ask_for_one(tmp_path, states):
    states[1].to_file(tmp_path / "all.gpkg", layer="states")
    states[1].to_file(tmp_path / "all.gpkg", layer="more")
    text = _refused(tmp_path / "all.gpkg")
    assert "2 layers (states, more); expected one" in text
    assert "name it as all.gpkg:states (for labels also with --layer)" in text


def test_lines_and_points_beside_polygons_are_passed_over(tmp_path):
    mixed = gpd.GeoDataFrame(
        {"NAME": ["west", "road", "spot"]},
        geometry=[box(0, 40, 20, 50), LineString([(0, 45), (20, 45)]), Point(15, 45)],
        crs=4326,
    )
    mixed.to_file(tmp_path / "mixed.geojson")
    task = add_zones(task_at(POINTS), {"state": f"{tmp_path / 'mixed.geojson'}:NAME"})
    assert zones_of(task) == ["west"] * 3


def test_a_polygon_that_crosses_itself_is_read(tmp_path):
    from shapely import Polygon

    frame = gpd.GeoDataFrame(
        {"NAME": ["tie"]}, geometry=[Polygon([(0, 40), (20, 50), (20, 40), (0, 50)])], crs=4326
    )
    frame.to_file(tmp_path / "tie.gpkg")
    task = add_zones(task_at([(2, 45), (18, 45), (10, 41)]), {"s": f"{tmp_path / 'tie.gpkg'}:NAME"})
    assert zones_of(task, "s") == ["tie", "tie", "outside"]
