"""How much the folds of a comparison learn from one another's tests."""

from collections.abc import Sequence

import numpy as np

from bocage.features import COORDINATES, coordinates, parse_input
from bocage.methods import Method
from bocage.splits import Fold
from bocage.stats import cross_widening
from bocage.tasks import Task

_FIRST = np.zeros(1, np.int64)


def crossed(task: Task, methods: Sequence[Method], folds: Sequence[Fold]) -> tuple[float, ...]:
    """Tell by how much to widen each method's deviations; see `bocage.stats.cross_widening`.

    Chips teach by their many pixels, and are left alone.
    """
    if task.kind.has_masks:
        return ()
    n = float(np.mean([len(fold.pool) + len(fold.always) for fold in folds]))
    return tuple(
        cross_widening(method.n_numbers(_n_features(task, method), n), n) for method in methods
    )


def _n_features(task: Task, method: Method) -> int:
    """Count the features that are not made by a network."""
    return sum(_width(task, part) for part in method.parts if isinstance(part, str))


def _width(task: Task, part: str) -> int:
    if part == COORDINATES:
        return len(coordinates(task.lonlat[_FIRST]).bands)
    derived = parse_input(part)
    item = task.inputs[derived.source].take(_FIRST)
    return len((item.as_table() if derived.is_plain else derived.transform(item)).bands)
