"""Every score of a study as one tidy table."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from bocage.methods import Method
from bocage.splits import Budget
from bocage.study._predictions import Predictions
from bocage.study.scoring import SCORINGS

if TYPE_CHECKING:
    import pandas as pd

    from bocage.study._results import Results


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


def score_table(results: "Results", by: str = "", where: str = "") -> "pd.DataFrame":
    """Return every score of every run: one row a figure, as `DESIGN` calls it tidy.

    Parameters
    ----------
    results : Results
    by : str
        Column of groups: scores at `where` are added for each of its values, over all test
        samples that have it; `group` is blank in these rows.
    where : str
    """
    import pandas as pd

    task, split = results.task, results.split
    found = [(*row, "", "") for row in _iterate(results)]
    found += [(*row[:-1], by, row[-1]) for row in _iterate_by(results, by, where)] if by else []
    scoring = SCORINGS[task.kind]
    aside = results.prevalence, results.object_hectares
    rows = [
        (method, domain, group, budget, repeat, metric, value, made, column, part)
        for method, domain, group, budget, repeat, made, column, part in found
        for metric, value in scoring.figures(task, made, *aside).items()
    ]
    return pd.DataFrame(
        {
            "task": task.name,
            "method": [row[0].name for row in rows],
            "input": ["+".join(row[0].inputs) for row in rows],
            "model": [row[0].model for row in rows],
            "strategy": [row[0].strategy for row in rows],
            "split": split.key,
            "group": [row[2] for row in rows],
            "by": [row[8] for row in rows],
            "by_value": [row[9] for row in rows],
            "budget": [str(row[3]) for row in rows],
            "unit": [row[3].unit for row in rows],
            "n_labels": [row[7].n_labels for row in rows],
            "repeat": [row[4] for row in rows],
            "domain": [row[1] for row in rows],
            "metric": [row[5] for row in rows],
            "value": [row[6] for row in rows],
            "n": [len(row[7].rows) for row in rows],
        }
    )


def _iterate(results: "Results") -> Iterator[tuple[Method, str, str, Budget, int, Predictions]]:
    for method in results.methods:
        for domain in results.split.domains:
            for budget in results.budgets:
                for repeat in range(results.n_begun(domain, budget)):
                    made = results.predictions(method, domain, budget, repeat)
                    for group, found in made.items():
                        yield method, domain, group, budget, repeat, found


def _iterate_by(
    results: "Results", by: str, where: str
) -> Iterator[tuple[Method, str, str, Budget, int, Predictions, str]]:
    column = results.task.groups[by]
    for budget in results.budgets:
        for method in results.complete(where, budget):
            for repeat in range(results.n_repeats(where, budget)):
                made = results.whole(method, where, budget, repeat)
                for value in np.unique(column[made.rows]).tolist():
                    some = made.take(column[made.rows] == value)
                    yield method, where, "", budget, repeat, some, value
