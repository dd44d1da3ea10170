"""AlphaEarth's numbers in a table, under whatever names: recognised, decoded or refused."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np

from bocage.core import DataError, Floats
from bocage.sources import AEF_BANDS, Family, families
from bocage.tables._checks import dequantise_int8
from bocage.tables._target import as_numbers

if TYPE_CHECKING:
    import pandas as pd


INPUT = "aef"
"""Input that AlphaEarth's columns become."""


@dataclass(frozen=True, slots=True, eq=False)
class Embeddings:
    """The embeddings of a table.

    Attributes
    ----------
    frame : DataFrame
    found : tuple of Family
    dequantise : bool
        Whether stored numbers are to be decoded.
    decoded : dict of str to ndarray of float64, shape (n,)
        Columns that were.
    """

    frame: "pd.DataFrame"
    found: tuple[Family, ...]
    dequantise: bool
    decoded: dict[str, Floats] = field(default_factory=dict)

    @classmethod
    def of(cls, frame: "pd.DataFrame", columns: Sequence[str], *, dequantise: bool) -> Self:
        """Look for embeddings among columns of numbers."""

        def values(some: tuple[str, ...]) -> Floats:
            return np.column_stack([as_numbers(frame[column]) for column in some])

        return cls(frame, tuple(families(columns, values)), dequantise)

    @property
    def undeclared(self) -> tuple[str, ...]:
        """Columns that become an input without being asked for."""
        if len(self.found) == 1 and not set(AEF_BANDS) <= set(map(str, self.frame.columns)):
            return self.found[0].columns
        return AEF_BANDS

    def numbers(self, name: str, column: str) -> Floats:
        """Return the numbers of a column for an input, decoded where they are stored ones.

        Raises
        ------
        DataError
            If they are, and are not to be decoded.
        """
        family = next((one for one in self.found if column in one.columns), None)
        if family is None or family.stored == "values":
            return as_numbers(self.frame[column])
        if family.stored == "both":
            raise DataError(
                f"input {name!r} holds raw int8 embeddings in some rows of {family.words} and "
                "vectors of length 1 in others; expected one of the two: convert each file "
                "separately, then combine them"
            )
        if not self.dequantise:
            where = "" if family.is_named else f" in {family.words}"
            raise DataError(
                f"input {name!r} holds raw int8 embeddings{where} (whole numbers in -128..127); "
                "expected vectors of length 1: add --dequantise to convert them"
            )
        if column not in self.decoded:
            stored = [as_numbers(self.frame[one]) for one in family.columns]
            values = dequantise_int8(np.nan_to_num(np.column_stack(stored), nan=-128.0))
            self.decoded.update(zip(family.columns, values.T, strict=True))
        return self.decoded[column]

    def bands(self, name: str, columns: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
        """Name the bands of an input, and say so where that is not what its columns are called.

        What was stored by AlphaEarth's rule is AlphaEarth's; vectors are where the input says so.
        """
        family = self._whole(columns)
        if family is None or family.is_named or (name != INPUT and family.stored == "values"):
            return columns, ""
        called = dict(zip(family.columns, AEF_BANDS, strict=True))
        note = f"are read as A00 to A63 (input {name!r})"
        if family.stored == "codes":
            note = f"columns {family.words} hold AlphaEarth's int8, are decoded and {note}"
        else:
            note = (
                f"columns {family.words} hold vectors of 64 numbers of length 1, as AlphaEarth's "
                f"are, and {note}; "
                "if they are another embedding, declare them under another name, such as "
                f"--input emb={_pattern(family)}"
            )
        return tuple(called[column] for column in columns), note

    def is_one(self, columns: tuple[str, ...]) -> bool:
        """Tell whether columns are a whole embedding: its scale means something."""
        return self._whole(columns) is not None

    def _whole(self, columns: tuple[str, ...]) -> Family | None:
        return next((one for one in self.found if set(one.columns) == set(columns)), None)


def _pattern(family: Family) -> str:
    """Write a pattern of a family's columns, as it is typed."""
    import os.path

    start = os.path.commonprefix(family.columns)  # noqa: RUF071 - not paths
    return f"'{start}*'"
