"""How much the folds of a comparison learn from one another's tests."""

from collections.abc import Sequence

import numpy as np

from bocage.features import COORDINATES, coordinates, indices, source_of
from bocage.methods import Method
from bocage.splits import Fold
from bocage.stats import cross_widening
from bocage.tasks import Task

_FIRST = np.zeros(1, np.int64)


def crossed(task: Task, methods: Sequence[Method], folds: Sequence[Fold]) -> tuple[float, ...]:
    """Tell by how much to widen each method's deviations; see `bocage.stats.cross_widening`.

    A head is taken for a straight line through all its features, whichever it is; of a network
    nobody knows how many numbers its labels decide, and the widest is taken. Chips teach by their
    many pixels, and are left alone: nothing.
    """
    if task.kind.has_masks:
        return ()
    n = float(np.mean([len(fold.pool) + len(fold.always) for fold in folds]))
    return tuple(cross_widening(_n_numbers(task, method), n) for method in methods)


def _n_numbers(task: Task, method: Method) -> float:
    """Count what a straight line on a method's features learns."""
    if method.trains_network or method.encoded:
        return float("inf")
    return 1.0 + sum(_n_features(task, part) for part in method.parts if isinstance(part, str))


def _n_features(task: Task, part: str) -> int:
    if part == COORDINATES:
        return len(coordinates(task.lonlat[_FIRST]).bands)
    source, derived = source_of(part)
    item = task.inputs[source].take(_FIRST)
    return len((indices(item) if derived else item.as_table()).bands)
