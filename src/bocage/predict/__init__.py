"""From stored pixels to classes, confidence, probabilities or values: fast, and exact."""

from typing import TYPE_CHECKING

from bocage.core import lazy
from bocage.predict._kernel import Kernel

if TYPE_CHECKING:
    from bocage.predict._agreement import Disagreements, disagreements
    from bocage.predict._choose import is_uncompiled, kernel_of

__all__ = ["Disagreements", "Kernel", "disagreements", "is_uncompiled", "kernel_of"]

_MODULES = {
    "_agreement": ("Disagreements", "disagreements"),
    "_choose": ("is_uncompiled", "kernel_of"),
}
__getattr__ = lazy(__name__, {name: m for m, names in _MODULES.items() for name in names})
