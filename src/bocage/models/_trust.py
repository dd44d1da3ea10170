"""What a study knows of where its method can be trusted."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats
from bocage.models._applicability import Applicability
from bocage.models._importance import importance
from bocage.models._nearest import FoldRows
from bocage.splits import Fold
from bocage.study import Study, Winner

if TYPE_CHECKING:
    from bocage.methods import Learner


PIXELS = 2_000
"""Pixels of chips that distances are measured to."""


def applicability_of(study: Study, found: Winner, learner: "Learner") -> Applicability | None:
    """Learn how far from what it learned a method was tested, and how it did there.

    None where nothing was tested.

    The folds are those of the score that is written beside the map: groups left out for a new
    place, folds of the area or blocks within places with labels; a sample's distance is to all
    that its fold may learn from. Errors are of the runs that the score is of, mean over draws of
    the labels; those of single pixels of segmented chips are not stored.

    Parameters
    ----------
    study : Study
    found : Winner
    learner : Learner
        A head on the bands of one pixel, fitted on all labels.
    """
    folds = [fold for fold in study.split.folds if found.where in fold.tests]
    parts: Any = learner
    if study.task.masks is None:
        X, y = parts.features.values, study.task.target
        held = _held(folds, found.where)
        errors = _errors(study, found)
    else:
        from bocage.methods.chips import draw_pixels

        rows = np.arange(len(study.task))
        X, y, owner = draw_pixels(parts.chips, rows, PIXELS, study.protocol.seed)
        held = _held(folds, found.where, owner)
        errors = None
    if not held:
        return None
    weights = importance(parts.head, X, y, held)
    return Applicability.of_folds(
        X, held, weights, errors, is_share=study.task.kind.has_classes, units=study.task.polygon,
        seed=study.protocol.seed,
    )  # fmt: skip


def _held(
    folds: Sequence[Fold], where: str, owner: NDArray[np.int64] | None = None
) -> list[FoldRows]:
    """Return who was tested after learning from whom, as rows: of pixels where they are owned."""
    made = []
    for fold in folds:
        learned, tested = np.union1d(fold.pool, fold.always), fold.tests[where]
        if owner is not None:
            learned, tested = (np.flatnonzero(np.isin(owner, rows)) for rows in (learned, tested))
        # Chips without a labelled pixel test nothing.
        if len(learned) and len(tested):
            made.append(FoldRows(learned, tested))
    return made


def _errors(study: Study, found: Winner) -> Floats | None:
    """Return the error of each held-out sample, one fold behind another; None where not run."""
    results = study.results()
    budget = next((b for b in study.budgets if b.label == found.budget), None)
    if budget is None or found.method not in results.complete(found.where, budget):
        return None
    draws = [
        results.whole(found.method, found.where, budget, repeat)
        for repeat in range(results.n_repeats(found.where, budget))
    ]
    true = study.task.target[draws[0].rows]
    predicted = np.stack([draw.predicted for draw in draws])
    wrong = predicted != true if study.task.kind.has_classes else np.abs(predicted - true)
    return np.asarray(wrong.mean(axis=0), np.float64)
