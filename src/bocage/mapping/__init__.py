"""From a model and a raster to a map, and to predictions of parcels."""

from typing import TYPE_CHECKING

from bocage.core import lazy
from bocage.mapping._output_paths import check_map_outputs
from bocage.mapping._request import MapArea, MapRequest

if TYPE_CHECKING:
    from bocage.mapping._layers import layers_of
    from bocage.mapping._make import MapMade, make_map
    from bocage.mapping._paint_with import painter_of
    from bocage.mapping._parcels import (
        ParcelsMade,
        check_parcel_outputs,
        map_parcels,
        parcel_points,
    )
    from bocage.mapping._tags import calibration_of, labels_of, score_of
    from bocage.mapping._unlabelled_area import n_within
    from bocage.mapping._unlike_labels import unlike_labels
    from bocage.mapping._values import check_values, refuse_far
    from bocage.mapping._windows import points_of

__all__ = [
    "MapArea",
    "MapMade",
    "MapRequest",
    "ParcelsMade",
    "calibration_of",
    "check_map_outputs",
    "check_parcel_outputs",
    "check_values",
    "labels_of",
    "layers_of",
    "make_map",
    "map_parcels",
    "n_within",
    "painter_of",
    "parcel_points",
    "points_of",
    "refuse_far",
    "score_of",
    "unlike_labels",
]

_MODULES = {
    "_unlabelled_area": ("n_within",),
    "_layers": ("layers_of",),
    "_make": ("MapMade", "make_map"),
    "_paint_with": ("painter_of",),
    "_parcels": ("ParcelsMade", "check_parcel_outputs", "map_parcels", "parcel_points"),
    "_tags": ("calibration_of", "labels_of", "score_of"),
    "_unlike_labels": ("unlike_labels",),
    "_values": ("check_values", "refuse_far"),
    "_windows": ("points_of",),
}
__getattr__ = lazy(__name__, {name: m for m, names in _MODULES.items() for name in names})
