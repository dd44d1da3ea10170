"""Everything that learns: floors, shallow heads, and pretrained networks with their strategies."""

from typing import TYPE_CHECKING

from bocage.core import lazy
from bocage.methods._defaults import default_methods
from bocage.methods._encoded import SIGN, Encoded
from bocage.methods._method import Method
from bocage.methods._models import MODELS, Model
from bocage.methods._parse import parse_method
from bocage.methods.backbones import BACKBONES
from bocage.methods.strategies import STRATEGIES, Recipe, first_block

if TYPE_CHECKING:
    from bocage.methods._freeze import freeze
    from bocage.methods._head import Head
    from bocage.methods._size import Size, head_size
    from bocage.methods._tune import Fitted, fit_tuned
    from bocage.methods.strategies import fit_network

__all__ = [
    "BACKBONES",
    "MODELS",
    "SIGN",
    "STRATEGIES",
    "Encoded",
    "Fitted",
    "Head",
    "Method",
    "Model",
    "Recipe",
    "Size",
    "default_methods",
    "first_block",
    "fit_network",
    "fit_tuned",
    "freeze",
    "head_size",
    "parse_method",
]

# These subclass or call scikit-learn, which takes a second to import, or torch, which takes two.
_MODULES = {
    "_freeze": ("freeze",),
    "_head": ("Head",),
    "_size": ("Size", "head_size"),
    "_tune": ("Fitted", "fit_tuned"),
    "strategies._fit": ("fit_network",),
}
__getattr__ = lazy(__name__, {name: m for m, names in _MODULES.items() for name in names})
