"""Spectral indices of an optical input: an input of their own, written ``s2.indices``."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bocage.core import Input, SettingsError

INDICES = "indices"
"""``s2.indices`` is the input `s2` as its indices."""

PAIRS: Mapping[str, tuple[str, str]] = {
    # Rouse et al. 1974: green leaves.
    "NDVI": ("B8", "B4"),
    # McFeeters 1996 (10.1080/01431169608948714): open water.
    "NDWI": ("B3", "B8"),
    # Xu 2006 (10.1080/01431160600589179): open water beside buildings.
    "MNDWI": ("B3", "B11"),
    # Gao 1996 (10.1016/S0034-4257(96)00067-3): water in leaves.
    "NDMI": ("B8", "B11"),
    # Key and Benson 2006 (RMRS-GTR-164-CD): burned ground.
    "NBR": ("B8", "B12"),
    # Zha et al. 2003 (10.1080/01431160304987): buildings.
    "NDBI": ("B11", "B8"),
}
"""Normalised differences (a - b) / (a + b) of Sentinel-2 bands."""

NIR = ("B8", "B8A")
"""The narrow near infrared stands in where there is no broad one, as in harmonised Landsat."""


def indices(item: Input) -> Input:
    """Compute the normalised differences that an input has the bands for.

    Parameters
    ----------
    item : Input
        Table, series or chips with Sentinel-2 bands (``B4`` or ``B04``) in one unit.

    Returns
    -------
    Input
        One band an index, from -1 to 1; 0 where both bands are 0.

    Raises
    ------
    SettingsError
        If it has the bands of none, or they have different units.
    """
    axis = item.band_axis
    at = {_plain(band): number for number, band in enumerate(item.bands)}
    found: dict[str, NDArray[np.float64]] = {}
    for name, pair in PAIRS.items():
        numbers = [_number(band, at) for band in pair]
        if None in numbers:
            continue
        one, two = (int(number) for number in numbers if number is not None)
        if item.band_units[one] != item.band_units[two]:
            raise SettingsError(
                f"{name} of input {item.name!r} needs {pair[0]} and {pair[1]} in the same unit; "
                "found "
                f"{item.band_units[one]!r} and {item.band_units[two]!r}"
            )
        a, b = (np.take(item.values, i, axis).astype(np.float64) for i in (one, two))
        total = a + b
        share = np.divide(a - b, total, out=np.zeros_like(total), where=total > 0)
        found[name] = np.clip(share, -1.0, 1.0)
    if not found:
        raise SettingsError(
            f"input {item.name!r} has the bands of no spectral index; expected some of "
            f"{', '.join(sorted({band for pair in PAIRS.values() for band in pair}))}, such as B4 "
            f"and B8; it has {', '.join(item.bands[:8])}"
        )
    values = np.stack(list(found.values()), axis)
    if item.form == "chips":
        values = values.astype(np.float32)
    return Input(
        f"{item.name}.{INDICES}",
        values,
        tuple(found),
        "1",
        modality=item.modality,
        years=item.years,
        months=item.months,
    )


def _plain(band: str) -> str:
    return f"B{band[2:]}" if band[:2] == "B0" else band


def _number(band: str, at: Mapping[str, int]) -> int | None:
    names = NIR if band in NIR else (band,)
    return next((at[name] for name in names if name in at), None)
