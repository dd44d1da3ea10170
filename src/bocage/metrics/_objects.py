"""Objects of segmented chips, by their size."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Codes, DataError, Floats, Ints, SettingsError
from bocage.metrics._confusion import ratio
from bocage.metrics._segmentation import check_chips, check_pair, check_pixel, chip_groups

OBJECT_COUNTS = ("objects", "cut", "pixels", "right")
"""Names of the four counts that recall by size follows from: objects, those of them that reach the
edge of their chip, pixels of all, and those of them that were predicted right."""

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

    chip: Ints
    code: Ints
    pixels: Ints
    hectares: Floats
    size: Ints
    cut: NDArray[np.bool_]
    right: Ints | None

    @property
    def recall(self) -> Floats:
        """Share of each object's pixels predicted right, shape (k,); NaN without a prediction."""
        if self.right is None:
            return np.full(len(self.pixels), np.nan)
        return ratio(self.right, self.pixels)


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
    check_chips(true, "true", -1)
    if predicted is not None:
        check_pair(true, predicted, None)
    check_pixel(pixel)
    edges = np.atleast_1d(np.asarray(edges_hectares, np.float64))
    rising = np.diff(edges, prepend=0.0) > 0
    if edges.ndim != 1 or not (rising.all() and np.isfinite(edges).all()):
        raise SettingsError(
            f"edges of object sizes are {edges_hectares}; expected increasing values above 0"
        )
    codes = list(classes_of_interest)
    if len(set(codes)) < len(codes) or min(codes, default=0) < 0:
        raise SettingsError(
            f"classes of interest are {codes}; expected different codes of 0 or more"
        )
    parts = [
        _objects(true, predicted, code, group)
        for code in codes
        for group in chip_groups(true.shape)
    ]
    empty = np.zeros((5, 0), np.int64)
    chip, code_of, pixels, cut, right = np.concatenate([*parts, empty], axis=1)
    hectares = np.asarray(pixels * (float(pixel) ** 2 / _SQUARE_METRES), np.float64)
    # An area that equals an edge may miss it by the last digit of a double.
    size = (edges * (1.0 - _ROUNDING)).searchsorted(hectares, side="right").astype(np.int64)
    found = None if predicted is None else right
    return ObjectSizes(chip, code_of, pixels, hectares, size, cut > 0, found)


def object_counts(found: ObjectSizes, n: int, n_classes: int, n_sizes: int) -> Ints:
    """Count the objects of each chip by class and size.

    Parameters
    ----------
    found : ObjectSizes
        With a prediction.
    n, n_classes, n_sizes : int
        Chips, classes and size classes; of the last one more than edges.

    Returns
    -------
    ndarray of int64, shape (n, n_classes, n_sizes, 4)
        Counts named in `OBJECT_COUNTS`, which add up over chips.

    Raises
    ------
    DataError
        If the objects were measured without a prediction.
    """
    if found.right is None:
        raise DataError(
            "objects were measured without a prediction; expected a prediction, to count "
            "detected objects"
        )
    out = np.zeros((n, n_classes, n_sizes, len(OBJECT_COUNTS)), np.int64)
    one = np.stack([np.ones_like(found.pixels), found.cut, found.pixels, found.right], axis=-1)
    np.add.at(out, (found.chip, found.code, found.size), one)
    return out


def object_recall(counts: NDArray[Any]) -> Floats:
    """Share of the objects' pixels that were found, shape (...); NaN without objects.

    Parameters
    ----------
    counts : ndarray, shape (..., 4)
        Summed `object_counts`, possibly weighted.
    """
    table = np.asarray(counts, np.float64)
    return ratio(table[..., 3], table[..., 2])


def size_names(edges_hectares: Sequence[float]) -> tuple[str, ...]:
    """Name size classes by their edges.

    >>> size_names([500, 5000])
    ('<500ha', '500-5000ha', '>=5000ha')
    """
    edges = [f"{edge:.10g}" for edge in edges_hectares]
    if not edges:
        return ("all",)
    between = (f"{low}-{high}ha" for low, high in pairwise(edges))
    return (f"<{edges[0]}ha", *between, f">={edges[-1]}ha")


def object_scores(
    counts: NDArray[Any], classes: Sequence[str], edges_hectares: Sequence[float]
) -> dict[str, float]:
    """Score the objects of each class by their size.

    Parameters
    ----------
    counts : ndarray, shape (C, S, 4)
        `object_counts` summed over chips.
    classes : sequence of str
    edges_hectares : sequence of float, length S - 1

    Returns
    -------
    dict of str to float
        ``objects@<1ha:water``, how many there are, and ``object_recall@<1ha:water``, which is NaN
        where there are none.
    """
    found: dict[str, float] = {}
    recalls = object_recall(counts)
    for i, size in enumerate(size_names(edges_hectares)):
        for c, name in enumerate(classes):
            found[f"objects@{size}:{name}"] = float(counts[c, i, 0])
            found[f"object_recall@{size}:{name}"] = float(recalls[c, i])
    return found


def _objects(true: Codes, predicted: Codes | None, code: int, group: slice) -> Ints:
    """Chip, class, pixels, whether cut, and hits of each object of one class, shape (5, k)."""
    from scipy import ndimage

    # Set in the middle plane alone, so that no object goes on into the next chip.
    touching = np.zeros((3, 3, 3), bool)
    touching[1] = True
    label, k = ndimage.label(true[group] == code, touching)
    inside = label > 0
    which = label[inside] - 1
    out = np.zeros((5, k), np.int64)
    # Each pixel of an object writes the same chip.
    out[0, which] = inside.nonzero()[0] + group.start
    out[1] = code
    out[2] = np.bincount(which, minlength=k)
    rim = np.concatenate([label[:, [0, -1]].ravel(), label[:, :, [0, -1]].ravel()])
    out[3, rim[rim > 0] - 1] = 1
    if predicted is not None:
        out[4] = np.bincount(which[predicted[group][inside] == code], minlength=k)
    return out
