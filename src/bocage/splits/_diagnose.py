"""Look at a split before it is used: sizes, missing classes, distance from test to training."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.core import unit_vectors
from bocage.splits._fold import Fold, Split
from bocage.tasks import EARTH_METRES, Task


@dataclass(frozen=True, slots=True)
class FoldReport:
    """What one fold looks like.

    Attributes
    ----------
    fold, regime, domain : str
    n_train, n_test, n_blocks : int
        Samples to learn from, samples tested, and blocks that hold these.
    untrained, untested : tuple of str
        Classes that no training sample, or no test sample, belongs to.
    nearest_metres, median_metres : float
        Distance from test samples to their nearest training sample: the smallest, the median.
    """

    fold: str
    regime: str
    domain: str
    n_train: int
    n_test: int
    n_blocks: int
    untrained: tuple[str, ...]
    untested: tuple[str, ...]
    nearest_metres: float
    median_metres: float


def diagnose(task: Task, split: Split) -> tuple[FoldReport, ...]:
    """Report on every fold and domain of a split.

    Distances are great-circle distances on a sphere; NaN where samples have no places.
    """
    xyz = unit_vectors(task.lonlat) if task.has_places else None
    return tuple(
        _report(task, split, fold, domain, xyz) for fold in split.folds for domain in fold.tests
    )


def _report(
    task: Task, split: Split, fold: Fold, domain: str, xyz: NDArray[np.float64] | None
) -> FoldReport:
    from scipy.spatial import KDTree

    train = np.concatenate([fold.pool, fold.always])
    test = fold.tests[domain]
    metres = np.full(len(test), np.nan)
    if xyz is not None:
        chord, _ = KDTree(xyz[train]).query(xyz[test])
        metres = 2 * EARTH_METRES * np.arcsin(np.clip(np.asarray(chord) / 2, 0, 1))
    codes = range(task.n_classes)
    return FoldReport(
        fold=fold.name,
        regime=fold.regime,
        domain=domain,
        n_train=len(train),
        n_test=len(test),
        n_blocks=len(np.unique(split.block[test])),
        untrained=tuple(task.classes[c] for c in codes if not (task.target[train] == c).any()),
        untested=tuple(task.classes[c] for c in codes if not (task.target[test] == c).any()),
        nearest_metres=float(metres.min()),
        median_metres=float(np.median(metres)),
    )
