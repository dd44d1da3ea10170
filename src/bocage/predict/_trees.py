"""Forests and boosted trees."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import find_kind
from bocage.methods import Temperature
from bocage.methods.heads import TreeEnsemble, TreeLink
from bocage.predict._codes import StoredCodes, codes_of
from bocage.predict._program import build_program
from bocage.predict._score_loops import temper
from bocage.predict._scored import ScoredKernel
from bocage.predict._tree_loops import NONE, Program, Votes, add_values, add_votes
from bocage.sources import Coding

if TYPE_CHECKING:
    from bocage.methods import Head

_CHUNK = 32 * 1024  # pixels, a multiple of the loops' tiles


@dataclass(frozen=True, slots=True, eq=False)
class TreeKernel(ScoredKernel):
    """Trees over the codes of stored numbers.

    Splits go the way that the library's go, exactly, and values are added in the library's order
    and precision: sums are the same numbers.

    Attributes
    ----------
    bands : tuple of int
        Those that a tree splits on.
    kind : {"classification", "regression"}
    dtype : dtype
    codes : ndarray of uint8, shape (n_seen_classes,)
    n_classes : int
        See `ScoredKernel`.
    ordered : StoredCodes
        Turns stored numbers into what the program compares.
    program : Program
    group, start, link, slope
        See `TreeEnsemble`.
    leaves : ndarray of float, shape (n_leaves,), or Votes
        What a leaf gives to its row, or to all.
    prior : ndarray of float64, shape (n_seen_classes,), optional
        Factors of the probabilities.
    temperature : Temperature
        Of shares of trees; that of other links is part of the slope.
    """

    bands: tuple[int, ...]
    kind: str
    dtype: np.dtype[Any]
    codes: NDArray[np.uint8]
    n_classes: int
    ordered: StoredCodes
    program: Program
    group: NDArray[np.int64]
    start: NDArray[Any]
    link: TreeLink
    slope: float
    leaves: NDArray[Any] | Votes
    prior: NDArray[np.float64] | None
    temperature: Temperature

    @property
    def _is_logit(self) -> bool:
        return self.link == "softmax"

    def _shares(self, scores: NDArray[Any], best: NDArray[Any]) -> tuple[NDArray[Any], Any, Any]:
        if self.prior is not None:
            return scores, best, scores.sum(axis=0)
        if self.temperature.value == 1:
            # As the library: shares of trees, not divided by their sum, 1 but for rounding.
            return scores, best, np.float64(1.0)
        made = np.empty(scores.shape, np.float32)
        temper(scores, best, self.temperature.least, 1 / self.temperature.value, made)
        return made, np.float32(1.0), made.sum(axis=0)

    def _scores(self, stored: NDArray[Any]) -> Iterator[tuple[int, NDArray[Any]]]:
        n = stored.shape[1]
        for first in range(0, n, _CHUNK):
            last = min(first + _CHUNK, n)
            sums = np.empty_like(self.start, shape=(len(self.start), last - first))
            sums[:] = self.start[:, None]
            if self.ordered.is_plain:
                self._add(stored, first, sums)
            else:
                self._add(self.ordered.apply(stored[:, first:last]), 0, sums)
            yield first, self._linked(sums)

    def _add(self, codes: NDArray[Any], first: int, sums: NDArray[Any]) -> None:
        if isinstance(self.leaves, Votes):
            add_votes(codes, first, self.program, self.leaves, sums)
        else:
            add_values(codes, first, self.program, self.group, self.leaves, sums)

    def _linked(self, sums: NDArray[Any]) -> NDArray[Any]:
        """Return scores of classes, or values: all but the softmax."""
        if self.link == "mean":
            sums /= len(self.group)
            if self.prior is None:
                # Classes follow from the shares themselves, whatever the temperature.
                return sums
            return self.temperature(sums.T).T * self.prior[:, None]
        if self.slope != 1:
            sums *= self.slope
        if not find_kind(self.kind).has_classes:
            return sums
        if len(sums) == 1:
            sums = np.concatenate([np.zeros_like(sums), sums])
        if self.prior is not None:
            with np.errstate(divide="ignore"):
                sums += np.log(self.prior)[:, None].astype(sums.dtype)
        return sums


def tree_kernel(
    head: "Head",
    ensemble: TreeEnsemble,
    coding: Coding,
    dtype: np.dtype[Any],
    prior: NDArray[np.float64] | None,
) -> TreeKernel:
    """Flatten trees.

    Parameters
    ----------
    head : Head
    ensemble : TreeEnsemble
        Its trees.
    coding : Coding
        Of the head's bands.
    dtype : dtype
        Of the stored numbers.
    prior : ndarray of float64, shape (n_seen_classes,), optional
        Factors of the probabilities.

    Raises
    ------
    UnreadableModelError
        If there are too many thresholds or nodes.
    """
    used = [np.unique(tree.band[tree.left >= 0]) for tree in ensemble.trees]
    bands = tuple(np.unique(np.concatenate(used)).tolist())
    ordered = codes_of(ensemble, coding, dtype, bands)
    program, leaves = build_program(ensemble.trees, bands, ordered)
    classification = head.has_classes
    return TreeKernel(
        bands=bands,
        kind=head.kind,
        dtype=dtype,
        codes=(head.classes_ if classification else np.zeros(1)).astype(np.uint8),
        n_classes=head.n_classes if classification else 0,
        ordered=ordered,
        program=program,
        group=ensemble.group,
        start=ensemble.start,
        link=ensemble.link,
        slope=ensemble.slope / (head.temperature_.value if ensemble.link == "softmax" else 1.0),
        leaves=_votes(leaves) if leaves.shape[1] > 1 else np.ascontiguousarray(leaves[:, 0]),
        prior=prior,
        temperature=head.temperature_,
    )


def _votes(leaves: NDArray[np.floating]) -> Votes:
    gives = leaves != 0
    alone = gives.sum(axis=1) == 1
    best = gives.argmax(axis=1)
    return Votes(
        only=np.where(alone, best, NONE).astype(np.uint8),
        share=leaves[np.arange(len(leaves)), best].astype(np.float64),
        row=(np.cumsum(~alone) - 1).astype(np.int32),
        shares=leaves[~alone].astype(np.float64),
    )
