"""How a network is trained: linear head, adapters, LoRA, everything, or from scratch."""

from typing import TYPE_CHECKING

from bocage.core import lazy
from bocage.methods.strategies._schedule import Recipe
from bocage.methods.strategies._strategy import STRATEGIES, WORDS, Value, first_block

if TYPE_CHECKING:
    from bocage.methods.strategies._samples import SampleLesson
    from bocage.methods.strategies._target import target_of
    from bocage.methods.strategies._tuning import Tuning, fit_lesson

__all__ = [
    "STRATEGIES",
    "WORDS",
    "Recipe",
    "SampleLesson",
    "Tuning",
    "Value",
    "first_block",
    "fit_lesson",
    "target_of",
]

# These import torch.
_MODULES = {
    "_samples": ("SampleLesson",),
    "_target": ("target_of",),
    "_tuning": ("Tuning", "fit_lesson"),
}
__getattr__ = lazy(__name__, {name: m for m, names in _MODULES.items() for name in names})
