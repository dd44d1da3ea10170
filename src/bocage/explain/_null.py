"""Labels without meaning: what chance can do."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Label = TypeVar("Label", bound=np.generic)


def shuffle_blocks(
    values: NDArray[Label], place: Ints, block: Ints, rng: np.random.Generator
) -> NDArray[Label]:
    """Move labels within each place, a block's labels together.

    Neighbours have the same label more often than not, and so they should where labels mean
    nothing: the labels of a place are laid out block after block in another order of its blocks,
    and shuffled within each of them.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Labels.
    place, block : ndarray of int64, shape (n,)
        Place of each sample, and its block; labels stay in their place.
    rng : Generator

    Returns
    -------
    ndarray, shape (n,)
        Each place holds the labels that it held.
    """
    made = values.copy()
    for number in np.unique(place):
        at = np.flatnonzero(place == number)
        names, own = np.unique(block[at], return_inverse=True)
        to = at[np.lexsort((rng.random(len(at)), own))]
        moved = rng.permutation(len(names))[own]
        made[to] = values[at[np.lexsort((rng.random(len(at)), moved))]]
    return made
