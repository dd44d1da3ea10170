"""Tables of polygons: rows that are single pixels of a label, or statistics over one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, Ints, counted
from bocage.tables._names import PARCEL, PIXEL
from bocage.tables._polygons import N_PIXELS
from bocage.tables._target import as_numbers, is_numeric
from bocage.tasks import Task

if TYPE_CHECKING:
    import pandas as pd


MEANS_NOTE = (
    f"features are statistics over polygons ({N_PIXELS} counts their pixels): scores and maps (map "
    "--parcels) are of whole polygons; for maps of pixels, sample with --pixels"
)


def is_of_pixels(frame: "pd.DataFrame") -> bool:
    """Tell whether rows are single pixels of polygons: ``pixel`` stands beside ``parcel``."""
    return PIXEL in frame.columns and bool(_parcels(frame))


def pixel_marks(frame: "pd.DataFrame", groups: Mapping[str, NDArray[np.str_]], target: str) -> Ints:
    """Give the polygon of each row a number, in a table whose rows are single pixels.

    Parameters
    ----------
    frame : DataFrame
        As it was read.
    groups : mapping of str to ndarray of str, shape (n,)
    target : str

    Raises
    ------
    DataError
        If the names of the polygons are the target.
    """
    name = _parcels(frame)[0]
    if name == target:
        raise DataError(
            f"the target {target!r} names the polygons that the rows are pixels of (column "
            f"{PIXEL!r}); expected another column: a model trained on some pixels of a polygon "
            "would be tested on their neighbours"
        )
    return np.unique(groups[name], return_inverse=True)[1].reshape(-1).astype(np.int64)


def _parcels(frame: "pd.DataFrame") -> list[str]:
    return [column for column in map(str, frame.columns) if column.lower() == PARCEL]


def are_averages(frame: "pd.DataFrame") -> bool:
    """Tell whether rows are statistics over several pixels: a column counts them."""
    if N_PIXELS not in frame.columns or not is_numeric(frame[N_PIXELS]):
        return False
    return bool(np.nanmax(as_numbers(frame[N_PIXELS]), initial=0.0) > 1)


def label_rows(task: Task, rows: Ints | None = None) -> Ints:
    """Return a row of each label: the first of each polygon (and class), or all rows.

    Parameters
    ----------
    task : Task
    rows : ndarray of int64, optional
        Those to look at; all unless given.

    Returns
    -------
    ndarray of int64, shape (n_labels,)
        Ascending, where `rows` are.
    """
    every = np.arange(len(task.target)) if rows is None else rows
    if task.polygon is None:
        return every
    key = task.polygon[every][:, None]
    if task.codes is not None:
        # A polygon that holds two classes is a label of each.
        key = np.column_stack([key, task.codes[every]])
    return every[np.sort(np.unique(key, axis=0, return_index=True)[1])]


def polygon_note(polygon: Ints) -> str:
    """Say what labels are, and what is counted."""
    size = np.bincount(np.unique(polygon, return_inverse=True)[1])
    low, high = int(size.min()), int(size.max())
    each = counted(high, "pixel") if low == high else f"{low:,} to {high:,} pixels"
    return (
        f"labels are polygons ({each} each, {counted(len(polygon), 'pixel')} of "
        f"{counted(len(size), 'polygon')}): budgets count polygons, all of whose pixels are used "
        "for training, and scores count pixels"
    )
