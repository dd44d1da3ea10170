"""How much to widen resampled deviations where few units were seen, and what is left to know."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats


@dataclass(frozen=True, slots=True)
class Widening:
    """What few units ask for.

    Attributes
    ----------
    factor : float
        Multiplies deviations from the point estimate; NaN where no unit varies against another.
    df : float
        Degrees of freedom of the spread.
    """

    factor: float
    df: float

    @property
    def known(self) -> bool:
        """Whether anything tells how far figures may vary."""
        return bool(np.isfinite(self.factor) and self.df > 0)


def widening(
    sizes: Floats,
    place: NDArray[np.integer],
    unit: NDArray[np.integer],
    *,
    whole_places: bool,
    damped: bool = True,
) -> Widening:
    """Tell by how much to widen deviations, and their degrees of freedom.

    Parameters
    ----------
    sizes : ndarray of float64, shape (B, P)
        What each row counts for in each part of the figure: samples of each class where every
        class has its own say, else one column of all samples.
    place, unit : ndarray of int, shape (B,)
        Place that each row lies in, and unit that it is resampled with, both from 0.
    whole_places : bool
        Whether units are whole places, whose say in a figure varies with their weight; else
        places keep equal say, and units are resampled within them.
    damped : bool
        Whether weights of mean one are Exp(1) scaled by their own mean, whose variance is
        n / (n + 1) with n units; else they have variance one.

    Returns
    -------
    Widening

    Notes
    -----
    A figure averages each part over the places that hold it, and parts among each other.

    Working model: unit u has its own value x_up in each part p, all independent with one
    variance, and the figure is a weighted sum a . x of them, weights from the sizes of the
    rows. To first order a resample adds sum_u (w_u - 1) A_u . x, with A_u the influence of unit
    u. Its expected variance is ``sum_u k_u |A_u|^2``, with k the variance of the weights, and
    should be ``|a|^2``. The sum of squared influences is a quadratic form in x, with
    (tr B)^2 / tr B^2 degrees of freedom, B = A A' (Bell and McCaffrey 2002, Survey Methodology
    28:169, do the same for clustered regression). With n equal units the factor is
    sqrt((n + 1) / (n - 1)) and the degrees of freedom are n - 1.
    """
    n_units, n_places, n_parts = int(unit.max()) + 1, int(place.max()) + 1, sizes.shape[1]
    share = np.zeros((n_parts, n_places, n_units))
    for row, (at, of) in enumerate(zip(place, unit, strict=True)):
        share[:, at, of] += sizes[row]
    total = share.sum(axis=2)
    held = total > 0  # (P, places)
    n_held = held.sum(axis=1)
    parts = max(1, int((n_held > 0).sum()))
    say = held / np.maximum(n_held, 1)[:, None] / parts
    share /= np.where(held, total, 1.0)[:, :, None]
    # Places whose units share their weight: all of them, or each for itself.
    of_place = np.zeros((n_places, n_units))
    of_place[place, unit] = 1.0
    strata = np.ones((1, n_units)) if whole_places else of_place
    per_stratum = strata.sum(axis=1)
    damp = np.sqrt((per_stratum / (per_stratum + 1.0)) @ strata) if damped else np.ones(n_units)
    wanted, gram = 0.0, np.zeros((n_units, n_units))
    for part in range(n_parts):
        own = say[part][:, None] * share[part]  # (places, U): what x_u adds to a place's say
        coefficient = own.sum(axis=0)
        influence = np.diag(coefficient) - own.T @ share[part]
        if whole_places:
            # The say of a place varies with the weight of its unit.
            own_say = say[part] * parts
            influence += of_place.T @ (own - own_say[:, None] * coefficient)
        influence -= strata.T @ ((strata @ influence) / per_stratum[:, None])
        influence *= damp[:, None]
        wanted += float(coefficient @ coefficient)
        gram += influence @ influence.T
    expected = float(np.trace(gram))
    if expected <= 1e-12 * wanted:
        return Widening(float("nan"), 0.0)
    return Widening(float(np.sqrt(wanted / expected)), expected**2 / float(np.square(gram).sum()))


MOST_CROSSED = float(np.sqrt(1.5))
"""The most that `cross_widening` gives: where all that varies is what models learned."""


def cross_widening(n_numbers: float, n_labels: float) -> float:
    """Tell by how much to widen deviations where models learned from one another's tests.

    Parameters
    ----------
    n_numbers : float
        Numbers that each model learns, its constant among them; infinite where it is unknown.
    n_labels : float
        Labels that each fold may learn from.

    Returns
    -------
    float
        Multiplies deviations that come from tests alone; from 1 to `MOST_CROSSED`.

    Notes
    -----
    Of two samples in two folds, the model that is tested on either learned from the other. What
    such a pair adds to both errors is one product, there twice, while a spread over tests takes
    it for two that know nothing of each other. For a straight line of k numbers and n labels with
    normal errors of variance s^2, a prediction has variance h s^2 with h = k / (n - k); squared
    errors then vary by 2 (1 + h)^2 s^4, of which 4 h s^4 comes from pairs, so that the variance of
    the mean is 1 + 2 h / (1 + h)^2 times as much: at most 1.5, at h = 1. Beyond that it stays
    there, as heads with a penalty do; without one, products of three samples add to it, and the
    variance is twice as much at h = 1. A budget smaller than n takes both halves of a pair less
    often, and h grows in the same proportion: n stays what a fold *may* learn from.
    ``benchmarks/learned.py`` looks at the levels.

    Examples
    --------
    >>> round(cross_widening(0, 100), 3), round(cross_widening(65, 450), 3)
    (1.0, 1.117)
    """
    spare = n_labels - n_numbers
    h = min(1.0, n_numbers / spare) if spare > 0 else 1.0
    return float(np.sqrt(1.0 + 2.0 * h / (1.0 + h) ** 2))
