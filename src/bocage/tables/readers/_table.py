"""A table as it was read, and how a library's complaint becomes a line."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was read.

    Attributes
    ----------
    frame : DataFrame or GeoDataFrame
    notes : tuple of str
        What had to be found out to read it.
    """

    frame: Any
    notes: tuple[str, ...] = ()


def first_line(error: Exception | Warning) -> str:
    """Return what a library said, in one line."""
    text = str(error).strip().splitlines()
    # GDAL goes on with advice for programmers.
    return text[0].partition("; It might help")[0][:160] if text else type(error).__name__
