"""A QGIS style beside the map: it opens with its classes, names and colours."""

from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np

from bocage.colours import Legend
from bocage.core import write_atomic
from bocage.mapping.outputs._layer import Layer
from bocage.mapping.outputs._profile import printable
from bocage.mapping.outputs._ramp import Ramp, ramp_for

_MARK = "written by Bocage"
"""Tells it from a style that somebody made, which is never replaced."""

_VERSION = "3.28"
"""A long-term release of QGIS; later ones read its styles."""


def write_qml(
    path: Path, layer: Layer, *, limits: tuple[float, float] | None = None, band: int = 1
) -> None:
    """Write a QGIS style for a layer.

    QGIS takes it up by itself if it has the map's name and lies beside it.

    Parameters
    ----------
    path : Path
        ``NAME.qml`` for ``NAME.tif``.
    layer : Layer
    limits : tuple of float, optional
        Values at both ends of the colour scale; needed for values. See `value_limits`.
    band : int
        Which band is drawn, from 1.

    Raises
    ------
    SettingsError
        If limits are missing.
    StoreError
        If the file can't be written.

    Notes
    -----
    QGIS applies scale and offset of a band before it draws it, so the style holds values and not
    stored numbers.
    """
    root = ET.Element("qgis", version=_VERSION, styleCategories="Symbology")
    root.append(ET.Comment(_MARK))
    pipe = ET.SubElement(root, "pipe")
    renderer = ET.SubElement(
        pipe, "rasterrenderer", band=str(band), opacity="1", alphaBand="-1", nodataColor=""
    )
    ET.SubElement(renderer, "rasterTransparency")
    if layer.legend is not None and layer.is_class:
        _classes(renderer, layer.legend)
    else:
        _numbers(renderer, ramp_for(layer, limits))
    ET.SubElement(pipe, "brightnesscontrast", brightness="0", contrast="0", gamma="1")
    ET.SubElement(pipe, "huesaturation", saturation="0", grayscaleMode="0", colorizeOn="0")
    ET.SubElement(pipe, "rasterresampler", maxOversampling="2")
    ET.indent(root)
    text: str = ET.tostring(root, encoding="unicode")
    write_atomic(path, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n')


def _classes(renderer: ET.Element, legend: Legend) -> None:
    renderer.set("type", "paletted")
    palette = ET.SubElement(renderer, "colorPalette")
    for value, (name, colour) in enumerate(zip(legend.names, legend.colours, strict=True)):
        ET.SubElement(
            palette,
            "paletteEntry",
            value=str(value),
            color=colour,
            alpha="255",
            label=printable(name),
        )


def _numbers(renderer: ET.Element, ramp: Ramp) -> None:
    low, high = map(_number, ramp.limits)
    renderer.set("type", "singlebandpseudocolor")
    renderer.set("classificationMin", low)
    renderer.set("classificationMax", high)
    shader = ET.SubElement(
        ET.SubElement(renderer, "rastershader"),
        "colorrampshader",
        colorRampType="DISCRETE" if ramp.is_stepped else "INTERPOLATED",
        classificationMode="1",
        clip="0",
        minimumValue=low,
        maximumValue=high,
    )
    for stop in ramp.stops:
        ET.SubElement(
            shader,
            "item",
            value=_number(stop.value),
            color=stop.colour,
            alpha="255",
            label=printable(stop.label),
        )


def _number(value: float) -> str:
    return f"{value:.10g}" if np.isfinite(value) else "inf"
