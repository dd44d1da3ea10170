"""Which dimensions of an embedding carry which class, and how few are enough."""

from bocage.explain._ablation import Ablation
from bocage.explain._contrast import Contrast, contrast
from bocage.explain._curves import KEEP, Curve, Few, curves
from bocage.explain._explanation import Explanation, Subset, explain
from bocage.explain._linear import HOW, linear_ablations
from bocage.explain._linear_path import Moments, Normal, Path
from bocage.explain._orders import forward, ranked
from bocage.explain._problem import Problem
from bocage.explain._redundancy import Redundancy
from bocage.explain._roles import ROLES, Role, role_of
from bocage.explain._subset_file import read_subset, write_subset

__all__ = [
    "HOW",
    "KEEP",
    "ROLES",
    "Ablation",
    "Contrast",
    "Curve",
    "Explanation",
    "Few",
    "Moments",
    "Normal",
    "Path",
    "Problem",
    "Redundancy",
    "Role",
    "Subset",
    "contrast",
    "curves",
    "explain",
    "forward",
    "linear_ablations",
    "ranked",
    "read_subset",
    "role_of",
    "write_subset",
]
