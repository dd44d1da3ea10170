"""Every backbone by name."""

from collections.abc import Mapping

from bocage.methods.backbones._backbone import Backbone
from bocage.methods.backbones._galileo import GALILEO
from bocage.methods.backbones._presto import PRESTO

BACKBONES: Mapping[str, Backbone] = {item.name: item for item in (PRESTO, GALILEO)}
"""Every backbone by name."""
