"""Bands of one or several raster files on one grid, read by windows."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError
from bocage.sources._coding import Coding
from bocage.sources._grid import Grid, Window

if TYPE_CHECKING:
    from rasterio.io import DatasetReader

ENVIRONMENT: dict[str, str | int] = {
    # A whole folder is not listed because one of its files is opened.
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_HTTP_TIMEOUT": "60",
    "GDAL_HTTP_CONNECTTIMEOUT": "20",
    "GDAL_HTTP_MAX_RETRY": "4",
    "GDAL_HTTP_RETRY_DELAY": "1",
    "GDAL_HTTP_MERGE_CONSECUTIVE_RANGES": "YES",
    "VSI_CACHE": "TRUE",
    # Every block is read once: what GDAL keeps of them would only take memory.
    "GDAL_CACHEMAX": 64,
    # Python code inside a VRT is never run; this is the default, and is said here on purpose.
    "GDAL_VRT_ENABLE_PYTHON": "NO",
}


MOST_OPEN = 32
"""Files that a thread keeps open: systems allow few hundred, and there may be many tiles."""

_HERE = threading.local()
"""Open files: GDAL's handles belong to one thread each."""


@dataclass(frozen=True, slots=True)
class About:
    """What is known of where pixels come from.

    Attributes
    ----------
    name : str
        File name, for messages.
    product : str
        Such as ``AlphaEarth Foundations``; empty if it is not known.
    version : str
    years : tuple of int
        Calendar years that the pixels describe.
    licence, attribution : str
    """

    name: str
    product: str = ""
    version: str = ""
    years: tuple[int, ...] = ()
    licence: str = ""
    attribution: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """Where a band is stored.

    Attributes
    ----------
    name : str
    path : str
        File, or address.
    index : int
        In that file, from 1.
    """

    name: str
    path: str
    index: int


@dataclass(frozen=True)
class Raster:
    """Bands on one grid.

    Attributes
    ----------
    bands : tuple of Band
    grid : Grid
    coding : Coding
    dtype : str
        Of stored numbers.
    block : tuple of int
        Height and width of the blocks that the files are stored in.
    about : About
    overview : int, optional
        Which of the files' overviews this is, from 0 for the finest; None for the files' own
        pixels.
    """

    bands: tuple[Band, ...]
    grid: Grid
    coding: Coding
    dtype: str
    block: tuple[int, int]
    about: About
    overview: int | None = None
    # A file that is opened anew, perhaps after it was written anew, is another one.
    _own: object = field(default_factory=object, repr=False, compare=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the bands, in order."""
        return tuple(band.name for band in self.bands)

    @property
    def paths(self) -> tuple[str, ...]:
        """Files and addresses, each once."""
        return tuple(dict.fromkeys(band.path for band in self.bands))

    @property
    def facts(self) -> list[Any]:
        """List what decides the values that are read, apart from what the files hold."""
        return [
            list(self.paths), list(self.names), repr(self.coding), self.dtype, self.overview or 0,
            list(self.grid.transform),
        ]  # fmt: skip

    def read(self, window: Window, bands: Sequence[int] | None = None) -> NDArray[Any]:
        """Read stored numbers of a window; any number of threads may read at once.

        Parameters
        ----------
        window : Window
        bands : sequence of int, optional
            Positions among the bands; all unless given. Where bands are stored apart, as
            AlphaEarth's are, only these are read.

        Returns
        -------
        ndarray, shape (n_bands, height, width), C-contiguous

        Raises
        ------
        DataError
            If the file can't be read.
        """
        chosen = range(len(self.bands)) if bands is None else bands
        out = np.empty((len(chosen), window.height, window.width), dtype=self.dtype)
        place = _as_rasterio(window)
        start = 0
        with reading(self.about.name):
            while start < len(chosen):
                path = self.bands[chosen[start]].path
                stop = start + 1
                while stop < len(chosen) and self.bands[chosen[stop]].path == path:
                    stop += 1
                indexes = [self.bands[i].index for i in chosen[start:stop]]
                self._open(path).read(indexes, window=place, out=out[start:stop])
                start = stop
        return out

    def _open(self, path: str) -> "DatasetReader":
        import rasterio

        known: dict[tuple[object, str], DatasetReader]
        known = _HERE.__dict__.setdefault("files", {})
        key = self._own, path
        if key in known:
            # The last one used stands last.
            known[key] = known.pop(key)
            return known[key]
        if len(known) >= MOST_OPEN:
            known.pop(next(iter(known))).close()
        options = {} if self.overview is None else {"overview_level": self.overview}
        with rasterio.Env(**ENVIRONMENT):
            known[key] = rasterio.open(path, **options)
        return known[key]

    def close(self) -> None:
        """Close the files that this thread has opened."""
        known = _HERE.__dict__.get("files", {})
        for path in self.paths:
            dataset = known.pop((self._own, path), None)
            if dataset is not None:
                dataset.close()


def _as_rasterio(window: Window) -> Any:
    from rasterio.windows import Window as Own

    return Own(window.column, window.row, window.width, window.height)


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Say in words what GDAL could not read, and set what it needs to read well.

    Raises
    ------
    DataError
        In place of rasterio's errors.
    """
    import rasterio
    from rasterio.errors import RasterioError

    try:
        with rasterio.Env(**ENVIRONMENT):
            yield
    except (RasterioError, OSError) as error:
        raise DataError(
            f"{name} can't be read as a raster ({' '.join(str(error).split())[:200]}); expected a "
            "whole GeoTIFF or another format that GDAL reads: check the path, or fetch it again"
        ) from error
