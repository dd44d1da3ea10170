"""Which dimensions of an embedding carry which class, and how few are enough."""

from bocage.dimensions._ablation import Ablation
from bocage.dimensions._campaign import plan_campaign, run_campaign
from bocage.dimensions._campaign_settings import CampaignSettings
from bocage.dimensions._chance import chance
from bocage.dimensions._class_maps import (
    BOTH,
    NEITHER,
    NO_DATA,
    ONLY_ALL,
    ONLY_FEW,
    ClassMaps,
    class_maps,
)
from bocage.dimensions._contrast import ENOUGH_PLACES, contrast
from bocage.dimensions._curves import KEEP, Curve, Few, curves
from bocage.dimensions._explained import AnyExplanation
from bocage.dimensions._explanation import Explanation, explain
from bocage.dimensions._fold_model import MOST_LABELS
from bocage.dimensions._importance import IMPORTANCES
from bocage.dimensions._in_use import InUse, in_use
from bocage.dimensions._linear import DEPTH, linear_ablations
from bocage.dimensions._linear_path import Moments, NormalEquations
from bocage.dimensions._nonlinear import Bent
from bocage.dimensions._orders import forward
from bocage.dimensions._piece import Piece, check_raster
from bocage.dimensions._problem import Problem, only_input
from bocage.dimensions._recalls import ScoreLoss
from bocage.dimensions._roles import ROLES, Role, role_of
from bocage.dimensions._subset_file import read_subset, write_subset
from bocage.dimensions._together import CLASS_MARGIN, MARGIN, Together, Trial
from bocage.dimensions._tree_path import TREES
from bocage.dimensions.numbers import (
    HELPS,
    NEEDED,
    NONE,
    NUMBER_ROLES,
    Curved,
    Dimension,
    DimensionLoss,
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
    "IMPORTANCES",
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
    "TREES",
    "Ablation",
    "AnyExplanation",
    "Bent",
    "CampaignSettings",
    "ClassMaps",
    "Curve",
    "Curved",
    "Dimension",
    "DimensionLoss",
    "Explanation",
    "Few",
    "InUse",
    "Moments",
    "NormalEquations",
    "NumberExplanation",
    "Piece",
    "Problem",
    "Role",
    "ScoreLoss",
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
    "only_input",
    "plan_campaign",
    "read_subset",
    "role_of",
    "run_campaign",
    "value_map",
    "write_subset",
]
