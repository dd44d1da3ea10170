"""From a fitted method to a map, its areas and where it can be trusted."""

from bocage.mapping._applicability import Applicability
from bocage.mapping._areas import (
    AreaEstimates,
    Estimate,
    estimate_areas,
    estimate_areas_from_matrix,
)
from bocage.mapping._design import Design
from bocage.mapping._pixel_areas import mapped_areas, row_areas
from bocage.mapping._priors import PriorEstimate, estimate_prior, reweigh, training_prior

__all__ = [
    "Applicability",
    "AreaEstimates",
    "Design",
    "Estimate",
    "PriorEstimate",
    "estimate_areas",
    "estimate_areas_from_matrix",
    "estimate_prior",
    "mapped_areas",
    "reweigh",
    "row_areas",
    "training_prior",
]
