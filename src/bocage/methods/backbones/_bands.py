"""What a backbone must be fed: declared bands, units and plausible values; nothing is guessed."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, Input, SettingsError

TOO_MANY = 0.01
"""Share of values out of range from which the scale is taken to be wrong."""

REFLECTANCE = "reflectance x 10000"

_KNOWN = ContextVar("scale known", default=False)


@dataclass(frozen=True, slots=True)
class BackboneBand:
    """A band that a backbone was pretrained on.

    Attributes
    ----------
    name : str
    unit : str
        Unit that the weights expect.
    low, high : float
        Nearly all values lie between these, in `unit`.
    typical : float
        Values below this everywhere betray another scale, such as reflectance from 0 to 1; 0
        where there is no such tell.
    aliases : tuple of str
        Other names of the same band.
    """

    name: str
    unit: str
    low: float
    high: float
    typical: float = 0.0
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All names, the backbone's own first."""
        return (self.name, *self.aliases)


CONVERSIONS: Mapping[tuple[str, str], tuple[float, float]] = {
    # Declared unit -> expected unit: factor, then offset.
    ("reflectance", REFLECTANCE): (1e4, 0.0),
    ("degree Celsius", "K"): (1.0, 273.15),
    ("mm", "m"): (1e-3, 0.0),
    ("%", "1"): (1e-2, 0.0),
}


def sentinel2(*names: str) -> tuple[BackboneBand, ...]:
    """Return Sentinel-2 bands in reflectance x 10,000; B02 is another name of B2."""
    return tuple(
        BackboneBand(
            name,
            REFLECTANCE,
            0.0,
            20_000.0,
            10.0,
            (f"B0{name[1:]}",) if name[1:].isdigit() and len(name) == 2 else (),  # noqa: PLR2004
        )
        for name in names
    )


POINT_BANDS = (
    BackboneBand("VV", "dB", -60, 30, aliases=("vv",)),
    BackboneBand("VH", "dB", -60, 30, aliases=("vh",)),
    *sentinel2("B2", "B3", "B4", "B5", "B6", "B7", "B8", "B8A", "B11", "B12"),
    BackboneBand("temperature_2m", "K", 180, 340),
    BackboneBand("total_precipitation", "m", 0, 3, aliases=("total_precipitation_sum",)),
    BackboneBand("elevation", "m", -500, 9000),
    BackboneBand("slope", "degree", 0, 90),
    BackboneBand("NDVI", "1", -1, 1),
)
"""What Presto and Galileo were pretrained on, each in an order of its own."""

MAX_DATES = 24


def months_of(item: Input, backbone: str) -> NDArray[np.int64]:
    """Return the months of a dated input, 0 to 11, as Presto and Galileo count them.

    Raises
    ------
    SettingsError
        If months are unknown, or there are more than `MAX_DATES` dates.
    """
    if item.form == "table" or item.months is None:
        kind = "a series without months" if item.form == "series" else f"of form {item.form}"
        if item.form == "chips":
            kind = "chips without months"
        raise SettingsError(
            f"{backbone} reads time series whose months are known; input {item.name!r} is {kind}: "
            "give dates in the names of its columns (B2_2021-03-17), or the date at which each row "
            "begins (--first-date), or use a shallow head"
        )
    if item.n_dates > MAX_DATES:
        raise SettingsError(
            f"input {item.name!r} has {item.n_dates} dates; {backbone} takes at most {MAX_DATES}: "
            "give one date per month"
        )
    return item.months - 1


def need_places(lonlat: NDArray[np.float64], backbone: str) -> None:
    """Refuse a network that sees coordinates where samples have none.

    Raises
    ------
    SettingsError
        If a coordinate is missing.
    """
    if not np.isfinite(lonlat).all():
        raise SettingsError(
            f"{backbone} reads the coordinates of samples, and these samples have none; add "
            "place=off after its strategy, or give coordinates (--lon, --lat)"
        )


def arrange(
    item: Input, wanted: Sequence[BackboneBand], backbone: str
) -> tuple[NDArray[np.float32], tuple[bool, ...]]:
    """Bring an input's bands into a backbone's order and units.

    Parameters
    ----------
    item : Input
        Series or chips; bands are found on its band axis.
    wanted : sequence of BackboneBand
    backbone : str
        Named in messages.

    Returns
    -------
    values : ndarray of float32
        Shape of the input's values, with `wanted` for its bands; zeros where one is absent.
    present : tuple of bool
        Which of the wanted bands there are.

    Raises
    ------
    SettingsError
        If no band is known, one stands twice, or a unit can't be converted.
    DataError
        If the values do not look like their unit.
    """
    axis = item.band_axis
    shape = list(item.values.shape)
    shape[axis] = len(wanted)
    out = np.zeros(shape, dtype=np.float32)
    present = []
    for position, band in enumerate(wanted):
        found = [i for i, name in enumerate(item.bands) if name in band.names]
        if len(found) > 1:
            twice = ", ".join(item.bands[i] for i in found)
            raise SettingsError(
                f"input {item.name!r} holds band {band.name} {len(found)} times ({twice}); "
                f"expected it once: {backbone} would treat different bands as the same one"
            )
        present.append(bool(found))
        if not found:
            continue
        values = np.take(item.values, found[0], axis=axis).astype(np.float64)
        unit = item.band_units[found[0]]
        if unit != band.unit:
            values = _convert(values, unit, band, item.name, backbone)
        check_scale(values, band, item.name, backbone)
        np.moveaxis(out, axis, 0)[position] = values
    if not any(present):
        raise SettingsError(
            f"input {item.name!r} has none of the bands of {backbone}: it has "
            f"{', '.join(item.bands[:8])}; expected some of "
            f"{', '.join(band.name for band in wanted)}: rename them, or use another backbone"
        )
    return out, tuple(present)


@contextmanager
def scale_known() -> Iterator[None]:
    """Leave scales alone for a while: part of a map may be all cloud, or all shadow."""
    token = _KNOWN.set(True)
    try:
        yield
    finally:
        _KNOWN.reset(token)


def check_scale(values: NDArray[np.float64], band: BackboneBand, name: str, backbone: str) -> None:
    """Refuse values that can't be in the unit that they are declared in.

    Raises
    ------
    DataError
        If more than `TOO_MANY` of the values are out of range, or all are far too small.
    """
    known = values[np.isfinite(values)]
    if not known.size or _KNOWN.get():
        return
    out = float(np.mean((known < band.low) | (known > band.high)))
    small = band.typical > 0 and float(np.quantile(known, 0.99)) < band.typical
    # Backscatter below one is negative in dB: none below zero is power, not dB.
    linear = band.unit == "dB" and bool(known.min() >= 0)
    if out > TOO_MANY or small or linear:
        raise DataError(
            f"band {band.name} of input {name!r} has values from {known.min():.6g} to "
            f"{known.max():.6g}; {backbone} expects {band.unit}, between {band.low:g} and "
            f"{band.high:g}: declare the unit of the values, or rescale them"
        )


def _convert(
    values: NDArray[np.float64], unit: str, band: BackboneBand, name: str, backbone: str
) -> NDArray[np.float64]:
    known = CONVERSIONS.get((unit, band.unit))
    if known is None:
        others = [declared for declared, expected in CONVERSIONS if expected == band.unit]
        raise SettingsError(
            f"band {band.name} of input {name!r} is declared in {unit!r}; {backbone} expects "
            f"{' or '.join(map(repr, [band.unit, *others]))}: declare its unit"
        )
    factor, offset = known
    return values * factor + offset
