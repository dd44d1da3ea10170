"""Scores of segmented chips: pixels, areas, objects and parcels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, SettingsError
from bocage.metrics._confusion import (
    block_confusion,
    class_iou,
    mean_of_defined,
    ratio,
    signed_area_error,
)

Floats = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]
Counts = NDArray[np.int64]

PIXELS_AT_ONCE = 2**18
"""Chips are counted in groups of about so many pixels, which stay in the processor's cache."""

_SQUARE_METRES = 1e4
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class ObjectSizes:
    """Connected objects of the truth, one row each, by chip and class.

    Attributes
    ----------
    chip, code : ndarray of int64, shape (k,)
        Which chip, and which class.
    pixels : ndarray of int64, shape (k,)
    hectares : ndarray of float64, shape (k,)
        Area inside the chip.
    size : ndarray of int64, shape (k,)
        Size class: how many edges are no larger than the object.
    cut : ndarray of bool, shape (k,)
        Whether the object reaches the chip's edge. It may go on beyond, so its size class is
        the least it can have.
    right : ndarray of int64, shape (k,), or None
        Pixels predicted as the object's class; None without a prediction.
    """

    chip: Counts
    code: Counts
    pixels: Counts
    hectares: Floats
    size: Counts
    cut: NDArray[np.bool_]
    right: Counts | None

    @property
    def recall(self) -> Floats:
        """Share of each object's pixels predicted right, shape (k,); NaN without a prediction."""
        if self.right is None:
            return np.full(len(self.pixels), np.nan)
        return ratio(self.right, self.pixels)


@dataclass(frozen=True, slots=True)
class ParcelVotes:
    """Class of each parcel by the vote of its pixels.

    Attributes
    ----------
    parcel : ndarray of int64, shape (m,)
        Ids, rising.
    code : ndarray of int64, shape (m,)
        The class with most pixels; of equal classes the one with the lower code.
    pixels, votes : ndarray of int64, shape (m,)
        Pixels of the parcel, and those of them that are of the class named.
    """

    parcel: Counts
    code: Counts
    pixels: Counts
    votes: Counts


def chip_confusion(true: Codes, predicted: Codes, n_classes: int) -> Counts:
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
        `class_f1`, `mean_iou` and `area_error` take.

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
    check_chips(true, predicted, n_classes)
    out = np.zeros((len(true), n_classes, n_classes), np.int64)
    for group in chip_groups(true.shape):
        kept = true[group] >= 0
        truth, guess = true[group][kept], predicted[group][kept]
        out[group] = block_confusion(truth, guess, kept.nonzero()[0], len(kept), n_classes)
    return out


def area_error(counts: NDArray[Any]) -> Floats:
    """Signed relative error of each class's area, (predicted - true) / true, shape (..., C).

    What `signed_area_error` gives for pixels of equal area: +0.2 says that the map shows 20 %
    too much of the class. Errors of single chips don't average to that of the total, since
    chips with little of a class weigh as much as others; sum the counts first. NaN for classes
    absent from the truth.

    Parameters
    ----------
    counts : ndarray of int, shape (..., C, C)
        Confusion counts, rows true.
    """
    return signed_area_error(counts)


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


def object_sizes(
    true: Codes,
    classes_of_interest: Sequence[int],
    pixel: float,
    edges_hectares: Sequence[float],
    predicted: Codes | None = None,
) -> ObjectSizes:
    """Measure each connected object of some classes, and how much of it was found.

    Pixels of one class that share a side or a corner are one object. Ignored pixels (-1) are
    part of no object, and may part one into two.

    Parameters
    ----------
    true : ndarray of int, shape (n, h, w)
    classes_of_interest : sequence of int
        Class codes.
    pixel : float
        Side of a pixel in metres.
    edges_hectares : sequence of float
        Edges between size classes, in hectares, rising. An object as large as an edge is in the
        class above it.
    predicted : ndarray of int, shape (n, h, w), optional

    Returns
    -------
    ObjectSizes
        Sorted by class (as asked for), then chip.

    Raises
    ------
    DataError
        If shapes differ, or codes are not whole numbers from -1 (truth) or 0 (prediction) up.
    SettingsError
        If a class asked for is negative or named twice, the pixel has no size or the edges
        don't rise from above zero.

    Examples
    --------
    >>> import numpy as np
    >>> found = object_sizes(np.array([[[1, 0, 1], [1, 0, 0]]]), [1], 10.0, [0.015])
    >>> found.hectares.tolist(), found.size.tolist()
    ([0.02, 0.01], [1, 0])
    """
    from scipy import ndimage

    check_chips(true, true * 0 if predicted is None else predicted, None)
    check_pixel(pixel)
    edges = np.asarray(edges_hectares, np.float64)
    rising = np.diff(edges, prepend=0.0) > 0
    if edges.ndim != 1 or not (rising.all() and np.isfinite(edges).all()):
        raise SettingsError(f"edges of object sizes are {edges_hectares}; expected rising, above 0")
    codes = list(classes_of_interest)
    if len(set(codes)) < len(codes) or min(codes, default=0) < 0:
        raise SettingsError(f"classes of interest are {codes}; expected codes from 0 up, each once")
    # Set in the middle plane alone, so that no object goes on into the next chip.
    touching = np.zeros((3, 3, 3), bool)
    touching[1] = True
    parts: list[list[NDArray[Any]]] = []
    for code in codes:
        for group in chip_groups(true.shape):
            label, k = ndimage.label(true[group] == code, touching)
            inside = label > 0
            which = label[inside] - 1
            # Written over by each pixel of the object, all of one chip.
            chip = np.zeros(k, np.int64)
            chip[which] = inside.nonzero()[0] + group.start
            rim = np.zeros(k + 1, bool)
            for side in (label[:, 0], label[:, -1], label[:, :, 0], label[:, :, -1]):
                rim[side] = True
            hit = which[:0] if predicted is None else which[predicted[group][inside] == code]
            pixels, right = (np.bincount(w, minlength=k) for w in (which, hit))
            parts.append([chip, np.full(k, code, np.int64), pixels, rim[1:], right])
    empty = [np.zeros(0, np.int64)] * 3 + [np.zeros(0, bool), np.zeros(0, np.int64)]
    chip, code_of, pixels, cut, right = map(np.concatenate, zip(*parts, empty, strict=True))
    hectares = pixels * (float(pixel) ** 2 / _SQUARE_METRES)
    # An area that equals an edge may miss it by the last digit of a double.
    size = (edges * (1.0 - _ROUNDING)).searchsorted(hectares, side="right")
    found = None if predicted is None else right
    return ObjectSizes(chip, code_of, pixels, hectares, size.astype(np.int64), cut, found)


def parcel_majority(predicted: Codes, parcels: Codes) -> ParcelVotes:
    """Give each parcel the class that most of its pixels were predicted as.

    Parameters
    ----------
    predicted : ndarray of int, shape (n, h, w)
        Class codes.
    parcels : ndarray of int, shape (n, h, w)
        Ids; 0 is no parcel. An id is one parcel in all chips, so that one cut by a chip's edge
        votes once. Ids that start again in each chip must be made distinct first.

    Returns
    -------
    ParcelVotes

    Raises
    ------
    DataError
        If shapes differ, codes or ids are not whole numbers or are negative.

    Examples
    --------
    >>> import numpy as np
    >>> votes = parcel_majority(np.array([[[2, 2, 1, 0, 1]]]), np.array([[[7, 7, 7, 3, 3]]]))
    >>> votes.parcel.tolist(), votes.code.tolist()
    ([3, 7], [0, 2])
    """
    check_chips(parcels, predicted, None)
    if parcels.size and parcels.min() < 0:
        raise DataError(f"parcel ids start at {parcels.min()}; expected 0 for none, else above")
    inside = parcels > 0
    ids, row = np.unique(parcels[inside], return_inverse=True)
    # Codes are renumbered in rising order, so argmax takes the lower of two equal classes.
    codes, column = np.unique(predicted[inside], return_inverse=True)
    table = np.bincount(row * len(codes) + column, minlength=len(ids) * len(codes))
    table = table.reshape(len(ids), len(codes))
    best = table.argmax(axis=1) if len(ids) else np.zeros(0, np.intp)
    votes = table[np.arange(len(ids)), best]
    return ParcelVotes(ids.astype(np.int64), codes[best].astype(np.int64), table.sum(axis=1), votes)


def check_chips(true: Codes, predicted: Codes, n_classes: int | None) -> None:
    """Refuse chips of other shapes, and codes outside -1 (predicted: 0) to `n_classes` - 1."""
    if true.ndim != 3 or true.shape != predicted.shape:  # noqa: PLR2004
        raise DataError(
            f"true chips have shape {true.shape}, predicted {predicted.shape};"
            " expected (n, h, w) of both"
        )
    for what, chips, low in (("true", true, -1), ("predicted", predicted, 0)):
        if chips.dtype.kind not in "iu":
            raise DataError(f"{what} chips have type {chips.dtype}; expected whole numbers")
        if not chips.size:
            continue
        least, most = int(chips.min()), int(chips.max())
        if least < low or (n_classes is not None and most >= n_classes):
            top = "up" if n_classes is None else f"to {n_classes - 1}"
            raise DataError(f"{what} codes run from {least} to {most}; expected {low} {top}")


def check_pixel(pixel: float) -> None:
    """Refuse a pixel without size."""
    if not (np.isfinite(pixel) and pixel > 0):
        raise SettingsError(f"a pixel's side is {pixel} m; expected a length above 0")


def chip_groups(shape: tuple[int, ...]) -> Iterator[slice]:
    """Cut n chips of shape (n, h, w) into groups of about `PIXELS_AT_ONCE` pixels."""
    n, height, width = shape
    step = max(1, PIXELS_AT_ONCE // max(1, height * width))
    for start in range(0, n, step):
        yield slice(start, min(start + step, n))
