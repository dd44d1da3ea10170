"""Area of each class: of the pixels of a map, and estimated from a probability sample."""

from bocage.areas._areas import (
    AreaEstimate,
    AreaEstimates,
    estimate_areas,
    estimate_areas_from_matrix,
)
from bocage.areas._design import Design
from bocage.areas._pixel_areas import mapped_areas, row_areas

__all__ = [
    "AreaEstimate",
    "AreaEstimates",
    "Design",
    "estimate_areas",
    "estimate_areas_from_matrix",
    "mapped_areas",
    "row_areas",
]
