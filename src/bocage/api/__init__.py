"""The Python way in: compare, sample, explain, predict. All of it is offered by `bocage` itself."""

from typing import TYPE_CHECKING

from bocage.core import lazy

if TYPE_CHECKING:
    from bocage.api._compare import compare, open_study
    from bocage.api._comparison import Comparison
    from bocage.api._explain import Explained, explain
    from bocage.api._model import Model, load_model
    from bocage.api._sample import sample

__all__ = [
    "Comparison",
    "Explained",
    "Model",
    "compare",
    "explain",
    "load_model",
    "open_study",
    "sample",
]

_MODULES = {
    "_compare": ("compare", "open_study"),
    "_comparison": ("Comparison",),
    "_explain": ("Explained", "explain"),
    "_model": ("Model", "load_model"),
    "_sample": ("sample",),
}
__getattr__ = lazy(__name__, {name: m for m, names in _MODULES.items() for name in names})
