"""A QGIS style of polygons or points by class, for the table of styles of a GeoPackage."""

from xml.etree import ElementTree as ET

from bocage.colours import Legend, rgb
from bocage.mapping.outputs._profile import printable

_VERSION = "3.28"
_EDGE = "60,60,60,255"


def class_style(legend: Legend, column: str, *, is_points: bool = False) -> str:
    """Write a QGIS style that draws polygons, or points, by their class.

    Those without a class are an outline.

    Parameters
    ----------
    legend : Legend
    column : str
        With the names of classes.
    is_points : bool
        Whether points are drawn, and not polygons.

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
        _symbol(symbols, str(at), (*rgb(colour), 255), is_points=is_points)
    # QGIS draws all other values with the category of none.
    _category(categories, str(len(legend)), "", "no data")
    _symbol(symbols, str(len(legend)), (255, 255, 255, 0), is_points=is_points)
    ET.indent(root)
    return f"<!DOCTYPE qgis>\n{ET.tostring(root, encoding='unicode')}\n"


def _category(categories: ET.Element, symbol: str, value: str, label: str) -> None:
    ET.SubElement(categories, "category", symbol=symbol, value=value, label=label, render="true")


def _symbol(
    symbols: ET.Element, name: str, colour: tuple[int, int, int, int], *, is_points: bool
) -> None:
    kind, drawn = ("marker", "SimpleMarker") if is_points else ("fill", "SimpleFill")
    symbol = ET.SubElement(symbols, "symbol", type=kind, name=name, alpha="1", clip_to_extent="1")
    layer = ET.SubElement(
        symbol, "layer", {"class": drawn, "enabled": "1", "pass": "0", "locked": "0"}
    )
    facts = {
        "color": ",".join(map(str, colour)),
        "style": "solid",
        "outline_color": _EDGE,
        "outline_style": "solid",
        "outline_width": "0.2" if is_points else "0.1",
        "outline_width_unit": "MM",
    }
    if is_points:
        facts |= {"name": "circle", "size": "2.4", "size_unit": "MM"}
    for key, value in facts.items():
        ET.SubElement(layer, "prop", k=key, v=value)
