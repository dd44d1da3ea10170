"""A catalogue entry that is valid, true to the files, and the same for the same map."""

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pystac
import pytest
import rasterio
import stac_model.schema
from pystac.extensions.classification import ClassificationExtension
from pystac.extensions.projection import ProjectionExtension
from stac_model.schema import MLModelProperties

from bocage.colours import legend_for
from bocage.core import DataError, SettingsError, StoreError
from bocage.mapping.outputs import (
    MapAbout,
    MapFile,
    ModelAbout,
    applicability_layer,
    check_item,
    class_layer,
    confidence_layer,
    density_layer,
    error_layer,
    map_item,
    probability_layer,
    value_layer,
    write_cog,
    write_item,
    write_qml,
)
from bocage.mapping.outputs._item import STAC_VERSION
from bocage.mapping.outputs._mlm import SCHEMA
from bocage.sources import Coding, Grid

from .conftest import PLACES, cut, longest_file, make_classes, make_grid

NAMES = ["water", "Snow and ice", "樹木", "crop", "crop "]
BANDS = tuple(f"A{i:02d}" for i in range(64))


def make_about(**more):
    model = {
        "name": "aef+s1:logistic",
        "architecture": "logistic regression",
        "task": "classification",
        "bands": BANDS,
        "coding": Coding("square", -128),
        "source": "AlphaEarth Foundations",
        "framework": "scikit-learn",
        "framework_version": "1.7.0",
        "parameters": 65 * 5,
        "hyperparameters": {"C": 1.0, "class weight": "balanced"},
    }
    about = {
        "id": "sinop-2024",
        "title": "Land cover of Sinop",
        "description": "Made of 1,219 labels.",
        "years": (2024, 2024),
        "licence": "CC-BY-4.0",
        "attribution": "The AlphaEarth Foundations Satellite Embedding dataset is produced by ...",
        "scores": {"balanced_accuracy:out": 0.84, "nan": float("nan")},
        "links": {"derived_from": "https://example.org/aef"},
    }
    return MapAbout(model=ModelAbout(**(model | more.pop("model", {}))), **(about | more))


@pytest.fixture
def written(tmp_path, grid):
    """Files of a map, and its Item."""
    folder = tmp_path / "my map"
    layers = {
        "class": class_layer(legend_for(NAMES)),
        "confidence": confidence_layer(),
        "probability": probability_layer(NAMES),
        "applicability": applicability_layer(0.4),
        "density": density_layer(0.4),
        "error": error_layer(0.5),
    }
    stored = make_classes(grid, len(NAMES))
    files = []
    for key, layer in layers.items():
        windows = cut(grid, stored) if key == "class" else []
        write_cog(folder / f"{key}.tif", grid, layer, windows)
        files.append(MapFile(key, folder / f"{key}.tif", layer))
    write_qml(folder / "class.qml", layers["class"])
    files.append(MapFile("class-style", folder / "class.qml"))
    (folder / "model").mkdir()
    (folder / "model" / "model.json").write_text("{}")
    files.append(MapFile("model", folder / "model" / "model.json", is_model=True))
    files.append(MapFile("picture", folder / "class.png", title="A look"))
    return folder, files, map_item(make_about(), grid, files, folder=folder)


def test_the_core_and_the_model_are_valid_without_a_network(written, monkeypatch):
    def refuse(*_args, **_more):
        raise AssertionError("nothing may be fetched")

    monkeypatch.setattr("socket.socket.connect", refuse)
    _, _, item = written
    check_item(item)
    check_item(json.loads(json.dumps(item)))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("geometry", "type"), "Square"),
        (("properties", "start_datetime"), None),
        (("properties", "mlm:tasks"), ["guessing"]),
        (("properties", "mlm:input"), [{"name": "x"}]),
        (("assets", "class", "href"), 3),
    ],
)
def test_what_is_wrong_is_found(written, path, value):
    _, _, item = written
    place = item
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(DataError, match="not valid"):
        check_item(item)


def test_one_version_of_each_standard_is_used(written):
    _, _, item = written
    assert item["stac_version"] == STAC_VERSION == pystac.get_stac_version()
    assert stac_model.schema.SCHEMA_URI == SCHEMA
    used = item["stac_extensions"]
    assert ProjectionExtension.get_schema_uri() in used
    assert ClassificationExtension.get_schema_uri() in used
    assert len({uri.split("/")[3] for uri in used}) == len(used)


def test_only_extensions_that_are_used_are_claimed(tmp_path, layer):
    plain = make_about(attribution="")
    files = [MapFile("picture", tmp_path / "map.png")]
    item = map_item(plain, make_grid(), files, folder=tmp_path)
    assert [uri.split("/")[3] for uri in item["stac_extensions"]] == ["projection"]
    files = [MapFile("class", tmp_path / "map.tif", layer)]
    item = map_item(make_about(), make_grid(), files, folder=tmp_path)
    used = [uri.split("/")[3] for uri in item["stac_extensions"]]
    assert used == ["attribution", "classification", "projection", "raster"]


def test_classes_and_colours_are_those_of_the_file(written):
    folder, _, item = written
    read = pystac.Item.from_dict(item)
    classes = ClassificationExtension.ext(read.assets["class"]).classes
    with rasterio.open(folder / "class.tif") as file:
        colours = file.colormap(1)
        nodata = file.nodata
    assert [c.title for c in classes[:-1]] == NAMES
    assert len({c.name for c in classes}) == len(classes)
    for one in classes[:-1]:
        assert one.name.replace("_", "").replace("-", "").isalnum()
        assert one.name.isascii()
        assert one.color_hint == "{:02X}{:02X}{:02X}".format(*colours[one.value][:3])
    assert (classes[-1].value, classes[-1].nodata) == (nodata, True)


def test_bands_are_those_of_the_files(written):
    folder, files, item = written
    for file in files[:4]:
        asset = item["assets"][file.key]
        assert asset["type"] == pystac.MediaType.COG
        assert asset["roles"][0] == "data"
        with rasterio.open(file.path) as raster:
            assert len(asset["bands"]) == raster.count
            for i, band in enumerate(asset["bands"]):
                assert band["data_type"] == raster.dtypes[i]
                assert band["nodata"] == raster.nodata
                assert band["description"] == raster.descriptions[i]
                assert band.get("raster:scale", 1.0) == pytest.approx(raster.scales[i])
                assert band.get("unit") == raster.units[i]
                assert band["raster:spatial_resolution"] == 10.0
            assert item["properties"]["proj:shape"] == [*raster.shape]
            assert item["properties"]["proj:transform"] == list(raster.transform)[:6]
            assert item["properties"]["proj:bbox"] == list(raster.bounds)
        assert asset["file:size"] == file.path.stat().st_size
    assert folder.is_dir()


@pytest.mark.parametrize("bottom_up", [False, True])
@pytest.mark.parametrize("place", list(PLACES))
def test_the_place_is_that_of_the_file_whatever_the_rows_of_the_grid(
    tmp_path, layer, place, bottom_up
):
    grid = make_grid(place, bottom_up=bottom_up)
    write_cog(tmp_path / "map.tif", grid, layer, [])
    files = [MapFile("class", tmp_path / "map.tif", layer)]
    item = map_item(make_about(), grid, files, folder=tmp_path)
    check_item(item)
    with rasterio.open(tmp_path / "map.tif") as raster:
        assert item["properties"]["proj:transform"] == pytest.approx(list(raster.transform)[:6])
        assert item["properties"]["proj:code"] == PLACES[place][0]
    west, south, east, north = item["bbox"]
    assert west < east
    assert south < north
    gsd = item["properties"]["gsd"]
    assert gsd == (10.0 if place != "degrees" else pytest.approx(11.0, abs=0.1))


def test_a_coordinate_system_without_a_code_is_written_out(tmp_path, layer):
    crs = "+proj=laea +lat_0=-12 +lon_0=-58 +datum=WGS84 +units=m"
    grid = Grid(crs, (10.0, 0.0, 0.0, 0.0, -10.0, 0.0), 4, 5)
    item = map_item(
        make_about(), grid, [MapFile("class", tmp_path / "x.tif", layer)], folder=tmp_path
    )
    check_item(item)
    assert item["properties"]["proj:code"] is None
    assert rasterio.crs.CRS.from_wkt(
        item["properties"]["proj:wkt2"]
    ) == rasterio.crs.CRS.from_string(crs)
    assert "file:size" not in item["assets"]["class"]


def test_addresses_lead_to_the_files(written):
    folder, files, item = written
    for file in files:
        href = item["assets"][file.key]["href"]
        assert " " not in href
        assert (folder / unquote(href)).resolve() == file.path.resolve()
    outside = map_item(make_about(), make_grid(), files, folder=folder.parent / "other")
    assert outside["assets"]["class"]["href"] == "../my%20map/class.tif"


def test_the_model_is_described(written):
    _, _, item = written
    model = MLModelProperties.model_validate(item["properties"])
    assert model.name == "aef-s1-logistic"
    assert model.architecture == "logistic regression"
    assert model.total_parameters == 325
    assert model.hyperparameters.model_extra == {"C": 1.0, "class_weight": "balanced"}
    (read,) = model.input
    assert tuple(read.bands) == BANDS
    assert read.input.shape == [-1, 64]
    (scaling,) = read.value_scaling
    stored = np.array([127, -51, 0], dtype=np.int8).astype(float)
    value = eval(scaling.expression, {"sign": np.sign}, {"A": stored})  # noqa: S307 - our own
    decoded = Coding("square", -128).decode(np.array([[127, -51, 0]], dtype=np.int8))[0]
    np.testing.assert_allclose(value, decoded)
    (given,) = model.output
    assert [one.value for one in given.classes] == list(range(len(NAMES)))
    assert [one.description for one in given.classes] == NAMES
    assert item["assets"]["model"]["roles"] == ["mlm:model"]
    assert [band["name"] for band in item["properties"]["bands"]] == list(BANDS)


def test_linear_scaling_makes_the_values_that_the_source_makes():
    coding = Coding("linear", None, (0.0001, 0.5), (-0.1, 0.0))
    about = make_about(model={"bands": ("B2", "B3"), "coding": coding})
    files = [MapFile("model", Path("nowhere"), is_model=True)]
    item = map_item(about, make_grid(), files, folder=Path("nowhere"))
    check_item(item)
    (read,) = MLModelProperties.model_validate(item["properties"]).input
    stored = np.array([[1000.0, 7.0], [3.0, 4.0]])
    made = [(row - s.mean) / s.stddev for row, s in zip(stored, read.value_scaling, strict=True)]
    np.testing.assert_allclose(made, coding.decode(stored))


@pytest.mark.parametrize("coding", [None, Coding()])
def test_values_that_need_no_scaling_have_none(coding):
    about = make_about(model={"coding": coding})
    files = [MapFile("model", Path("nowhere"), is_model=True)]
    item = map_item(about, make_grid(), files, folder=Path("nowhere"))
    assert "value_scaling" not in item["properties"]["mlm:input"][0]


def test_a_regression_of_chips_is_described(tmp_path):
    model = {"task": "regression", "window": (128, 128), "bands": ("B2", "B3"), "coding": None}
    about = make_about(model={**model, "framework_version": "2.11.0+cpu", "pretrained_on": "HLS"})
    layer = value_layer("biomass", "t/ha")
    files = [
        MapFile("value", tmp_path / "v.tif", layer),
        MapFile("model", tmp_path / "m.bin", is_model=True),
    ]
    item = map_item(about, make_grid(), files, folder=tmp_path)
    check_item(item)
    properties = item["properties"]
    assert properties["mlm:input"][0]["input"]["shape"] == [-1, 2, 128, 128]
    assert properties["mlm:output"][0]["result"]["data_type"] == "float32"
    assert "classification:classes" not in properties["mlm:output"][0]
    assert properties["mlm:pretrained"] is True
    assert "mlm:framework_version" not in properties, "a local version is no version of the schema"
    assert item["assets"]["value"]["bands"][0]["nodata"] == "nan"
    assert item["assets"]["value"]["bands"][0]["unit"] == "t/ha"


def test_without_a_file_of_the_model_the_extension_is_not_claimed(tmp_path, layer):
    files = [MapFile("class", tmp_path / "x.tif", layer)]
    item = map_item(make_about(), make_grid(), files, folder=tmp_path)
    assert SCHEMA not in item["stac_extensions"]
    assert not [name for name in item["properties"] if name.startswith("mlm:")]


def test_times_are_the_years_of_the_map(written):
    _, _, item = written
    properties = item["properties"]
    assert properties["datetime"] is None
    assert properties["start_datetime"] == "2024-01-01T00:00:00Z"
    assert properties["end_datetime"] == "2024-12-31T23:59:59Z"


HASHED = """
import sys
from pathlib import Path
from bocage.colours import legend_for
from bocage.mapping.outputs import *
from bocage.sources import Grid
grid = Grid("EPSG:32633", (10.0, 0.0, 500000.0, 0.0, -10.0, 5000000.0), 70, 90)
settings = {"b": 1, "a": 2}
model = ModelAbout("m", "forest", "classification", ("A00",), hyperparameters=settings)
about = MapAbout("id", "t", "d", (2020, 2021), model, scores={"z": 1.0, "a": 0.5})
legend = legend_for(["water", "tree", "crop"])
files = [MapFile("class", Path("c.tif"), class_layer(legend))]
files.append(MapFile("model", Path("m"), is_model=True))
write_item(Path(sys.argv[1]), map_item(about, grid, files, folder=Path()))
"""


def test_the_same_map_is_the_same_bytes_in_every_process(tmp_path):
    for seed in ("1", "2"):
        env = {"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(filter(None, sys.path))}
        subprocess.run([sys.executable, "-c", HASHED, seed], check=True, env=env, cwd=tmp_path)
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_what_is_written_is_read_back(written, tmp_path):
    _, _, item = written
    write_item(tmp_path / "item.json", item)
    assert json.loads((tmp_path / "item.json").read_text()) == item
    read = pystac.Item.from_file(tmp_path / "item.json")
    assert read.properties["title"] == "Land cover of Sinop"


def test_a_full_disk_leaves_no_half_entry(written, tmp_path):
    _, _, item = written
    with longest_file(100), pytest.raises(StoreError):
        write_item(tmp_path / "item.json", item)
    assert not (tmp_path / "item.json").exists()


def test_two_files_of_one_key_are_refused(tmp_path, layer):
    files = [MapFile("class", tmp_path / "a.tif", layer)] * 2
    with pytest.raises(SettingsError, match="key"):
        map_item(make_about(), make_grid(), files, folder=tmp_path)


@pytest.mark.parametrize(
    "wrong",
    [{"years": (2025, 2024)}, {"licence": "as you like"}, {"id": " "}, {"model": {"bands": ()}}],
)
def test_a_map_that_is_told_badly_is_refused(wrong):
    with pytest.raises(SettingsError):
        make_about(**wrong)
