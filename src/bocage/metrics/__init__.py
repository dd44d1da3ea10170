"""Every score, each a pure function of truth and prediction.

Scores come from sums that add up (confusion counts, calibration bins, moments), so they can be
pooled over folds, resampled by blocks and reweighted to another prevalence.
"""

from bocage.metrics._boundary import (
    BOUNDARY_COUNTS,
    boundary_counts,
    boundary_f1,
    boundary_iou,
    boundary_scores,
)
from bocage.metrics._calibration import (
    block_calibration_counts,
    calibration_counts,
    ece,
    ece_equal_mass,
    ece_from_counts,
    reliability,
)
from bocage.metrics._confusion import (
    accuracy,
    balanced_accuracy,
    block_confusion,
    class_f1,
    class_iou,
    confusion,
    kappa,
    macro_f1,
    precision,
    recall,
    reweight,
    signed_area_error,
)
from bocage.metrics._label_errors import suspect_labels
from bocage.metrics._meaning import (
    HIGHER_IS_BETTER,
    PRIMARY,
    chance_level,
    family,
    in_words,
    too_good,
)
from bocage.metrics._metric import Metric, find_metric, score_bounds, summed_figures
from bocage.metrics._objects import (
    OBJECT_COUNTS,
    ObjectSizes,
    object_counts,
    object_recall,
    object_scores,
    object_sizes,
    size_names,
)
from bocage.metrics._parcels import parcel_majority, parcel_scores
from bocage.metrics._probabilistic import brier, brier_losses, log_loss, log_losses
from bocage.metrics._ranking import average_precision, roc_auc
from bocage.metrics._regression import (
    bias,
    block_regression_moments,
    mae,
    r2,
    regression_moments,
    rmse,
    spearman,
)
from bocage.metrics._scores import (
    classification_scores,
    regression_scores,
    score_names,
    segmentation_scores,
)
from bocage.metrics._segmentation import chip_confusion, mean_iou

__all__ = [
    "BOUNDARY_COUNTS",
    "HIGHER_IS_BETTER",
    "OBJECT_COUNTS",
    "PRIMARY",
    "Metric",
    "ObjectSizes",
    "accuracy",
    "average_precision",
    "balanced_accuracy",
    "bias",
    "block_calibration_counts",
    "block_confusion",
    "block_regression_moments",
    "boundary_counts",
    "boundary_f1",
    "boundary_iou",
    "boundary_scores",
    "brier",
    "brier_losses",
    "calibration_counts",
    "chance_level",
    "chip_confusion",
    "class_f1",
    "class_iou",
    "classification_scores",
    "confusion",
    "ece",
    "ece_equal_mass",
    "ece_from_counts",
    "family",
    "find_metric",
    "in_words",
    "kappa",
    "log_loss",
    "log_losses",
    "macro_f1",
    "mae",
    "mean_iou",
    "object_counts",
    "object_recall",
    "object_scores",
    "object_sizes",
    "parcel_majority",
    "parcel_scores",
    "precision",
    "r2",
    "recall",
    "regression_moments",
    "regression_scores",
    "reliability",
    "reweight",
    "rmse",
    "roc_auc",
    "score_bounds",
    "score_names",
    "segmentation_scores",
    "signed_area_error",
    "size_names",
    "spearman",
    "summed_figures",
    "suspect_labels",
    "too_good",
]
