"""Where a network looks: tiles of one size that overlap, and how much each says of a pixel."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.core import SettingsError
from bocage.sources import Grid, Window

MOST_OVERLAP = 0.5


@dataclass(frozen=True, slots=True)
class Tiling:
    """Tiles that lie the same whatever part of the grid is looked at.

    Attributes
    ----------
    size : tuple of int
        Height and width of a tile.
    overlap : float
        Share of a tile that it has in common with the next, 0 to 0.5.

    Examples
    --------
    >>> Tiling((8, 8), 0.25).starts(20, 8, 0, 20)
    [0, 6, 12]
    """

    size: tuple[int, int]
    overlap: float

    def __post_init__(self) -> None:
        if not 0 <= self.overlap <= MOST_OVERLAP:
            raise SettingsError(
                f"chips can't overlap by {self.overlap:g} of their size; expected 0 to "
                f"{MOST_OVERLAP:g}: change --overlap"
            )

    def common(self, size: int) -> int:
        """Pixels that neighbours have in common."""
        return int(self.overlap * size)

    def starts(self, length: int, size: int, first: int, last: int) -> list[int]:
        """Return where the tiles begin that touch pixels `first` to `last` of an axis.

        The last tile ends with the axis; an axis shorter than a tile has one, which reaches over.
        """
        end = max(0, length - size)
        step = size - self.common(size)
        every = [*range(0, end, step), end]
        return [start for start in every if start < last and start + size > first]

    def over(self, grid: Grid, window: Window) -> Iterator[Window]:
        """Give the tiles that touch a window, row by row; some may reach over the grid's end."""
        high, wide = self.size
        rows = self.starts(grid.height, high, window.row, window.row + window.height)
        columns = self.starts(grid.width, wide, window.column, window.column + window.width)
        for row in rows:
            for column in columns:
                yield Window(row, column, high, wide)

    @property
    def weights(self) -> NDArray[np.float64]:
        """How much a tile says of each of its pixels, shape (height, width).

        It rises smoothly over what neighbours have in common, where the weights of two sum to 1;
        it is never 0. A network knows least at the edge of a chip, which hardly counts.
        """
        return np.multiply.outer(*(_ramp(size, self.common(size)) for size in self.size))


def _ramp(size: int, common: int) -> NDArray[np.float64]:
    rise = np.minimum(1.0, (np.arange(size) + 1) / (common + 1))
    each: NDArray[np.float64] = np.sin(np.pi / 2 * np.minimum(rise, rise[::-1])) ** 2
    return each
