"""Who may learn from whom, and who is tested: splits, budgets, diagnostics."""

from typing import TYPE_CHECKING

from bocage.core import lazy
from bocage.splits._area import Area, read_area
from bocage.splits._blocks import RULES, cut, metric_xy
from bocage.splits._budget import (
    SHARES,
    Budget,
    Unit,
    default_budgets,
    parse_budget,
    usual_unit,
)
from bocage.splits._diagnose import FoldReport, diagnose
from bocage.splits._draw import LabelSample, LabelSampler, Short
from bocage.splits._fold import REGIMES, Fold, Regime, Split
from bocage.splits._given import is_plugged_in
from bocage.splits._given_split import count_shared
from bocage.splits._inner import Inner, InnerMaker
from bocage.splits._knndm import knndm
from bocage.splits._pixels import LabelledPixels
from bocage.splits._regimes import make_split
from bocage.splits._settings import SplitSettings
from bocage.splits._sides import APART, PLACE
from bocage.splits._store import load_split, save_split
from bocage.splits._use import (
    SplitAdvice,
    Use,
    look_at_use,
    metres_between,
    metres_tested,
    regime_of,
)
from bocage.splits._variogram import fit_spherical, variogram

if TYPE_CHECKING:
    from bocage.splits._sklearn import BlockKFold, ClusterKFold, LeaveGroups

__all__ = [
    "APART",
    "PLACE",
    "REGIMES",
    "RULES",
    "SHARES",
    "Area",
    "BlockKFold",
    "Budget",
    "ClusterKFold",
    "Fold",
    "FoldReport",
    "Inner",
    "InnerMaker",
    "LabelSample",
    "LabelSampler",
    "LabelledPixels",
    "LeaveGroups",
    "Regime",
    "Short",
    "Split",
    "SplitAdvice",
    "SplitSettings",
    "Unit",
    "Use",
    "count_shared",
    "cut",
    "default_budgets",
    "diagnose",
    "fit_spherical",
    "is_plugged_in",
    "knndm",
    "load_split",
    "look_at_use",
    "make_split",
    "metres_between",
    "metres_tested",
    "metric_xy",
    "parse_budget",
    "read_area",
    "regime_of",
    "save_split",
    "usual_unit",
    "variogram",
]


# The splitters subclass scikit-learn, which takes a second to import.
__getattr__ = lazy(
    __name__, dict.fromkeys(("BlockKFold", "ClusterKFold", "LeaveGroups"), "_sklearn")
)
