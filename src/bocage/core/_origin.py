"""Where features come from: the record that travels with a table, a model and a map."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from bocage.core._errors import DataError
from bocage.core._names import listed

LONGEST, MOST = 2000, 100_000
"""Characters of a text, and entries of a list, that a record may hold."""

MOST_FILES = 50
"""Files that are named; of more, their number is told."""

LAST_YEAR = 9999


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the values of some columns come from.

    Attributes
    ----------
    columns : tuple of str
        Of the table; those of a model are its bands.
    product, version : str
        Such as ``AlphaEarth Foundations Satellite Embedding``; empty if unknown.
    years : tuple of int
        Calendar years that the values describe, sorted; empty if unknown.
    licence, attribution : str
    files : tuple of str
        Names of the files that were read, without folders.

    Examples
    --------
    >>> Origin(("ndvi",), years=(2023,), files=("ndvi.tif",)).words
    'ndvi.tif, 2023'
    """

    columns: tuple[str, ...] = ()
    product: str = ""
    version: str = ""
    years: tuple[int, ...] = ()
    licence: str = ""
    attribution: str = ""
    files: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What is known, in words, but licence and attribution."""
        name = f"{self.product} {self.version}".strip()
        files = listed(self.files, 3)
        return ", ".join(part for part in (name, files, _spoken(self.years)) if part)

    def named(self, files: Iterable[str]) -> "Origin":
        """Return the same with names of files; of many, the first and how many more."""
        every = list(dict.fromkeys(files))
        more = len(every) - MOST_FILES
        kept = [*every[:MOST_FILES], *([f"{more} more"] if more > 0 else [])]
        return replace(self, files=tuple(kept))

    def renamed(self, names: "dict[str, str]") -> "Origin":
        """Return the same of columns that are called otherwise."""
        return replace(self, columns=tuple(names.get(column, column) for column in self.columns))

    def other_product(self, product: str, version: str) -> tuple[str, str, str]:
        """Tell what differs where both are known: what it is, what is found, what is expected.

        Products that were put together may stand in any order.
        """
        for what, found, expected in (
            ("product", product, self.product),
            ("version", version, self.version),
        ):
            if found and expected and _parts(found) != _parts(expected):
                return what, found, expected
        return "", "", ""

    def check_product(self, product: str, version: str, name: str) -> None:
        """Refuse a raster of another product, or version, than these values are of.

        Raises
        ------
        DataError
        """
        what, found, expected = self.other_product(product, version)
        if what:
            raise DataError(
                f"{name} is of {what} {found!r}, but the labels' features are of {expected!r}; "
                "their values may differ in meaning: use the raster that the labels were sampled "
                "from"
            )

    def other_years(self, years: Sequence[int], name: str) -> str:
        """Say that pixels are of other years than these values; empty where not, or unknown.

        Parameters
        ----------
        years : sequence of int
        name : str
            Of the raster.
        """
        if not years or not self.years or set(years) == set(self.years):
            return ""
        files = f" ({listed(self.files, 3)})" if self.files else ""
        return (
            f"{name} is of {_spoken(years)}, but the labels' features are of "
            f"{_spoken(self.years)}{files}: scores are of {_spoken(self.years)}"
        )


def merged_origin(origins: Iterable[Origin], columns: Iterable[str]) -> Origin | None:
    """Put together what is known of some columns; None where nothing is.

    Parameters
    ----------
    origins : iterable of Origin
    columns : iterable of str
    """
    wanted = tuple(columns)
    some = [origin for origin in origins if set(wanted) & set(origin.columns)]
    if not some:
        return None
    known = {column for origin in some for column in origin.columns}

    def joined(name: str, sign: str) -> str:
        return sign.join(dict.fromkeys(text for one in some if (text := getattr(one, name))))

    return Origin(
        tuple(column for column in wanted if column in known),
        joined("product", " and "),
        joined("version", " and "),
        tuple(sorted({year for one in some for year in one.years})),
        joined("licence", " and "),
        joined("attribution", "; "),
    ).named(name for one in some for name in one.files)


def write_origins(origins: Iterable[Origin]) -> str:
    """Write records as JSON, the same for the same records."""
    return json.dumps([asdict(origin) for origin in origins], ensure_ascii=False, sort_keys=True)


def read_origins(text: str | bytes) -> tuple[Origin, ...]:
    """Read records that `write_origins` wrote.

    Raises
    ------
    DataError
        If it is something else, or holds what no record can.
    """
    try:
        found = json.loads(text)
        if not isinstance(found, list) or len(found) > MOST:
            raise TypeError("not a list of records")  # noqa: TRY301 - told as the others are
        return tuple(_checked(item) for item in found)
    except (ValueError, TypeError, RecursionError) as error:
        raise DataError(
            f"the record of where features come from can't be read ({str(error)[:80]}); expected "
            "the one that 'bocage sample' wrote"
        ) from error


def _checked(item: Any) -> Origin:
    names = [field.name for field in fields(Origin)]
    if not isinstance(item, dict) or not set(item) <= set(names):
        raise TypeError("a record with unknown fields")
    for name, value in item.items():
        every = value if isinstance(value, list) else [value]
        kind = int if name == "years" else str
        if isinstance(value, list) != (name in ("columns", "years", "files")):
            raise TypeError(f"{name} is not as in a record")
        if len(every) > MOST or not all(type(one) is kind for one in every):
            raise TypeError(f"{name} is not as in a record")
        if kind is int and not all(1 <= one <= LAST_YEAR for one in every):
            raise TypeError(f"{name} are not years")
        # Names of columns are compared and never shown.
        texts = every if kind is str and name != "columns" else []
        if not all(len(one) <= LONGEST and _is_plain(one) for one in texts):
            raise TypeError(f"{name} is not a plain text")
    made: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in item.items()}
    return Origin(**made)


def _is_plain(text: str) -> bool:
    """Whether a text holds no control characters, which a terminal would obey."""
    return not any(ord(mark) < ord(" ") or 0x7F <= ord(mark) < 0xA0 for mark in text)  # noqa: PLR2004


def _parts(text: str) -> set[str]:
    return set(text.split(" and "))


def _spoken(years: Sequence[int]) -> str:
    """Write years: runs of them as spans.

    >>> _spoken((2017, 2018, 2019, 2021, 2022))
    '2017 to 2019, 2021, 2022'
    """
    spans: list[list[int]] = []
    for year in sorted(set(years)):
        if spans and year == spans[-1][-1] + 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    said = [
        f"{span[0]} to {span[-1]}" if len(span) > 2 else ", ".join(map(str, span))  # noqa: PLR2004
        for span in spans
    ]
    return ", ".join(said)
