"""A fitted model as a value and as files: saved, read and checked without pickle, exported."""

from typing import TYPE_CHECKING

from bocage.core import lazy
from bocage.models._applicability import Applicability
from bocage.models._check import check_source, scaling_note
from bocage.models._label_places import LabelPlaces
from bocage.models._model import MapModel, Training
from bocage.models._priors import PriorEstimate, estimate_prior, reweigh, training_prior
from bocage.models._support import band_of, places_of, refuse_pixels

if TYPE_CHECKING:
    from bocage.models._earth_engine import to_earth_engine
    from bocage.models._error_curve import FEWEST
    from bocage.models._export import TARGETS, check_exportable
    from bocage.models._files import load_model, save_model
    from bocage.models._fit import fit_model
    from bocage.models._former import check_former_model
    from bocage.models._held_out import TOO_FAR
    from bocage.models._onnx import Agreement, is_onnx_of_bocage, to_onnx

__all__ = [
    "FEWEST",
    "TARGETS",
    "TOO_FAR",
    "Agreement",
    "Applicability",
    "LabelPlaces",
    "MapModel",
    "PriorEstimate",
    "Training",
    "band_of",
    "check_exportable",
    "check_former_model",
    "check_source",
    "estimate_prior",
    "fit_model",
    "is_onnx_of_bocage",
    "load_model",
    "places_of",
    "refuse_pixels",
    "reweigh",
    "save_model",
    "scaling_note",
    "to_earth_engine",
    "to_onnx",
    "training_prior",
]

_MODULES = {
    "_earth_engine": ("to_earth_engine",),
    "_error_curve": ("FEWEST",),
    "_export": ("TARGETS", "check_exportable"),
    "_files": ("load_model", "save_model"),
    "_fit": ("fit_model",),
    "_former": ("check_former_model",),
    "_held_out": ("TOO_FAR",),
    "_onnx": ("Agreement", "is_onnx_of_bocage", "to_onnx"),
}
__getattr__ = lazy(__name__, {name: m for m, names in _MODULES.items() for name in names})
