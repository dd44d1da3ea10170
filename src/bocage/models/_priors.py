"""Class priors of a map: probabilities learned under one prior, used under another."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bocage.core import DataError, Floats, SettingsError


@dataclass(frozen=True, slots=True, eq=False)
class PriorEstimate:
    """Class shares that a map's own probabilities suggest.

    Attributes
    ----------
    prior : ndarray of float64, shape (n_classes,)
        Shares; they sum to 1.
    n_iterations : int
    gap : float
        The mean log-likelihood of the pixels, and what is anchored, can rise by no more than this.
    converged : bool
        Whether the gap fell below the tolerance.
    """

    prior: Floats
    n_iterations: int
    gap: float
    converged: bool


def training_prior(model: str, counts: ArrayLike) -> Floats:
    """Give the class prior under which a head's probabilities hold.

    Heads that weight classes see all that they learned from as equally frequent; the others see
    the classes as frequent as their labels. Nearest neighbours lie between the two: votes are
    weighed, but where one neighbour votes there is nothing to weigh it with.

    Parameters
    ----------
    model : str
        A name in `bocage.methods.HEADS`.
    counts : array_like of int, shape (n_classes,)
        Labels of each class that were learned from.

    Returns
    -------
    ndarray of float64, shape (n_classes,)

    Examples
    --------
    >>> training_prior("logistic", [30, 10, 0]).tolist()
    [0.5, 0.5, 0.0]
    >>> training_prior("prior", [30, 10, 0]).tolist()
    [0.75, 0.25, 0.0]
    """
    from bocage.methods import HEADS

    labels = np.asarray(counts, np.float64)
    if model not in HEADS:
        raise SettingsError(f"model {model!r} is unknown; expected one of {', '.join(HEADS)}")
    spec = HEADS[model]
    if spec.weighting == "votes":
        return _prior_of_votes(_shares(labels, "counts of labels"), spec.n_votes)
    if spec.weighting != "none":
        labels = (labels > 0).astype(np.float64)
    return _shares(labels, "counts of labels")


def _prior_of_votes(shares: Floats, n_neighbors: int) -> Floats:
    """Give the mean share of each class where neighbours are any labels, votes weighed by class.

    Of one neighbour or of three (a, b, c): E[w_c / (w_a + w_b + w_c)] with w = 1 / share.
    """
    seen = np.flatnonzero(shares)
    if n_neighbors == 1 or len(seen) == 1:
        return shares
    own, made = shares[seen], np.zeros_like(shares)
    worth = 1.0 / own
    two = worth[:, None] + worth
    each = np.array([(own[:, None] * own / (two + w)).sum() for w in worth])
    # Three times: any of the neighbours may be the one of the class; share times worth is 1.
    made[seen] = 3.0 * each
    return np.asarray(made / made.sum())


def reweigh(proba: NDArray[Any], train_prior: ArrayLike, prior: ArrayLike) -> Floats:
    """Turn probabilities that hold under one class prior into those under another (Bayes).

    Right where each class looks the same in both places and only their frequencies differ.

    Parameters
    ----------
    proba : ndarray, shape (..., n_classes)
        Probabilities under `train_prior`; NaN where there is no data.
    train_prior, prior : array_like of float, shape (n_classes,)
        Class shares, scaled to sum to one.

    Returns
    -------
    ndarray of float64, shape (..., n_classes)
        NaN where there is no data, and where all that a pixel can be has a prior of zero.

    Raises
    ------
    DataError
        If a class has a positive prior but was never learned, or shares make no sense.

    Examples
    --------
    >>> reweigh(np.array([0.5, 0.5]), [0.5, 0.5], [0.9, 0.1]).round(3).tolist()
    [0.9, 0.1]
    """
    weighted = np.asarray(proba, np.float64) * _factors(np.shape(proba)[-1], train_prior, prior)
    total = weighted.sum(axis=-1, keepdims=True)
    return np.divide(weighted, np.where(total > 0, total, np.nan))


def estimate_prior(
    proba: NDArray[Any],
    train_prior: ArrayLike,
    counts: ArrayLike | None = None,
    *,
    anchor: float = 0.0,
    tolerance: float = 1e-6,
    max_iterations: int = 1000,
) -> PriorEstimate:
    """Estimate the class shares of a map from its own probabilities.

    The EM algorithm of Saerens, Latinne and Decaestecker (2002, 10.1162/089976602753284446): it
    finds the shares under which the probabilities of the pixels are most likely. Trustworthy only
    where the probabilities are calibrated and the classes look as they did in training; a sample
    of reference labels (`estimate_areas`) assumes neither.

    Parameters
    ----------
    proba : ndarray, shape (n, n_classes)
        Probabilities of pixels, of a sample of them, or the distinct ones of a histogram. Rows
        with NaN are left out.
    train_prior : array_like of float, shape (n_classes,)
        Class shares under which the probabilities hold; see `training_prior`.
    counts : array_like of float, shape (n,), optional
        How many pixels have each row of probabilities; one each if not given.
    anchor : float
        What the shares in training count, where all pixels together count 1: a Dirichlet prior, so
        that the estimate is the most probable one and not the most likely. It keeps probabilities
        that are off by a little, and the same way over a whole area, from emptying a class.
    tolerance : float
        Stop where the mean log-likelihood can rise by no more than this.
    max_iterations : int

    Raises
    ------
    DataError
        If no row can be used, or figures make no sense.

    Examples
    --------
    >>> sure = np.repeat(np.eye(2), [90, 10], axis=0)
    >>> estimate_prior(sure, [0.5, 0.5]).prior.round(6).tolist()
    [0.9, 0.1]
    >>> estimate_prior(sure, [0.5, 0.5], anchor=1.0).prior.round(6).tolist()
    [0.7, 0.3]
    """
    table = np.asarray(proba, np.float64)
    weight = np.ones(len(table)) if counts is None else np.asarray(counts, np.float64)
    if table.ndim != 2 or weight.shape != table.shape[:1]:  # noqa: PLR2004
        raise DataError(
            f"probabilities of shape {table.shape} with counts of shape {weight.shape}; expected "
            "(pixels, classes) and one count per row"
        )
    known = np.isfinite(table).all(axis=1) & (weight > 0)
    table, weight = table[known], weight[known]
    if (table < 0).any() or not np.isfinite(weight).all():
        raise DataError("probabilities and counts must be 0 or more, and counts finite")
    if not (np.isfinite(anchor) and anchor >= 0):
        raise DataError(f"the anchor must be finite and 0 or more; found {anchor}")
    start = _shares(train_prior, "the training prior", table.shape[1])
    # Likelihoods up to a factor a row, which cancels. What training never saw stays at zero.
    likelihood = table * _factors(table.shape[1], start, np.where(start > 0, 1.0, 0.0))
    total = likelihood.sum(axis=1)
    likelihood, weight = likelihood[total > 0] / total[total > 0, None], weight[total > 0]
    if not len(likelihood):
        raise DataError("no pixel has a probability above 0 for a class with training labels")
    weight = weight / weight.sum()

    prior, gap, n = start, np.inf, 0
    # A class that some pixel may be is never lost to underflow.
    least = np.where((likelihood > 0).any(axis=0), np.finfo(np.float64).tiny, 0.0)
    while True:
        gain = (weight / (likelihood @ prior)) @ likelihood
        # The derivative by each share; their mean, weighed by the shares, is 1 + anchor.
        slope = gain + anchor * np.divide(start, prior, out=np.zeros_like(start), where=prior > 0)
        gap = float(slope.max() - 1.0 - anchor)
        if gap <= tolerance or n >= max_iterations:
            return PriorEstimate(prior, n, gap, gap <= tolerance)
        prior = np.maximum(prior * slope, least)
        prior = prior / prior.sum()
        n += 1


def _factors(n: int, train_prior: ArrayLike, prior: ArrayLike) -> Floats:
    before = _shares(train_prior, "the training prior", n)
    after = _shares(prior, "the prior of the map", n)
    if (after[before == 0] > 0).any():
        code = int(np.flatnonzero((before == 0) & (after > 0))[0])
        raise DataError(
            f"class {code} has a prior of {after[code]:.3g} but no training labels; set its prior "
            "to 0, or add labels"
        )
    return np.divide(after, before, out=np.zeros(n), where=before > 0)


def _shares(values: ArrayLike, what: str, n: int | None = None) -> Floats:
    found = np.asarray(values, np.float64)
    if found.ndim != 1 or (n is not None and len(found) != n):
        raise DataError(f"{what} has {found.size} values; expected one for each of {n} classes")
    if not np.isfinite(found).all() or (found < 0).any() or not found.any():
        raise DataError(f"{what} must be finite shares of 0 or more, not all 0: {found.tolist()}")
    return np.asarray(found / found.sum())
