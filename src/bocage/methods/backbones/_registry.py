"""Every backbone by name."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bocage.core import Registry, package_of, release_of
from bocage.methods.backbones._backbone import Backbone
from bocage.methods.backbones._clay import CLAY
from bocage.methods.backbones._declared import DeclaredBackbones
from bocage.methods.backbones._dofa import DOFAS
from bocage.methods.backbones._galileo import GALILEO
from bocage.methods.backbones._presto import PRESTO
from bocage.methods.backbones._prithvi import PRITHVIS
from bocage.methods.backbones._satlas import SATLASES
from bocage.methods.backbones._terramind import TERRAMINDS

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "bocage.backbones"
"""Entry points that lead to backbones."""

_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_ALL = (PRESTO, GALILEO, *PRITHVIS, CLAY, *SATLASES, *TERRAMINDS, *DOFAS)


def _adopt(backbone: Backbone, point: "EntryPoint") -> Backbone:
    """Check a backbone of another package; its release is part of what decides its results.

    Raises
    ------
    ValueError
        If it can't be used.
    """
    package = package_of(point)
    if backbone.name != point.name or not _NAME.fullmatch(backbone.name):
        raise ValueError(
            f"the backbone is called {backbone.name!r}; expected the name of its entry point, in "
            "lower-case letters, digits, - and _"
        )
    if release_of(backbone.library) is None:
        raise ValueError(
            f"its library {backbone.library!r} is not installed; expected the package whose "
            "release decides what it computes"
        )
    release = f"{package} {release_of(package)}"
    return replace(backbone, declaration=f"{backbone.declaration}{release}")


BACKBONES: Registry[Backbone] = Registry(
    DeclaredBackbones({item.name: item for item in _ALL}), GROUP, Backbone, "backbone", _adopt
)
"""Every backbone by name: our own and those that the user declares, then those of installed
packages."""
