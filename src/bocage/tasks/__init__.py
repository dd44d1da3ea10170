"""Samples with a target, their groups and inputs: what every other room reads."""

from bocage.tasks._contradictions import contradictions
from bocage.tasks._ground import EARTH_METRES, on_the_ground, unit_vectors
from bocage.tasks._near import join_places
from bocage.tasks._task import Samples, Task, build_task, in_content_order
from bocage.tasks._telling import feature_notes, flat_notes
from bocage.tasks._units import COORDINATE_DECIMALS

__all__ = [
    "COORDINATE_DECIMALS",
    "EARTH_METRES",
    "Samples",
    "Task",
    "build_task",
    "contradictions",
    "feature_notes",
    "flat_notes",
    "in_content_order",
    "join_places",
    "on_the_ground",
    "unit_vectors",
]
