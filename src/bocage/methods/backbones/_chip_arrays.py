"""Chips as pretrained networks expect them: bands, order, scale and size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Input, SettingsError
from bocage.methods.backbones._bands import BackboneBand, arrange


@dataclass(frozen=True, slots=True)
class BandScaling:
    """How a band is scaled before it enters a network.

    Attributes
    ----------
    mean, spread : float
        The network sees (value - mean) / spread.
    top : float
        Values above are cut off first; infinite where the publication cuts nothing.
    """

    mean: float
    spread: float
    top: float = float("inf")


@dataclass(frozen=True, slots=True)
class ChipBands:
    """What a network for chips was pretrained on.

    Attributes
    ----------
    backbone : str
        Named in messages.
    bands : tuple of BackboneBand
    normal : mapping of str to BandScaling
        By the band's own name.
    patch : int
        Chips are a whole number of these long and wide.
    dates : int
        Most dates that it takes.
    needs_all : bool
        Whether every band must be there.
    square : bool
        Whether chips must be as wide as they are high.
    """

    backbone: str
    bands: tuple[BackboneBand, ...]
    normal: Mapping[str, BandScaling]
    patch: int
    dates: int = 1
    needs_all: bool = False
    square: bool = False

    def arrays(self, item: Input) -> dict[str, NDArray[Any]]:
        """Check and normalise chips.

        Returns
        -------
        dict
            `x` float32 (n, bands, height, width), with a date axis after the bands where the
            input has dates, holding the bands that are there in the network's order, and
            `bands`, flags (1, n_bands) of those.

        Raises
        ------
        SettingsError
            If the input holds no chips, a needed band is absent or stands twice, or the size or
            number of dates does not fit.
        DataError
            If the values do not look like their unit.
        """
        if item.form != "chips":
            raise SettingsError(
                f"{self.backbone} reads chips; input {item.name!r} is of form {item.form}"
            )
        height, width = item.values.shape[-2:]
        if height % self.patch or width % self.patch or (self.square and height != width):
            shape = "equal and " if self.square else ""
            raise SettingsError(
                f"{self.backbone} reads chips whose height and width are {shape}multiples of "
                f"{self.patch} pixels; those of input {item.name!r} are {height} x {width}: cut "
                "chips of another size"
            )
        if item.n_dates > self.dates:
            raise SettingsError(
                f"input {item.name!r} has {item.n_dates} dates; {self.backbone} takes at most "
                f"{self.dates}: select some of them"
            )
        values, present = arrange(item, self.bands, self.backbone)
        absent = [b.name for b, here in zip(self.bands, present, strict=True) if not here]
        if absent and self.needs_all:
            raise SettingsError(
                f"{self.backbone} needs all of its bands; input {item.name!r} lacks "
                f"{', '.join(absent)}"
            )
        keep = np.flatnonzero(present)
        x = np.take(values, keep, axis=item.band_axis)
        rules = [self.normal[self.bands[i].name] for i in keep]
        wide = (len(keep), 1, 1)
        np.minimum(x, np.reshape([r.top for r in rules], wide), out=x)
        x -= np.reshape([r.mean for r in rules], wide).astype(np.float32)
        x /= np.reshape([r.spread for r in rules], wide).astype(np.float32)
        if item.n_dates > 1 or x.ndim == 5:  # noqa: PLR2004
            x = np.moveaxis(x, 1, 2)
        return {"x": np.ascontiguousarray(x), "bands": np.array([present])}

    def present(self, arrays: Mapping[str, NDArray[Any]]) -> tuple[str, ...]:
        """Return the names of the bands that are there."""
        flags: Sequence[bool] = arrays["bands"][0].tolist()
        return tuple(b.name for b, here in zip(self.bands, flags, strict=True) if here)


def normals(
    names: Sequence[str], means: Sequence[float], spreads: Sequence[float]
) -> dict[str, BandScaling]:
    """Pair published statistics with their bands."""
    return {
        name: BandScaling(mean, spread)
        for name, mean, spread in zip(names, means, spreads, strict=True)
    }


TERRATORCH_BANDS: Mapping[str, str] = {
    "B1": "COASTAL_AEROSOL",
    "B2": "BLUE",
    "B3": "GREEN",
    "B4": "RED",
    "B5": "RED_EDGE_1",
    "B6": "RED_EDGE_2",
    "B7": "RED_EDGE_3",
    "B8": "NIR_BROAD",
    "B8A": "NIR_NARROW",
    "B9": "WATER_VAPOR",
    "B10": "CIRRUS",
    "B11": "SWIR_1",
    "B12": "SWIR_2",
}
"""Sentinel-2 bands as TerraTorch names them."""
