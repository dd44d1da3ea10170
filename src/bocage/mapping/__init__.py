"""From a fitted method to a map, its areas and where it can be trusted."""

from typing import TYPE_CHECKING

from bocage.core import lazy
from bocage.mapping._applicability import Applicability
from bocage.mapping._areas import (
    AreaEstimates,
    Estimate,
    estimate_areas,
    estimate_areas_from_matrix,
)
from bocage.mapping._design import Design
from bocage.mapping._order import Area, Order
from bocage.mapping._outputs import check_map_outputs
from bocage.mapping._pixel_areas import mapped_areas, row_areas
from bocage.mapping._priors import PriorEstimate, estimate_prior, reweigh, training_prior

if TYPE_CHECKING:
    from bocage.mapping._colours import read_colours
    from bocage.mapping._elsewhere import n_within
    from bocage.mapping._export import TARGETS, check_exportable
    from bocage.mapping._fit import fit_model
    from bocage.mapping._former import check_former_model
    from bocage.mapping._make import MapMade, make_map
    from bocage.mapping._parcels import (
        ParcelsMade,
        check_parcel_outputs,
        map_parcels,
        parcel_points,
    )
    from bocage.mapping._tags import calibration_of, labels_of, score_of
    from bocage.mapping._unlike_labels import unlike_labels
    from bocage.mapping._windows import points_of

__all__ = [
    "TARGETS",
    "Applicability",
    "Area",
    "AreaEstimates",
    "Design",
    "Estimate",
    "MapMade",
    "Order",
    "ParcelsMade",
    "PriorEstimate",
    "calibration_of",
    "check_exportable",
    "check_former_model",
    "check_map_outputs",
    "check_parcel_outputs",
    "estimate_areas",
    "estimate_areas_from_matrix",
    "estimate_prior",
    "fit_model",
    "labels_of",
    "make_map",
    "map_parcels",
    "mapped_areas",
    "n_within",
    "parcel_points",
    "points_of",
    "read_colours",
    "reweigh",
    "row_areas",
    "score_of",
    "training_prior",
    "unlike_labels",
]

_MODULES = {
    "_colours": ("read_colours",),
    "_export": ("TARGETS", "check_exportable"),
    "_elsewhere": ("n_within",),
    "_fit": ("fit_model",),
    "_former": ("check_former_model",),
    "_make": ("MapMade", "make_map"),
    "_parcels": ("ParcelsMade", "check_parcel_outputs", "map_parcels", "parcel_points"),
    "_tags": ("calibration_of", "labels_of", "score_of"),
    "_unlike_labels": ("unlike_labels",),
    "_windows": ("points_of",),
}
__getattr__ = lazy(__name__, {name: m for m, names in _MODULES.items() for name in names})
