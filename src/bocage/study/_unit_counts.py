"""Counts of one comparison in one domain at one budget, and the scores that follow from them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, Floats, Ints, Kind, find_kind
from bocage.metrics import Metric


@dataclass(frozen=True, slots=True)
class UnitCounts:
    """Counts that add up, for one domain and one budget.

    A row is one block. Blocks that are tested by several models (those of `in` and `random`) hold
    the sum over these: the mean over models of what each got right, as far as scores go.

    Attributes
    ----------
    kind : Kind
        Of the task; its name will do.
    methods : tuple of str
        M methods, each with all its runs; a method with a missing run is left out whole.
    counts : ndarray of float64
        Classification: confusion counts (M, R, B, C, C), rows true. Regression: sums
        (M, R, B, 6) as in `bocage.metrics.MOMENTS`, with one reference for all.
    block : tuple of str
        B block names; the name, not the position, ties rows of several tallies together.
    group : ndarray of int64, shape (B,)
        Number of the group that the block lies in, the same in all tallies: the *place* that
        scores are averaged over.
    crossed : tuple of float
        By how much each method's deviations are widened where blocks are resampled, as its folds
        learned from one another's tests (`bocage.stats.cross_widening`); empty for not at all.
    """

    kind: Kind
    methods: tuple[str, ...]
    counts: Floats
    block: tuple[str, ...]
    group: Ints
    crossed: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Check what would give wrong scores without a word."""
        object.__setattr__(self, "kind", find_kind(self.kind))
        n = len(self.block)
        shape = np.shape(self.counts)
        tail = shape[3:]
        fits = len(tail) == 2 and tail[0] == tail[1] if self.kind.has_classes else tail == (6,)  # noqa: PLR2004
        if shape[:1] != (len(self.methods),) or shape[2:3] != (n,) or not fits:
            raise ValueError(
                f"{self.kind} counts have shape {shape} for {len(self.methods)} methods, {n} blocks"
            )
        if len(self.crossed) not in (0, len(self.methods)):
            raise ValueError(f"{len(self.crossed)} widenings for {len(self.methods)} methods")
        if len(self.group) != n:
            raise ValueError(f"{len(self.group)} groups for {n} blocks")
        if len(set(self.methods)) != len(self.methods):
            raise ValueError(f"methods are not unique: {self.methods}")
        if len(set(self.block)) != n:
            raise ValueError("a block stands twice in the tally")
        if not np.isfinite(self.counts).all():
            raise ValueError("counts are not finite")
        # Paired resamples rest on it, and so does averaging counts over repeats.
        truth = self.counts.sum(axis=-1) if self.kind.has_classes else self.counts[..., :2]
        if not np.allclose(truth, truth[:1, :1]):
            raise ValueError("methods or repeats were scored on different test samples")

    @property
    def n_repeats(self) -> int:
        """Number of draws of the budget."""
        return int(self.counts.shape[1])

    @property
    def groups(self) -> Ints:
        """Numbers of the groups, ascending."""
        return np.unique(self.group)

    def take_methods(self, methods: Sequence[str]) -> "UnitCounts":
        """Return the tally of some methods, in the order asked for."""
        rows = [self.methods.index(name) for name in methods]
        crossed = tuple(self.crossed[row] for row in rows) if self.crossed else ()
        return replace(self, methods=tuple(methods), counts=self.counts[rows], crossed=crossed)

    def take_blocks(self, keep: NDArray[np.bool_]) -> "UnitCounts":
        """Return the tally of some rows."""
        return replace(
            self,
            counts=self.counts[:, :, keep],
            block=tuple(name for name, kept in zip(self.block, keep, strict=True) if kept),
            group=self.group[keep],
        )


def in_common(*tallies: UnitCounts, places: bool = True) -> tuple[UnitCounts, ...]:
    """Keep the methods and, if `places`, the groups that all tallies share.

    Parameters
    ----------
    *tallies : UnitCounts
    places : bool
        Also drop groups that one tally lacks, so that all speak of the same places.

    Raises
    ------
    DataError
        If nothing is shared.
    """
    methods = [m for m in tallies[0].methods if all(m in other.methods for other in tallies)]
    if not methods:
        raise DataError("no method has results in all of the domains or budgets compared")
    out = tuple(tally.take_methods(methods) for tally in tallies)
    if places:
        shared = set.intersection(*(set(tally.groups.tolist()) for tally in tallies))
        if not shared:
            raise DataError("no group has results in all of the domains or budgets compared")
        out = tuple(t.take_blocks(np.isin(t.group, sorted(shared))) for t in out)
    return out


def place_sums(tally: UnitCounts, metric: Metric) -> tuple[Floats, Floats]:
    """Sum what a figure is made of in every place.

    Parameters
    ----------
    tally : UnitCounts
    metric : Metric

    Returns
    -------
    top : ndarray of float64, shape (M, R, G, P)
    bottom : ndarray of float64, shape (G, P)
        See `Metric.terms`; groups ascending.
    """
    top, bottom = block_terms(tally, metric)
    member = (tally.groups[:, None] == tally.group).astype(np.float64)
    return np.moveaxis(np.tensordot(member, top, axes=(1, 2)), 0, 2), member @ bottom


def block_terms(tally: UnitCounts, metric: Metric) -> tuple[Floats, Floats]:
    """Split the counts of every block into sums, (M, R, B, P), and their divisors, (B, P)."""
    top, bottom = metric.terms(tally.counts)
    # Truth is the same for every method and repeat; the first will do.
    return np.asarray(top, np.float64), np.asarray(bottom[0, 0], np.float64)


def repeat_scores(tally: UnitCounts, metric: Metric) -> Floats:
    """Score every method and repeat over all places, shape (M, R).

    Raises
    ------
    DataError
        If the figure is not defined.
    """
    found = _over_places(tally, metric)
    if not np.isfinite(found).all():
        raise DataError(
            "the score is not defined on these test samples (one value of the target only, or a "
            "class that is never tested); choose another score, or leave out another group"
        )
    return found


def mean_scores(tally: UnitCounts, metric: Metric) -> Floats:
    """Score every method as `scores` does, shape (M,); NaN where the figure is not defined."""
    return np.asarray(_over_places(tally, metric).mean(axis=1), np.float64)


def _over_places(tally: UnitCounts, metric: Metric) -> Floats:
    top, bottom = place_sums(tally, metric)
    # A part is averaged over the places that hold it; elsewhere its sum is 0 over NaN.
    held = bottom > 0
    parts = (top / np.where(held, bottom, np.inf)).sum(axis=2)
    found = metric.finish(parts / np.where(held.any(axis=0), held.sum(axis=0), np.nan))
    return np.asarray(found, np.float64)


def scores(tally: UnitCounts, metric: Metric) -> Floats:
    """Score every method over all places, mean over repeats, shape (M,).

    Examples
    --------
    Two places of two blocks; the first class is found in 9 and 5 of 10, the second in 1 of 2:

    >>> import numpy as np
    >>> from bocage.metrics import find_metric
    >>> counts = np.array([[[[[9, 1], [1, 1]], [[5, 5], [0, 0]]]]], float)
    >>> t = UnitCounts("classification", ("m",), counts, ("a", "b"), np.arange(2))
    >>> scores(t, find_metric("classification")).round(3).tolist()
    [0.6]
    """
    return np.asarray(repeat_scores(tally, metric).mean(axis=1), np.float64)


def group_scores(tally: UnitCounts, metric: Metric) -> Floats:
    """Score every method in every group, mean over repeats, shape (M, G); groups ascending.

    In R2 the squared distance from the reference is that of all places: the scores of the places
    then average to the score, and a place of almost no variance is no outlier. NaN where a
    figure is not defined.
    """
    top, bottom = place_sums(tally, metric)
    parts = np.divide(top, np.where(bottom > 0, bottom, np.nan))
    if metric.name == "r2":
        parts[..., 1] = parts[..., 1].mean(axis=2, keepdims=True)
    return np.asarray(metric.finish(parts).mean(axis=1), np.float64)


def with_chance(tally: UnitCounts, floors: Sequence[str], metric: Metric) -> UnitCounts:
    """Let floors name every class alike, where that is the level of any constant answer.

    A constant answer has balanced accuracy 1 / C, whichever class it names. One that names
    another class in every place (the most frequent elsewhere) has it only on average, and far
    less or more where places hold one class each. Its expectation over classes takes its place.
    Figures without such a level keep what was predicted.
    """
    rows = [at for at, name in enumerate(tally.methods) if name in set(floors)]
    if not metric.has_chance_level or not rows:
        return tally
    counts = tally.counts.copy()
    truth = counts[rows].sum(axis=-1, keepdims=True)
    held = counts[0, 0].sum(axis=(0, 2)) > 0
    counts[rows] = np.where(held, truth / held.sum(), 0.0)
    return replace(tally, counts=counts)
