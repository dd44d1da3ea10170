"""The page of `scores.parquet`: its columns, and the scores that stand in it."""

import math

from bocage.metrics import HIGHER_IS_BETTER, score_bounds
from bocage.study._score_table import COLUMNS

FIRST = """# scores.parquet

`scores.parquet` in the folder of a study holds every score of every run, one row a score. It is
written anew after each command that runs the study; `study.scores` is the same table. No row is an
average over places: how the page and the verdict average is described under
[conventions](../conventions.md).

```python
import pandas as pd

scores = pd.read_parquet("studies/crops/scores.parquet")
wanted = (scores.metric == "balanced_accuracy") & (scores.domain == "out")
means = scores[wanted].groupby(["method", "budget"]).value.mean()
```

## Columns
"""

SCORES = {
    "accuracy": ("share of the test samples (pixels) whose class is right", ""),
    "balanced_accuracy": ("mean recall of the classes", ""),
    "macro_f1": ("mean F1 of the classes", ""),
    "miou": ("mean intersection over union of the classes", ""),
    "f1": ("of a class (`f1:water`): harmonic mean of precision and recall", ""),
    "iou": ("of a class: intersection over union", ""),
    "recall": ("of a class: share of its samples that are found (producer's accuracy)", ""),
    "precision": ("of a class: share of its predictions that are right (user's accuracy)", ""),
    "area_error": ("of a class: predicted minus true area, relative to the true area", ""),
    "brier": ("mean squared error of the probabilities, summed over the classes", ""),
    "log_loss": ("mean negative logarithm of the probability of the true class", "nats"),
    "ece": ("expected calibration error, bins of equal width", ""),
    "ece_equal_mass": ("the same, bins of equally many samples", ""),
    "brier_before": ("the same before calibration, as all that end in `_before`", ""),
    "log_loss_before": ("", "nats"),
    "ece_before": ("", ""),
    "r2": ("one minus the mean squared error over the variance of the row's test samples", ""),
    "rmse": ("root of the mean squared error", "of the target"),
    "mae": ("mean absolute error", "of the target"),
    "bias": ("mean of prediction minus truth", "of the target"),
    "spearman": ("rank correlation of prediction and truth", ""),
    "boundary_f1": ("of contours within a distance: `boundary_f1@20m:water`", ""),
    "boundary_iou": ("intersection over union of bands of that width along contours", ""),
    "objects": ("number of true objects of a size and class (`objects@1-10ha:water`)", ""),
    "object_recall": ("share of their pixels that is found", ""),
    "parcel_accuracy": ("share of the parcels whose most frequent predicted class is right", ""),
    "parcel_balanced_accuracy": ("mean recall of the classes, over parcels", ""),
    "parcel_macro_f1": ("mean F1 of the classes, over parcels", ""),
    "parcel_f1": ("F1 of a class, over parcels", ""),
}  # fmt: skip
"""What each family of scores says, and its unit; those without have none."""


def family(metric: str) -> str:
    """Return what a score is called apart from class, distance and size.

    >>> family("boundary_f1@20m:water")
    'boundary_f1'
    """
    return metric.split(":", 1)[0].split("@", 1)[0]


def page() -> str:
    """Write the page."""
    columns = "\n".join(f"| `{name}` | {said} |" for name, said in COLUMNS.items())
    rows = [
        f"| `{name}` | {said} | {unit} | {_range(name)} | {_better(name)} |"
        for name, (said, unit) in SCORES.items()
    ]
    return "\n".join(
        [
            FIRST,
            f"| column | meaning |\n|---|---|\n{columns}\n",
            "## Scores\n",
            "`metric` is one of these; which occur depends on the kind of the target.\n",
            "| score | meaning | unit | range | better |\n|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _base(name: str) -> str:
    return name.removesuffix("_before").removeprefix("parcel_")


def _range(name: str) -> str:
    special = {
        "area_error": "-1 to ∞", "bias": "-∞ to ∞", "spearman": "-1 to 1", "brier": "0 to 2",
        "log_loss": "0 to ∞", "objects": "0 to ∞",
    }  # fmt: skip
    if _base(name) in special:
        return special[_base(name)]
    low, high = score_bounds(_base(name))
    return f"{_number(low)} to {_number(high)}"


def _number(value: float) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    return f"{value:g}"


def _better(name: str) -> str:
    base = _base(name)
    if base in ("bias", "area_error"):
        return "near 0"
    if base == "objects":
        return ""
    return "higher" if HIGHER_IS_BETTER.get(base, True) else "lower"
