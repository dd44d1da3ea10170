"""Confusion counts, and every figure that follows from them."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bocage.core import Codes, Floats


def confusion(
    true: Codes, pred: Codes, n_classes: int, weights: Floats | None = None
) -> NDArray[Any]:
    """Count samples by true and predicted class.

    Parameters
    ----------
    true, pred : ndarray of int, shape (n,)
        Class codes from 0 to `n_classes` - 1.
    n_classes : int
    weights : ndarray of float64, shape (n,), optional
        What each sample counts for, such as its area.

    Returns
    -------
    ndarray, shape (n_classes, n_classes)
        Rows are true, columns predicted classes; int64 without weights, else float64.

    Raises
    ------
    ValueError
        If a code is out of range: flat counting would put it into another cell.

    Examples
    --------
    >>> import numpy as np
    >>> confusion(np.array([0, 0, 1]), np.array([0, 1, 1]), 2).tolist()
    [[1, 1], [0, 1]]
    """
    check_codes(true, n_classes, "true")
    check_codes(pred, n_classes, "predicted")
    counts = np.bincount(true.astype(np.int64) * n_classes + pred, weights, n_classes * n_classes)
    return counts.reshape(n_classes, n_classes)


def block_confusion(
    true: Codes,
    pred: Codes,
    block: Codes,
    n_blocks: int,
    n_classes: int,
    weights: Floats | None = None,
) -> NDArray[Any]:
    """Count samples by block, true and predicted class.

    The sum over blocks equals `confusion`, so a weighted sum is a resample of whole blocks.

    Parameters
    ----------
    true, pred, weights
        As in `confusion`.
    block : ndarray of int, shape (n,)
        Block numbers from 0 to `n_blocks` - 1.
    n_blocks, n_classes : int

    Returns
    -------
    ndarray, shape (n_blocks, n_classes, n_classes)

    Raises
    ------
    ValueError
        If a code or a block number is out of range.
    """
    check_codes(true, n_classes, "true")
    check_codes(pred, n_classes, "predicted")
    check_codes(block, n_blocks, "block")
    flat = (block.astype(np.int64) * n_classes + true) * n_classes + pred
    counts = np.bincount(flat, weights, n_blocks * n_classes * n_classes)
    return counts.reshape(n_blocks, n_classes, n_classes)


def check_codes(codes: Codes, n: int, what: str) -> None:
    """Refuse codes outside 0 .. n - 1."""
    if codes.dtype.kind not in "iu":
        raise ValueError(f"{what} codes have type {codes.dtype}; expected whole numbers")
    if len(codes) and (codes.min() < 0 or codes.max() >= n):
        raise ValueError(
            f"{what} codes range from {codes.min()} to {codes.max()}; expected 0 to {n - 1}"
        )


def ratio(numerator: ArrayLike, denominator: ArrayLike) -> Floats:
    """Divide; NaN where the denominator is not positive."""
    bottom = np.asarray(denominator, np.float64)
    # NaN below the line gives NaN without a warning, and faster than a masked division.
    return np.divide(numerator, np.where(bottom > 0, bottom, np.nan), dtype=np.float64)


def mean_of_defined(values: Floats) -> Floats:
    """Mean over the last axis of what is not NaN; NaN where nothing is left."""
    known = ~np.isnan(values)
    return ratio(np.where(known, values, 0.0).sum(-1), known.sum(-1))


def margins(counts: NDArray[Any]) -> tuple[Floats, Floats, Floats]:
    """Return hits, row sums (truth) and column sums (prediction), each of shape (..., C)."""
    table = np.asarray(counts, np.float64)
    return table.diagonal(axis1=-2, axis2=-1), table.sum(-1), table.sum(-2)


def class_table(hits: Floats, true: Floats, pred: Floats) -> Floats:
    """F1, IoU, recall, precision and area error of one set of margins at once, shape (5, C).

    The same formulas as the functions below, for the loop that scores every run.
    """
    both = true + pred
    top = np.array([2.0 * hits, hits, hits, hits, pred - true])
    return ratio(top, np.array([both, both - hits, true, pred, true]))


def accuracy(counts: NDArray[Any]) -> Floats:
    """Share of samples on the diagonal, shape (...); NaN without samples.

    Parameters
    ----------
    counts : ndarray, shape (..., C, C)
        Confusion counts, rows true; possibly weighted.
    """
    hits, true, _ = margins(counts)
    return ratio(hits.sum(-1), true.sum(-1))


def kappa(counts: NDArray[Any]) -> Floats:
    """Cohen's kappa: agreement beyond that of the margins, shape (...); NaN where that is whole.

    Equal to scikit-learn's ``cohen_kappa_score``. It adds nothing to accuracy for a map (Pontius
    and Millones 2011, 10.1080/01431161.2011.552923); some must report it.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(kappa(np.array([[20, 5], [10, 15]]))), 3)
    0.4
    """
    hits, true, pred = margins(counts)
    n = true.sum(-1)
    observed, expected = ratio(hits.sum(-1), n), ratio((true * pred).sum(-1), n * n)
    return ratio(observed - expected, 1.0 - expected)


def recall(counts: NDArray[Any]) -> Floats:
    """Hits over true samples, shape (..., C); NaN for classes absent from the truth."""
    hits, true, _ = margins(counts)
    return ratio(hits, true)


def precision(counts: NDArray[Any]) -> Floats:
    """Hits over predicted samples, shape (..., C); NaN for classes never predicted."""
    hits, _, pred = margins(counts)
    return ratio(hits, pred)


def balanced_accuracy(counts: NDArray[Any]) -> Floats:
    """Mean recall over the classes present in the truth, shape (...).

    Equal to scikit-learn's ``balanced_accuracy_score``. NaN without samples.

    Examples
    --------
    >>> import numpy as np
    >>> float(balanced_accuracy(np.array([[8, 2], [1, 1]])))
    0.65
    """
    return mean_of_defined(recall(counts))


def class_f1(counts: NDArray[Any]) -> Floats:
    """F1 of each class, 2 hits / (true + predicted), shape (..., C).

    NaN for classes absent from both truth and prediction; 0 for classes that are in one of the
    two and never hit.
    """
    hits, true, pred = margins(counts)
    return ratio(2.0 * hits, true + pred)


def macro_f1(counts: NDArray[Any]) -> Floats:
    """Mean F1 over classes present in truth or prediction, shape (...).

    Equal to scikit-learn's ``f1_score(average="macro")`` with its default labels.
    """
    return mean_of_defined(class_f1(counts))


def class_iou(counts: NDArray[Any]) -> Floats:
    """Intersection over union of each class, shape (..., C); NaN as in `class_f1`.

    Equal to scikit-learn's ``jaccard_score(average=None)`` where defined.
    """
    hits, true, pred = margins(counts)
    return ratio(hits, true + pred - hits)


def signed_area_error(counts: NDArray[Any]) -> Floats:
    """Predicted minus true share of each class, relative to the true share, shape (..., C).

    +0.2 says that a map would show 20 % too much of the class. Counts of equal pixels, or counts
    weighted by parcel areas, give the error of the area itself. NaN for classes absent from the
    truth.

    Errors of single chips or blocks don't average to that of the total, since those with little
    of a class weigh as much as others: sum the counts first.

    Parameters
    ----------
    counts : ndarray, shape (..., C, C)
        Confusion counts, rows true.

    Examples
    --------
    >>> import numpy as np
    >>> signed_area_error(np.array([[8, 2], [0, 10]])).tolist()
    [-0.2, 0.2]
    """
    _, true, pred = margins(counts)
    return ratio(pred - true, true)


def reweight(counts: NDArray[Any], prevalence: ArrayLike) -> Floats:
    """Give the rows of confusion counts the shares of a reference population.

    Each row keeps its recall and its errors; row sums become `prevalence` times the number of
    samples. This is right where a class is recognised equally well in the reference population.

    Parameters
    ----------
    counts : ndarray, shape (..., C, C)
    prevalence : array_like, shape (C,)
        Share of each class in the reference; scaled to sum to one.

    Returns
    -------
    ndarray of float64, shape (..., C, C)
        All NaN where a class with a positive share has no true sample: nothing is known about
        it, so no figure for the reference can be given.

    Raises
    ------
    ValueError
        If a share is negative or not finite, all are zero, or their number is not C.

    Examples
    --------
    >>> import numpy as np
    >>> reweight(np.array([[8, 2], [0, 10]]), [0.9, 0.1]).tolist()
    [[14.4, 3.6], [0.0, 2.0]]
    """
    table = np.asarray(counts, np.float64)
    share = np.asarray(prevalence, np.float64)
    if share.shape != table.shape[-1:]:
        raise ValueError(
            f"{share.size} prevalences for {table.shape[-1]} classes; expected one per class"
        )
    if not np.isfinite(share).all() or (share < 0).any() or not share.any():
        raise ValueError("prevalences must be finite shares of 0 or more, and not all 0")
    rows = table.sum(-1)
    target = share / share.sum() * rows.sum(-1)[..., None]
    out = np.where(target[..., None] > 0, table * ratio(target, rows)[..., None], 0.0)
    unknown = ((share > 0) & ~(rows > 0)).any(-1)
    return np.where(unknown[..., None, None], np.nan, out)
