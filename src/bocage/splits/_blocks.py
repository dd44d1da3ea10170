"""Square blocks in a metric CRS, as large as the labels allow."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bocage.core import Ints
from bocage.sources import projected
from bocage.splits._stands import hold_stands

SIDES = tuple(float(digit * 10**power) for power in range(6, 0, -1) for digit in (5, 2, 1))
"""Block sides that are tried, in metres: 5,000 km down to 10 m in steps of 1, 2, 5."""

SMALLEST = 1 / 50
"""Blocks smaller than this share of the group's extent are not tried: they would satisfy any
rule, and keep nothing apart."""

CLASS_BLOCKS = 4
"""A class that stands in fewer blocks is named: its score hangs on few places."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a blocking must satisfy.

    Attributes
    ----------
    n_blocks : int
        Smallest number of blocks in the group.
    share : float
        Largest share of the group's samples in one block.
    """

    n_blocks: int
    share: float

    def keeps(self, count: Ints) -> bool:
        """Tell whether blocks with so many samples each satisfy it."""
        return len(count) >= self.n_blocks and bool(count.max() <= self.share * count.sum())

    def __str__(self) -> str:
        return (
            f"at least {self.n_blocks} blocks, none with more than {self.share:.0%} of the samples"
        )


RULES = (Rule(10, 0.20), Rule(8, 0.25), Rule(5, 0.34), Rule(4, 0.50))
"""The rule wanted, then what is tried in its place; any but the first is a loud degradation.

Classes decide nothing here: else the rarest one, perhaps a typing error, would set the size of all
blocks."""


@dataclass(frozen=True, slots=True)
class Blocking:
    """Blocks of one group.

    Attributes
    ----------
    side : float
        Side of the squares in metres; 0 if the group could not be cut.
    cell : ndarray of int64, shape (n, 2)
        Column and row of each sample's block.
    rule : Rule or None
        The rule that holds; None if none does.
    torn : ndarray of int64
        Class of each stand that is longer than a block, and so was cut.
    """

    side: float
    cell: NDArray[np.int64]
    rule: Rule | None
    torn: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


def metric_xy(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Project degrees to metres: Lambert azimuthal equal-area about the rounded centre.

    The centre is rounded to whole degrees, so that a few more samples seldom move the grid.

    Parameters
    ----------
    lonlat : ndarray of float64, shape (n, 2)

    Returns
    -------
    ndarray of float64, shape (n, 2)
        Easting and northing in metres.
    """
    lon, lat = np.radians(lonlat).T
    vector = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]).mean(
        axis=1
    )
    centre_lon = round(float(np.degrees(np.arctan2(vector[1], vector[0]))))
    centre_lat = round(float(np.degrees(np.arctan2(vector[2], np.hypot(*vector[:2])))))
    crs = f"+proj=laea +lat_0={centre_lat} +lon_0={centre_lon} +datum=WGS84 +units=m"
    return projected(4326, crs, lonlat)


def unit_means(xy: NDArray[np.float64], unit: Ints) -> NDArray[np.float64]:
    """Give every sample the mean position of its unit, so that no block tears a unit apart."""
    _, inverse, count = np.unique(unit, return_inverse=True, return_counts=True)
    sums = np.stack([np.bincount(inverse, weights=xy[:, i]) for i in range(2)], axis=1)
    return np.asarray((sums / count[:, None])[inverse])


def cut(
    lonlat: NDArray[np.float64],
    unit: Ints,
    codes: Ints | None,
    *,
    factor: float = 1.0,
    side: float | None = None,
) -> Blocking:
    """Cut a group into the largest square blocks that its labels allow.

    Parameters
    ----------
    lonlat : ndarray of float64, shape (n, 2)
    unit : ndarray of int64, shape (n,)
        Samples of one unit get one block.
    codes : ndarray of int64, shape (n,), optional
        Class codes, so that stands of one class stay whole; None for regression.
    factor : float
        Multiplies the chosen side (0.5 and 2 show how much the size matters).
    side : float, optional
        Side in metres, chosen by the user: the first of `RULES` that it keeps is named, or none.

    Returns
    -------
    Blocking

    Notes
    -----
    Larger blocks keep training further from test (Roberts et al. 2017, 10.1111/ecog.02881), but
    too few tell nothing: the largest side that keeps `RULES` is taken. Samples without places are
    not cut. Samples of one class within
    a twentieth of the side of each other go to one block, that of their middle, unless their stand
    is longer than a block.
    """
    if not np.isfinite(lonlat).all():
        return Blocking(0.0, np.zeros((len(lonlat), 2), dtype=np.int64), None)
    xy = unit_means(metric_xy(lonlat), unit)
    if side is not None:
        cell, torn = _cells(xy, side, codes)
        return Blocking(side, cell, next((r for r in RULES if _holds(cell, r)), None), torn)
    smallest = SMALLEST * float(np.ptp(xy, axis=0).max())
    for rule in RULES:
        for candidate in SIDES:
            if candidate < smallest:
                break
            # Stands only move samples together: what the grid alone breaks, they can't mend.
            if not _holds(_cells(xy, candidate)[0], rule):
                continue
            cell, torn = _cells(xy, candidate, codes)
            if _holds(cell, rule):
                if factor == 1:
                    return Blocking(candidate, cell, rule, torn)
                scaled = candidate * factor
                cell, torn = _cells(xy, scaled, codes)
                return Blocking(scaled, cell, rule, torn)
    return Blocking(0.0, np.zeros((len(xy), 2), dtype=np.int64), None)


def _cells(
    xy: NDArray[np.float64], side: float, codes: Ints | None = None
) -> tuple[NDArray[np.int64], Ints]:
    """Find the cell of every sample, and the classes of stands that the grid cuts."""
    torn = np.zeros(0, dtype=np.int64)
    if codes is not None:
        xy, torn = hold_stands(xy, codes, side)
    return np.floor(xy / side).astype(np.int64), torn


def _holds(cell: NDArray[np.int64], rule: Rule) -> bool:
    return rule.keeps(np.unique(cell, axis=0, return_counts=True)[1])
