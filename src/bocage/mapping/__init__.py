"""From a fitted method to a map, its areas and where it can be trusted."""

from bocage.mapping._areas import (
    AreaEstimates,
    Estimate,
    estimate_areas,
    estimate_areas_from_matrix,
)
from bocage.mapping._design import Design
from bocage.mapping._pixel_areas import mapped_areas, row_areas

__all__ = [
    "AreaEstimates",
    "Design",
    "Estimate",
    "estimate_areas",
    "estimate_areas_from_matrix",
    "mapped_areas",
    "row_areas",
]
