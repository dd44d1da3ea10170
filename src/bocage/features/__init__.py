"""What is made from inputs before a model sees them."""

from bocage.features._indices import INDICES, indices, source_of
from bocage.features._matrix import COORDINATES, Matrix, coordinates, matrix

__all__ = ["COORDINATES", "INDICES", "Matrix", "coordinates", "indices", "matrix", "source_of"]
