"""Places whose scores say less than they seem to."""

from collections.abc import Sequence

import numpy as np

from bocage.core import Floats, listed
from bocage.metrics import Metric
from bocage.study._story import Noun
from bocage.study._unit_counts import UnitCounts

TINY = 0.01
"""Share of the usual variance below which a place has next to none."""


def odd_places(
    tally: UnitCounts, metric: Metric, names: Sequence[str], noun: Noun
) -> tuple[str, ...]:
    """Name places of one class or of almost no variance, and say where classes differ.

    Parameters
    ----------
    tally : UnitCounts
    metric : Metric
    names : sequence of str
        Of the groups by their number.
    noun : Noun

    Returns
    -------
    tuple of str
        One line each; empty where there is one place only.
    """
    groups = tally.groups
    if len(groups) < 2:  # noqa: PLR2004
        return ()
    title = [names[g] if names else str(g) for g in groups.tolist()]
    member = (groups[:, None] == tally.group).astype(np.float64)
    counts = np.tensordot(member, tally.counts[0, 0], axes=1)
    if tally.kind.has_classes:
        return _class_sets(counts, title, noun)
    return _flat(counts, title, noun) if metric.name == "r2" else ()


def _flat(moments: Floats, title: Sequence[str], noun: Noun) -> tuple[str, ...]:
    """Name places of almost no variance, or of one sample, from the moments (G, 6)."""
    n, y, y2 = moments[:, :3].T
    variance = y2 / n - np.square(y / n)
    lone = n <= 1
    usual = float(np.median(variance[~lone])) if not lone.all() else 0.0
    tiny = variance < TINY * usual
    held = f"as elsewhere, R² relates errors to the variance over all {noun.many} tested"
    found = (("almost no variance in", tiny & ~lone), ("only one sample in", lone))
    return tuple(
        f"{words} {listed([repr(t) for t, odd in zip(title, which, strict=True) if odd])}: {held}"
        for words, which in found
        if which.any()
    )


def _class_sets(confusion: Floats, title: Sequence[str], noun: Noun) -> tuple[str, ...]:
    """Say where classes differ, from the confusion counts of each place, shape (G, C, C)."""
    held = confusion.sum(axis=2) > 0
    kinds = held[:, held.any(axis=0)]
    lines = []
    alone = [repr(t) for t, row in zip(title, kinds, strict=True) if row.sum() == 1]
    if alone:
        lines.append(f"only one class in {listed(alone)}: the score there is its recall")
    if not kinds.all():
        lines.append(
            f"the set of classes differs between {noun.many}: the score of each class is averaged "
            f"over the {noun.many} in which it occurs"
        )
    return tuple(lines)
