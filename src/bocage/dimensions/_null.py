"""Randomised labels that keep their spatial pattern: what chance can do."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats, Ints
from bocage.splits import metric_xy

if TYPE_CHECKING:
    from scipy.spatial import Delaunay, KDTree

Label = TypeVar("Label", bound=np.generic)


@dataclass(frozen=True, slots=True)
class _Plot:
    """Samples of one place on the ground: rows, metres from a corner, and who is nearest."""

    rows: Ints
    at: Floats
    side: Floats
    tree: "KDTree"


class Neighbours:
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
        self._mesh: list[Delaunay | None] = []
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

    def exchange(self, values: Floats, rng: np.random.Generator) -> Floats:
        """Deal the maps of the places to the places, turned and mirrored, stretched to their size.

        Such maps have no creases; there are fewer of them. A place may get its own: moves that are
        a group are exchangeable with the truth, where maps are alike from place to place and in
        each direction, and so the truth lies above a share p of them in a share 1 - p of cases
        (Hemerik and Goeman 2018, TEST 27:811, 10.1007/s11749-017-0571-1). Between its samples a
        map runs straight, and beyond them it is that of the nearest: with the nearest everywhere,
        maps would be less smooth than the truth, and chance would seem to do less.

        Parameters
        ----------
        values : ndarray of float64, shape (n,)
        rng : numpy.random.Generator
        """
        from scipy.interpolate import LinearNDInterpolator

        made = np.array(values, np.float64)
        if not self._mesh:
            self._mesh = [_mesh(plot.at) for plot in self._plots]
        other = rng.permutation(len(self._plots))
        for plot, number in zip(self._plots, other.tolist(), strict=True):
            source, mesh = self._plots[number], self._mesh[number]
            turn = rng.integers(0, 2, 3)
            at = plot.at / np.where(plot.side > 0, plot.side, 1.0)
            at = at[:, ::-1] if turn[2] else at
            at = np.where(turn[:2], 1.0 - at, at) * source.side
            own = values[source.rows]
            nearest = own[source.tree.query(at)[1]]
            between = nearest if mesh is None else LinearNDInterpolator(mesh, own)(at)
            made[plot.rows] = np.where(np.isnan(between), nearest, between)
        return made


def _mesh(at: Floats) -> "Delaunay | None":
    """Join samples to triangles; None where they lie on one line, or are too few."""
    from scipy.spatial import Delaunay, QhullError

    try:
        return Delaunay(at)
    except (QhullError, ValueError):
        return None


def positions(lonlat: Floats, place: Ints) -> Floats:
    """Project degrees to metres, each place by itself; NaN where a place lacks coordinates."""
    made = np.full(lonlat.shape, np.nan)
    for number in np.unique(place):
        rows = np.flatnonzero(place == number)
        if np.isfinite(lonlat[rows]).all():
            made[rows] = metric_xy(lonlat[rows])
    return made
