"""Samples as they were read, before they are a task."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Input, KindName


@dataclass(frozen=True, slots=True)
class Samples:
    """Checked columns of a label table, before they become a task.

    Attributes are those of `Task`, and these:

    Attributes
    ----------
    kind : {"classification", "regression", "segmentation"}
    target : ndarray, shape (n,)
        Class names, or numbers, as they were read. Of a segmentation it is made from `masks`, whose
        codes point into `classes`.
    together_by : tuple of str
        Group columns whose values are on one side of every split (parcel, event).

    Examples
    --------
    >>> from bocage.core import Input
    >>> ndvi = Input("ndvi", np.array([[0.8], [0.1]]), ("ndvi",))
    >>> place = np.array([[5.1, 45.2], [5.2, 45.2]])
    >>> Samples("fields", "regression", np.array([2.5, 4.0]), place, {"ndvi": ndvi}).leave
    ''
    """

    name: str
    kind: KindName
    target: NDArray[Any]
    lonlat: NDArray[np.float64]
    inputs: Mapping[str, Input]
    groups: Mapping[str, NDArray[np.str_]] = field(default_factory=dict)
    together_by: tuple[str, ...] = ()
    polygon: NDArray[np.int64] | None = None
    averaged: bool = False
    area: NDArray[np.float64] | None = None
    masks: NDArray[np.int16] | None = None
    parcels: NDArray[np.int32] | None = None
    pixel_metres: float = float("nan")
    folds: Mapping[str, NDArray[np.str_]] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    title: str = ""
    leave: str = ""
    notes: tuple[str, ...] = ()
    synthetic: bool = False
    suggested: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    licence: str = ""
