"""What a chip is made of: bands, coordinates, and maps of frozen networks."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Input

if TYPE_CHECKING:
    from bocage.methods.backbones import Frozen

METRES_A_DEGREE = 6_371_008.8 * np.pi / 180
"""Length of a degree on a sphere with the mean radius of the Earth (IUGG)."""


class ChipLayer(ABC):
    """Bands of all chips, given when they are asked for.

    Attributes
    ----------
    n_bands : int
    standardise : bool
        Whether a model brings them to zero mean and unit variance.
    """

    n_bands: int
    standardise: bool

    @abstractmethod
    def take(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return some chips, shape (n, bands, height, width)."""

    def pixels(self, row: int, at: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return some pixels of one chip by their flat position, shape (n, bands)."""
        flat = self.take(np.array([row]))[0].reshape(self.n_bands, -1)
        return np.asarray(flat[:, at].T)

    def prepare(self) -> None:  # noqa: B027 - most layers need nothing
        """Compute what can be computed once."""


class InputLayer(ChipLayer):
    """The bands of an input; its dates stand one after the other.

    Parameters
    ----------
    item : Input
        Of form chips.
    """

    def __init__(self, item: Input) -> None:
        self._values = item.values
        self.n_bands = item.n_dates * len(item.bands)
        self.standardise = item.scaling == "standardise"

    def take(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return some chips."""
        part = np.asarray(self._values[rows], dtype=np.float32)
        shape = (len(rows), self.n_bands, *part.shape[-2:])
        return np.asarray(part.reshape(shape))


@dataclass(frozen=True, slots=True)
class ChipGrid:
    """Where the pixels of chips lie: north is up.

    Attributes
    ----------
    lonlat : ndarray of float64, shape (n, 2)
        Centres in degrees.
    height, width : int
    pixel_metres : float
    """

    lonlat: NDArray[np.float64]
    height: int
    width: int
    pixel_metres: float


class PlaceLayer(ChipLayer):
    """Coordinates of every pixel, as points on the unit sphere.

    Parameters
    ----------
    grid : ChipGrid
    """

    n_bands = 3
    standardise = True

    def __init__(self, grid: ChipGrid) -> None:
        self._grid = grid

    def take(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return x, y and z of the pixels of some chips."""
        grid = self._grid
        lon, lat = grid.lonlat[rows].T[:, :, None, None]
        north = (grid.height - 1) / 2 - np.arange(grid.height)[:, None]
        east = np.arange(grid.width) - (grid.width - 1) / 2
        step = grid.pixel_metres / METRES_A_DEGREE
        phi = np.radians(lat + north * step)
        theta = np.radians(lon + east * step / np.cos(np.radians(lat)))
        phi, theta = np.broadcast_arrays(phi, theta)
        parts = [np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)]
        return np.stack(parts, axis=1).astype(np.float32)


class FrozenLayer(ChipLayer):
    """The maps of a frozen network, drawn out to the size of the chips between their centres.

    Parameters
    ----------
    frozen : Frozen
    height, width : int
    """

    standardise = True

    def __init__(self, frozen: "Frozen", height: int, width: int) -> None:
        self.frozen = frozen
        self._size = height, width

    @property
    def n_bands(self) -> int:  # type: ignore[override]
        """Channels of a map."""
        return int(self.frozen.maps().shape[1])

    def prepare(self) -> None:
        """Run the network once."""
        self.frozen.maps()

    def take(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return some chips."""
        return self.drawn_out(np.asarray(self.frozen.maps()[rows]))

    def drawn_out(self, maps: NDArray[Any]) -> NDArray[Any]:
        """Draw maps out to the size of the chips by their last two axes."""
        for axis, size in zip((-2, -1), self._size, strict=True):
            low, high, share = _between(maps.shape[axis], size)
            wide = share[:, None] if axis == -2 else share  # noqa: PLR2004
            maps = np.take(maps, low, axis) * (1 - wide) + np.take(maps, high, axis) * wide
        return maps

    def pixels(self, row: int, at: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return some pixels of one chip, without drawing all of it out."""
        chip = np.asarray(self.frozen.maps()[row])
        height, width = self._size
        top, bottom, down = (part[at // width] for part in _between(chip.shape[1], height))
        left, right, along = (part[at % width] for part in _between(chip.shape[2], width))
        upper = chip[:, top, left] * (1 - along) + chip[:, top, right] * along
        lower = chip[:, bottom, left] * (1 - along) + chip[:, bottom, right] * along
        return np.asarray((upper * (1 - down) + lower * down).T)


def _between(n: int, size: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Say between which of `n` cells each of `size` pixels lies, and how far.

    Bilinear, as PyTorch does without aligned corners.
    """
    at = np.clip((np.arange(size) + 0.5) * n / size - 0.5, 0, n - 1)
    low = np.floor(at).astype(np.int64)
    high = np.minimum(low + 1, n - 1)
    return low, high, (at - low).astype(np.float32)
