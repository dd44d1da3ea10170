"""Everything a map is written as: raster, style, picture and catalogue entry."""

from bocage.mapping.outputs._about import MapAbout, MapFile, ModelAbout
from bocage.mapping.outputs._class_style import class_style
from bocage.mapping.outputs._cog import finish, legend_of, write_cog
from bocage.mapping.outputs._draft import Draft, draft_size
from bocage.mapping.outputs._fonts import families_for
from bocage.mapping.outputs._item import check_item, map_item, write_item
from bocage.mapping.outputs._layer import (
    INSIDE,
    Layer,
    applicability_layer,
    class_layer,
    confidence_layer,
    density_layer,
    error_layer,
    probability_layer,
    value_layer,
)
from bocage.mapping.outputs._picture import has_values, value_limits
from bocage.mapping.outputs._qml import write_qml
from bocage.mapping.outputs._quicklook import write_quicklook
from bocage.mapping.outputs._ramp import Ramp, paint, ramp_for

__all__ = [
    "INSIDE",
    "Draft",
    "Layer",
    "MapAbout",
    "MapFile",
    "ModelAbout",
    "Ramp",
    "applicability_layer",
    "check_item",
    "class_layer",
    "class_style",
    "confidence_layer",
    "density_layer",
    "draft_size",
    "error_layer",
    "families_for",
    "finish",
    "has_values",
    "legend_of",
    "map_item",
    "paint",
    "probability_layer",
    "ramp_for",
    "value_layer",
    "value_limits",
    "write_cog",
    "write_item",
    "write_qml",
    "write_quicklook",
]
