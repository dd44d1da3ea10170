"""A network that paints by chips: tiles overlap, and their probabilities are blended."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, Flags
from bocage.mapping.painters._tiles import Tiling
from bocage.mapping.painters._window_predictor import MethodPainter
from bocage.sources import Grid, Pixels, Source, Window


@dataclass(frozen=True, slots=True)
class ChipPainter(MethodPainter):
    """Paints with a network that reads chips; see `WindowPredictor` and `MethodPainter`.

    Attributes
    ----------
    tiling : Tiling
        Of chips as large as those of training.
    """

    tiling: Tiling = field(kw_only=True)

    @property
    def height(self) -> int:
        """Tiles at the edge of a window are computed for its neighbour too: windows hold some."""
        return 3 * self.tiling.size[0]

    def paint(self, raster: Source, window: Window, wanted: Flags) -> dict[str, NDArray[Any]]:
        """Return the layers of a window; see `WindowPredictor.paint`."""
        blended, known = self._blended(raster, window, wanted)
        return self.finished(blended[:, known], known)

    def probabilities(
        self, raster: Source, window: Window, wanted: Flags, step: int
    ) -> NDArray[np.float64]:
        """Return probabilities of some pixels; see `WindowPredictor.probabilities`."""
        # A tile says something of all its pixels: some tiles are enough, evenly spread.
        known = wanted & ~raster.pixels(window, self.bands).missing
        cells = [
            cell
            for cell in self.tiling.over(raster.grid, window)
            if (here := cell.meet(window)) and known[here.within(window).slices].any()
        ]
        found = [np.empty((0, self.fitted.n_classes))]
        for cell in cells[::step]:
            here = cell.meet(raster.grid.whole)
            assert here is not None  # noqa: S101 - tiles lie on the grid
            made = self._tile(raster, cell, raster.pixels(here, self.bands), here)
            both = cell.meet(window)
            assert both is not None  # noqa: S101 - asked above
            mine = known[both.within(window).slices]
            found.append(made[(slice(None), *both.within(cell).slices)][:, mine].T)
        return np.concatenate(found)

    def _blended(
        self, raster: Source, window: Window, wanted: Flags
    ) -> tuple[NDArray[np.float64], Flags]:
        """Return probabilities, shape (n_classes, height, width), and where there are any."""
        grid = raster.grid
        around = _around(list(self.tiling.over(grid, window)), grid)
        pixels = raster.pixels(around, self.bands)
        known = wanted & ~pixels.missing[window.within(around).slices]
        total = np.zeros((self.fitted.n_classes, window.height, window.width))
        weight = np.zeros((window.height, window.width))
        each = self.tiling.weights
        # Always in the same order: sums do not depend on where windows lie.
        for tile in self.tiling.over(grid, window):
            here = tile.meet(window)
            if here is None or not known[here.within(window).slices].any():
                continue
            there, own = here.within(window).slices, here.within(tile).slices
            made = self._tile(raster, tile, pixels, around)
            total[(slice(None), *there)] += made[(slice(None), *own)] * each[own]
            weight[there] += each[own]
        np.divide(total, weight, out=total, where=weight > 0)
        return total, known

    def _tile(
        self, raster: Source, tile: Window, pixels: Pixels, around: Window
    ) -> NDArray[np.float64]:
        """Return probabilities of one tile, shape (n_classes, height, width).

        One at a time: sums within a network may depend on how many chips it is given.
        """
        rows, columns = tile.within(around).slices
        values = pixels.at(rows, columns).values
        lost = np.isnan(values)
        if lost.any():
            mean = np.broadcast_to(self.fitted.mean[:, None, None], values.shape)
            values[lost] = mean[lost]
        height, width = values.shape[1:]
        beyond = ((0, 0), (0, tile.height - height), (0, tile.width - width))
        values = np.pad(values, beyond, mode="symmetric")
        # Networks know chips with the north on top.
        up = slice(None, None, -1) if raster.grid.is_bottom_up else slice(None)
        values = np.ascontiguousarray(values[:, up])
        lonlat = raster.grid.lonlat(
            np.array([tile.row + tile.height / 2]), np.array([tile.column + tile.width / 2])
        )
        made = self.fitted.predict(values[None], lonlat)[0][:, up]
        if not np.isfinite(made).all():
            raise DataError(
                f"{self.fitted.method.name} gives probabilities that are not finite at row "
                f"{tile.row}, column {tile.column} of {raster.about.name}; check the values of "
                "the raster there, and declare its nodata value with --nodata"
            )
        return np.asarray(made)


def _around(tiles: list[Window], grid: Grid) -> Window:
    """Return the smallest window of the grid that holds all tiles."""
    row, column = min(t.row for t in tiles), min(t.column for t in tiles)
    bottom = min(max(t.row + t.height for t in tiles), grid.height)
    right = min(max(t.column + t.width for t in tiles), grid.width)
    return Window(row, column, bottom - row, right - column)
