"""How a network is trained: linear head, adapters, LoRA, everything, or from scratch."""

from typing import TYPE_CHECKING

from bocage.core import lazy
from bocage.methods.strategies._recipe import Recipe
from bocage.methods.strategies._strategy import (
    HEADS,
    PLACEMENTS,
    STRATEGIES,
    WORDS,
    Strategy,
    Value,
    first_block,
)

if TYPE_CHECKING:
    from bocage.methods.strategies._samples import SampleLearner, SampleLesson
    from bocage.methods.strategies._target import TrainingTarget, target_of
    from bocage.methods.strategies._tuning import Lesson, Tuning, fit_lesson

__all__ = [
    "HEADS",
    "PLACEMENTS",
    "STRATEGIES",
    "WORDS",
    "Lesson",
    "Recipe",
    "SampleLearner",
    "SampleLesson",
    "Strategy",
    "TrainingTarget",
    "Tuning",
    "Value",
    "first_block",
    "fit_lesson",
    "target_of",
]

# These import torch.
_MODULES = {
    "_samples": ("SampleLearner", "SampleLesson"),
    "_target": ("TrainingTarget", "target_of"),
    "_tuning": ("Lesson", "Tuning", "fit_lesson"),
}
__getattr__ = lazy(__name__, {name: m for m, names in _MODULES.items() for name in names})
