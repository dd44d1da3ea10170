"""A figure and how far it may be off."""

from dataclasses import dataclass

import numpy as np

from bocage.core import Floats


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its interval; the ends are NaN where nothing tells them.

    Attributes
    ----------
    value, low, high : float

    Examples
    --------
    >>> print(Estimate(0.71, 0.66, 0.76))
    0.71 (0.66 to 0.76)
    """

    value: float
    low: float = float("nan")
    high: float = float("nan")

    def __str__(self) -> str:
        """Write ``0.71 (0.66 to 0.76)``."""
        if np.isnan(self.low):
            return f"{self.value:.2f}"
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f})"

    def within(self, bounds: tuple[float, float]) -> "Estimate":
        """Keep the ends of the interval within the bounds of the figure."""
        low, high = bounds
        return Estimate(
            self.value, float(np.clip(self.low, low, high)), float(np.clip(self.high, low, high))
        )


def interval(point: float, values: Floats, level: float = 0.95) -> Estimate:
    """Take percentiles of resampled values as the interval of a figure.

    Parameters
    ----------
    point : float
    values : ndarray of float64, shape (N,)
        As from a resampling that is already corrected for few units.
    level : float

    Returns
    -------
    Estimate
    """
    tail = 50.0 * (1.0 - level)
    low, high = np.percentile(values, [tail, 100.0 - tail])
    return Estimate(point, float(low), float(high))
