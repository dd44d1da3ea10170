"""Rasters that store their numbers in different ways, as one raster of values."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bocage.sources._coding import Coding
from bocage.sources._grid import Window
from bocage.sources._raster import About, Raster
from bocage.sources._undeclared_nodata import Watch

DTYPE = "float32"


@dataclass(frozen=True)
class Stack(Raster):
    """Values of several rasters on one grid, one after the other; NaN where one has no data.

    Attributes
    ----------
    parts : tuple of Raster
    """

    parts: tuple[Raster, ...] = ()

    @property
    def facts(self) -> list[Any]:
        """List what decides the values that are read; see `Raster.facts`."""
        return [*super().facts, [part.facts for part in self.parts]]

    def read(self, window: Window, bands: Sequence[int] | None = None) -> NDArray[np.float32]:
        """Read values of a window, in single precision. See `Raster.read`."""
        chosen = np.arange(len(self.bands)) if bands is None else np.asarray(bands, dtype=int)
        out = np.empty((len(chosen), window.height, window.width), dtype=DTYPE)
        first = 0
        for part in self.parts:
            mine = np.flatnonzero((chosen >= first) & (chosen < first + len(part.bands)))
            if len(mine):
                own = tuple((chosen[mine] - first).tolist())
                out[mine] = part.pixels(window, own).values
            first += len(part.bands)
        return out

    def watched(self, watch: Watch) -> Self:
        """Return the parts with a watch on each; see `Raster.watched`."""
        parts, start = [], 0
        for part in self.parts:
            stop = start + len(part.bands)
            # Values no longer tell what was stored.
            parts.append(part.watched(watch.part(start, stop)))
            start = stop
        return replace(self, parts=tuple(parts))

    @property
    def files(self) -> tuple[Path, ...]:
        """Local files of all parts; see `Raster.files`."""
        return tuple(dict.fromkeys(path for part in self.parts for path in part.files))

    def close(self) -> None:
        """Close the files that this thread has opened."""
        for part in self.parts:
            part.close()


def stack_rasters(parts: Sequence[Raster], about: About) -> Stack:
    """Put rasters of one grid together by their values.

    Parameters
    ----------
    parts : sequence of Raster
    about : About
    """
    first = parts[0]
    block = (min(part.block[0] for part in parts), min(part.block[1] for part in parts))
    # Values say by themselves where there is no data.
    bands = tuple(replace(band, nodata=None, masks=()) for part in parts for band in part.bands)
    return Stack(
        bands, first.grid, Coding(), DTYPE, block, about, first.overview, parts=tuple(parts)
    )
