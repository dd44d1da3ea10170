"""Runs of a regression."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.metrics import block_regression_moments, regression_scores
from bocage.splits import Fold
from bocage.study._predictions import Predictions, predicted_in
from bocage.study._record import Record
from bocage.study.scoring._scoring import Part, Scoring, all_tests, finite
from bocage.tasks import Task

if TYPE_CHECKING:
    from bocage.methods import Fitted


class RegressionScoring(Scoring):
    """One value a sample; counted as moments."""

    def store(self, task: Task, fold: Fold, fitted: "Fitted") -> Mapping[str, NDArray[Any]]:
        """Keep the values."""
        del task
        return {"predicted": finite(fitted.learner.predict(all_tests(fold)[0]))}

    def count(self, task: Task, record: Record, part: Part) -> NDArray[np.float64]:
        """Sum moments about the reference, shape (n_blocks, 6)."""
        true = task.target[part.rows] - part.reference
        predicted = predicted_in(record, part.domain)[part.keep] - part.reference
        return block_regression_moments(true, predicted, part.block, part.n_blocks)

    def figures(
        self,
        task: Task,
        found: Predictions,
        prevalence: Sequence[float] = (),
        edges_hectares: Sequence[float] = (),
    ) -> dict[str, float]:
        """Score the values."""
        del prevalence, edges_hectares
        return regression_scores(task.target[found.rows], found.predicted)
