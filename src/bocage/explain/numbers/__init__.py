"""Which dimensions of an embedding tell a number, and how few are enough."""

from bocage.explain.numbers._curved import Curved
from bocage.explain.numbers._dimensions import HELPS, NEEDED, NONE, NUMBER_ROLES, Dimension
from bocage.explain.numbers._enough import Cost
from bocage.explain.numbers._number import NumberExplanation, explain_number
from bocage.explain.numbers._value_map import ValueMap, value_map

__all__ = [
    "HELPS",
    "NEEDED",
    "NONE",
    "NUMBER_ROLES",
    "Cost",
    "Curved",
    "Dimension",
    "NumberExplanation",
    "ValueMap",
    "explain_number",
    "value_map",
]
