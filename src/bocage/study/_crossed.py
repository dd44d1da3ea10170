"""How much the folds of a comparison learn from one another's tests."""

from collections.abc import Sequence

import numpy as np

from bocage.features import COORDINATES, coordinates, indices, source_of
from bocage.methods import Method
from bocage.splits import Fold
from bocage.stats import cross_widening
from bocage.tasks import Task

_FIRST = np.zeros(1, np.int64)

LINES = ("prior", "bands", "centroid", "logistic", "ridge")
"""Heads that learn as many numbers as a straight line through their features."""

NEIGHBOURS = {"knn1": 1 / 2, "knn3": 1 / 6}
"""Numbers per label: a prediction is as unsure as one label in k, and about half of the samples
that are near to one have it near to them as well."""

BENT = 1 / 10
"""Numbers per label that other heads learn at least, however few their features are."""


def crossed(task: Task, methods: Sequence[Method], folds: Sequence[Fold]) -> tuple[float, ...]:
    """Tell by how much to widen each method's deviations; see `bocage.stats.cross_widening`.

    A straight line learns a number for each of its features. Trees and others bend, and are taken
    for a line through their features or through a tenth as many as labels, whichever is more;
    nearest neighbours for what each of them is alone. Of a network nobody knows how many numbers
    its labels decide, and the widest is taken. Chips teach by their many pixels, and are left
    alone.
    """
    if task.kind.has_masks:
        return ()
    n = float(np.mean([len(fold.pool) + len(fold.always) for fold in folds]))
    return tuple(cross_widening(_n_numbers(task, method, n), n) for method in methods)


def _n_numbers(task: Task, method: Method, n_labels: float) -> float:
    """Count what a method learns from so many labels, its constant included."""
    if method.trains_network or method.encoded:
        return float("inf")
    if method.model in NEIGHBOURS:
        return NEIGHBOURS[method.model] * n_labels
    line = 1.0 + sum(_n_features(task, part) for part in method.parts if isinstance(part, str))
    return line if method.model in LINES else max(line, BENT * n_labels)


def _n_features(task: Task, part: str) -> int:
    if part == COORDINATES:
        return len(coordinates(task.lonlat[_FIRST]).bands)
    source, derived = source_of(part)
    item = task.inputs[source].take(_FIRST)
    return len((indices(item) if derived else item.as_table()).bands)
