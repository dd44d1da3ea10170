"""Every backbone by name."""

import re
from dataclasses import replace

from bocage.core import Plugin, Registry, release_of
from bocage.methods.backbones._backbone import Backbone
from bocage.methods.backbones._clay import CLAY
from bocage.methods.backbones._declared import DeclaredBackbones
from bocage.methods.backbones._dofa import DOFAS
from bocage.methods.backbones._galileo import GALILEO
from bocage.methods.backbones._presto import PRESTO
from bocage.methods.backbones._prithvi import PRITHVIS
from bocage.methods.backbones._satlas import SATLASES
from bocage.methods.backbones._terramind import TERRAMINDS

GROUP = "bocage.backbones"
"""Entry points that lead to backbones."""

_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_ALL = (PRESTO, GALILEO, *PRITHVIS, CLAY, *SATLASES, *TERRAMINDS, *DOFAS)


def _adopt(backbone: Backbone, plugin: Plugin) -> Backbone:
    """Check a backbone of another package; its release is part of what decides its results.

    Raises
    ------
    ValueError
        If it can't be used.
    """
    if backbone.name != plugin.name or not _NAME.fullmatch(backbone.name):
        raise ValueError(
            f"the backbone is called {backbone.name!r}; expected the name of its entry point, in "
            "lower-case letters, digits, - and _"
        )
    if release_of(backbone.library) is None:
        raise ValueError(
            f"its library {backbone.library!r} is not installed; expected the package whose "
            "release decides what it computes"
        )
    return replace(backbone, declaration=f"{backbone.declaration} {plugin.package}")


BACKBONES: Registry[Backbone] = Registry(
    DeclaredBackbones({item.name: item for item in _ALL}), GROUP, Backbone, _adopt
)
"""Every backbone by name: our own and those that the user declares, then those of installed
packages."""
