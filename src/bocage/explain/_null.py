"""Labels without meaning that keep their neighbours: what chance can do."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from bocage.splits import metric_xy

if TYPE_CHECKING:
    from scipy.spatial import KDTree

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Label = TypeVar("Label", bound=np.generic)


@dataclass(frozen=True, slots=True)
class _Plot:
    """Samples of one place on the ground: rows, metres from a corner, and who is nearest."""

    rows: Ints
    at: Floats
    side: Floats
    tree: "KDTree"


class Ground:
    """Where samples stand, so that their labels can be moved about without parting neighbours.

    Neighbours have the same label more often than not, and so they should where labels mean
    nothing. The map of labels of a place is mirrored or not, and shifted by a random way; what is
    shifted out on one side comes back mirrored, so that the map has no seam; then each sample
    takes the label that is nearest to it. All labels of a place move together, those learned from
    and those tested: two samples on the two sides of a fold's border are still neighbours.

    Parameters
    ----------
    xy : ndarray of float64, shape (n, 2)
        Metres within each place, as of `positions`; where a place has samples without a
        coordinate, its labels are shuffled.
    place : ndarray of int64, shape (n,)
        Labels stay in their place.

    Notes
    -----
    A random shift test (Mrkvicka et al. 2021, Spatial Statistics 42:100430) with mirrored borders
    in place of a torus, whose seams make null scores too narrow: where classes and features are
    both patchy and strangers to each other, labels moved by whole blocks, shifts on a torus that
    keep each label once, runs along a space-filling curve and Moran spectral randomisation
    (Wagner and Dray 2015) find something too often (`benchmarks/explain_null.py`).
    """

    def __init__(self, xy: Floats, place: Ints) -> None:
        from scipy.spatial import KDTree

        self._plots: list[_Plot] = []
        self._nowhere: list[Ints] = []
        for number in np.unique(place):
            rows = np.flatnonzero(place == number)
            if not np.isfinite(xy[rows]).all():
                self._nowhere.append(rows)
                continue
            at = xy[rows] - xy[rows].min(axis=0)
            self._plots.append(_Plot(rows, at, at.max(axis=0), KDTree(at)))

    def move(self, values: NDArray[Label], rng: np.random.Generator) -> NDArray[Label]:
        """Move labels of shape (n,) within their places."""
        made = values.copy()
        for plot in self._plots:
            turn = rng.integers(0, 2, 2)
            way = 2 * rng.random(2) * plot.side
            to = np.where(turn, plot.side - plot.at, plot.at) + way
            # There and back again: a path of twice the side, folded.
            to %= np.where(plot.side > 0, 2 * plot.side, 1.0)
            to = np.where(to > plot.side, 2 * plot.side - to, to)
            made[plot.rows] = values[plot.rows[plot.tree.query(to)[1]]]
        for rows in self._nowhere:
            made[rows] = values[rng.permutation(rows)]
        return made

    @property
    def can_exchange(self) -> bool:
        """Whether there are two places whose maps may stand for each other."""
        return len(self._plots) > 1 and not self._nowhere

    def exchange(self, values: NDArray[Label], rng: np.random.Generator) -> NDArray[Label]:
        """Give each place the map of another, turned and mirrored, and stretched to its size.

        Such maps have no creases, and are as smooth as the truth; there are fewer of them.

        Parameters
        ----------
        values : ndarray, shape (n,)
        rng : numpy.random.Generator
        """
        made = values.copy()
        order = np.arange(len(self._plots))
        while (other := rng.permutation(order))[order == other].size:
            pass
        for plot, number in zip(self._plots, other.tolist(), strict=True):
            source = self._plots[number]
            turn = rng.integers(0, 2, 3)
            at = plot.at / np.where(plot.side > 0, plot.side, 1.0)
            at = at[:, ::-1] if turn[2] else at
            at = np.where(turn[:2], 1.0 - at, at) * source.side
            made[plot.rows] = values[source.rows[source.tree.query(at)[1]]]
        return made


def positions(lonlat: Floats, place: Ints) -> Floats:
    """Project degrees to metres, each place by itself; NaN where a place lacks coordinates."""
    made = np.full(lonlat.shape, np.nan)
    for number in np.unique(place):
        rows = np.flatnonzero(place == number)
        if np.isfinite(lonlat[rows]).all():
            made[rows] = metric_xy(lonlat[rows])
    return made
