"""Runs of a classification."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.methods import with_noise
from bocage.metrics import (
    block_confusion,
    brier_losses,
    calibration_counts,
    classification_scores,
    log_losses,
)
from bocage.splits import Fold
from bocage.study._predictions import Predictions, predicted_in
from bocage.study._record import MOST_PROBABILITIES, PARTS, Record
from bocage.study.scoring._scoring import Part, Scoring, all_tests, finite
from bocage.tasks import Task

if TYPE_CHECKING:
    from bocage.methods import Fitted


class ClassificationScoring(Scoring):
    """One class a sample; counted by true and predicted class."""

    def store(self, task: Task, fold: Fold, fitted: "Fitted") -> Mapping[str, NDArray[Any]]:
        """Keep what probabilities say, before calibration and after it."""
        rows, ends = all_tests(fold)
        raw = finite(fitted.learner.predict_proba(rows, raw=True))
        tempered = finite(fitted.learner.calibrated(raw))
        proba = with_noise(tempered, fitted.noise, task.n_classes)
        return _said(task.target[rows], raw, tempered, proba, ends)

    def count(self, task: Task, record: Record, part: Part) -> NDArray[np.float64]:
        """Count samples, shape (n_blocks, C, C)."""
        true, predicted = task.target[part.rows], predicted_in(record, part.domain)[part.keep]
        made = block_confusion(true, predicted, part.block, part.n_blocks, task.n_classes)
        return made.astype(np.float64)

    def figures(
        self,
        task: Task,
        found: Predictions,
        prevalence: Sequence[float] = (),
        edges_hectares: Sequence[float] = (),
    ) -> dict[str, float]:
        """Score classes and probabilities.

        Brier score and log loss are left out where they are not known sample by sample. Figures
        whose name ends in ``before`` are those before calibration.
        """
        del edges_hectares
        made = classification_scores(
            task.target[found.rows],
            found.predicted,
            found.confidence,
            found.brier,
            found.log_loss,
            task.classes,
            area=None if task.area is None else task.area[found.rows],
            prevalence=prevalence or None,
        )
        if np.isnan(found.brier):
            del made["brier"], made["log_loss"]
            return made
        n = max(1, len(found.rows))
        return made | {
            "brier_before": found.raw_brier / n,
            "log_loss_before": found.raw_log_loss / n,
            "ece_before": found.raw_ece,
        }


def _said(
    true: NDArray[np.int64],
    raw: NDArray[np.float64],
    tempered: NDArray[np.float64],
    proba: NDArray[np.float64],
    ends: NDArray[np.int64],
) -> dict[str, NDArray[Any]]:
    # Neither temperature nor noise changes a class, not even by rounding.
    codes, each = raw.argmax(axis=1), np.arange(len(true))
    right = codes == true
    parts = [np.asarray(np.rint(PARTS * some), np.uint16) for some in (tempered, proba[each, true])]
    made = {
        "predicted": codes,
        "confidence": proba[each, codes].astype(np.float32),
        "true_probability": parts[1],
        "raw_calibration": np.stack([
            calibration_counts(stated, hit)
            for stated, hit in zip(
                np.split(raw[each, codes], ends), np.split(right, ends), strict=True
            )
        ]),
    }  # fmt: skip
    if proba.size <= MOST_PROBABILITIES:
        made["probabilities"] = parts[0]
    for before, shares in (("", proba), ("raw_", raw)):
        for name, losses in (("brier", brier_losses), ("log_loss", log_losses)):
            sums = [part.sum() for part in np.split(losses(true, shares), ends)]
            made[before + name] = np.array(sums, np.float64)
    return made
