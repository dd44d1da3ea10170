"""What runs store and what is made of it: one file a kind of task."""

from collections.abc import Mapping

from bocage.core import CLASSIFICATION, REGRESSION, SEGMENTATION, Kind
from bocage.study.scoring._classification import ClassificationScoring
from bocage.study.scoring._regression import RegressionScoring
from bocage.study.scoring._scoring import Part, Scoring
from bocage.study.scoring._segmentation import SegmentationScoring

__all__ = ["SCORINGS", "Part", "Scoring"]

SCORINGS: Mapping[Kind, Scoring] = {
    CLASSIFICATION: ClassificationScoring(),
    REGRESSION: RegressionScoring(),
    SEGMENTATION: SegmentationScoring(),
}
"""How the runs of each kind are scored."""
