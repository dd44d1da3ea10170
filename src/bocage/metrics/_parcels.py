"""Parcels of segmented chips, each with one class."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Codes, DataError, Ints
from bocage.metrics._confusion import accuracy, balanced_accuracy, class_f1, macro_f1
from bocage.metrics._segmentation import check_chips


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

    parcel: Ints
    code: Ints
    pixels: Ints
    votes: Ints


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
    check_chips(predicted, "predicted", 0)
    check_chips(parcels, "parcel", 0)
    if predicted.shape != parcels.shape:
        raise DataError(
            f"predicted chips have shape {predicted.shape}, parcels {parcels.shape}; expected "
            "equal shapes"
        )
    inside = parcels > 0
    ids, row = np.unique(parcels[inside], return_inverse=True)
    # Codes are renumbered in rising order, so argmax takes the lower of two equal classes.
    codes, column = np.unique(predicted[inside], return_inverse=True)
    table = np.bincount(row * len(codes) + column, minlength=len(ids) * len(codes))
    table = table.reshape(len(ids), len(codes))
    best = table.argmax(axis=1) if len(ids) else np.zeros(0, np.intp)
    votes = table[np.arange(len(ids)), best]
    return ParcelVotes(ids.astype(np.int64), codes[best].astype(np.int64), table.sum(axis=1), votes)


def parcel_scores(counts: NDArray[Any], classes: Sequence[str]) -> dict[str, float]:
    """Score parcels that were counted by true and predicted class.

    Parameters
    ----------
    counts : ndarray, shape (C, C)
        Rows true.
    classes : sequence of str

    Returns
    -------
    dict of str to float
        ``parcel_accuracy``, ``parcel_balanced_accuracy``, ``parcel_macro_f1`` and
        ``parcel_f1:wheat``; NaN where a figure is not defined.
    """
    f1 = class_f1(counts)
    return {
        "parcel_accuracy": float(accuracy(counts)),
        "parcel_balanced_accuracy": float(balanced_accuracy(counts)),
        "parcel_macro_f1": float(macro_f1(counts)),
        **{f"parcel_f1:{name}": float(f1[code]) for code, name in enumerate(classes)},
    }
