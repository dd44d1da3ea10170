"""Every score of a study as one tidy table."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from bocage.methods import Method
from bocage.splits import Budget, Split
from bocage.study._predictions import Predictions
from bocage.study.scoring import SCORINGS
from bocage.tasks import Task

if TYPE_CHECKING:
    import pandas as pd


COLUMNS: Final = {
    "task": "Name of the task, or of the label table.",
    "method": "Method, such as `aef:logistic`.",
    "input": "Its inputs, joined by `+`; empty for methods that read no features.",
    "model": "Its model, such as `logistic`.",
    "strategy": "How it learns: `floor`, `shallow`, `scratch`, `linear`, `decoder`, `adapter`, "
    "`lora` or `full`.",
    "split": "Key of the split; `splits/KEY.parquet` holds its folds.",
    "group": "Group that was held out; empty for random folds, and in rows of `by`.",
    "by": "Column whose values divide the test samples (`--by`); empty in all other rows.",
    "by_value": "Its value.",
    "budget": "Label budget: a number, a percentage or `all`.",
    "unit": "What the budget counts: `class` (labels per class), `label`, `fraction`, `parcel`, "
    "`event`, `chip` or `pixel`.",
    "n_labels": "Labels that were drawn, on average over the folds of the group; of `both`, those "
    "of the place itself. Of a share of pixels, labelled pixels.",
    "repeat": "Number of the draw, from 0.",
    "domain": "Where training labels come from, and what is tested: `out`, `local`, `both`, `in`, "
    "`random` or `random-units`.",
    "metric": "Name of the score.",
    "value": "Its value; blank where it is not defined.",
    "n": "Number of test samples (of a segmentation, chips) that it was computed from.",
}
"""Columns of ``scores.parquet``, in their order, and what they hold."""


class ScoredPredictions(NamedTuple):
    """Predictions that are scored together.

    Attributes
    ----------
    method : Method
    domain : str
    group : str
        Blank where they are of several.
    budget : Budget
    repeat : int
    made : Predictions
    by, by_value : str
        A column of groups and the value of it that all samples have; blank for none.
    """

    method: Method
    domain: str
    group: str
    budget: Budget
    repeat: int
    made: Predictions
    by: str = ""
    by_value: str = ""


def score_table(
    task: Task,
    split: Split,
    found: Iterable[ScoredPredictions],
    prevalence: Sequence[float],
    object_hectares: Sequence[float],
) -> "pd.DataFrame":
    """Return scores as `DESIGN` calls it tidy: one row a figure."""
    import pandas as pd

    scoring = SCORINGS[task.kind]
    rows = [
        (one, metric, value)
        for one in found
        for metric, value in scoring.figures(task, one.made, prevalence, object_hectares).items()
    ]
    return pd.DataFrame(
        {
            "task": task.name,
            "method": [one.method.name for one, _, _ in rows],
            "input": ["+".join(one.method.inputs) for one, _, _ in rows],
            "model": [one.method.model for one, _, _ in rows],
            "strategy": [one.method.strategy for one, _, _ in rows],
            "split": split.key,
            "group": [one.group for one, _, _ in rows],
            "by": [one.by for one, _, _ in rows],
            "by_value": [one.by_value for one, _, _ in rows],
            "budget": [str(one.budget) for one, _, _ in rows],
            "unit": [one.budget.unit for one, _, _ in rows],
            "n_labels": [one.made.n_labels for one, _, _ in rows],
            "repeat": [one.repeat for one, _, _ in rows],
            "domain": [one.domain for one, _, _ in rows],
            "metric": [metric for _, metric, _ in rows],
            "value": [value for _, _, value in rows],
            "n": [len(one.made.rows) for one, _, _ in rows],
        }
    )
