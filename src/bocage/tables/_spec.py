"""Which columns make an input."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from bocage.core import DataError, Modality, Scaling, SettingsError, counted
from bocage.core import listed as shortened
from bocage.sources import AEF_BANDS
from bocage.tables._names import MAX_NAMES_SHOWN, listed, natural, nearest
from bocage.tables._no_features import BLANK, ROW_NUMBER

RESERVED = ("xy",)
"""The coordinates are an input of every task, under this name."""

MANY_NAMES = 20
"""So many columns that a wildcard took are named: what should not be among them is seen."""

_WILD = re.compile(r"[*?\[]")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_EMBEDDING_BAND = re.compile(r"A\d\d")


@dataclass(frozen=True, slots=True)
class InputSpec:
    """An input as the user declares it.

    Attributes
    ----------
    pattern : str
        Column names, with the wildcards ``*``, ``?`` and ``[...]``, separated by commas.
    modality : str, optional
        What was measured; ``unknown`` unless declared, ``embedding`` for columns like ``A00``.
    units : str or mapping of str to str
        Unit of the values, or of each band (by name without date; ``""`` stands for the others).
    series : bool
        Whether the columns are dates of a series, such as ``B2_2021-03-17`` or ``B2_2021-03``.
    steps : bool
        Whether columns of a series whose names hold no year are numbered steps (``NDVI_01``), and
        no months.
    first : str, optional
        Column with the date at which the series of each row begins.
    every : float, optional
        Days from step to step; with `first`, steps have months.
    scaling : {"standardise", "keep"}, optional
        ``standardise`` unless declared, ``keep`` for columns like ``A00``.
    years : tuple of int
        Calendar years (January to December, UTC) that the values describe.

    Examples
    --------
    >>> InputSpec("B2,B3,B4,B8*", modality="optical", units="reflectance", years=(2023,)).units
    'reflectance'
    """

    pattern: str
    modality: Modality | None = None
    units: str | Mapping[str, str] = "1"
    scaling: Scaling | None = None
    years: tuple[int, ...] = ()
    series: bool = False
    steps: bool = False
    first: str | None = None
    every: float | None = None

    def unit_of(self, column: str) -> str:
        """Return the unit of a column."""
        if isinstance(self.units, str):
            return self.units
        for band, unit in self.units.items():
            # A column of a series is called band, mark, date, or the other way round.
            dated = rf"(\d[-_./T:\d]*[_-])?{re.escape(band)}([_-]\d.*)?"
            if band and re.fullmatch(dated, column):
                return unit
        return self.units.get("", "1")


def is_embedding(bands: Iterable[str]) -> bool:
    """Tell whether all bands are named as AlphaEarth's are."""
    return all(_EMBEDDING_BAND.fullmatch(band) for band in bands)


def declare(inputs: Mapping[str, str | InputSpec]) -> dict[str, InputSpec]:
    """Check the names of declared inputs, and complete bare patterns.

    Raises
    ------
    SettingsError
        If a name can't stand in a method's name, or a pattern is empty.
    """
    specs: dict[str, InputSpec] = {}
    for name, value in inputs.items():
        if not _NAME.fullmatch(name) or name in RESERVED:
            raise SettingsError(
                f"{name!r} can't name an input; expected letters, digits, '_', '.' or '-' (and "
                "not 'xy', which always means the coordinates): choose another name"
            )
        spec = InputSpec(value) if isinstance(value, str) else value
        if not any(part.strip() for part in spec.pattern.split(",")):
            raise SettingsError(
                f"input {name!r} has an empty pattern; expected column names or wildcards such "
                f"as --input {name}='B*'"
            )
        specs[name] = spec
    return specs


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a table are to inputs.

    Attributes
    ----------
    numeric : sequence of str
        Columns that hold numbers, or words that can be turned into such.
    text : mapping of str to str
        All others, and what they hold instead.
    kept : collection of str
        Columns that wildcards pass over: target, coordinates and groups.
    target : str
        Never an input, not even by name.
    blank : mapping of str to str
        Columns that hold nothing, and what is said of them: wildcards pass over them too, but for
        series, of which one date may well be lost.
    gaps : collection of str
        Columns with missing cells.
    words : collection of str
        Those among `numeric` that hold words.
    """

    numeric: Sequence[str]
    text: Mapping[str, str]
    kept: Collection[str]
    target: str
    blank: Mapping[str, str] = field(default_factory=dict)
    gaps: Collection[str] = ()
    words: Collection[str] = ()

    @property
    def usable(self) -> str:
        """Say which columns an input can have, as a sentence."""
        free = [c for c in self.numeric if c not in self.kept and c not in self.blank]
        words = [c for c in free if c in self.words]
        said = f"Numeric columns are: {listed(c for c in free if c not in self.words)}"
        said += f"; text columns: {listed(words)}" if words else ""
        what = self.kept if isinstance(self.kept, Mapping) else {}
        named = [
            f"{c} ({what[c]})" if c in what else c
            for c in self.numeric
            if c in self.kept and c != self.target and c not in self.words
        ]
        return said + (f"; only if named in full: {listed(named)}" if named else "")


def choose_bands(name: str, pattern: str, table: Columns) -> tuple[str, ...]:
    """Find the columns of an input, each once, in natural order within each part.

    Parameters
    ----------
    name, pattern : str
    table : Columns

    Raises
    ------
    DataError
        If a part matches nothing, text, or the target.
    """
    numbers, words, passed = table.numeric, table.text, {*table.kept, *table.blank}
    found: dict[str, None] = {}
    for part in (piece.strip() for piece in pattern.split(",")):
        if not part:
            continue
        if _WILD.search(part):
            match = [c for c in numbers if c not in passed and fnmatchcase(c, part)]
            wrong = [c for c in words if c not in passed and fnmatchcase(c, part)]
        else:
            match = [part] if part in numbers else []
            wrong = [part] if part in words else []
        if part == table.target:
            raise DataError(
                f"input {name!r} names the target column {part!r}; a method that sees the target "
                "learns nothing: remove it from the pattern"
            )
        if wrong:
            first = min(wrong, key=natural)
            raise DataError(
                f"input {name!r} ({part}) can't use {listed(sorted(wrong, key=natural))}; expected "
                f"numbers, or a few words that recur, but {first} {_holds(words[first])}; or "
                f"{_narrower(name, pattern, table)}"
            )
        if not match:
            over = sorted(c for c in passed if _WILD.search(part) and fnmatchcase(c, part))
            but = f" except {listed(over)}, which wildcards skip" if over else ""
            raise DataError(
                f"input {name!r}: no column matches {part!r}{but}{nearest(part, numbers)} "
                f"{table.usable}"
            )
        found.update(dict.fromkeys(sorted(match, key=natural)))
    return tuple(found)


def _narrower(name: str, pattern: str, table: Columns) -> str:
    """Say how to take the columns that can be used as they are: without words, and without gaps.

    >>> table = Columns(["B2", "B11", "B12", "slope"], {"B1": "dates"}, [], "y", gaps=["B12"])
    >>> _narrower("s2", "B*,slope", table)
    "use the suitable ones: --input s2='B2,B11,slope' (cells of B12 are missing)"
    """
    pieces = [piece.strip() for piece in pattern.split(",") if piece.strip()]
    free = [c for c in table.numeric if c not in table.kept and c not in table.blank]
    taken = [
        sorted((c for c in free if fnmatchcase(c, piece)), key=natural)
        if _WILD.search(piece)
        else [piece] * (piece in table.numeric)
        for piece in pieces
    ]
    every = dict.fromkeys(column for columns in taken for column in columns)
    names = [column for column in every if column not in table.gaps]
    if not names or len(names) > MAX_NAMES_SHOWN or any(set(n) & set("',\"*?[") for n in names):
        return "narrow the pattern"
    torn = [column for column in every if column in table.gaps]
    missing = f" (cells of {shortened(torn)} are missing)" if torn else ""
    return f"use the suitable ones: --input {name}='{','.join(names)}'{missing}"


def _holds(what: str) -> str:
    """Write what a column holds, with a verb."""
    return f"is {what}" if what == BLANK else f"holds {what}"


def pattern_note(
    name: str, pattern: str, taken: Sequence[str], kept: Mapping[str, str]
) -> tuple[str, ...]:
    """Say which columns wildcards took and passed over, and which were named none the less.

    Parameters
    ----------
    name, pattern : str
    taken : sequence of str
        Columns of the input.
    kept : mapping of str to str
        Columns that wildcards pass over, and what each is.
    """
    wild = [part for part in map(str.strip, pattern.split(",")) if _WILD.search(part)]
    notes = []
    passed = [
        f"{column} ({what})"
        for column, what in kept.items()
        if column not in taken and any(fnmatchcase(column, part) for part in wild)
    ]
    if passed:
        notes.append(
            f"input {name!r} ({pattern}) takes {counted(len(taken), 'column')}: "
            f"{shortened(taken, MANY_NAMES)}; left out, as they are not features: "
            f"{shortened(passed, MANY_NAMES)}"
        )
    rows = [column for column in taken if kept.get(column) == ROW_NUMBER]
    others = [column for column in taken if column in kept and column not in rows]
    if others:
        named = shortened([f"{column} ({kept[column]})" for column in others])
        notes.append(f"input {name!r} names {named}: used as features too")
    if rows:
        words = (
            "numbers the rows of the table and is used; leave it out if it is not a feature"
            if len(rows) == 1
            else "number the rows of the table and are used; leave out those that are not features"
        )
        notes.append(f"input {name!r}: {shortened(rows)} {words}")
    return tuple(notes)


def find_inputs(
    specs: Mapping[str, InputSpec],
    table: Columns,
    embedding: tuple[str, ...] = AEF_BANDS,
    *,
    needed: bool = True,
) -> dict[str, tuple[InputSpec, tuple[str, ...]]]:
    """Match every declared input, and add `aef` where its 64 columns are there and not yet used.

    They are A00..A63, or those of `embedding`.

    Columns of text are predictors where nothing is said against them (`text` gives it), except of
    a series.

    Raises
    ------
    DataError
        If there is no input at all and one is `needed`, or AlphaEarth columns that are almost
        complete.
    """
    numbers, text = list(table.numeric), table.text
    out: dict[str, tuple[InputSpec, tuple[str, ...]]] = {}
    said_against = {column: why for column, why in text.items() if why}
    said_against |= table.blank
    coded = [column for column in (*numbers, *text) if column not in said_against]
    of_series = {column: why or "words" for column, why in text.items()}
    series = replace(table, text=of_series, blank={})
    rest = replace(table, numeric=coded, text=said_against, words=list(text))
    for name, spec in specs.items():
        out[name] = (spec, choose_bands(name, spec.pattern, series if spec.series else rest))
    used = {band for _, bands in out.values() for band in bands}
    if set(embedding) <= set(numbers) and "aef" not in out and not set(embedding) <= used:
        out["aef"] = (InputSpec("A??", "embedding"), embedding)
    elif "aef" not in out and not used & set(AEF_BANDS):
        _refuse_torn_embedding(numbers, list(text))
    if not out and needed:
        raise DataError(
            "no input found: expected columns A00..A63, or an input declared by a name and its "
            f"columns, such as --input s2='B*'. {rest.usable}. "
            "To compare coordinates alone, use --methods xy:knn1"
        )
    return out


def _refuse_torn_embedding(numbers: list[str], words: list[str]) -> None:
    # Without it a study would quietly compare everything but the embedding.
    lacking = [band for band in AEF_BANDS if band not in numbers]
    if not 0 < len(lacking) <= len(AEF_BANDS) // 4:
        return
    found = [f"{band} {'holds text' if band in words else 'is missing'}" for band in lacking]
    raise DataError(
        f"columns A00..A63 look like AlphaEarth, but {shortened(found, 4)}: complete them, or "
        f"name the columns to use, such as --input aef={','.join(numbers[:3])}"
    )
