"""The task: samples with a target, their groups and the inputs known for them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import (
    CLASSIFICATION,
    REGRESSION,
    SEGMENTATION,
    DataError,
    Input,
    Kind,
    counted,
    find_kind,
    row_digests,
)
from bocage.tasks._kept_together import together
from bocage.tasks._samples import Samples

IGNORED = -1
"""Code of a pixel without a label, or without data: it is neither learned nor scored."""


@dataclass(frozen=True, slots=True)
class Task:
    """Samples with a target, their groups and the inputs known for them.

    Rows stand in an order that depends on their content alone (see `build_task`), so every table
    with the same rows gives the same task.

    Attributes
    ----------
    name, title : str
        Short name for folders and one line for people.
    kind : Kind
    target : ndarray, shape (n,)
        int64 codes into `classes`, or float64 values. Of a segmented chip the code of the class
        that most of its labelled pixels have.
    classes : tuple of str
        Class names, sorted; empty for regression.
    lonlat : ndarray of float64, shape (n, 2)
        Longitude and latitude in degrees (WGS84); all NaN in a task without places.
    groups : mapping of str to ndarray of str, shape (n,)
        Columns that a split may leave out: region, year, city, parcel, event.
    inputs : mapping of str to Input
    unit : ndarray of int64, shape (n,)
        Samples with the same number stay on one side of every split: one coordinate, one pixel,
        one parcel or one event.
    digests : ndarray of 16-byte void, shape (n,)
        Content of each row apart from its target: the sample's identity.
    area : ndarray of float64, shape (n,), optional
        Area of each parcel in square metres.
    masks : ndarray of int16, shape (n, height, width), optional
        Codes of the pixels of segmented chips; -1 where there is no label.
    parcels : ndarray of int32, shape (n, height, width), optional
        Which parcel each of those pixels belongs to; -1 where there is none. A number is one
        parcel in all chips.
    pixel_metres : float
        Side of those pixels; NaN without them.
    row : ndarray of int64, shape (n,)
        Where the sample stood in the table it came from.
    polygon : ndarray of int64, shape (n,), optional
        Number of the polygon that was labelled, where samples are single pixels of it: budgets
        count polygons.
    averaged : bool
        Whether features are statistics over the pixels of a polygon: no pixel is like that.
    folds : mapping of str to ndarray of str, shape (n,)
        Columns of folds that were made elsewhere; no part of what a sample is.
    rare : mapping of str to int
        Labels of each class that was left out because it has few.
    leave : str
        Group that a comparison leaves out unless told otherwise; empty for blocks.
    notes : tuple of str
        What a reader of any result must know (label noise, duplicates); shown on every page.
    synthetic : bool
        True if the data are made up; said wherever they are shown.
    suggested : mapping of str to value
        Settings of a comparison that fit this task, taken unless the user sets them.
    source, licence : str
        Where the data come from, and under which terms.

    Examples
    --------
    >>> from bocage.core import Input
    >>> from bocage.tasks import Samples, build_task
    >>> ndvi = Input("ndvi", np.array([[0.8], [0.1], [0.7]]), ("ndvi",))
    >>> place = np.array([[5.1, 45.2], [5.2, 45.2], [5.3, 45.1]])
    >>> task = build_task(
    ...     Samples("fields", "classification", ["crop", "bare", "crop"], place, {"ndvi": ndvi})
    ... )
    >>> len(task), task.classes
    (3, ('bare', 'crop'))
    """

    name: str
    title: str
    kind: Kind
    target: NDArray[Any]
    classes: tuple[str, ...]
    lonlat: NDArray[np.float64]
    groups: Mapping[str, NDArray[np.str_]]
    inputs: Mapping[str, Input]
    unit: NDArray[np.int64]
    digests: NDArray[np.void]
    row: NDArray[np.int64]
    polygon: NDArray[np.int64] | None = None
    averaged: bool = False
    area: NDArray[np.float64] | None = None
    masks: NDArray[np.int16] | None = None
    parcels: NDArray[np.int32] | None = None
    pixel_metres: float = float("nan")
    folds: Mapping[str, NDArray[np.str_]] = field(default_factory=dict)
    rare: Mapping[str, int] = field(default_factory=dict)
    leave: str = ""
    notes: tuple[str, ...] = ()
    synthetic: bool = False
    suggested: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    licence: str = ""

    def __len__(self) -> int:
        return len(self.target)

    @property
    def has_places(self) -> bool:
        """Whether samples have coordinates: without, nothing is cut, mapped or measured."""
        return bool(np.isfinite(self.lonlat).all())

    @property
    def n_classes(self) -> int:
        """Number of classes; 0 for regression."""
        return len(self.classes)

    @property
    def codes(self) -> NDArray[np.int64] | None:
        """Class of each sample; None where samples have none, or are chips."""
        return self.target if self.kind.classifies_samples else None

    def label_digests(self) -> NDArray[np.void]:
        """Return the content of each row with its label.

        Returns
        -------
        ndarray of void, shape (n,)
            16 bytes a row.
        """
        labels: list[NDArray[Any]] = [self.target] if self.masks is None else [self.masks]
        if self.parcels is not None:
            labels.append(self.parcels)
        return row_digests(self.digests.view("V16"), *labels)

    def take(self, rows: NDArray[np.int64]) -> "Task":
        """Return the task for some of its samples (classes stay as they are).

        Parameters
        ----------
        rows : ndarray of int64, shape (m,)
            Positions of the samples, in the order that is wanted.

        Returns
        -------
        Task
        """
        return replace(
            self,
            target=self.target[rows],
            lonlat=self.lonlat[rows],
            groups={name: column[rows] for name, column in self.groups.items()},
            inputs={name: item.take(rows) for name, item in self.inputs.items()},
            unit=self.unit[rows],
            digests=self.digests[rows],
            row=self.row[rows],
            polygon=None if self.polygon is None else self.polygon[rows],
            area=None if self.area is None else self.area[rows],
            masks=None if self.masks is None else self.masks[rows],
            parcels=None if self.parcels is None else self.parcels[rows],
            folds={name: column[rows] for name, column in self.folds.items()},
        )


def build_task(samples: Samples) -> Task:
    """Make a task: classes to codes, rows in content order, units of what must stay together.

    Parameters
    ----------
    samples : Samples
        Checked columns: from a table, or arrays of your own.

    Returns
    -------
    Task

    Raises
    ------
    DataError
        If a classification target has fewer than two classes, or a regression target one value.

    Examples
    --------
    >>> from bocage.core import Input
    >>> from bocage.tasks import Samples
    >>> ndvi = Input("ndvi", np.array([[0.8], [0.1]]), ("ndvi",))
    >>> place = np.array([[5.1, 45.2], [5.2, 45.2]])
    >>> task = build_task(
    ...     Samples("fields", "regression", np.array([2.5, 4.0]), place, {"ndvi": ndvi})
    ... )
    >>> sorted(task.target.tolist())
    [2.5, 4.0]
    """
    kind = find_kind(samples.kind)
    classes, target = _TARGETS[kind](samples)
    columns: list[NDArray[Any]] = [samples.lonlat]
    columns += [samples.groups[name] for name in sorted(samples.groups)]
    columns += [part for name in sorted(samples.inputs) for part in samples.inputs[name].columns()]
    digests = row_digests(*columns)
    unit, found = together(samples, digests)
    task = Task(
        name=samples.name,
        title=samples.title or samples.name,
        kind=kind,
        target=target,
        classes=classes,
        lonlat=samples.lonlat,
        groups=dict(samples.groups),
        inputs=dict(samples.inputs),
        unit=unit,
        digests=digests,
        row=np.arange(len(target), dtype=np.int64),
        polygon=samples.polygon,
        averaged=samples.averaged,
        area=samples.area,
        masks=samples.masks,
        parcels=_parcels(samples),
        pixel_metres=samples.pixel_metres,
        folds=dict(samples.folds),
        leave=samples.leave,
        notes=(*samples.notes, *found),
        synthetic=samples.synthetic,
        suggested=dict(samples.suggested),
        source=samples.source,
        licence=samples.licence,
    )
    return in_content_order(task)


def in_content_order(task: Task) -> Task:
    """Sort the rows of a task by their content."""
    # Rows equal but for their target are told apart by it, or by the fold that they were given;
    # the rest are interchangeable.
    given = [task.folds[name] for name in sorted(task.folds)]
    task = task.take(np.lexsort((*given, task.target, task.digests.view("S16").ravel())))
    # Unit numbers follow the sorted rows, so that they too are free of the table's order.
    _, first, inverse = np.unique(task.unit, return_index=True, return_inverse=True)
    return replace(task, unit=np.argsort(np.argsort(first))[inverse].astype(np.int64))


def _parcels(samples: Samples) -> NDArray[np.int32] | None:
    """Check the parcels of a segmentation."""
    parcels, masks = samples.parcels, samples.masks
    if parcels is None:
        return None
    if masks is None or parcels.shape != masks.shape or parcels.dtype.kind not in "iu":
        raise DataError(
            f"parcels are {parcels.dtype} {parcels.shape}; expected whole numbers, one per pixel "
            f"of the masks: {'there are none' if masks is None else masks.shape}"
        )
    low, high = int(parcels.min()), int(parcels.max())
    if low < -1 or high >= np.iinfo(np.int32).max:
        raise DataError(
            f"parcels have numbers from {low} to {high}; expected -1 (no parcel) to 2 147 483 646"
        )
    return parcels.astype(np.int32)


def _codes(samples: Samples) -> tuple[tuple[str, ...], NDArray[Any]]:
    names, codes = np.unique(np.asarray(samples.target, dtype=np.str_), return_inverse=True)
    if len(names) < 2:  # noqa: PLR2004
        raise DataError(
            f"the target has one class only ({', '.join(map(repr, names.tolist()))}); "
            "expected at least two: choose another column with --target"
        )
    return tuple(names.tolist()), codes.astype(np.int64)


def _values(samples: Samples) -> tuple[tuple[str, ...], NDArray[Any]]:
    target = np.asarray(samples.target, dtype=np.float64)
    if np.ptp(target) == 0:
        raise DataError(
            f"the target has one value only ({target[0]:g}); expected values that differ"
        )
    return (), target


def _majority(samples: Samples) -> tuple[tuple[str, ...], NDArray[Any]]:
    """Return the class that most labelled pixels of each chip have; check the masks."""
    masks, n_classes = samples.masks, len(samples.classes)
    if masks is None or masks.ndim != 3 or masks.dtype.kind not in "iu":  # noqa: PLR2004
        raise DataError(
            f"a segmentation needs masks of whole numbers, shape (chips, height, width); found "
            f"{'none' if masks is None else f'{masks.dtype} {masks.shape}'}"
        )
    low, high = int(masks.min()), int(masks.max())
    if low < IGNORED or high >= n_classes:
        raise DataError(
            f"masks hold codes from {low} to {high}; expected -1 (no label) to {n_classes - 1} for "
            f"the classes {', '.join(samples.classes)}"
        )
    flat = masks.reshape(len(masks), -1)
    count = np.stack([(flat == code).sum(axis=1) for code in range(n_classes)], axis=1)
    if (count.sum(axis=0) > 0).sum() < 2:  # noqa: PLR2004
        raise DataError("the masks hold one class only; expected at least two")
    empty = int((count.sum(axis=1) == 0).sum())
    if empty:
        have = counted(empty, "chip has", "chips have")
        raise DataError(f"{have} no labelled pixel; leave {'it' if empty == 1 else 'them'} out")
    return samples.classes, np.asarray(count.argmax(axis=1), dtype=np.int64)


_TARGETS: Mapping[Kind, Callable[[Samples], tuple[tuple[str, ...], NDArray[Any]]]] = {
    CLASSIFICATION: _codes,
    REGRESSION: _values,
    SEGMENTATION: _majority,
}
"""Classes and target of each sample."""
