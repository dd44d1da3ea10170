"""How far the errors of a head are alike, beside the side of the blocks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.core import BocageError, priorities
from bocage.methods import Effort, Method, Views
from bocage.splits import fit_spherical, metric_xy, variogram
from bocage.study._study import Study

MOST = 3000
"""Samples that the head is fitted on: enough for a variogram, whatever the table's size."""


@dataclass(frozen=True, slots=True)
class BlockRange:
    """Blocks of one group, and how far the errors of the reference head are alike there.

    Attributes
    ----------
    group : str
    method : str
        The head whose residuals are looked at.
    side : float
        Side of the blocks in metres.
    range : float
        Range of a spherical variogram model of the residuals, in metres: NaN where they are no
        more alike when near, or too few; the cutoff (a third of the group's extent) where they
        are alike beyond it.
    n : int
        Places.
    """

    group: str
    method: str
    side: float
    range: float
    n: int


def block_ranges(study: Study) -> tuple[BlockRange, ...]:
    """Measure, in every group that was cut into blocks, how far residuals are alike.

    The first head that reads a table is fitted on random folds with its published defaults; what
    it gets wrong (target minus prediction; for classes, of each one's probability) is what a
    variogram is made of. Empty where there is no such head, or it can't be fitted.
    """
    task, split = study.task, study.split
    method = _head(study)
    if method is None or not any(side > 0 for side in split.block_metres.values()):
        return ()
    from threadpoolctl import threadpool_limits

    try:
        # As runs do: threads that wait for each other take longer than the sums.
        with threadpool_limits(1):
            rows, residual = _residuals(study, method)
    except (BocageError, ValueError, FloatingPointError):
        # The study's own runs of this head say why it failed.
        return ()
    made = []
    for number, name in enumerate(split.groups):
        inside = split.group[rows] == number
        if split.block_metres[name] <= 0 or not inside.any():
            continue
        # One value a place: samples that stay together are no pair.
        _, place, count = np.unique(
            task.unit[rows[inside]], return_inverse=True, return_counts=True
        )
        columns = [metric_xy(task.lonlat[rows[inside]]), residual[inside]]
        sums = [
            np.stack([np.bincount(place, part) for part in column.T], axis=1) for column in columns
        ]
        xy, value = (total / count[:, None] for total in sums)
        found = fit_spherical(variogram(xy, value)).range if len(xy) > 1 else float("nan")
        made.append(BlockRange(name, method.name, split.block_metres[name], found, len(xy)))
    return tuple(made)


def _head(study: Study) -> Method | None:
    """Find the first head on a table: cheap, and the same for every budget."""
    if study.task.kind.has_masks:
        return None
    return next((m for m in study.methods if not m.is_control and not m.needs_torch), None)


def _residuals(study: Study, method: Method) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return some rows and what the head gets wrong there, learned from other rows."""
    task = study.task
    luck = priorities(task.digests, "variogram")
    some = np.sort(np.argsort(luck, kind="stable")[:MOST])
    views = Views(task)
    effort = Effort(study.protocol.trials, study.protocol.recipe, study.protocol.seed)
    rows, residuals = [], []
    for fold in study.split.folds:
        if fold.regime != "random":
            continue
        learned = np.intersect1d(fold.pool, some)
        tested = np.intersect1d(fold.tests["random"], some)
        learner = method.fit(views, learned, None, effort).learner
        if not task.kind.has_classes:
            wrong = (task.target[tested] - learner.predict(tested))[:, None]
        else:
            wrong = np.eye(task.n_classes)[task.target[tested]] - learner.predict_proba(tested)
        rows.append(tested)
        residuals.append(wrong)
    return np.concatenate(rows), np.concatenate(residuals).astype(np.float64)
