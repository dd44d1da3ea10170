"""A QGIS style of polygons, for the table of styles of a GeoPackage."""

from xml.etree import ElementTree as ET

from bocage.mapping.outputs._legend import Legend
from bocage.mapping.outputs._profile import printable
from bocage.mapping.outputs._vision import rgb

_VERSION = "3.28"
_EDGE = "60,60,60,255"


def parcel_style(legend: Legend, column: str) -> str:
    """Write a QGIS style that draws polygons by their class.

    Polygons without a class are an outline.

    Parameters
    ----------
    legend : Legend
    column : str
        With the names of classes.

    Returns
    -------
    str
        XML.
    """
    root = ET.Element("qgis", version=_VERSION, styleCategories="Symbology")
    renderer = ET.SubElement(
        root,
        "renderer-v2",
        type="categorizedSymbol",
        attr=column,
        enableorderby="0",
        forceraster="0",
        symbollevels="0",
    )
    categories = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    for at, (name, colour) in enumerate(zip(legend.names, legend.colours, strict=True)):
        told = printable(name)
        _category(categories, str(at), told, told)
        _symbol(symbols, str(at), ",".join(map(str, rgb(colour))) + ",255", "solid")
    # QGIS draws all other values with the category of none.
    _category(categories, str(len(legend)), "", "no data")
    _symbol(symbols, str(len(legend)), "255,255,255,255", "no")
    ET.indent(root)
    return f"<!DOCTYPE qgis>\n{ET.tostring(root, encoding='unicode')}\n"


def _category(categories: ET.Element, symbol: str, value: str, label: str) -> None:
    ET.SubElement(categories, "category", symbol=symbol, value=value, label=label, render="true")


def _symbol(symbols: ET.Element, name: str, colour: str, style: str) -> None:
    symbol = ET.SubElement(symbols, "symbol", type="fill", name=name, alpha="1", clip_to_extent="1")
    layer = ET.SubElement(
        symbol, "layer", {"class": "SimpleFill", "enabled": "1", "pass": "0", "locked": "0"}
    )
    facts = {
        "color": colour,
        "style": style,
        "outline_color": _EDGE,
        "outline_style": "solid",
        "outline_width": "0.1",
        "outline_width_unit": "MM",
    }
    for key, value in facts.items():
        ET.SubElement(layer, "prop", k=key, v=value)
