"""Stands: samples of one class that lie close together, which a grid should not tear apart."""

import numpy as np
from numpy.typing import NDArray

from bocage.core import Ints

REACH = 1 / 20
"""Samples of one class within this share of a block's side of each other are one stand."""


def find_stands(xy: NDArray[np.float64], codes: Ints, reach: float) -> Ints:
    """Find the stands: samples of one class that hang together by steps of at most `reach`.

    Parameters
    ----------
    xy : ndarray of float64, shape (n, 2)
        Metres.
    codes : ndarray of int64, shape (n,)
    reach : float

    Returns
    -------
    ndarray of int64, shape (n,)
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import KDTree

    stand = np.empty(len(xy), dtype=np.int64)
    n_found = 0
    for code in np.unique(codes):
        rows = np.flatnonzero(codes == code)
        places, place = np.unique(xy[rows], axis=0, return_inverse=True)
        pairs = KDTree(places).query_pairs(reach, output_type="ndarray")
        ones = np.ones(len(pairs), dtype=np.int8)
        graph = coo_array((ones, pairs.T), shape=(len(places), len(places)))
        n, label = connected_components(graph, directed=False)
        stand[rows] = n_found + label[place.ravel()]
        n_found += n
    return stand


def hold_stands(
    xy: NDArray[np.float64], codes: Ints, side: float
) -> tuple[NDArray[np.float64], Ints]:
    """Give all samples of a stand its mean position, unless it is longer than a block.

    Parameters
    ----------
    xy : ndarray of float64, shape (n, 2)
        Metres; samples of one unit have one position.
    codes : ndarray of int64, shape (n,)
    side : float
        Of the blocks, in metres.

    Returns
    -------
    xy : ndarray of float64, shape (n, 2)
    torn : ndarray of int64
        Class of each stand that no block can hold.
    """
    stand = find_stands(xy, codes, REACH * side)
    n = int(stand.max()) + 1
    low, high = np.full((n, 2), np.inf), np.full((n, 2), -np.inf)
    np.minimum.at(low, stand, xy)
    np.maximum.at(high, stand, xy)
    long = (high - low).max(axis=1) > side
    size = np.bincount(stand)
    mean = np.stack([np.bincount(stand, weights=xy[:, i]) / size for i in range(2)], axis=1)
    code = np.empty(n, dtype=np.int64)
    code[stand] = codes
    return np.where(long[stand][:, None], xy, mean[stand]), code[long]
