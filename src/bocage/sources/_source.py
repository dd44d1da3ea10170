"""What sampling and mapping ask of pixels, wherever these come from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from bocage.sources._coding import Coding
from bocage.sources._drivers import is_address
from bocage.sources._grid import Grid, Window
from bocage.sources._pixels import Pixels
from bocage.sources._raster import About, Raster
from bocage.sources._undeclared_nodata import Watch


class Source(Protocol):
    """Bands of pixels on one grid, read by windows.

    `Raster` is one, of files; `ArraySource` is one, of an array in memory. Any object with these
    members can be sampled and mapped: nothing has to be inherited.

    Attributes
    ----------
    names : tuple of str
        Of the bands, each once.
    grid : Grid
        Where the pixels lie.
    coding : Coding
        How stored numbers stand for values.
    dtype : str
        Of stored numbers, such as ``int16``.
    block : tuple of int
        Height and width of what is best read at a time. Points in one block are read together,
        and a map is made by rows of blocks.
    about : About
        Its name for messages, product, years, licence.
    key : list
        What tells these pixels from others: numbers, texts and lists of them. A map that was
        stopped goes on only where the key is the same, so that it has to change with the pixels.

    Examples
    --------
    >>> import numpy as np
    >>> from bocage.sources import ArraySource
    >>> grid = Grid("EPSG:32633", (10, 0, 500_000, 0, -10, 5_000_000), 2, 2)
    >>> source: Source = ArraySource(np.arange(4.0).reshape(1, 2, 2), grid, ("ndvi",))
    >>> source.pixels(Window(0, 1, 2, 1)).values.tolist()
    [[[1.0], [3.0]]]
    """

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the bands, in order."""
        ...

    @property
    def grid(self) -> Grid:
        """Where the pixels lie."""
        ...

    @property
    def coding(self) -> Coding:
        """How stored numbers stand for values."""
        ...

    @property
    def dtype(self) -> str:
        """Type of stored numbers."""
        ...

    @property
    def block(self) -> tuple[int, int]:
        """Height and width of what is best read at a time."""
        ...

    @property
    def about(self) -> About:
        """What is known of where the pixels come from."""
        ...

    @property
    def key(self) -> list[Any]:
        """What tells these pixels from others."""
        ...

    def pixels(self, window: Window, bands: Sequence[int] | None = None) -> Pixels:
        """Read the pixels of a window, and which of them hold data.

        Several threads may read at once, and processes where the source can be pickled.

        Parameters
        ----------
        window : Window
            Within the grid.
        bands : sequence of int, optional
            Positions among the bands, in the order wanted; all unless given.
        """
        ...

    def close(self) -> None:
        """Give back what the calling thread has opened; it may read again after that."""
        ...


@dataclass(frozen=True)
class Wrapped:
    """A source that stands for another, which it asks for all that it does not know better.

    Attributes
    ----------
    source : Source
    """

    source: Source

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the bands, in order."""
        return self.source.names

    @property
    def grid(self) -> Grid:
        """Where the pixels lie."""
        return self.source.grid

    @property
    def coding(self) -> Coding:
        """How stored numbers stand for values."""
        return self.source.coding

    @property
    def dtype(self) -> str:
        """Type of stored numbers."""
        return self.source.dtype

    @property
    def block(self) -> tuple[int, int]:
        """Height and width of what is best read at a time."""
        return self.source.block

    @property
    def about(self) -> About:
        """What is known of where the pixels come from."""
        return self.source.about

    @property
    def key(self) -> list[Any]:
        """What tells these pixels from others."""
        return self.source.key

    @property
    def files(self) -> tuple[Path, ...]:
        """Local files that are read."""
        return local_files(self.source)

    @property
    def vector(self) -> tuple[int, ...]:
        """Positions of the bands that are one vector; see `Raster`."""
        return vector_of(self.source)

    def pixels(self, window: Window, bands: Sequence[int] | None = None) -> Pixels:
        """Read the pixels of a window; see `Source.pixels`."""
        return self.source.pixels(window, bands)

    def close(self) -> None:
        """Give back what the calling thread has opened."""
        self.source.close()


@dataclass(frozen=True)
class Watched(Wrapped):
    """A source whose pixels a watch looks at as they are read.

    Attributes
    ----------
    watch : Watch
    """

    watch: Watch

    def pixels(self, window: Window, bands: Sequence[int] | None = None) -> Pixels:
        """Read pixels, and have them looked at; see `Source.pixels`."""
        found = self.source.pixels(window, bands)
        chosen = list(range(len(self.names)) if bands is None else bands)
        self.watch.check(self, chosen, found)
        return found


@dataclass(frozen=True)
class Called(Wrapped):
    """A source under another name.

    Attributes
    ----------
    name : str
    """

    name: str

    @property
    def about(self) -> About:
        """What is known of where the pixels come from."""
        return replace(self.source.about, name=self.name)


def called(source: Source, name: str) -> Source:
    """Return a source that messages call by another name."""
    if isinstance(source, Raster):
        return replace(source, about=replace(source.about, name=name))
    return Called(source, name)


def watched(source: Source, watch: Watch) -> Source:
    """Return a source with a watch on its pixels, whichever of them are read."""
    # Tiles and bands of several files are looked at one by one, each by its own coding.
    return source.watched(watch) if isinstance(source, Raster) else Watched(source, watch)


def local_files(source: Source) -> tuple[Path, ...]:
    """Return the files of this machine that a source reads: those that nothing may overwrite.

    A source of another package names them in an attribute `files`, which it may lack.
    """
    return tuple(map(Path, getattr(source, "files", ())))


def names_of_files(source: Source) -> tuple[str, ...]:
    """Return what a source's origin is called: its files', without folders, or its own name."""
    return source.file_names if isinstance(source, Raster) else (source.about.name,)


def is_remote(source: Source) -> bool:
    """Whether reading a source asks a server each time, so that little is looked at ahead."""
    return isinstance(source, Raster) and any(map(is_address, source.paths))


def vector_of(source: Source) -> tuple[int, ...]:
    """Return the positions of the bands that are one vector; see `Raster`."""
    return tuple(getattr(source, "vector", ()))
