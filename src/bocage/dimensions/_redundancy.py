"""Dimensions that say the same: how many there are in effect, and which shadow which."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats

ALIKE = 0.7
"""Dimensions of at least this correlation are called alike."""


@dataclass(frozen=True, slots=True)
class Redundancy:
    """How dimensions go together within places.

    Attributes
    ----------
    correlation : ndarray of float64, shape (d, d)
        Of values less their place's mean; 0 for a dimension that does not vary.
    effective : float
        Participation ratio of the variances along the principal axes: d where all are equal, 1
        where one holds everything.
    groups : tuple of tuple of int
        Dimensions that are alike, each to each other of its group (complete linkage); two or
        more in each group.
    copies : tuple of tuple of int
        Dimensions that repeat an earlier one, perhaps scaled, within places and across them: that
        one first.
    """

    correlation: Floats
    effective: float
    groups: tuple[tuple[int, ...], ...]
    copies: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, X: Floats, place: NDArray[np.int64]) -> "Redundancy":
        """Look at values of shape (n, d) in their places, shape (n,)."""
        from scipy.cluster.hierarchy import fcluster, linkage
        from scipy.spatial.distance import squareform

        names, at = np.unique(place, return_inverse=True)
        mean = np.stack([X[at == number].mean(axis=0) for number in range(len(names))])
        own = X - mean[at]
        covariance, correlation = _correlated(own)
        _, across = _correlated(X - X.mean(axis=0))
        same = np.triu(np.minimum(abs(correlation), abs(across)) > 1 - 1e-9, 1)
        first = [at for at in np.flatnonzero(same.any(axis=1)) if not same[:, at].any()]
        axes = np.clip(np.linalg.eigvalsh(covariance), 0, None)
        apart = squareform(np.clip(1 - abs(correlation), 0, None), checks=False)
        group = fcluster(linkage(apart, "complete"), 1 - ALIKE, "distance")
        found = [np.flatnonzero(group == number) for number in np.unique(group)]
        total = np.square(axes).sum()
        return cls(
            correlation,
            float(axes.sum() ** 2 / total) if total else 0.0,
            tuple(tuple(part.tolist()) for part in found if len(part) > 1),
            tuple((int(at), *np.flatnonzero(same[at]).tolist()) for at in first),
        )

    def shadowed_by(self, dimension: int, chosen: tuple[int, ...]) -> int | None:
        """Return the chosen dimension that this one is alike to, if there is one."""
        others = [other for other in chosen if other != dimension]
        if not others:
            return None
        best = max(others, key=lambda other: abs(self.correlation[dimension, other]))
        return best if abs(self.correlation[dimension, best]) >= ALIKE else None


def _correlated(X: Floats) -> tuple[Floats, Floats]:
    """Return covariance and correlation of centred values; 0 for one that does not vary."""
    covariance = X.T @ X / len(X)
    spread = np.sqrt(np.diag(covariance))
    able = spread > 1e-9 * max(spread.max(), 1e-300)
    scale = np.where(able, spread, 1.0)
    correlation = covariance / (scale[:, None] * scale)
    return covariance, np.where(able[:, None] & able, correlation, np.eye(len(spread)))
