"""Scores of segmented chips that follow from their confusion counts."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Codes, DataError, Floats, Ints, SettingsError
from bocage.metrics._confusion import block_confusion, class_iou, mean_of_defined

PIXELS_AT_ONCE = 2**18
"""Chips are counted in groups of about so many pixels, which stay in the processor's cache."""


def chip_confusion(true: Codes, predicted: Codes, n_classes: int) -> Ints:
    """Count the pixels of each chip by true and predicted class.

    Parameters
    ----------
    true : ndarray of int, shape (n, h, w)
        Class codes from 0 to `n_classes` - 1; -1 is ignored (no data, or no label).
    predicted : ndarray of int, shape (n, h, w)
        Class codes, of ignored pixels too.
    n_classes : int

    Returns
    -------
    ndarray of int64, shape (n, n_classes, n_classes)
        Rows are true, columns predicted classes. The sum over chips is what `accuracy`,
        `class_f1`, `mean_iou` and `signed_area_error` take.

    Raises
    ------
    DataError
        If shapes differ, or a code is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> true = np.array([[[0, 0], [1, -1]]])
    >>> chip_confusion(true, np.array([[[0, 1], [1, 1]]]), 2).tolist()
    [[[1, 1], [0, 1]]]
    """
    check_pair(true, predicted, n_classes)
    out = np.zeros((len(true), n_classes, n_classes), np.int64)
    for group in chip_groups(true.shape):
        kept = true[group] >= 0
        truth, guess = true[group][kept], predicted[group][kept]
        out[group] = block_confusion(truth, guess, kept.nonzero()[0], len(kept), n_classes)
    return out


def mean_iou(counts: NDArray[Any]) -> Floats:
    """Mean intersection over union of the classes in truth or prediction, shape (...).

    Equal to torchmetrics' ``multiclass_jaccard_index(average="macro")``; NaN without pixels.

    Parameters
    ----------
    counts : ndarray, shape (..., C, C)
        Confusion counts, rows true.

    Examples
    --------
    >>> import numpy as np
    >>> float(mean_iou(np.array([[2, 1, 0], [1, 0, 0], [0, 0, 0]])))
    0.25
    """
    return mean_of_defined(class_iou(counts))


def check_pair(true: Codes, predicted: Codes, n_classes: int | None) -> None:
    """Refuse chips of two shapes, and codes outside -1 (predicted: 0) to `n_classes` - 1."""
    check_chips(true, "true", -1, n_classes)
    check_chips(predicted, "predicted", 0, n_classes)
    if true.shape != predicted.shape:
        raise DataError(
            f"true chips have shape {true.shape}, predicted chips have shape {predicted.shape}; "
            "expected equal shapes"
        )


def check_chips(codes: Codes, what: str, least: int, n_classes: int | None = None) -> None:
    """Refuse what is no stack of chips with whole numbers from `least` to `n_classes` - 1."""
    if codes.ndim != 3 or 0 in codes.shape[1:]:  # noqa: PLR2004
        raise DataError(f"{what} chips have shape {codes.shape}; expected (n, h, w)")
    if codes.dtype.kind not in "iu":
        raise DataError(f"{what} chips have type {codes.dtype}; expected whole numbers")
    if not codes.size:
        return
    low, high = int(codes.min()), int(codes.max())
    if low < least or (n_classes is not None and high >= n_classes):
        top = "or more" if n_classes is None else f"to {n_classes - 1}"
        raise DataError(f"{what} codes range from {low} to {high}; expected {least} {top}")


def check_pixel(pixel: float) -> None:
    """Refuse a pixel without size."""
    if not (np.isfinite(pixel) and pixel > 0):
        raise SettingsError(f"the pixel size is {pixel} m; expected a length above 0")


def chip_groups(shape: tuple[int, ...]) -> Iterator[slice]:
    """Cut n chips of shape (n, h, w) into groups of about `PIXELS_AT_ONCE` pixels."""
    n, height, width = shape
    step = max(1, PIXELS_AT_ONCE // max(1, height * width))
    for start in range(0, n, step):
        yield slice(start, min(start + step, n))
