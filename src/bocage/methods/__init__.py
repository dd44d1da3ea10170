"""Everything that learns: floors and shallow heads."""

from typing import TYPE_CHECKING

from bocage.core import lazy
from bocage.methods._defaults import default_methods
from bocage.methods._method import Method, parse_method
from bocage.methods._models import MODELS, Model

if TYPE_CHECKING:
    from bocage.methods._head import Head
    from bocage.methods._size import head_size
    from bocage.methods._tune import Fitted, fit_tuned

__all__ = [
    "MODELS",
    "Fitted",
    "Head",
    "Method",
    "Model",
    "default_methods",
    "fit_tuned",
    "head_size",
    "parse_method",
]

# These subclass or call scikit-learn, which takes a second to import.
__getattr__ = lazy(
    __name__, {"Head": "_head", "head_size": "_size", "Fitted": "_tune", "fit_tuned": "_tune"}
)
