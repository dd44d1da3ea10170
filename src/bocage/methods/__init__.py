"""Everything that learns: floors, shallow heads, and pretrained networks with their strategies."""

from typing import TYPE_CHECKING

from bocage.core import lazy
from bocage.methods._defaults import default_methods
from bocage.methods._encoded import Encoded
from bocage.methods._fitted_method import FittedMethod, read_inputs
from bocage.methods._input_facts import InputFacts
from bocage.methods._learner import Learner
from bocage.methods._libraries import load_libraries
from bocage.methods._method import Effort, Method
from bocage.methods._parse import parse_method
from bocage.methods._pretrained import PretrainedMethod
from bocage.methods._shallow import ShallowMethod
from bocage.methods._temperature import Confidence, Temperature, with_noise
from bocage.methods._views import Views
from bocage.methods.backbones import BACKBONES
from bocage.methods.heads import HEADS, HeadSpec, linear_head
from bocage.methods.strategies import STRATEGIES, Recipe

if TYPE_CHECKING:
    from bocage.methods._head import Head
    from bocage.methods._size import head_size
    from bocage.methods._sklearn import HeadClassifier, HeadRegressor
    from bocage.methods._tune import Fitted, fit_tuned

__all__ = [
    "BACKBONES",
    "HEADS",
    "STRATEGIES",
    "Confidence",
    "Effort",
    "Encoded",
    "Fitted",
    "FittedMethod",
    "Head",
    "HeadClassifier",
    "HeadRegressor",
    "HeadSpec",
    "InputFacts",
    "Learner",
    "Method",
    "PretrainedMethod",
    "Recipe",
    "ShallowMethod",
    "Temperature",
    "Views",
    "default_methods",
    "fit_tuned",
    "head_size",
    "linear_head",
    "load_libraries",
    "parse_method",
    "read_inputs",
    "with_noise",
]

# These subclass or call scikit-learn, which takes a second to import.
_MODULES = {
    "_head": ("Head",),
    "_sklearn": ("HeadClassifier", "HeadRegressor"),
    "_size": ("head_size",),
    "_tune": ("Fitted", "fit_tuned"),
}
__getattr__ = lazy(__name__, {name: m for m, names in _MODULES.items() for name in names})
