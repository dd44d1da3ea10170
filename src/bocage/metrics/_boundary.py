"""How well the contours of segmented classes are met."""

from collections.abc import Sequence
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Codes, Floats, Ints, SettingsError
from bocage.metrics._confusion import ratio
from bocage.metrics._segmentation import check_pair, check_pixel, chip_groups

Masks = NDArray[np.bool_]

BOUNDARY_COUNTS = (
    "true_contour",
    "true_met",
    "predicted_contour",
    "predicted_met",
    "true_band",
    "predicted_band",
    "shared_band",
)
"""Names of the seven counts of pixels that boundary scores follow from.

Contours: pixels of the class beside a pixel of another class, and those of them within the
distance of the other mask's contour ("met"). Bands: pixels of the class within the distance of
another class, in truth, in prediction and in both.
"""

_ROUNDING = 1e-9


def boundary_counts(
    true: Codes, predicted: Codes, n_classes: int, distances: Sequence[float], pixel: float
) -> Ints:
    """Count the pixels of each chip's contours, class by class, and those near one another.

    Distances are Euclidean, between the centres of pixels. A contour is made of the pixels that
    share a side with a pixel of another class; a band of d metres along a straight contour is
    d / `pixel` pixels wide, as in the erosion by which boundary IoU was defined. So `boundary_f1`
    is defined from d = 0 (contours must be the same), `boundary_iou` from d = one pixel.

    Ignored pixels are neither in a class nor outside it: they are not counted, and a class makes
    no contour against them. Where unlabelled strips part the classes, the truth has no contour,
    and a predicted one beside the strip counts as wrong. Nor does a class make a contour against
    the edge of its chip.

    Parameters
    ----------
    true : ndarray of int, shape (n, h, w)
        Class codes from 0 to `n_classes` - 1; -1 is ignored (no data, or no label).
    predicted : ndarray of int, shape (n, h, w)
        Class codes, of ignored pixels too.
    n_classes : int
    distances : sequence of float, length D
        In metres.
    pixel : float
        Side of a pixel in metres.

    Returns
    -------
    ndarray of int64, shape (n, n_classes, D, 7)
        Counts named in `BOUNDARY_COUNTS`. They add up over chips; over classes too, which gives
        the score of all contours together.

    Raises
    ------
    DataError
        If shapes differ, or a code is out of range.
    SettingsError
        If a distance is negative or not finite, or the pixel has no size.

    Examples
    --------
    A contour that is one pixel of 10 m off:

    >>> import numpy as np
    >>> true, predicted = np.array([[[0, 0, 0, 1, 1, 1]]]), np.array([[[0, 0, 1, 1, 1, 1]]])
    >>> counts = boundary_counts(true, predicted, 2, [0.0, 10.0, 20.0], 10.0).sum(axis=0)
    >>> boundary_f1(counts)[1].tolist()
    [0.0, 1.0, 1.0]
    >>> boundary_iou(counts)[1].round(2).tolist()
    [nan, 0.0, 0.33]
    """
    check_pair(true, predicted, n_classes)
    check_pixel(pixel)
    reach = np.asarray(distances, np.float64)
    if reach.ndim != 1 or not (np.isfinite(reach).all() and (reach >= 0).all()):
        raise SettingsError(f"distances are {distances} m; expected a list of lengths of 0 or more")
    # 0.3 / 0.1 is a little less than 3; squares of distances between centres are whole.
    squares = [int(s) for s in (reach / pixel) ** 2 * (1.0 + _ROUNDING)]
    out = np.zeros((len(true), n_classes, len(squares), len(BOUNDARY_COUNTS)), np.int64)
    for group in chip_groups(true.shape):
        kept = true[group] >= 0
        for code in range(n_classes):
            truth, guess = true[group] == code, (predicted[group] == code) & kept
            out[group, code] = _class_counts(truth, guess, kept, squares)
    return out


def boundary_f1(counts: NDArray[Any]) -> Floats:
    """F1 of contours, shape (...): how much of each is within the distance of the other.

    2 P R / (P + R), where P is the share of predicted contour pixels near the true contour and R
    the share of true ones near the predicted contour (Csurka et al. 2013, What is a good
    evaluation measure for semantic segmentation?, 10.5244/C.27.32; there with the contours of
    each image, here with those of all chips summed). NaN without any contour; 0 where one of
    the two has none.

    Parameters
    ----------
    counts : ndarray, shape (..., 7)
        Summed `boundary_counts`, possibly weighted.
    """
    table = np.asarray(counts, np.float64)
    true, true_met, predicted, predicted_met = (table[..., i] for i in range(4))
    # 2 P R / (P + R) with both fractions multiplied out, so that P or R may be undefined alone.
    met = 2.0 * true_met * predicted_met
    score = ratio(met, true_met * predicted + predicted_met * true)
    missed = (true + predicted > 0) & (met == 0)
    return np.asarray(np.where(missed, 0.0, score), np.float64)[()]


def boundary_iou(counts: NDArray[Any]) -> Floats:
    """Intersection over union of the bands along both contours, shape (...).

    Pixels of a mask within the distance of its own contour, of truth and prediction (Cheng et
    al. 2021, arXiv 2103.16562). It differs from the authors' programme in two ways: it
    measures Euclidean distances, there squares are eroded; and a chip's edge is no contour. NaN
    where neither has a band; 0 where one of the two has none.

    Parameters
    ----------
    counts : ndarray, shape (..., 7)
        Summed `boundary_counts`, possibly weighted.
    """
    table = np.asarray(counts, np.float64)
    shared = table[..., 6]
    return ratio(shared, table[..., 4] + table[..., 5] - shared)


def boundary_scores(
    counts: NDArray[Any], classes: Sequence[str], distances: Sequence[float]
) -> dict[str, float]:
    """Score contours at several distances, class by class and on average.

    Parameters
    ----------
    counts : ndarray, shape (C, D, 7)
        `boundary_counts` summed over chips.
    classes : sequence of str
    distances : sequence of float
        In metres; part of the names: ``boundary_f1@20m``, ``boundary_iou@20m:water``.

    Returns
    -------
    dict of str to float
        Means are over the classes that have a contour; NaN where none has.
    """
    found: dict[str, float] = {}
    for name, score in (("boundary_f1", boundary_f1), ("boundary_iou", boundary_iou)):
        values = score(counts)
        for i, distance in enumerate(distances):
            known = values[:, i][np.isfinite(values[:, i])]
            at = f"{name}@{distance:g}m"
            found[at] = float(known.mean()) if len(known) else float("nan")
            found |= {f"{at}:{c}": float(v) for c, v in zip(classes, values[:, i], strict=True)}
    return found


def _class_counts(truth: Masks, guess: Masks, kept: Masks, squares: Sequence[int]) -> Ints:
    """Count for one class, shape (n, D, 7)."""
    out = np.zeros((len(truth), len(squares), len(BOUNDARY_COUNTS)), np.int64)
    # What is outside a class must be seen to be outside. A chip ends where the tiling cut it,
    # not where the land changes: its edge would be a contour that truth and prediction share
    # for free, and the score would rise as chips get smaller.
    not_truth, not_guess = kept & ~truth, kept & ~guess
    true_edge, guess_edge = truth & _within(not_truth, 1), guess & _within(not_guess, 1)
    for i, square in enumerate(squares):
        true_band, guess_band = (
            truth & _within(not_truth, square),
            guess & _within(not_guess, square),
        )
        masks = (
            true_edge,
            true_edge & _within(guess_edge, square),
            guess_edge,
            guess_edge & _within(true_edge, square),
            true_band,
            guess_band,
            true_band & guess_band,
        )
        out[:, i] = np.stack([np.count_nonzero(m, axis=(1, 2)) for m in masks], axis=-1)
    return out


def _within(masks: Masks, square: int) -> Masks:
    """Mark the pixels within a distance, given squared and in pixels, of each chip's mask.

    A disc is laid over each pixel of the mask, as rows that get wider: a few shifts for each
    pixel of the radius, which for 10 pixels takes a tenth of a distance transform's time.
    """
    out = masks.copy()
    if not square or not masks.any():
        return out
    wide = masks.copy()
    height, width = masks.shape[1:]
    last = min(isqrt(square), width - 1)
    for x in range(last + 1):
        if x:
            wide[:, :, x:] |= masks[:, :, :-x]
            wide[:, :, :-x] |= masks[:, :, x:]
        # Rows of the disc that reach x pixels to either side and no further.
        far = isqrt(square - x * x)
        near = isqrt(square - (x + 1) ** 2) + 1 if x < last and (x + 1) ** 2 <= square else 0
        for y in range(near, min(far, height - 1) + 1):
            if y:
                out[:, y:] |= wide[:, :-y]
                out[:, :-y] |= wide[:, y:]
            else:
                out |= wide
    return out
