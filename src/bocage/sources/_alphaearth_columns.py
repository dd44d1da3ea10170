"""AlphaEarth's 64 numbers under other names: ``a00``, ``b1`` to ``b64``, ``emb_0``, ``A01`` on.

Names that count 64 columns are looked at by their numbers: vectors of length 1, or whole numbers
that become such by AlphaEarth's rule. Nothing else is taken for its embedding.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats
from bocage.sources._alphaearth import AEF_BANDS, AEF_CODING, about_alphaearth
from bocage.sources._coding import INT8_NODATA, can_hold
from bocage.sources._glimpse import UNIT_NORM, UNIT_SHARE, glimpse
from bocage.sources._raster import Raster
from bocage.sources._source import Source, vector_of

N = len(AEF_BANDS)
_DIGITS = re.compile(r"\d+")
_COUNTS = (range(N), range(1, N + 1))


Stored = Literal["values", "codes", "both"]


@dataclass(frozen=True, slots=True)
class Family:
    """Columns that hold an embedding like AlphaEarth's.

    Attributes
    ----------
    columns : tuple of str
        64, in the order of A00 to A63.
    stored : {"values", "codes", "both"}
        Whether rows are vectors, stored numbers (v for sign(v) (v / 127.5)^2), or some of each.
    """

    columns: tuple[str, ...]
    stored: Stored

    @property
    def words(self) -> str:
        """The columns in words."""
        return f"{self.columns[0]} to {self.columns[-1]}"

    @property
    def is_named(self) -> bool:
        """Whether they are called A00 to A63."""
        return self.columns == AEF_BANDS


def numbered(names: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Find names that count from 0 to 63, or from 1 to 64, and are otherwise the same.

    >>> [f"{found[0]} {found[-1]}" for found in numbered(f"b{i}" for i in range(1, 65))]
    ['b1 b64']
    """
    groups: dict[tuple[str, str], dict[int, list[str]]] = {}
    for name in names:
        for digits in _DIGITS.finditer(name):
            # Longer ones are no counts, and may be too long for a number.
            if len(digits[0]) <= len(str(N)) + 1:
                key = name[: digits.start()], name[digits.end() :]
                groups.setdefault(key, {}).setdefault(int(digits[0]), []).append(name)
    for members in groups.values():
        counts = sorted(members)
        if counts in [list(span) for span in _COUNTS] and all(
            len(m) == 1 for m in members.values()
        ):
            yield tuple(members[count][0] for count in counts)


def families(names: Iterable[str], values: Callable[[tuple[str, ...]], Floats]) -> list[Family]:
    """Find the columns that hold embeddings like AlphaEarth's.

    Parameters
    ----------
    names : iterable of str
        Columns of numbers.
    values : callable
        Gives the numbers of 64 columns, shape (n, 64).
    """
    made = []
    for columns in numbered(names):
        stored = stored_as(values(columns))
        if stored is not None:
            made.append(Family(columns, stored))
    return made


def stored_as(values: Floats) -> Stored | None:
    """Tell what rows of 64 numbers are; None where they are no embedding like AlphaEarth's.

    Parameters
    ----------
    values : ndarray of float64, shape (n, 64)
        Rows with gaps, and those of zeros, tell nothing.
    """
    rows = values[np.isfinite(values).all(axis=1) & values.any(axis=1)]
    whole = ((rows == np.round(rows)) & (rows >= INT8_NODATA) & (rows < -INT8_NODATA)).all(axis=1)
    # A pixel without data; and a vector along one axis is no code.
    empty = whole & (rows == INT8_NODATA).any(axis=1)
    coded = whole & ~empty
    coded[coded] = _is_unit(AEF_CODING.decode(rows[coded].T).T)
    plain = _is_unit(rows) & ~empty
    n = int((~empty).sum())
    if not n or (coded | plain).sum() < UNIT_SHARE * n:
        return None
    if coded.sum() > (1 - UNIT_SHARE) * n and plain.sum() > (1 - UNIT_SHARE) * n:
        return "both"
    return "codes" if coded.sum() > plain.sum() else "values"


def as_alphaearth(raster: Raster, path: str, *, is_named: bool) -> Raster:
    """Decode 64 bands that hold AlphaEarth's stored numbers in another type or by other names.

    Parameters
    ----------
    raster : Raster
        Not stored as AlphaEarth's files are.
    path : str
        Of its first file.
    is_named : bool
        Whether anything names the bands.

    Returns
    -------
    Raster
        The same if it holds something else.
    """
    if is_named and not _counts(raster.names):
        return raster
    seen = glimpse(raster, raster.grid.whole)
    stored = None if seen is None else stored_as(seen.stored.astype(np.float64).T)
    raster.close()
    if stored is None or stored == "both":
        return raster
    bands, about = raster.bands, raster.about
    if stored == "values":
        return replace(raster, vector=_ALL)
    if not is_named:
        bands = tuple(replace(band, name=own) for band, own in zip(bands, AEF_BANDS, strict=True))
    if raster.coding.nodata is not None and not can_hold(raster.coding.nodata, "int8"):
        # Numbers beyond int8 are cut off as they are read: the file's mask tells what they mean.
        bands = tuple(
            replace(band, nodata=None, masks=(*band.masks, ("mask", band.index))) for band in bands
        )
    remark = f"{about.name} holds AlphaEarth's int8 as {raster.dtype}, and is decoded"
    about = replace(about_alphaearth(about.name, path, about.years), remark=remark)
    return replace(raster, bands=bands, coding=AEF_CODING, dtype="int8", vector=_ALL, about=about)


def names_for(raster: Source, wanted: Iterable[str]) -> tuple[str, ...]:
    """Name the bands of a raster as they are wanted: its own names, or AlphaEarth's.

    Parameters
    ----------
    raster : Source
        Vectors of length 1 in 64 bands that are counted otherwise (``b1`` to ``b64``) are what A00
        to A63 are.
    wanted : iterable of str

    Returns
    -------
    tuple of str
        One a band, in their order.
    """
    names, asked = raster.names, set(wanted)
    columns = _counts(names)
    if asked <= set(names) or not asked <= set(AEF_BANDS) or len(vector_of(raster)) != N:
        return names
    return tuple(AEF_BANDS[columns.index(name)] for name in names) if columns else names


def _counts(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names in the order of their counts, where all of them count together."""
    return next((found for found in numbered(names) if len(names) == N), ())


_ALL = tuple(range(N))


def _is_unit(rows: Floats) -> NDArray[np.bool_]:
    length = np.linalg.norm(rows, axis=1)
    return np.asarray((length >= UNIT_NORM[0]) & (length <= UNIT_NORM[1]))
