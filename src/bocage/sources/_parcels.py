"""Statistics of the pixels of parcels."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import SettingsError, did_you_mean
from bocage.sources._block_by_block import by_block, read_each
from bocage.sources._parcel_outlines import Outlines
from bocage.sources._points import Sampled
from bocage.sources._source import Source

STATISTICS = ("mean", "std", "min", "max")


def sample_parcels(
    raster: Source,
    shapes: NDArray[Any],
    crs: Any,
    *,
    statistics: Sequence[str] = ("mean",),
    bands: Sequence[int] | None = None,
    threads: int | None = None,
) -> Sampled:
    """Summarise the pixels whose centre lies in each parcel.

    A parcel that holds no centre gets the pixel that its inner point stands in. Pixels without
    data do not count.

    Parameters
    ----------
    raster : Source
    shapes : ndarray of shapely polygons, shape (n,)
    crs : any that pyproj takes
    statistics : sequence of {"mean", "std", "min", "max"}
        Columns are all bands of the first, then of the next. `std` divides by the number of
        pixels.
    bands, threads
        As in `sample_points`.

    Raises
    ------
    SettingsError
        If a statistic is unknown, or named twice.
    DataError
        If the raster can't be read, or coordinates can't be converted.
    """
    unknown = [name for name in statistics if name not in STATISTICS]
    if unknown or not statistics:
        raise SettingsError(
            f"unknown statistic {(unknown or [''])[0]!r}; expected some of {', '.join(STATISTICS)}"
            f"{did_you_mean((unknown or [''])[0], STATISTICS)}"
        )
    twice = [name for at, name in enumerate(statistics) if name in statistics[:at]]
    if twice:
        raise SettingsError(f"statistic {twice[0]!r} is named twice; expected each of them once")
    chosen = list(range(len(raster.names))) if bands is None else list(bands)
    outlines = Outlines.of(raster, shapes, crs)
    values = np.full((len(shapes), len(chosen) * len(statistics)), np.nan)
    n_pixels, n_asked = outlines.n_pixels, outlines.n_beyond.copy()
    n_zeros = np.zeros(len(shapes), dtype=np.int64)

    def read(part: NDArray[np.int64]) -> None:
        for i in part:
            totals = _Totals(len(chosen))
            for _, _, pixels in outlines.pieces(int(i), chosen):
                totals.add(pixels.values)
                n_zeros[i] += pixels.all_zero.sum()
            n_pixels[i] = totals.n if totals.asked else -1
            n_asked[i] += totals.asked
            if totals.n:
                values[i] = np.concatenate([totals.statistic(name) for name in statistics])

    inside = np.flatnonzero(n_pixels == 0)
    read_each(raster, list(by_block(raster, *outlines.corners, inside)), read, threads, "parcels")
    return Sampled(values, n_pixels, n_asked, n_zeros)


class _Totals:
    """Sums of the pixels of a parcel."""

    def __init__(self, n_bands: int) -> None:
        self.asked = 0
        self.n = 0
        self._mean = np.zeros(n_bands)
        self._square = np.zeros(n_bands)
        self._low = np.full(n_bands, np.inf)
        self._high = np.full(n_bands, -np.inf)

    def add(self, values: NDArray[np.float64]) -> None:
        """Add pixels, shape (n_bands, n); those without data only count as asked for."""
        self.asked += values.shape[1]
        known = values[:, np.isfinite(values).all(axis=0)]
        n = known.shape[1]
        if not n:
            return
        # Means and squares of parts are put together as Chan et al. (1979) do: no large sums.
        mean = known.mean(axis=1)
        square = np.square(known - mean[:, None]).sum(axis=1)
        moved = mean - self._mean
        total = self.n + n
        self._square += square + np.square(moved) * (self.n * n / total)
        self._mean += moved * (n / total)
        self.n = total
        self._low = np.minimum(self._low, known.min(axis=1))
        self._high = np.maximum(self._high, known.max(axis=1))

    def statistic(self, name: str) -> NDArray[np.float64]:
        """Return one statistic of each band."""
        if name == "std":
            return np.sqrt(self._square / self.n)
        return {"mean": self._mean, "min": self._low, "max": self._high}[name]
