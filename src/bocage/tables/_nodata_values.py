"""Numbers that stand for nothing measured: declared by the user, or asked about."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from bocage.core import DataError, Floats, Input, SettingsError, counted
from bocage.core import listed as shortened
from bocage.tables._checks import unusable
from bocage.tables._dates import read_date
from bocage.tables._names import listed, nearest

NOTHING = "none"
"""Says that every number of a table was measured, and every word is one."""

SHARE = 0.01
"""From this share of the cells of some columns on, their smallest or largest value is asked about
..."""

FEWEST = 5
"""... if it stands in so many cells, ..."""

APART = 0.05
"""... its distance from the next value is this share of the spread of all others ..."""

NEAREST = 20
"""... or longer than the way from there to the 20th value, as values crowd around what was measured
(no rain), ..."""

ATOM = 10
USUAL = 0.95
"""... and it is ten times as frequent as nearly all other values (this share of them)."""

FAR = 3.0
"""A value at so many spreads from all others is asked about whatever its share, ..."""

FEWEST_FAR = 3
"""... if it stands in so many cells of the input."""

VARIED = 10
"""Columns with fewer other values are codes or counts, and not asked about."""

FEW_NAMES = 4
"""So many columns are named one by one."""


@dataclass(frozen=True, slots=True)
class Fills:
    """What a user says of numbers that stand for nothing.

    Attributes
    ----------
    everywhere : tuple of float
        In all inputs.
    within : mapping of str to tuple of float
        In one input, in the target or in a group.
    asks : bool
        Whether numbers that look like such are asked about.
    measured : frozenset of str
        Inputs, target or groups of which nothing is asked.
    """

    everywhere: tuple[float, ...] = ()
    within: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    asks: bool = True
    measured: frozenset[str] = frozenset()

    def of(self, name: str) -> tuple[float, ...]:
        """Return the numbers that stand for nothing in an input, the target or a group."""
        return self.within.get(name, ())

    def asks_of(self, name: str) -> bool:
        """Tell whether what looks as if it stood for nothing is asked about."""
        return self.asks and name not in self.measured


def read_fills(texts: Sequence[str | float], known: Sequence[str]) -> Fills:
    """Read ``65535``, ``ndvi=0`` (an input, target or group), ``none`` and ``ndvi=none``.

    >>> read_fills(["65535", "ndvi=0"], ["ndvi"]).within
    {'ndvi': (0.0,)}

    Raises
    ------
    SettingsError
        If a text can't be read, or names what is not there.
    """
    everywhere: list[float] = []
    within: dict[str, tuple[float, ...]] = {}
    asks, measured = True, set()
    for text in texts:
        name, sign, value = str(text).rpartition("=")
        if str(text).strip().lower() == NOTHING:
            asks = False
            continue
        if sign and value == NOTHING and name in known:
            measured.add(name)
            continue
        try:
            number = float(value)
        except ValueError:
            raise SettingsError(
                f"--nodata {text!r} can't be read; expected a number (65535), a number in one "
                f"input (ndvi=0), a word in the table (NA), a word in one column (crop=NA), or "
                f"{NOTHING}"
            ) from None
        if not sign:
            everywhere.append(number)
            continue
        if name not in known:
            raise SettingsError(
                f"--nodata {text}: there is no input {name!r}{nearest(name, known)} Expected an "
                f"input, the target or a group: {listed(known)}"
            )
        within[name] = (*within.get(name, ()), number)
    return Fills(tuple(everywhere), within, asks, frozenset(measured))


def without_fills(item: Input, fills: Fills) -> tuple[Input, str]:
    """Put NaN where an input holds a number that stands for nothing; say how often.

    Raises
    ------
    DataError
        If a number looks as if it stood for nothing, and nothing is said of it.
    """
    values = np.asarray(item.values, dtype=np.float64)
    numbers = (*fills.everywhere, *fills.of(item.name))
    lost = np.isin(values, numbers)
    note = ""
    if lost.any():
        found = [number for number in numbers if (values == number).any()]
        note = (
            f"input {item.name!r}: {int(lost.sum()):,} of {values.size:,} cells "
            f"({lost.mean():.1%}) hold {listed(f'{n:g}' for n in found)} and count as missing"
        )
        values = np.where(lost, np.nan, values)
        item = replace(item, values=values)
    if fills.asks_of(item.name) and item.modality != "embedding":
        _ask(item, values)
    return item, note


def _ask(item: Input, values: Floats) -> None:
    """Refuse an input with a number that looks like a mark for nothing."""
    ends: dict[float, list[End]] = {}
    for at, column in enumerate(values.T):
        for end in _ends(at, column):
            ends.setdefault(end.value, []).append(end)
    for value, found in ends.items():
        far = sum(end.count for end in found if end.gap > FAR)
        if far < FEWEST_FAR and not _is_atom(value, values[:, [end.column for end in found]]):
            continue
        low, high = min(end.low for end in found), max(end.high for end in found)
        own = [end.column for end in found]
        n, n_cells = int((values[:, own] == value).sum()), values[:, own].size
        holds = (values == value).any(axis=0)
        also = [item.bands[at] for at in np.flatnonzero(holds).tolist() if at not in own]
        # What is said of a number is said of a whole input.
        spare = (
            f" (this also affects {listed(also)}, where it lies among other values: to exclude "
            "them, declare another input)"
            if also
            else ""
        )
        raise DataError(
            f"input {item.name!r}: {n:,} of {n_cells:,} cells of "
            f"{_columns([item.bands[at] for at in own])} ({n / n_cells:.1%}) hold {value:g}, and "
            f"the others {low:g} to {high:g}; if it means no data, use --nodata {value:g} (or "
            f"--nodata {item.name}={value:g}){spare}, otherwise --nodata {NOTHING}"
        )


def _columns(names: Sequence[str]) -> str:
    """Name columns; many dates of a series by their band.

    >>> _columns(["ZN", "TAX"]), _columns([f"NDVI_2019-{month:02d}" for month in range(1, 13)])
    ('ZN, TAX', 'NDVI at 12 dates')
    """
    if len(names) <= FEW_NAMES:
        return listed(names)
    try:
        bands = Counter(found.band for name in names if (found := read_date(name)) is not None)
    except ValueError:
        bands = Counter()
    if sum(bands.values()) < len(names) or not all(bands):
        return shortened(names, FEW_NAMES)
    return listed(f"{band} at {counted(n, 'date')}" for band, n in bands.items())


@dataclass(frozen=True, slots=True)
class End:
    """The smallest or largest value of a column, apart from all others.

    Attributes
    ----------
    column, count : int
    value : float
    low, high : float
        Of the others.
    gap : float
        Distance from them, in units of their spread.
    """

    column: int
    count: int
    value: float
    low: float
    high: float
    gap: float


def _ends(at: int, column: Floats) -> list[End]:
    """Look at both ends of a column."""
    # Usual marks for nothing are missing, and not asked about.
    found, count = np.unique(column[~unusable(column)], return_counts=True)
    if len(found) <= VARIED:
        return []
    ends = []
    for end, others in ((0, found[1:]), (-1, found[:-1])):
        value, low, high = float(found[end]), float(others[0]), float(others[-1])
        steps = np.sort(np.abs(others - value))
        reach = steps[min(NEAREST, len(steps)) - 1] - steps[0]
        gap = float(steps[0]) / (high - low)
        if gap > APART or steps[0] > reach:
            ends.append(End(at, int(count[end]), value, low, high, gap))
    return ends


def _is_atom(value: float, columns: Floats) -> bool:
    """Tell whether a value stands in a share of some columns, and far more often than any other."""
    found, count = np.unique(columns[~unusable(columns)], return_counts=True)
    n = int(count[found == value].sum())
    rest = float(np.quantile(count[found != value], USUAL))
    return bool(n >= max(FEWEST, SHARE * count.sum(), ATOM * rest))
