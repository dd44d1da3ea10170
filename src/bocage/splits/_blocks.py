"""Square blocks in a metric CRS, as large as the labels allow."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.splits._fold import Rows

SIDES = tuple(float(digit * 10**power) for power in range(6, 0, -1) for digit in (5, 2, 1))
"""Block sides that are tried, in metres: 5,000 km down to 10 m in steps of 1, 2, 5."""

SMALLEST = 1 / 50
"""Blocks smaller than this share of the group's extent are not tried: they would satisfy any
rule by tearing one stand of a class to pieces, and keep nothing apart."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a blocking must satisfy.

    Attributes
    ----------
    n_blocks : int
        Smallest number of blocks in the group.
    share : float
        Largest share of the group's samples in one block.
    class_blocks : int
        Smallest number of blocks that hold each class of the group.
    """

    n_blocks: int
    share: float
    class_blocks: int

    def __str__(self) -> str:
        return (
            f"at least {self.n_blocks} blocks, none above {self.share:.0%} of the samples, "
            f"every class in {self.class_blocks} or more"
        )


RULES = (
    Rule(10, 0.20, 4),
    Rule(10, 0.20, 3),
    Rule(10, 0.20, 2),
    Rule(8, 0.25, 2),
    Rule(5, 0.34, 2),
    Rule(5, 0.34, 1),
    Rule(4, 0.50, 1),
)
"""The rule wanted, then what is tried in its place; any but the first is a loud degradation."""


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
    """

    side: float
    cell: NDArray[np.int64]
    rule: Rule | None


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
    from pyproj import Transformer

    lon, lat = np.radians(lonlat).T
    vector = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]).mean(
        axis=1
    )
    centre_lon = round(float(np.degrees(np.arctan2(vector[1], vector[0]))))
    centre_lat = round(float(np.degrees(np.arctan2(vector[2], np.hypot(*vector[:2])))))
    crs = f"+proj=laea +lat_0={centre_lat} +lon_0={centre_lon} +datum=WGS84 +units=m"
    transform = Transformer.from_crs(4326, crs, always_xy=True)
    return np.column_stack(transform.transform(lonlat[:, 0], lonlat[:, 1]))


def unit_means(xy: NDArray[np.float64], unit: Rows) -> NDArray[np.float64]:
    """Give every sample the mean position of its unit, so that no block tears a unit apart."""
    _, inverse, count = np.unique(unit, return_inverse=True, return_counts=True)
    sums = np.stack([np.bincount(inverse, weights=xy[:, i]) for i in range(2)], axis=1)
    return np.asarray((sums / count[:, None])[inverse])


def cut(
    lonlat: NDArray[np.float64],
    unit: Rows,
    codes: Rows | None,
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
        Class codes; None for regression.
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
    too few blocks leave classes out of folds: the largest side that keeps `RULES` is taken.
    """
    xy = unit_means(metric_xy(lonlat), unit)
    if side is not None:
        cell = _cells(xy, side)
        return Blocking(side, cell, next((r for r in RULES if _holds(cell, codes, r)), None))
    smallest = SMALLEST * float(np.ptp(xy, axis=0).max())
    for rule in RULES:
        for candidate in SIDES:
            if candidate < smallest:
                break
            cell = _cells(xy, candidate)
            if _holds(cell, codes, rule):
                if factor == 1:
                    return Blocking(candidate, cell, rule)
                scaled = candidate * factor
                return Blocking(scaled, _cells(xy, scaled), rule)
    return Blocking(0.0, np.zeros((len(xy), 2), dtype=np.int64), None)


def _cells(xy: NDArray[np.float64], side: float) -> NDArray[np.int64]:
    return np.floor(xy / side).astype(np.int64)


def _holds(cell: NDArray[np.int64], codes: Rows | None, rule: Rule) -> bool:
    _, block, count = np.unique(cell, axis=0, return_inverse=True, return_counts=True)
    if len(count) < rule.n_blocks or count.max() > rule.share * len(cell):
        return False
    if codes is None:
        return True
    pairs = np.unique(np.column_stack([codes, block.ravel()]), axis=0)
    return bool(np.unique(pairs[:, 0], return_counts=True)[1].min() >= rule.class_blocks)
