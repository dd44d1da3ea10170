"""What is true of an invented country, and how much a model must lose by moving."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats, Ints
from bocage.datasets.landscape._settings import LandscapeSettings

RIDGE = 1e-3
"""Added to variances of the linear rule, about one pixel's noise.

With it the rule loses what a logistic regression with C=10 on the same unit vectors loses, to
0.03; with none it leans on bands that hardly vary, and loses more.
"""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known of a landscape because it was made so.

    Attributes
    ----------
    settings : LandscapeSettings
    signals : tuple of str
        The classes, or ``("yield",)``.
    loadings : ndarray of float64, shape (n_signals, 64)
        Per class: what it adds to each band of the embedding in every region, before the vector
        is brought to length 1 (classes sum to 0). For a yield: what one standard deviation adds.
    signal_basis : ndarray of float64, shape (n_signal_dims, 64)
        Orthonormal rows that span what carries the target in every region.
    decoy_basis : ndarray of float64, shape (n_decoys, 64)
        Orthonormal rows that span what goes with the target in one region only.
    roles : mapping of str to tuple of str
        With planted mixing: the signals that each band of the signal stands for (one:
        specialist; several: generalist). Empty with rotated mixing.
    regions : tuple of str
    share : ndarray of float64, shape (n_regions, n_classes)
        Share of each region's area in each class, estimated; nan for sites or a yield.
    shift : float
        The setting: size of what differs between regions.
    displacement : float
        Root mean square over regions and classes of how far a region moves the classes' latent
        vectors against each other, in units of the embedding; 0 without shift.
    inside, outside : ndarray of float64, shape (n_regions,)
        Score of a linear rule that learnt from all other regions: in those, and in the region
        itself. Large sample, clean target; balanced accuracy, or R2 for a yield.
    home : ndarray of float64, shape (n_regions,)
        Score of a linear rule that learnt in the region itself.
    clean : ndarray, shape (n,)
        The samples' target before label noise, in the order of the samples.
    """

    settings: LandscapeSettings
    signals: tuple[str, ...]
    loadings: Floats
    signal_basis: Floats
    decoy_basis: Floats
    roles: Mapping[str, tuple[str, ...]]
    regions: tuple[str, ...]
    share: Floats
    shift: float
    displacement: float
    inside: Floats
    outside: Floats
    home: Floats
    clean: NDArray[np.str_] | Floats

    @property
    def drop(self) -> float:
        """Mean over regions of `inside` less `outside`.

        What another method truly loses is its own: score it on a large `draw` of the country.
        """
        return float(np.mean(self.inside - self.outside))


def transfer(
    X: Floats, y: Ints | Floats, region: Ints, half: NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats]:
    """Score a linear rule inside, outside and at home, one value a region.

    Whole-number targets are classes, scored by balanced accuracy; others by R2.

    Parameters
    ----------
    X : ndarray of float64, shape (n, d)
    y, region : ndarray, shape (n,)
    half : ndarray of bool, shape (n,)
        Who is learnt from; the others are scored.
    """
    parts = range(int(region.max()) + 1)
    inside, outside, home = [], [], []
    for part in parts:
        here = region == part
        away = _fitted(X[~here & half], y[~here & half])
        own = _fitted(X[here & half], y[here & half])
        inside.append(_score(away, X[~here & ~half], y[~here & ~half]))
        outside.append(_score(away, X[here & ~half], y[here & ~half]))
        home.append(_score(own, X[here & ~half], y[here & ~half]))
    return np.array(inside), np.array(outside), np.array(home)


def _fitted(X: Floats, y: Ints | Floats) -> Floats:
    """Fit linear scores, shape (d + 1, k): discriminant analysis, or least squares.

    Notes
    -----
    Discriminant analysis with one covariance and equal priors is the Bayes rule where classes
    are normal with that covariance (Hastie et al., Elements of Statistical Learning, 4.3).
    """
    if y.dtype.kind == "f":
        centre, level = X.mean(axis=0), y.mean()
        Z = X - centre
        slope = np.linalg.solve(Z.T @ Z + RIDGE * np.eye(Z.shape[1]), Z.T @ (y - level))
        return np.asarray(np.append(slope, level - centre @ slope)[:, None])
    k = int(y.max()) + 1
    means = np.stack([X[y == code].mean(axis=0) for code in range(k)])
    Z = X - means[y]
    slope = np.linalg.solve(Z.T @ Z / len(Z) + RIDGE * np.eye(Z.shape[1]), means.T)
    return np.vstack([slope, -0.5 * (means.T * slope).sum(axis=0)])


def _score(rule: Floats, X: Floats, y: Ints | Floats) -> float:
    scores = X @ rule[:-1] + rule[-1]
    if y.dtype.kind == "f":
        return float(1 - ((y - scores[:, 0]) ** 2).mean() / y.var())
    right = scores.argmax(axis=1) == y
    return float(np.mean([right[y == code].mean() for code in np.unique(y)]))
