"""A style that QGIS can read, with the classes and colours of the file it stands beside."""

from xml.etree import ElementTree as ET

import numpy as np
import pytest
import rasterio

from bocage.colours import legend_for
from bocage.core import SettingsError
from bocage.mapping.outputs import (
    applicability_layer,
    class_layer,
    confidence_layer,
    probability_layer,
    value_layer,
    write_cog,
    write_qml,
)


def entries(path, tag):
    return [node.attrib for node in ET.parse(path).iter(tag)]  # noqa: S314 - our own


def renderer(path):
    root = ET.parse(path).getroot()  # noqa: S314 - our own
    assert root.tag == "qgis"
    return root.find("pipe/rasterrenderer").attrib


def test_classes_and_colours_are_those_of_the_file(tmp_path, grid):
    names = ["water", "quoted \"<&>\" 'é'", "树", "built", "a\x0bb"]
    layer = class_layer(legend_for(names))
    write_cog(tmp_path / "map.tif", grid, layer, [])
    write_qml(tmp_path / "map.qml", layer)
    with rasterio.open(tmp_path / "map.tif") as file:
        colours = file.colormap(1)
    found = entries(tmp_path / "map.qml", "paletteEntry")
    assert renderer(tmp_path / "map.qml")["type"] == "paletted"
    assert [int(entry["value"]) for entry in found] == list(range(5))
    assert [entry["label"] for entry in found] == [*names[:4], "a b"]
    for entry in found:
        assert entry["color"] == "#{:02x}{:02x}{:02x}".format(*colours[int(entry["value"])][:3])
        assert entry["alpha"] == "255"


def test_no_data_has_no_entry(tmp_path):
    write_qml(tmp_path / "map.qml", class_layer(legend_for([str(i) for i in range(255)])))
    assert "255" not in [e["value"] for e in entries(tmp_path / "map.qml", "paletteEntry")]


@pytest.mark.parametrize(
    ("layer", "limits", "ends"),
    [
        (confidence_layer(), None, (0, 100)),
        (probability_layer(["a", "b"]), None, (0, 1)),
        (value_layer("biomass", "t/ha"), (-3.0, 12.5), (-3, 12.5)),
        (value_layer("flat"), (7.0, 7.0), (6.93, 7.07)),
        (value_layer("nought"), (0.0, 0.0), (-1, 1)),
    ],
)
def test_numbers_have_a_scale_in_the_unit_of_the_value(tmp_path, layer, limits, ends):
    path = tmp_path / "map.qml"
    write_qml(path, layer, limits=limits, band=len(layer.bands))
    about = renderer(path)
    assert (about["type"], about["band"]) == ("singlebandpseudocolor", str(len(layer.bands)))
    found = [float(item["value"]) for item in entries(path, "item")]
    assert found == sorted(found)
    np.testing.assert_allclose((found[0], found[-1]), ends)
    np.testing.assert_allclose(
        (float(about["classificationMin"]), float(about["classificationMax"])), ends
    )


def test_the_colour_changes_at_the_edge_of_the_area_of_applicability(tmp_path):
    path = tmp_path / "map.qml"
    write_qml(path, applicability_layer(0.4))
    shader = entries(path, "colorrampshader")[0]
    assert shader["colorRampType"] == "DISCRETE"
    inside = [item for item in entries(path, "item") if item["label"].startswith("inside")]
    edge = max(float(item["value"]) for item in inside)
    # 100 is the last stored number inside, read as 32-bit numbers by QGIS.
    assert np.float32(100 * 0.4 / 100) < edge < np.float32(101 * 0.4 / 100)
    assert entries(path, "item")[-1]["value"] == "inf"


@pytest.mark.parametrize("limits", [None, (2.0, 1.0), (0.0, np.nan)])
def test_a_scale_without_ends_is_refused(tmp_path, limits):
    with pytest.raises(SettingsError):
        write_qml(tmp_path / "map.qml", value_layer("v"), limits=limits)


def test_the_same_style_is_the_same_bytes(tmp_path):
    layer = class_layer(legend_for(["water", "tree"]))
    write_qml(tmp_path / "a.qml", layer)
    write_qml(tmp_path / "b.qml", layer)
    assert (tmp_path / "a.qml").read_bytes() == (tmp_path / "b.qml").read_bytes()
