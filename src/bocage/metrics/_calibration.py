"""Whether a stated confidence comes true."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats
from bocage.metrics._confusion import check_codes, ratio

N_BINS = 15
"""Bins of the calibration error (the default of torchmetrics)."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """Confidence against accuracy, bin by bin.

    Attributes
    ----------
    edges : ndarray of float64, shape (n_bins + 2,)
        Bin i holds confidences in [edges[i], edges[i + 1]). The last bin has no width: it holds
        confidence 1 alone, so the edge 1 stands twice.
    counts : ndarray of float64, shape (n_bins + 1,)
        Samples a bin.
    confidence, accuracy : ndarray of float64, shape (n_bins + 1,)
        Mean stated confidence and share of right predictions; NaN in empty bins.
    """

    edges: Floats
    counts: Floats
    confidence: Floats
    accuracy: Floats


def calibration_counts(
    confidence: NDArray[Any],
    correct: NDArray[Any],
    n_bins: int = N_BINS,
    weights: Floats | None = None,
) -> Floats:
    """Sum samples, confidences and right predictions by bins of equal width.

    Bins and confidences are compared in float32, as in torchmetrics: a share such as 2/3 then
    falls on its edge, not beside it by the last digit of a double.

    Parameters
    ----------
    confidence : ndarray of float, shape (n,)
        Probability of the predicted class, 0 to 1.
    correct : ndarray of bool, shape (n,)
    n_bins : int
    weights : ndarray of float64, shape (n,), optional

    Returns
    -------
    ndarray of float64, shape (n_bins + 1, 3)
        [samples, sum of confidence, sum of right predictions]; the last bin holds confidence 1
        alone. Additive: counts of folds or blocks can be summed and weighted.

    Raises
    ------
    ValueError
        If a confidence is outside 0 to 1 or not a number, or lengths differ.
    """
    stated, right = _checked(confidence, correct)
    which = _edges(n_bins).searchsorted(stated.astype(np.float32), side="right") - 1
    return _sums(which, stated, right, n_bins + 1, weights)


def block_calibration_counts(
    confidence: NDArray[Any],
    correct: NDArray[Any],
    block: NDArray[np.integer[Any]],
    n_blocks: int,
    n_bins: int = N_BINS,
) -> Floats:
    """Return `calibration_counts` of each block, shape (n_blocks, n_bins + 1, 3)."""
    check_codes(block, n_blocks, "block")
    stated, right = _checked(confidence, correct)
    which = _edges(n_bins).searchsorted(stated.astype(np.float32), side="right") - 1
    flat = block.astype(np.int64) * (n_bins + 1) + which
    sums = _sums(flat, stated, right, n_blocks * (n_bins + 1), None)
    return sums.reshape(n_blocks, n_bins + 1, 3)


def ece_from_counts(counts: Floats) -> Floats:
    """Return the expected calibration error from summed bins, shape (...).

    sum_b (n_b / N) abs(accuracy_b - confidence_b), Guo et al. 2017 (arXiv 1706.04599), eq. 3.
    NaN without samples.

    Parameters
    ----------
    counts : ndarray of float64, shape (..., n_bins, 3)
    """
    gap = np.abs(counts[..., 2] - counts[..., 1]).sum(-1)
    return ratio(gap, counts[..., 0].sum(-1))


def ece(confidence: NDArray[Any], correct: NDArray[Any], n_bins: int = N_BINS) -> float:
    """Return the expected calibration error over bins of equal width.

    Equal to torchmetrics' ``multiclass_calibration_error(norm="l1")`` on the same predictions
    (which, too, keeps confidence 1 in a bin of its own). With few samples a bin it is too high;
    read it beside `brier` and `reliability`. NaN without samples.

    Examples
    --------
    >>> import numpy as np
    >>> round(ece(np.full(4, 0.9), np.array([True, True, True, False])), 3)
    0.15
    """
    return ece_both(confidence, correct, n_bins)[0]


def ece_equal_mass(confidence: NDArray[Any], correct: NDArray[Any], n_bins: int = N_BINS) -> float:
    """Return the expected calibration error over bins of about equally many samples.

    Samples of one confidence share a bin (that of the middle of their ranks), so the figure does
    not depend on the order of rows; a method with few distinct confidences has fewer bins. NaN
    without samples.
    """
    return ece_both(confidence, correct, n_bins)[1]


def ece_both(
    confidence: NDArray[Any], correct: NDArray[Any], n_bins: int = N_BINS
) -> tuple[float, float]:
    """Return `ece` and `ece_equal_mass`, with one sort for both."""
    stated, right = _checked(confidence, correct)
    n = len(stated)
    if n == 0:
        return float("nan"), float("nan")
    rounded = stated.astype(np.float32)
    order = rounded.argsort()
    ordered = rounded[order]
    gap = (right - stated)[order]
    width = _edges(n_bins).searchsorted(ordered, side="right") - 1
    middle = np.arange(1, 2 * n, 2)
    if not (ordered[1:] != ordered[:-1]).all():
        middle = ordered.searchsorted(ordered, "left") + ordered.searchsorted(ordered, "right")
    mass = middle * n_bins // (2 * n)
    return (
        float(np.abs(np.bincount(width, gap)).sum()) / n,
        float(np.abs(np.bincount(mass, gap)).sum()) / n,
    )


def reliability(
    confidence: NDArray[Any], correct: NDArray[Any], n_bins: int = N_BINS
) -> Reliability:
    """Tabulate confidence against accuracy over bins of equal width (those of `ece`)."""
    return reliability_from_counts(calibration_counts(confidence, correct, n_bins))


def reliability_from_counts(counts: Floats) -> Reliability:
    """Tabulate summed bins, shape (n_bins + 1, 3), of `calibration_counts`."""
    return Reliability(
        edges=np.append(np.linspace(0.0, 1.0, len(counts)), 1.0),
        counts=counts[:, 0].copy(),
        confidence=ratio(counts[:, 1], counts[:, 0]),
        accuracy=ratio(counts[:, 2], counts[:, 0]),
    )


@lru_cache(maxsize=16)
def _edges(n_bins: int) -> NDArray[np.float32]:
    """Edges as torch.linspace gives them: steps up from 0, then down from 1, rounded once."""
    step = float(np.float32(1.0) / np.float32(n_bins))
    i = np.arange(n_bins + 1)
    up, down = i * step, 1.0 - (n_bins - i) * step
    edges = np.where(i < (n_bins + 1) // 2, up, down).astype(np.float32)
    edges.setflags(write=False)
    return edges


def _checked(confidence: NDArray[Any], correct: NDArray[Any]) -> tuple[Floats, Floats]:
    stated = np.asarray(confidence, np.float64)
    right = np.asarray(correct, np.float64)
    if stated.shape != right.shape or stated.ndim != 1:
        raise ValueError(
            f"confidence has shape {stated.shape}, and correct has shape {right.shape}; "
            "expected equal shapes"
        )
    # Written so that NaN fails; shares summed by a forest may pass 1 by rounding.
    if len(stated) and not (stated.min() >= 0.0 and stated.max() <= 1.0 + 1e-6):
        raise ValueError(
            f"confidence ranges from {stated.min()} to {stated.max()}; expected values from 0 to 1"
        )
    return np.minimum(stated, 1.0), right


def _sums(
    which: NDArray[np.int64], stated: Floats, right: Floats, n: int, weights: Floats | None
) -> Floats:
    weight = np.ones_like(stated) if weights is None else weights
    sums = [np.bincount(which, v, n) for v in (weight, weight * stated, weight * right)]
    return np.stack(sums, axis=1)
