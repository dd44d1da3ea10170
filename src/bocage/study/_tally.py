"""Counts of one comparison in one domain at one budget, and the scores that follow from them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError
from bocage.study._metric import Floats, Kind, Metric

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts that add up, for one domain and one budget.

    A row is what one block holds in one test fold. Blocks of `out`, `local` and `both` stand in
    one fold each; those of `in` and `random` come back in several folds under the same name.

    Attributes
    ----------
    kind : {"classification", "regression"}
    methods : tuple of str
        M methods, each with all its runs; a method with a missing run is left out whole.
    counts : ndarray of float64
        Classification: confusion counts (M, R, B, C, C), rows true. Regression: sums
        (M, R, B, 6) as in `bocage.metrics.MOMENTS`, with one reference for all.
    block : tuple of str
        B block names; the name, not the position, ties rows of several tallies together.
    group : ndarray of int64, shape (B,)
        Number of the group that the block lies in, the same in all tallies.
    fold : ndarray of int64, shape (B,)
        Test fold; several groups may have been merged into one.
    """

    kind: Kind
    methods: tuple[str, ...]
    counts: Floats
    block: tuple[str, ...]
    group: Ints
    fold: Ints

    def __post_init__(self) -> None:
        """Check what would give wrong scores without a word."""
        n = len(self.block)
        shape = np.shape(self.counts)
        tail = shape[3:]
        fits = tail == (6,) if self.kind == "regression" else len(tail) == 2 and tail[0] == tail[1]  # noqa: PLR2004
        if shape[:1] != (len(self.methods),) or shape[2:3] != (n,) or not fits:
            raise ValueError(
                f"{self.kind} counts have shape {shape} for {len(self.methods)} methods, {n} blocks"
            )
        if len(self.group) != n or len(self.fold) != n:
            raise ValueError(f"{len(self.group)} groups, {len(self.fold)} folds for {n} blocks")
        if len(set(self.methods)) != len(self.methods):
            raise ValueError(f"methods are not unique: {self.methods}")
        if len(set(zip(self.block, self.fold.tolist(), strict=True))) != n:
            raise ValueError("a block stands twice in one fold")
        if len({*zip(self.block, self.group.tolist(), strict=True)}) != len(set(self.block)):
            raise ValueError("a block lies in two groups")
        if not np.isfinite(self.counts).all():
            raise ValueError("counts are not finite")
        # Paired resamples rest on it, and so does averaging counts over repeats.
        truth = self.counts[..., :2] if self.kind == "regression" else self.counts.sum(axis=-1)
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

    def take_methods(self, methods: Sequence[str]) -> "Tally":
        """Return the tally of some methods, in the order asked for."""
        rows = [self.methods.index(name) for name in methods]
        return replace(self, methods=tuple(methods), counts=self.counts[rows])

    def take_blocks(self, keep: NDArray[np.bool_]) -> "Tally":
        """Return the tally of some rows."""
        return replace(
            self,
            counts=self.counts[:, :, keep],
            block=tuple(name for name, kept in zip(self.block, keep, strict=True) if kept),
            group=self.group[keep],
            fold=self.fold[keep],
        )


def in_common(*tallies: Tally, places: bool = True) -> tuple[Tally, ...]:
    """Keep the methods and, if `places`, the groups that all tallies share.

    Parameters
    ----------
    *tallies : Tally
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


def fold_scores(tally: Tally, metric: Metric) -> Floats:
    """Score every method and repeat in every fold.

    Parameters
    ----------
    tally : Tally
    metric : Metric

    Returns
    -------
    ndarray of float64, shape (M, R, F)
        Folds in ascending order of their number; NaN where the figure is not defined.
    """
    return metric(_sum_by(tally, tally.fold))


def group_scores(tally: Tally, metric: Metric) -> Floats:
    """Score every method in every group, mean over repeats, shape (M, G); groups ascending."""
    return np.asarray(metric(_sum_by(tally, tally.group)).mean(axis=1), np.float64)


def scores(tally: Tally, metric: Metric) -> Floats:
    """Score every method: mean over folds, then over repeats, shape (M,).

    Folds in which the figure is not defined for some method count for none.

    Examples
    --------
    >>> import numpy as np
    >>> from bocage.study._metric import find_metric
    >>> counts = np.array([[[[[8, 2], [1, 1]], [[9, 1], [5, 5]]]]], float)
    >>> t = Tally("classification", ("m",), counts, ("a", "b"), np.arange(2), np.arange(2))
    >>> scores(t, find_metric("classification")).round(3).tolist()
    [0.675]
    """
    return np.asarray(repeat_scores(tally, metric).mean(axis=1), np.float64)


def repeat_scores(tally: Tally, metric: Metric) -> Floats:
    """Score every method and repeat, mean over the folds with a defined figure, shape (M, R)."""
    table = fold_scores(tally, metric)
    return np.asarray(table[:, :, defined_folds(table)].mean(axis=2), np.float64)


def defined_folds(table: Floats) -> NDArray[np.bool_]:
    """Tell the folds whose figure is defined for every method and repeat, from `fold_scores`.

    Raises
    ------
    DataError
        If there is none.
    """
    defined = np.asarray(np.isfinite(table).all(axis=(0, 1)))
    if not defined.any():
        raise DataError(
            "the score is not defined in any test fold (one value of the target only, or a class "
            "that is never tested); choose another score, or leave out another group"
        )
    return defined


def _sum_by(tally: Tally, label: Ints) -> Floats:
    """Sum counts over rows with one label; its axis follows methods and repeats."""
    member = (np.unique(label)[:, None] == label).astype(np.float64)
    return np.moveaxis(np.tensordot(member, tally.counts, axes=(1, 2)), 0, 2)
