"""How far values are alike: the empirical variogram, and the range of a spherical model."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats

N_BINS = 15
CUTOFF = 1 / 3
"""Share of the extent's diagonal up to which pairs are looked at, and bins there: gstat's."""

LEAST_PAIRS = 30
"""Bins with fewer pairs say nothing (Journel and Huijbregts 1978)."""

_STEPS, _FINE = 100, 500
"""Ranges that are tried, and those between the neighbours of the best."""


@dataclass(frozen=True, slots=True)
class Variogram:
    """Half the mean squared difference of values, by distance.

    Attributes
    ----------
    n_pairs : ndarray of int64, shape (n_bins,)
    distance : ndarray of float64, shape (n_bins,)
        Mean distance of the pairs of each bin, in metres; NaN without pairs.
    gamma : ndarray of float64, shape (n_bins,)
        NaN without pairs.
    cutoff : float
        Largest distance, in metres.
    """

    n_pairs: NDArray[np.int64]
    distance: Floats
    gamma: Floats
    cutoff: float


@dataclass(frozen=True, slots=True)
class Spherical:
    """A spherical model: nugget + sill (1.5 h / range - 0.5 (h / range)^3) up to its range.

    Attributes
    ----------
    nugget, sill, range : float
        `sill` without the nugget; `range` in metres, NaN where values are no more alike when
        near.
    """

    nugget: float
    sill: float
    range: float


def variogram(xy: Floats, values: Floats) -> Variogram:
    """Estimate a variogram (Matheron 1962) with the cutoff and the bins of gstat.

    Parameters
    ----------
    xy : ndarray of float64, shape (n, 2)
        Metres; positions differ.
    values : ndarray of float64, shape (n,) or (n, c)
        Several columns are added up: that of a class's probability each, say.

    References
    ----------
    Pebesma (2004), Multivariable geostatistics in S: the gstat package,
    10.1016/j.cageo.2004.03.012.
    """
    from scipy.spatial.distance import pdist

    columns = values.reshape(len(xy), -1)
    cutoff = CUTOFF * float(np.hypot(*np.ptp(xy, axis=0)))
    distance = pdist(xy)
    square = pdist(columns, "sqeuclidean")
    near = (distance <= cutoff) & (distance > 0)
    distance, square = distance[near], square[near]
    # Bins are open below and closed above.
    at = np.ceil(distance / (cutoff / N_BINS)).astype(np.int64).clip(1, N_BINS) - 1
    count = np.bincount(at, minlength=N_BINS)
    with np.errstate(invalid="ignore"):
        mean = np.bincount(at, distance, N_BINS) / count
        gamma = np.bincount(at, square, N_BINS) / count / 2
    return Variogram(count, mean, gamma, cutoff)


def fit_spherical(found: Variogram) -> Spherical:
    """Fit a spherical model by least squares with weights n / h^2, as gstat does by default.

    Nugget and sill follow from the range (both at least 0), which is searched up to the cutoff.

    Returns
    -------
    Spherical
        With range NaN where no sill is left: values are no more alike when near.
    """
    known = found.n_pairs >= LEAST_PAIRS
    if known.sum() < 4:  # noqa: PLR2004 - a model of three parameters
        return Spherical(float("nan"), float("nan"), float("nan"))
    h, gamma = found.distance[known], found.gamma[known]
    weight = found.n_pairs[known] / h**2
    low, high = h[0], found.cutoff
    for steps in (_STEPS, _FINE):
        tried = np.linspace(low, high, steps)
        nugget, sill, misfit = _fit(h, gamma, weight, tried)
        best = int(misfit.argmin())
        low, high = tried[max(best - 1, 0)], tried[min(best + 1, steps - 1)]
    length = float(tried[best]) if sill[best] > 0 else float("nan")
    return Spherical(float(nugget[best]), float(sill[best]), length)


def _fit(
    h: Floats, gamma: Floats, weight: Floats, lengths: Floats
) -> tuple[Floats, Floats, Floats]:
    """Fit nugget and sill, neither below 0, for each range; return them and the misfit."""
    part = np.minimum(h / lengths[:, None], 1.0)
    shape = 1.5 * part - 0.5 * part**3
    share = weight / weight.sum()
    mean, level = shape @ share, float(gamma @ share)
    spread = ((shape - mean[:, None]) ** 2) @ share
    with np.errstate(invalid="ignore", divide="ignore"):
        sill = ((shape - mean[:, None]) * (gamma - level)) @ share / spread
    # Beyond a bound the best model lies on it: no sill, or no nugget.
    sill = np.where(np.isfinite(sill) & (sill > 0), sill, 0.0)
    nugget = level - sill * mean
    alone = (shape * gamma) @ share / (shape**2 @ share)
    sill, nugget = np.where(nugget < 0, alone, sill), np.maximum(nugget, 0.0)
    misfit = (gamma - nugget[:, None] - sill[:, None] * shape) ** 2 @ share
    return nugget, sill, misfit
