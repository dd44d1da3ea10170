"""A share of the labelled pixels of chips: the other labels are ignored in training."""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Ints
from bocage.tasks import Task

_HIDDEN = -1

_ROOM = 1.5
"""Pixels looked at beyond those wanted, so that few are sorted: fate is evenly spread."""


@dataclass(frozen=True, slots=True)
class LabelledPixels:
    """Labelled pixels that may be learned from.

    Attributes
    ----------
    rows : ndarray of int64
        Chips of which some labels are hidden, ascending.
    at : ndarray of int64
        The labels that are not, ascending: the chip's position in `rows` times the pixels of a
        chip, plus the pixel's place in it, row by row.
    """

    rows: Ints
    at: NDArray[np.int64]

    def masks(self, masks: NDArray[np.int16], learned: Ints) -> NDArray[np.int16]:
        """Hide all other labels.

        Parameters
        ----------
        masks : ndarray of int16, shape (n, height, width)
        learned : ndarray of int64
            Chips that are learned from; those that are not in `rows` are seen whole.

        Returns
        -------
        ndarray of int16, shape (n, height, width)
            -1 wherever nothing may be learned, test chips included.
        """
        seen = np.full(masks.shape, _HIDDEN, dtype=masks.dtype)
        whole = np.setdiff1d(learned, self.rows)
        seen[whole] = masks[whole]
        where = self._where(masks)
        seen[where] = masks[where]
        return seen

    def has(self, masks: NDArray[np.int16], n_classes: int) -> NDArray[np.bool_]:
        """Tell which classes are seen in each of `rows`, shape (n_rows, n_classes)."""
        found = np.zeros((len(self.rows), n_classes), dtype=bool)
        found[self.at // masks[0].size, masks[self._where(masks)]] = True
        return found

    def digest(self, task: Task) -> bytes:
        """Hash the content of the chips and of the labels that are seen, and of no other."""
        assert task.masks is not None  # noqa: S101 - there are no pixels without
        size = task.masks[0].size
        count = np.bincount(self.at // size, minlength=len(self.rows))
        digest = hashlib.blake2b(task.digests[self.rows].tobytes(), digest_size=16)
        for part in (count, self.at % size, task.masks[self._where(task.masks)]):
            digest.update(part.astype("<i8").tobytes())
        return digest.digest()

    def _where(self, masks: NDArray[np.int16]) -> tuple[NDArray[Any], ...]:
        chip, place = np.divmod(self.at, masks[0].size)
        return self.rows[chip], *np.unravel_index(place, masks.shape[1:])


def choose_pixels(
    task: Task, rows: Ints, share: float, event: NDArray[Any], priority: NDArray[np.uint64]
) -> LabelledPixels:
    """Choose a share of the labelled pixels of each event and class, at least one.

    Each pixel's fate follows from the content of its chip, its place in it and `priority`, never
    from other chips: with one `priority` the pixels of a smaller share are among those of a larger
    one.

    Parameters
    ----------
    task : Task
        A segmentation.
    rows : ndarray of int64
        Chips, ascending.
    share : float
        Above 0, at most 1.
    event : ndarray, shape (n,)
        What each chip of the task belongs to.
    priority : ndarray of uint64, shape (n,)
        Seeds of the chips of the task.
    """
    assert task.masks is not None  # noqa: S101 - checked by those who call
    size = task.masks[0].size
    chosen = [np.zeros(0, dtype=np.int64)]
    for name in np.unique(event[rows]):
        mine = np.flatnonzero(event[rows] == name)
        codes = task.masks[rows[mine]].ravel()
        # Raw bits: their stream is the same in every version of NumPy.
        fate = [np.random.PCG64(int(seed)).random_raw(size) for seed in priority[rows[mine]]]
        fates = np.concatenate(fate)
        for code in range(task.n_classes):
            known = np.flatnonzero(codes == code)
            if len(known):
                number = max(1, round(share * len(known)))
                drawn = known[_lowest(fates[known], number, share)]
                chosen.append(mine[drawn // size] * size + drawn % size)
    return LabelledPixels(rows, np.sort(np.concatenate(chosen)))


def _lowest(fates: NDArray[np.uint64], number: int, share: float) -> NDArray[np.intp]:
    """Find the lowest fates; of equal ones those that come first."""
    bound = min(int(_ROOM * share * 2.0**64), 2**64 - 1)
    near = np.flatnonzero(fates < np.uint64(bound))
    if len(near) < number:
        near = np.arange(len(fates))
    return np.asarray(near[np.argsort(fates[near], kind="stable")[:number]])
