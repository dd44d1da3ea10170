"""A model as a file: saved, read and checked without pickle, and exported elsewhere."""

from typing import TYPE_CHECKING

from bocage.core import lazy
from bocage.mapping.model._additive import EXPORTED
from bocage.mapping.model._check import check_source, scaling_note
from bocage.mapping.model._label_places import LabelPlaces
from bocage.mapping.model._model import MapModel, Training
from bocage.mapping.model._support import band_of, places_of, refuse_pixels

if TYPE_CHECKING:
    from bocage.mapping.model._earth_engine import to_earth_engine
    from bocage.mapping.model._files import load_model, save_model
    from bocage.mapping.model._onnx import NOT_IN_ONNX, Agreement, is_onnx_of_bocage, to_onnx

__all__ = [
    "EXPORTED",
    "NOT_IN_ONNX",
    "Agreement",
    "LabelPlaces",
    "MapModel",
    "Training",
    "band_of",
    "check_source",
    "is_onnx_of_bocage",
    "load_model",
    "places_of",
    "refuse_pixels",
    "save_model",
    "scaling_note",
    "to_earth_engine",
    "to_onnx",
]

_MODULES = {
    "_earth_engine": ("to_earth_engine",),
    "_files": ("load_model", "save_model"),
    "_onnx": ("NOT_IN_ONNX", "Agreement", "is_onnx_of_bocage", "to_onnx"),
}
__getattr__ = lazy(__name__, {name: m for m, names in _MODULES.items() for name in names})
