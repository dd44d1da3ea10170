"""Every backbone by name."""

from collections.abc import Mapping

from bocage.methods.backbones._backbone import Backbone
from bocage.methods.backbones._clay import CLAY
from bocage.methods.backbones._declared import Registry
from bocage.methods.backbones._dofa import DOFAS
from bocage.methods.backbones._galileo import GALILEO
from bocage.methods.backbones._presto import PRESTO
from bocage.methods.backbones._prithvi import PRITHVIS
from bocage.methods.backbones._satlas import SATLASES
from bocage.methods.backbones._terramind import TERRAMINDS

_ALL = (PRESTO, GALILEO, *PRITHVIS, CLAY, *SATLASES, *TERRAMINDS, *DOFAS)
BACKBONES: Mapping[str, Backbone] = Registry({item.name: item for item in _ALL})
"""Every backbone by name: our own, and those that the user declares."""
