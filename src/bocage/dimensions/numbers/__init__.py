"""Which dimensions of an embedding tell a number, and how few are enough."""

from bocage.dimensions.numbers._curved import Curved
from bocage.dimensions.numbers._dimensions import HELPS, NEEDED, NONE, NUMBER_ROLES, Dimension
from bocage.dimensions.numbers._enough import DimensionLoss
from bocage.dimensions.numbers._number import NumberExplanation, explain_number
from bocage.dimensions.numbers._value_map import ValueMap, value_map

__all__ = [
    "HELPS",
    "NEEDED",
    "NONE",
    "NUMBER_ROLES",
    "Curved",
    "Dimension",
    "DimensionLoss",
    "NumberExplanation",
    "ValueMap",
    "explain_number",
    "value_map",
]
