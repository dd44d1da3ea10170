"""Who may learn from whom, and who is tested: splits, budgets, diagnostics."""

from typing import TYPE_CHECKING

from bocage.core import lazy
from bocage.splits._blocks import RULES, Blocking, cut, metric_xy
from bocage.splits._budget import (
    SHARES,
    Budget,
    Unit,
    default_budgets,
    parse_budget,
)
from bocage.splits._diagnose import FoldReport, diagnose, unit_vectors
from bocage.splits._draw import Draw, Drawer, Short
from bocage.splits._fold import REGIMES, Fold, Regime, Rows, Split
from bocage.splits._inner import Inner, InnerMaker
from bocage.splits._pixels import Pixels
from bocage.splits._regimes import make_split, split_key
from bocage.splits._settings import SplitSettings
from bocage.splits._store import load_split, save_split

if TYPE_CHECKING:
    from bocage.splits._sklearn import BlockKFold, ClusterKFold, LeaveGroups

__all__ = [
    "REGIMES",
    "RULES",
    "SHARES",
    "BlockKFold",
    "Blocking",
    "Budget",
    "ClusterKFold",
    "Draw",
    "Drawer",
    "Fold",
    "FoldReport",
    "Inner",
    "InnerMaker",
    "LeaveGroups",
    "Pixels",
    "Regime",
    "Rows",
    "Short",
    "Split",
    "SplitSettings",
    "Unit",
    "cut",
    "default_budgets",
    "diagnose",
    "load_split",
    "make_split",
    "metric_xy",
    "parse_budget",
    "save_split",
    "split_key",
    "unit_vectors",
]


# The splitters subclass scikit-learn, which takes a second to import.
__getattr__ = lazy(
    __name__, dict.fromkeys(("BlockKFold", "ClusterKFold", "LeaveGroups"), "_sklearn")
)
