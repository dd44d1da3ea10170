"""Rasters as a caller names them: paths, arrays of xarray, or what is open already."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bocage.core import SettingsError


def opened(source: Any) -> list[Any]:
    """Open what is named.

    Parameters
    ----------
    source : str, Path, DataArray, Source, or several of them

    Returns
    -------
    list of Source

    Raises
    ------
    BocageError
        If a file can't be opened, or nothing is named.
    """
    from bocage.sources import ArraySource, open_source

    given = [source] if not isinstance(source, Sequence) or isinstance(source, str) else [*source]
    if not given:
        raise SettingsError("no raster is named; expected at least one, such as 'aef.tif'")
    made: list[Any] = []
    for one in given:
        if isinstance(one, str | Path):
            made.append(open_source([str(one)]))
        else:
            made.append(ArraySource.from_xarray(one) if hasattr(one, "dims") else one)
    return made
