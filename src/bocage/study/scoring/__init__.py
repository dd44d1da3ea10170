"""What runs store and what is made of it: one file a kind of task."""

from collections.abc import Mapping

from bocage.core import CLASSIFICATION, REGRESSION, SEGMENTATION, Kind
from bocage.study.scoring._chips import Chips
from bocage.study.scoring._codes import Codes
from bocage.study.scoring._scoring import Part, Scoring
from bocage.study.scoring._values import Values

__all__ = ["SCORINGS", "Part", "Scoring"]

SCORINGS: Mapping[Kind, Scoring] = {
    CLASSIFICATION: Codes(),
    REGRESSION: Values(),
    SEGMENTATION: Chips(),
}
"""How the runs of each kind are scored."""
