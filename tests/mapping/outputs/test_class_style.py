"""Styles within a GeoPackage: every class by its name and colour, whatever the names are."""

from xml.etree import ElementTree as ET

import pytest

from bocage.colours import Legend
from bocage.mapping.outputs import class_style

NAMES = ("maize", 'a "b" & <c>', "été\x01")


@pytest.mark.parametrize(("is_points", "kind"), [(False, "SimpleFill"), (True, "SimpleMarker")])
def test_each_class_has_its_colour_and_the_rest_is_hollow(is_points, kind):
    legend = Legend(NAMES, ("#010203", "#0a0b0c", "#ffffff"))
    root = ET.fromstring(class_style(legend, "class", is_points=is_points))  # noqa: S314
    renderer = root.find("renderer-v2")
    assert (renderer.get("attr"), renderer.get("type")) == ("class", "categorizedSymbol")
    colours = {
        symbol.get("name"): symbol.find("layer/prop[@k='color']").get("v")
        for symbol in renderer.iter("symbol")
    }
    drawn = {one.get("value"): colours[one.get("symbol")] for one in renderer.iter("category")}
    assert drawn == {
        "maize": "1,2,3,255",
        'a "b" & <c>': "10,11,12,255",
        "été ": "255,255,255,255",
        "": "255,255,255,0",
    }
    assert {layer.get("class") for layer in renderer.iter("layer")} == {kind}
