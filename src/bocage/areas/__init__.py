"""Area of each class: of the pixels of a map, and estimated from a probability sample."""

from bocage.areas._areas import AreaEstimates, Estimate, estimate_areas, estimate_areas_from_matrix
from bocage.areas._design import Design
from bocage.areas._pixel_areas import mapped_areas, row_areas

__all__ = [
    "AreaEstimates",
    "Design",
    "Estimate",
    "estimate_areas",
    "estimate_areas_from_matrix",
    "mapped_areas",
    "row_areas",
]
