"""Bands of one or several raster files on one grid, read by windows."""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, DownloadError
from bocage.sources._coding import Coding
from bocage.sources._drivers import NO_LINKS, is_address, open_raster
from bocage.sources._grid import Grid, Window
from bocage.sources._pixels import Pixels, is_zero
from bocage.sources._undeclared_nodata import Watch

if TYPE_CHECKING:
    from rasterio.io import DatasetReader

ENVIRONMENT: dict[str, str | int] = {
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


SIDECARS, NO_SIDECARS = "FALSE", "EMPTY_DIR"
"""Whether GDAL looks for files beside the one it opens: masks, headers, world files, overviews.
On a server each such question is a request, and a folder can't be listed."""

MOST_OPEN = 32
"""Files that a thread keeps open: systems allow few hundred, and there may be many tiles."""

FEW = 4
"""Bands that are read at a time to see whether a vector is all zeros."""

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
    remark : str
        What had to be found out to read them; empty if nothing.
    synthetic : bool
        Whether a file says that it was made up.
    """

    name: str
    product: str = ""
    version: str = ""
    years: tuple[int, ...] = ()
    licence: str = ""
    attribution: str = ""
    remark: str = ""
    synthetic: bool = False


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
    nodata : float, optional
        Number that stands for no data in this band and not in all: see `Coding.nodata`.
    masks : tuple of (str, int)
        What tells its pixels without data: ``mask`` is GDAL's mask of a band, ``alpha`` a band
        that is 0 there.
    """

    name: str
    path: str
    index: int
    nodata: float | None = None
    masks: tuple[tuple[str, int], ...] = ()


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
    vector : tuple of int
        Positions of the bands that are one vector, as those of an embedding: where its length is
        0 there is no data, whatever the file declares.
    watch : Watch, optional
        What refuses pixels as they are read; see `watched`.
    """

    bands: tuple[Band, ...]
    grid: Grid
    coding: Coding
    dtype: str
    block: tuple[int, int]
    about: About
    overview: int | None = None
    vector: tuple[int, ...] = ()
    watch: Watch | None = field(default=None, repr=False, compare=False)
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
    def file_names(self) -> tuple[str, ...]:
        """Names of the files that were named, without folders and servers."""
        # What stands behind an address may be a key.
        paths = (path.partition("?")[0] if is_address(path) else path for path in self.paths)
        return tuple(dict.fromkeys(Path(path).name for path in paths))

    @property
    def key(self) -> list[Any]:
        """What tells these pixels from others: for local files also their size and time."""
        named = [path if is_address(path) else _state(Path(path)) for path in self.paths]
        # A mask beside a file decides pixels as the file does.
        beside = sorted(set(self.files) - {Path(path) for path in self.paths})
        return [self.facts, *named, *map(_state, beside)]

    @property
    def facts(self) -> list[Any]:
        """List what decides the values that are read, apart from what the files hold."""
        return [
            list(self.paths), list(self.names), repr(self.coding), self.dtype, self.overview or 0,
            list(self.grid.transform), [[band.nodata, *band.masks] for band in self.bands],
            list(self.vector),
        ]  # fmt: skip

    @property
    def files(self) -> tuple[Path, ...]:
        """Local files that are read: those named, and what GDAL reads beside and below them."""
        found: dict[str, None] = {}
        for path in self.paths:
            if not is_address(path):
                with reading(self.about.name, path):
                    found |= dict.fromkeys([path, *self._open(path).files])
        return tuple(Path(name) for name in found)

    def read(self, window: Window, bands: Sequence[int] | None = None) -> NDArray[Any]:
        """Read stored numbers of a window; any number of threads may read at once.

        They do not tell where there is data: see `pixels`.

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
        with reading(self.about.name, *self.paths):
            while start < len(chosen):
                path = self.bands[chosen[start]].path
                stop = start + 1
                while stop < len(chosen) and self.bands[chosen[stop]].path == path:
                    stop += 1
                indexes = [self.bands[i].index for i in chosen[start:stop]]
                self._open(path).read(indexes, window=place, out=out[start:stop])
                start = stop
        return out

    def pixels(self, window: Window, bands: Sequence[int] | None = None) -> Pixels:
        """Read the pixels of a window, and which of them hold data. See `read`."""
        chosen = list(range(len(self.bands)) if bands is None else bands)
        stored, coding = self.read(window, chosen), self.coding.take(chosen)
        missing = coding.missing(stored)
        for band, numbers in zip([self.bands[i] for i in chosen], stored, strict=True):
            if band.nodata is not None:
                missing |= numbers == band.nodata
        self._add_masks(window, chosen, missing)
        self._add_zeros(window, chosen, stored, missing)
        found = Pixels(stored, missing, coding)
        if self.watch is not None:
            self.watch.check(self, chosen, found, self._in_file)
        return found

    def watched(self, watch: Watch) -> Self:
        """Return the raster with a watch on its pixels, whichever of them are read."""
        return replace(self, watch=watch)

    def _in_file(self, number: float) -> str:
        """Say how the file is told what stands for nothing, where that undoes nothing it says."""
        path, *others = self.paths
        declared = [self.coding.nodata, *(band.nodata for band in self.bands)]
        if others or is_address(path) or any(one is not None for one in declared):
            return ""
        return f", or in the file (gdal_edit.py -a_nodata {number:g} {Path(path).name})"

    def _add_masks(self, window: Window, chosen: Sequence[int], missing: NDArray[np.bool_]) -> None:
        """Mark the pixels that a mask of the files leaves out."""
        bands = [self.bands[i] for i in chosen]
        asked = dict.fromkeys((band.path, *mask) for band in bands for mask in band.masks)
        if not asked:
            return
        place = _as_rasterio(window)
        with reading(self.about.name, *self.paths):
            for path, kind, index in asked:
                dataset = self._open(path)
                read = dataset.read_masks if kind == "mask" else dataset.read
                missing |= read(index, window=place) == 0

    def _add_zeros(
        self,
        window: Window,
        chosen: Sequence[int],
        stored: NDArray[Any],
        missing: NDArray[np.bool_],
    ) -> None:
        """Mark the pixels whose whole vector has length 0, be it read or not."""
        mine = [(i, at) for i, at in enumerate(chosen) if at in self.vector]
        if not mine:
            return
        rest = [at for at in self.vector if at not in set(chosen)]
        flat = stored.reshape(len(stored), -1)
        for zeros in self.coding.zeros(range(len(self.bands))):
            at = is_zero([flat[i] for i, _ in mine], [zeros[band] for _, band in mine])
            row, column = np.divmod(at, window.width)
            for start in range(0, len(rest), FEW):
                if not len(at):
                    break
                # The bands that are not asked for are read where the others are all zero.
                some = rest[start : start + FEW]
                top, left = int(row.min()), int(column.min())
                size = int(row.max()) - top + 1, int(column.max()) - left + 1
                more = self.read(Window(window.row + top, window.column + left, *size), some)
                more = more[:, row - top, column - left]
                kept = is_zero(list(more), [zeros[band] for band in some])
                row, column, at = row[kept], column[kept], at[kept]
            missing[row, column] = True

    def _open(self, path: str) -> "DatasetReader":
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
        known[key] = open_raster(path, **options)
        return known[key]

    def close(self) -> None:
        """Close the files that this thread has opened."""
        known = _HERE.__dict__.get("files", {})
        for path in self.paths:
            dataset = known.pop((self._own, path), None)
            if dataset is not None:
                dataset.close()


def _state(path: Path) -> list[Any]:
    state = path.stat()
    return [str(path.resolve()), state.st_size, state.st_mtime_ns]


def _as_rasterio(window: Window) -> Any:
    from rasterio.windows import Window as Own

    return Own(window.column, window.row, window.width, window.height)


@contextmanager
def reading(name: str, *paths: str) -> Iterator[None]:
    """Say in words what GDAL could not read, and set what it needs to read well.

    Files beside those at `paths` are seen, unless these are on the network.

    Raises
    ------
    DataError
        In place of rasterio's errors.
    DownloadError
        The same of addresses, where the next try may go well.
    """
    import rasterio
    from rasterio.errors import RasterioError

    afar = any(map(is_address, paths))
    beside = NO_SIDECARS if afar else SIDECARS
    more = {} if afar else NO_LINKS
    try:
        with rasterio.Env(**ENVIRONMENT, **more, GDAL_DISABLE_READDIR_ON_OPEN=beside):
            yield
    except Exception as error:
        # GDAL's own errors, as rasterio hands them on, have no public base class.
        is_own = isinstance(error, RasterioError | OSError)
        if not is_own and type(error).__module__ != "rasterio._err":
            raise
        said = " ".join(str(error).split())
        for path in paths:
            said = said.replace(os.path.abspath(path), Path(path).name)  # noqa: PTH100
        told = (
            f"{name} can't be read as a raster ({said[:200]}); expected a complete GeoTIFF or "
            "another format that GDAL reads: check the "
        )
        if afar:
            raise DownloadError(f"{told}address, or run the same command again") from error
        raise DataError(f"{told}path, or download it again") from error
