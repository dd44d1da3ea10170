"""What is made from inputs before a model sees them."""

from bocage.features._derived import SIGN, TRANSFORMS, Derived, parse_input
from bocage.features._indices import INDICES, indices
from bocage.features._matrix import COORDINATES, Matrix, coordinates, matrix

__all__ = [
    "COORDINATES",
    "INDICES",
    "SIGN",
    "TRANSFORMS",
    "Derived",
    "Matrix",
    "coordinates",
    "indices",
    "matrix",
    "parse_input",
]
