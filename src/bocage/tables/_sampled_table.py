"""The table that sampled labels become: the labels' own columns, and those that are added."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, Floats, counted, part_of
from bocage.tables._names import LAT_NAMES, LON_NAMES, PARCEL, PIXEL, listed
from bocage.tables._polygons import Features
from bocage.tables._read import LabelRows
from bocage.tables._target import as_numbers, is_numeric

if TYPE_CHECKING:
    import pandas as pd


SAME_PLACE = 1e-4
"""Degrees that coordinates in columns may lie off the geometry: they were rounded."""


def rows_of_labels(
    rows: LabelRows,
    lonlat: Floats,
    shapes: NDArray[Any],
    crs: Any,
    values: Floats,
    columns: Sequence[str],
    more: Mapping[str, NDArray[Any]],
) -> "pd.DataFrame":
    """Put features beside labels, one row a label.

    Raises
    ------
    DataError
        If the labels have a column of a name that is added.
    """
    import pandas as pd

    _check_free([*columns, *more], rows)
    parts = [rows.frame]
    if not _tells_place(rows.frame, lonlat):
        # What is written is read again without being told how.
        parts.append(pd.DataFrame(lonlat, columns=["lon", "lat"]))
    parts += [pd.DataFrame(dict(more)), pd.DataFrame(values, columns=list(columns))]
    frame = pd.concat(parts, axis=1)
    if rows.shapes is None:
        return frame
    return _with_shapes(frame, list(shapes), crs)


def rows_of_pixels(rows: LabelRows, shapes: NDArray[Any], found: Features) -> tuple[Any, list[str]]:
    """Put pixels beside the labels of the polygons that they were drawn from, one row a pixel.

    A row stands at its pixel. Its polygon is named by the labels' own column of parcels, or one
    that is added; the number of the pixel within it marks such a table.

    Returns
    -------
    frame : GeoDataFrame
    notes : list of str

    Raises
    ------
    DataError
        If the labels have a column of a name that is added, or lack names of some parcels.
    """
    import pandas as pd
    import shapely

    assert found.lonlat is not None  # noqa: S101 - of pixels
    own, notes = rows.frame, []
    _check_free([*found.columns, PIXEL], rows)
    places = [c for c in own.columns if str(c).lower() in (*LON_NAMES, *LAT_NAMES)]
    if places:
        own = own.drop(columns=places)
        now = "now refers" if len(places) == 1 else "now refer"
        notes.append(f"{listed(map(str, places))} {now} to each pixel, not to its polygon")
    frame = own.iloc[found.polygon].reset_index(drop=True)
    added: dict[str, Any] = {"lon": found.lonlat[:, 0], "lat": found.lonlat[:, 1]}
    parcels = [c for c in own.columns if str(c).lower() == PARCEL]
    if parcels:
        notes += _own_parcels(own[parcels[0]], rows.names, found.n_pixels > 0)
    else:
        added[PARCEL] = _names(shapes)[found.polygon]
    start = np.searchsorted(found.polygon, found.polygon)
    added[PIXEL] = np.arange(len(frame)) - start + 1
    parts = [frame, pd.DataFrame(added), pd.DataFrame(found.values, columns=list(found.columns))]
    made = pd.concat(parts, axis=1)
    again = _n_again(found.lonlat, found.polygon)
    if again:
        notes.append(
            f"{counted(again, 'pixel was', 'pixels were')} drawn in more than one polygon, as "
            "polygons overlap: they contradict each other where labels differ, and such polygons "
            "are kept together"
        )
    return _with_shapes(made, shapely.points(found.lonlat).tolist(), "EPSG:4326"), notes


def _own_parcels(column: "pd.Series[Any]", names: Sequence[str], used: Any) -> list[str]:
    """Check that the labels' own names of parcels tell each polygon."""
    n_blank, n = int(column.isna().sum()), len(column)
    if n_blank:
        raise DataError(
            f"column {str(column.name)!r} of {listed(names)} is blank in "
            f"{part_of(n_blank, n, 'label')}, but it keeps pixels of one polygon together; "
            "expected a name for each polygon: fill it in, or rename the column"
        )
    n_used, n_names = int(used.sum()), column[used].nunique()
    if n_names == n_used:
        return []
    note = (
        f"{counted(n_used, 'polygon has', 'polygons have')} {counted(n_names, 'value')} of the "
        f"column {str(column.name)!r}, which says what is kept together and what budgets count: "
        "rename it if each polygon is a separate label"
    )
    return [note]


def _names(shapes: NDArray[Any]) -> NDArray[np.str_]:
    """Name polygons by their outline, so that tables of several files can be put together."""
    import shapely

    return np.array(
        [
            "p" + hashlib.blake2b(shapely.to_wkb(shape, byte_order=1), digest_size=6).hexdigest()
            if shape is not None
            else ""
            for shape in shapes
        ],
        dtype=np.str_,
    )


def _n_again(lonlat: Floats, polygon: NDArray[np.int64]) -> int:
    """Count the places that several polygons have drawn."""
    place = np.unique(lonlat, axis=0, return_inverse=True)[1].reshape(-1)
    pairs = np.unique(np.column_stack([place, polygon]), axis=0)
    return int((np.bincount(pairs[:, 0]) > 1).sum()) if len(pairs) else 0


def _with_shapes(frame: "pd.DataFrame", shapes: Sequence[Any], crs: Any) -> "pd.DataFrame":
    import geopandas as gpd

    made: pd.DataFrame = gpd.GeoDataFrame(frame, geometry=shapes, crs=crs)
    return made


def _check_free(columns: Sequence[str], rows: LabelRows) -> None:
    taken = [name for name in columns if name in rows.frame.columns]
    if taken:
        raise DataError(
            f"{listed(rows.names)} already has columns {listed(taken)}; expected labels without "
            "them: remove or rename them"
        )


def _tells_place(frame: "pd.DataFrame", lonlat: Floats) -> bool:
    """Whether columns already tell where labels stand, or bear the names that would be added."""
    for at, names in enumerate((LON_NAMES, LAT_NAMES)):
        named = [column for column in frame.columns if str(column).lower() in names]
        if {"lon", "lat"} & {str(column).lower() for column in named}:
            return True
        if len(named) != 1 or not is_numeric(frame[named[0]]):
            return False
        apart = np.abs(as_numbers(frame[named[0]]) - lonlat[:, at])
        if not np.nanmax(apart, initial=0.0) < SAME_PLACE:
            return False
    return True
