"""Where the labels of a model stand, roughly, and how far from them its score speaks."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bocage.splits import Split, metres_between, metres_tested
from bocage.tasks import Task

CELLS = (0.01, 0.1, 1.0, 10.0)
"""Degrees that places are rounded to: no plot is found by a model that is given away."""

MOST = 500

METRES = 111_320.0
"""Of a degree, at most."""


@dataclass(frozen=True, slots=True)
class LabelPlaces:
    """Where the labels of a model stand.

    Attributes
    ----------
    points : tuple of (float, float)
        Middles of the cells that hold labels, longitude and latitude in degrees.
    cell : float
        Side of a cell in degrees.
    farthest : float
        Metres from a label that was tested to the nearest that was learned from, at most.
    """

    points: tuple[tuple[float, float], ...]
    cell: float
    farthest: float

    @classmethod
    def of(cls, task: Task, split: Split, where: str) -> Self | None:
        """Look at the labels of a study, and at the distances that its score is of.

        Parameters
        ----------
        task : Task
        split : Split
        where : str
            The place that the score is of; None is returned where no fold tests it.
        """
        if where not in split.domains:
            return None
        for side in CELLS:
            cells = np.unique(np.floor(task.lonlat / side), axis=0)
            if len(cells) <= MOST:
                break
        middles = np.round((cells + 0.5) * side, 6)
        farthest = float(metres_tested(task, split, where).max())
        return cls(tuple(map(tuple, middles.tolist())), side, round(farthest, 1))

    def metres_to(self, lonlat: NDArray[np.float64]) -> float:
        """Measure from the nearest of some points to the nearest label; 0 within a cell of one.

        Parameters
        ----------
        lonlat : ndarray of float64, shape (n, 2)
            Degrees.
        """
        metres = float(metres_between(lonlat, np.array(self.points)).min())
        return max(0.0, metres - self.cell * METRES / float(np.sqrt(2)))
