"""The page: one HTML file without network or scripts, a table for terminals, JSON for machines."""

from bocage.report._content import (
    Blank,
    BudgetRow,
    Cost,
    Drop,
    MethodRow,
    ProtocolPoint,
    Recipe,
    ReportContent,
    Score,
    Verdict,
    Worth,
)
from bocage.report._evidence import (
    BlockSize,
    ClassScore,
    ErrorPanel,
    FoldRow,
    GroupDifference,
    ReliabilityCurve,
    SplitPanel,
)
from bocage.report._interval import Interval

__all__ = [
    "Blank",
    "BlockSize",
    "BudgetRow",
    "ClassScore",
    "Cost",
    "Drop",
    "ErrorPanel",
    "FoldRow",
    "GroupDifference",
    "Interval",
    "MethodRow",
    "ProtocolPoint",
    "Recipe",
    "ReliabilityCurve",
    "ReportContent",
    "Score",
    "SplitPanel",
    "Verdict",
    "Worth",
]
