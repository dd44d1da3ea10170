"""Pixels of an invented parish, which no file holds: waves that are computed when they are read."""

import numpy as np

from bocage.core import SettingsError
from bocage.sources import About, Coding, Grid, Pixels


class Waves:
    """Three bands of waves; what stands behind ``waves:`` is the seed of their phases."""

    names = ("near", "middle", "far")
    grid = Grid("EPSG:32633", (10.0, 0.0, 500_000.0, 0.0, -10.0, 5_200_000.0), 96, 128)
    coding = Coding("linear", nodata=-32768, scale=(0.001,))
    dtype = "int16"
    block = (32, 32)

    def __init__(self, what):
        if not what.isdecimal():
            raise SettingsError(f"waves:{what} has no seed; expected a number, such as waves:7")
        self.seed = int(what)
        self.about = About(f"waves:{what}", product="Waves", years=(2024,), synthetic=True)
        self.key = [self.seed]

    def pixels(self, window, bands=None):
        """Compute the pixels of a window."""
        chosen = list(range(len(self.names)) if bands is None else bands)
        row, column = np.indices((window.height, window.width))
        row, column = row + window.row, column + window.column
        phase = np.random.default_rng(self.seed).uniform(0, 6, (len(self.names), 2))
        waves = [
            np.sin(row / (4 + 3 * i) + phase[i, 0]) + np.cos(column / (5 + 4 * i) + phase[i, 1])
            for i in chosen
        ]
        stored = np.round(1000 * np.stack(waves)).astype(self.dtype)
        # The sea, in the south-east.
        stored[:, row + column > 190] = self.coding.nodata
        return Pixels(stored, self.coding.missing(stored), self.coding.take(chosen))

    def close(self):
        """Nothing is open."""
