"""What is made from inputs before a model sees them."""

from bocage.features._matrix import COORDINATES, Matrix, coordinates, matrix

__all__ = ["COORDINATES", "Matrix", "coordinates", "matrix"]
