"""Open what Bocage writes in QGIS itself, and say what QGIS sees; draw it as a picture.

Run by hand with a Python that has QGIS (Debian's package python3-qgis; Bocage need not be there):

    QT_QPA_PLATFORM=offscreen /usr/bin/python3 benchmarks/qgis_open.py map.tif map_confidence.tif \
        map.gpkg studies/fields/errors.gpkg -o qgis.png

Each file is opened as by a user who drags it into the window: with the style that QGIS finds by
itself, beside a raster or within a GeoPackage. Printed are whether it is valid, its coordinate
system, its size, and the names and colours of its legend. The script ends with 1 where a layer is
not valid, a map has no style of its own or no coordinate system, or a class of a raster no name.
"""

import argparse
import os
import sqlite3
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (
    QgsApplication,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

SIDE = 900


def main() -> int:
    """Open every file, print what QGIS sees, and draw all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=Path("qgis.png"))
    asked = parser.parse_args()
    QgsApplication.setPrefixPath("/usr", True)
    app = QgsApplication([], False)
    app.initQgis()
    wrong = []
    for number, path in enumerate(asked.files):
        for layer in layers_of(path):
            wrong += told(layer, path)
            end = "" if len(asked.files) == 1 else f"_{path.stem}_{number}"
            picture = asked.output.with_name(f"{asked.output.stem}{end}{asked.output.suffix}")
            drawn(layer, picture)
            print(f"  picture: {picture}\n")
            QgsProject.instance().addMapLayer(layer)
    for line in wrong:
        print(f"WRONG: {line}")
    QgsProject.instance().clear()
    app.exitQgis()
    return bool(wrong)


def layers_of(path: Path) -> list[Any]:
    """Open a file as it is dragged into QGIS: every layer of a GeoPackage."""
    if path.suffix.lower() in (".tif", ".tiff"):
        return [QgsRasterLayer(str(path), path.name)]
    with sqlite3.connect(path) as file:
        names = [name for (name,) in file.execute(
            "SELECT table_name FROM gpkg_contents WHERE data_type = 'features'"
        )]  # fmt: skip
    return [QgsVectorLayer(f"{path}|layername={name}", f"{path.name}:{name}", "ogr")
            for name in names]  # fmt: skip


def told(layer: Any, path: Path) -> list[str]:
    """Print what QGIS knows of a layer, and return what is wrong."""
    print(f"{layer.name()}: {'valid' if layer.isValid() else 'NOT VALID'}")
    if not layer.isValid():
        return [f"{path}: QGIS can't open it"]
    _, loaded = layer.loadDefaultStyle()
    crs = layer.crs()
    print(f"  coordinate system: {crs.authid()} {crs.description()}")
    print(f"  style taken up by itself: {'yes' if loaded else 'no'} ({layer.renderer().type()})")
    wrong = [] if crs.isValid() else [f"{path}: no coordinate system"]
    # A list of errors is a table of points, for the user to style.
    if not loaded and not {"truth", "prediction"} <= {field.name() for field in fields_of(layer)}:
        wrong.append(f"{path}: no style was found")
    wrong += raster(layer, path) if isinstance(layer, QgsRasterLayer) else vector(layer)
    return wrong


def fields_of(layer: Any) -> list[Any]:
    """List the columns of a layer; a raster has none."""
    return [] if isinstance(layer, QgsRasterLayer) else list(layer.fields())


def raster(layer: Any, path: Path) -> list[str]:
    """Print size, no data and the legend of a raster."""
    source = layer.dataProvider()
    print(f"  {layer.width()} x {layer.height()} pixels, {layer.bandCount()} band")
    print(f"  band: {source.generateBandName(1)}; no data: {source.sourceNoDataValue(1)}")
    renderer = layer.renderer()
    if renderer.type() == "paletted":
        items = [(one.label, one.color) for one in renderer.classes()]
    else:
        shader = renderer.shader().rasterShaderFunction()
        items = [(one.label, one.color) for one in shader.colorRampItemList()]
    for label, colour in items:
        print(f"  {colour.name()}  {label}")
    return [] if all(label for label, _ in items) else [f"{path}: a class has no name"]


def vector(layer: Any) -> list[str]:
    """Print the features, columns and legend of polygons or points."""
    names = [field.name() for field in fields_of(layer)]
    print(f"  {layer.featureCount()} features, columns: {', '.join(names)}")
    renderer = layer.renderer()
    for item in renderer.legendSymbolItems():
        symbol = item.symbol()
        colour = symbol.color().name() if symbol else "-"
        print(f"  {colour}  {item.label()}")
    first = next(layer.getFeatures(), None)
    if first is not None:
        print(f"  first: {first.attributeMap()}")
    return []


def drawn(layer: Any, path: Path) -> None:
    """Draw a layer alone on magenta, so that what is transparent is seen to be."""
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setBackgroundColor(QColor("#ff00ff"))
    settings.setOutputSize(QSize(SIDE, SIDE))
    extent = QgsRectangle(layer.extent())
    extent.scale(1.05)
    settings.setExtent(extent)
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(str(path))


if __name__ == "__main__":
    sys.exit(main())
