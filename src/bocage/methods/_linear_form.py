"""A linear head as weights and constants, for kernels and exports."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from bocage.methods._head import Head

Floats = NDArray[np.float64]

LINEAR = ("logistic", "centroid", "ridge")
"""Models whose scores are weighted sums of (standardised) bands."""


def linear_form(head: "Head") -> tuple[Floats, Floats]:
    """Return the weights of a linear head's bands and its constants, before the temperature.

    Parameters
    ----------
    head : Head
        Fitted, of a model in `LINEAR`.

    Returns
    -------
    weights : ndarray of float64, shape (n_scores, n_bands)
        Of standardised bands. One score for two classes, as scikit-learn has it, of logistic
        regression; else one a class that was seen, or that of a regression.
    constants : ndarray of float64, shape (n_scores,)
    """
    model = head.estimator_
    if head.model != "centroid":
        weights = np.atleast_2d(np.array(model.coef_, dtype=np.float64))
        return weights, np.atleast_1d(np.array(model.intercept_, dtype=np.float64))
    # -|x/s - m/s|^2 = 2 m.x/s^2 - |m/s|^2 + what all classes have in common; bands that never move
    # within a class keep their unit, as scikit-learn has it.
    spread = np.asarray(model.within_class_std_dev_, np.float64)
    per = 1.0 / np.square(np.where(spread != 0, spread, 1.0))
    centroids = np.asarray(model.centroids_, np.float64)
    constants = 2.0 * np.log(model.class_prior_) - (np.square(centroids) * per).sum(axis=1)
    return 2.0 * centroids * per, np.asarray(constants)
