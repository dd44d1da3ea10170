"""Sample rasters at labels that are in memory."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bocage.api._opened import opened
from bocage.api._words import speaks_python
from bocage.core import in_python

if TYPE_CHECKING:
    import pandas as pd

    from bocage.sources import Raster


_ROW = "bocage_row"


@speaks_python
def sample(
    labels: "str | Path | Sequence[str | Path] | pd.DataFrame",
    source: "str | Path | Raster | Sequence[str | Path | Raster]",
    *,
    statistics: Sequence[str] = ("mean",),
    pixels: int | None = None,
    only: Sequence[str] = (),
    keep_all: bool = False,
    lon: str | None = None,
    lat: str | None = None,
    crs: str | None = None,
    layer: str | None = None,
    seed: int = 0,
) -> "pd.DataFrame":
    """Add the pixels of a raster to labels, as ``bocage sample`` does.

    A point gets the values of the pixel that contains it; a polygon gets statistics of its pixels,
    or, with `pixels`, some of these as rows of their own.

    Parameters
    ----------
    labels : DataFrame, GeoDataFrame, str, Path, or several paths
        Points or polygons; without geometry, columns ``lon`` and ``lat`` in degrees (WGS84).
    source : str, Path, DataArray, Raster, or several of them
        GeoTIFF or its address; several are tiles of one raster.
    statistics : sequence of str
        Of the pixels of a polygon.
    pixels : int, optional
        Pixels of a polygon that are drawn at most, one row each.
    only : sequence of str
        Bands to keep; all if not given.
    keep_all : bool
        Whether labels without a valid pixel stay, with missing values.
    lon, lat, crs, layer : str, optional
        Coordinate columns, their coordinate reference system, and a file's layer.
    seed : int
        Of the draw of pixels.

    Returns
    -------
    DataFrame or GeoDataFrame
        The labels' columns, then one a band, with the index of their rows; what was left out is
        told in ``.attrs["notes"]``.

    Raises
    ------
    BocageError
        If labels or rasters can't be read, do not fit, or no label has a pixel.

    See Also
    --------
    compare : Compare methods on the result.

    Examples
    --------
    >>> table = bocage.sample(fields, "aef.tif")  # doctest: +SKIP
    """
    from bocage.tables import sample_labels

    rasters = opened(source)
    index, numbered = None, labels
    if not isinstance(labels, str | Path | Sequence):
        # Which rows are left is told by their number: an index is the caller's.
        index, numbered = labels.index, labels.assign(**{_ROW: range(len(labels))})
    table = sample_labels(
        numbered,
        rasters,
        layer=layer,
        lon=lon,
        lat=lat,
        crs=crs,
        statistics=tuple(statistics),
        pixels=pixels,
        seed=seed,
        only=tuple(only),
        keep_all=keep_all,
    )
    frame = table.frame
    if index is not None:
        frame.index = index[frame[_ROW].to_numpy(int)]
        frame = frame.drop(columns=_ROW)
    frame.attrs["notes"] = tuple(in_python(note) for note in table.notes)
    return frame
