"""Which dimensions of an embedding carry which class, and how few are enough."""

from bocage.explain._ablation import Ablation
from bocage.explain._bent import Bent
from bocage.explain._campaign import plan_campaign, run_campaign
from bocage.explain._campaign_settings import INSIDE, SPLITS, CampaignSettings
from bocage.explain._chance import chance
from bocage.explain._class_maps import (
    BOTH,
    NEITHER,
    NO_DATA,
    ONLY_ALL,
    ONLY_FEW,
    ClassMap,
    ClassMaps,
    check_raster,
    class_maps,
)
from bocage.explain._contrast import ENOUGH_PLACES, Contrast, contrast
from bocage.explain._curves import KEEP, Curve, Few, curves
from bocage.explain._explanation import Explanation, Subset, explain
from bocage.explain._importance import IMPORTANCES
from bocage.explain._in_use import InUse, in_use
from bocage.explain._linear import DEPTH, HOW, linear_ablations
from bocage.explain._linear_path import Moments, Normal, Path
from bocage.explain._orders import forward, ranked
from bocage.explain._problem import Problem
from bocage.explain._published import CampaignLine, Published
from bocage.explain._recalls import Loss
from bocage.explain._redundancy import Redundancy
from bocage.explain._roles import ROLES, Role, role_of
from bocage.explain._subset_file import read_subset, write_subset
from bocage.explain._together import CLASS_MARGIN, MARGIN, MOST_LABELS, Together, Trial
from bocage.explain._tree_path import TREES

__all__ = [
    "BOTH",
    "CLASS_MARGIN",
    "DEPTH",
    "ENOUGH_PLACES",
    "HOW",
    "IMPORTANCES",
    "INSIDE",
    "KEEP",
    "MARGIN",
    "MOST_LABELS",
    "NEITHER",
    "NO_DATA",
    "ONLY_ALL",
    "ONLY_FEW",
    "ROLES",
    "SPLITS",
    "TREES",
    "Ablation",
    "Bent",
    "CampaignLine",
    "CampaignSettings",
    "ClassMap",
    "ClassMaps",
    "Contrast",
    "Curve",
    "Explanation",
    "Few",
    "InUse",
    "Loss",
    "Moments",
    "Normal",
    "Path",
    "Problem",
    "Published",
    "Redundancy",
    "Role",
    "Subset",
    "Together",
    "Trial",
    "chance",
    "check_raster",
    "class_maps",
    "contrast",
    "curves",
    "explain",
    "forward",
    "in_use",
    "linear_ablations",
    "plan_campaign",
    "ranked",
    "read_subset",
    "role_of",
    "run_campaign",
    "write_subset",
]
