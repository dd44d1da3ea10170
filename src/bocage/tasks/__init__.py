"""Samples with a target, their groups and inputs: what every other room reads."""

from bocage.tasks._cartesian import EARTH_METRES, on_the_ground
from bocage.tasks._contradictions import contradictions
from bocage.tasks._kept_together import COORDINATE_DECIMALS
from bocage.tasks._near import join_places
from bocage.tasks._samples import Samples
from bocage.tasks._stored import (
    is_stored_task,
    load_stored,
    save_task,
    stored_key,
    stored_with,
    task_key,
)
from bocage.tasks._task import Task, build_task, in_content_order
from bocage.tasks._telling import feature_notes, flat_notes

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
    "is_stored_task",
    "join_places",
    "load_stored",
    "on_the_ground",
    "save_task",
    "stored_key",
    "stored_with",
    "task_key",
]
