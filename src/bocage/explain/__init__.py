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
    class_maps,
)
from bocage.explain._contrast import ENOUGH_PLACES, Contrast, contrast
from bocage.explain._curves import KEEP, Curve, Few, curves
from bocage.explain._explained import Explained
from bocage.explain._explanation import Explanation, Subset, explain
from bocage.explain._fold_model import MOST_LABELS
from bocage.explain._importance import IMPORTANCES
from bocage.explain._in_use import InUse, in_use
from bocage.explain._linear import DEPTH, HOW, linear_ablations
from bocage.explain._linear_path import Moments, Normal, Path
from bocage.explain._orders import forward, ranked
from bocage.explain._piece import Piece, check_raster
from bocage.explain._problem import Problem
from bocage.explain._published import CampaignLine, Published
from bocage.explain._recalls import Loss
from bocage.explain._redundancy import Redundancy
from bocage.explain._roles import ROLES, Role, role_of
from bocage.explain._subset_file import read_subset, write_subset
from bocage.explain._together import CLASS_MARGIN, MARGIN, Together, Trial
from bocage.explain._tree_path import TREES
from bocage.explain.numbers import (
    HELPS,
    NEEDED,
    NONE,
    NUMBER_ROLES,
    Cost,
    Curved,
    Dimension,
    NumberExplanation,
    ValueMap,
    explain_number,
    value_map,
)

__all__ = [
    "BOTH",
    "CLASS_MARGIN",
    "DEPTH",
    "ENOUGH_PLACES",
    "HELPS",
    "HOW",
    "IMPORTANCES",
    "INSIDE",
    "KEEP",
    "MARGIN",
    "MOST_LABELS",
    "NEEDED",
    "NEITHER",
    "NONE",
    "NO_DATA",
    "NUMBER_ROLES",
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
    "Cost",
    "Curve",
    "Curved",
    "Dimension",
    "Explained",
    "Explanation",
    "Few",
    "InUse",
    "Loss",
    "Moments",
    "Normal",
    "NumberExplanation",
    "Path",
    "Piece",
    "Problem",
    "Published",
    "Redundancy",
    "Role",
    "Subset",
    "Together",
    "Trial",
    "ValueMap",
    "chance",
    "check_raster",
    "class_maps",
    "contrast",
    "curves",
    "explain",
    "explain_number",
    "forward",
    "in_use",
    "linear_ablations",
    "plan_campaign",
    "ranked",
    "read_subset",
    "role_of",
    "run_campaign",
    "value_map",
    "write_subset",
]
