"""A map's files appear together, or not at all."""

import pytest
import rasterio

from bocage.core import StoreError
from bocage.mapping._staged import staged
from bocage.mapping._stale import stale_files, stale_layers, stale_note


def _write(output, text):
    with staged(output) as stage:
        stage.write_text(text)
        model = stage.with_name("map_model")
        model.mkdir()
        (model / "model.json").write_text(text)


def _fail(output, kind):
    with staged(output) as stage:
        stage.write_text("half")
        raise kind


def _tree(folder):
    return {path.name: path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_files_and_folders_are_replaced_together(tmp_path):
    output = tmp_path / "new" / "map.tif"
    _write(output, "first")
    for name in ("map.tif.aux.xml", "map_areas.csv", "map.json", "map.png", "other.tif"):
        output.with_name(name).write_text("of the first")
    _write(output, "second")
    # What told of the first map is gone with it; what is not of the map stays.
    assert _tree(output.parent) == {
        "map.tif": "second", "model.json": "second", "other.tif": "of the first",
    }  # fmt: skip
    assert not list(output.parent.glob(".*"))


def _layer(path, text, **tags):
    """Write a small GeoTIFF with a style and what GDAL noted of it."""
    with rasterio.open(path, "w", "GTiff", 4, 4, 1, dtype="uint8") as file:
        file.update_tags(**tags)
    for beside in (path.with_suffix(".qml"), path.with_name(f"{path.name}.aux.xml")):
        beside.write_text(text)


def test_layers_of_a_former_map_go_and_no_other_file(tmp_path):
    output = tmp_path / "map.tif"
    _write(output, "first")
    _layer(tmp_path / "map_confidence.tif", "of the first", bocage_score="0.9")
    # The user's own, a map of its own, one that is read, and no raster at all.
    _layer(tmp_path / "map_error.tif", "mine")
    _layer(tmp_path / "map_density.tif", "own map", bocage_score="0.8")
    (tmp_path / "map_density_model").mkdir()
    _layer(tmp_path / "map_applicability.tif", "read", bocage_score="0.7")
    (tmp_path / "map_probability.tif").write_text("no raster")
    read = [tmp_path / "map_applicability.tif", "https://example.org/aef.tif"]
    # What told of the map itself, and what GDAL noted of it.
    for name in ("map_areas.csv", "map.tif.aux.xml"):
        (tmp_path / name).write_text("of the first")
    before = {path.name for path in tmp_path.iterdir()}
    with staged(output, read) as stage:
        stage.write_text("second")
        assert stale_layers(stage, output, read) == (tmp_path / "map_confidence.tif",)
        stale = stale_files(stage, output, read)
    gone = {f"map_confidence{end}" for end in (".tif", ".qml", ".tif.aux.xml")}
    gone |= {"map_areas.csv", "map.tif.aux.xml"}
    assert {path.name for path in tmp_path.iterdir()} == before - gone
    # Nothing goes unsaid.
    told, _, advice = stale_note(stale).partition(" described the former map and are removed")
    assert set(told.split(", ")) == gone
    assert "--layers" in advice
    told = stale_note([tmp_path / "map_areas.csv"])
    assert told == "map_areas.csv described the former map and is removed"
    assert stale_note(()) == ""


def test_layers_stay_where_the_map_stays_the_same(tmp_path):
    output = tmp_path / "map.tif"
    _write(output, "first")
    _layer(tmp_path / "map_confidence.tif", "of the first", bocage_score="0.9")
    _write(output, "first")
    assert (tmp_path / "map_confidence.tif").exists()
    # A layer that is made anew is replaced, not removed.
    with staged(output) as stage:
        stage.write_text("second")
        stage.with_name("map_confidence.tif").write_text("of the second")
        assert stale_layers(stage, output) == ()
    assert (tmp_path / "map_confidence.tif").read_text() == "of the second"


@pytest.mark.parametrize("kind", [KeyboardInterrupt, ValueError, OSError])
def test_what_stood_there_stays_when_the_work_fails(tmp_path, kind):
    output = tmp_path / "map.tif"
    _write(output, "first")
    before = _tree(tmp_path)
    with pytest.raises(StoreError if kind is OSError else kind):
        _fail(output, kind)
    assert _tree(tmp_path) == before
    assert not list(tmp_path.glob(".*"))


def test_what_a_killed_process_left_is_not_taken_for_the_map_s(tmp_path):
    left = tmp_path / ".map.tif.new"
    left.mkdir()
    (left / "map_confidence.tif").write_text("of another map")
    _write(tmp_path / "map.tif", "first")
    assert set(_tree(tmp_path)) == {"map.tif", "model.json"}


def test_errors_name_the_file_that_the_user_asked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for output in (tmp_path / "map.tif", (tmp_path / "map.tif").relative_to(tmp_path)):
        with pytest.raises(StoreError) as caught, staged(output) as stage:
            raise StoreError(f"can't write {stage.with_name('map.png')} (full)")
        assert str(caught.value) == f"can't write {output.with_name('map.png')} (full)"


def test_a_place_that_can_not_hold_files_is_said_in_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"can't write .*map\.tif"):
        _write(tmp_path / "file" / "map.tif", "first")
