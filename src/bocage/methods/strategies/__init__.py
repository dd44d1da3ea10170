"""How a network is trained: linear head, adapters, LoRA, everything, or from scratch."""

from typing import TYPE_CHECKING

from bocage.core import lazy
from bocage.methods.strategies._recipe import Recipe
from bocage.methods.strategies._strategy import (
    PLACEMENTS,
    STRATEGIES,
    WORDS,
    Strategy,
    Value,
    first_block,
)

if TYPE_CHECKING:
    from bocage.methods.strategies._fit import Learner, fit_network

__all__ = [
    "PLACEMENTS",
    "STRATEGIES",
    "WORDS",
    "Learner",
    "Recipe",
    "Strategy",
    "Value",
    "first_block",
    "fit_network",
]

# These import torch.
__getattr__ = lazy(__name__, {"Learner": "_fit", "fit_network": "_fit"})
