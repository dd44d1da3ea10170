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

    Attributes are those of `Task`; `kind` is a name, `target` holds class names or numbers as they
    were read (for a segmentation it is made from `masks`, whose codes point into `classes`), and
    `together_by` names the group columns whose values must not be torn apart (parcel, event).
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
    folds: NDArray[np.str_] | None = None
    classes: tuple[str, ...] = ()
    title: str = ""
    leave: str = ""
    notes: tuple[str, ...] = ()
    synthetic: bool = False
    suggested: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    licence: str = ""
