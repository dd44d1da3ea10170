"""The inputs of a table: their columns, their dates, and what is missing in them."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Flags, Input, Origin, SettingsError, listed, merged_origin
from bocage.tables._checks import check_int8, check_size, unusable
from bocage.tables._dates import first_dates
from bocage.tables._embedding import Embeddings
from bocage.tables._extremes import extreme_notes
from bocage.tables._gaps import Gaps, check_gaps, treat_gaps
from bocage.tables._names import need_column
from bocage.tables._no_features import BLANK, no_features
from bocage.tables._nodata_values import Fills, without_fills
from bocage.tables._series import Calendar, as_series
from bocage.tables._spec import Columns, InputSpec, find_inputs, is_embedding, pattern_note
from bocage.tables._target import as_numbers, as_words, is_numeric
from bocage.tables._words import BLANKS, one_hot, one_hot_note, why_no_predictor

if TYPE_CHECKING:
    import pandas as pd


def read_first_dates(
    frame: "pd.DataFrame", specs: Mapping[str, InputSpec], reasons: dict[str, Flags]
) -> dict[str, NDArray[np.datetime64]]:
    """Read the columns of dates at which series begin; add to `reasons` where one is missing."""
    out = {}
    for column in sorted({spec.first for spec in specs.values() if spec.first}):
        need_column(column, frame.columns, "the first date of each row", "--first-date")
        out[column], gone = first_dates(frame[column])
        reasons[f"without first date {column!r}"] = gone
    return out


def read_inputs(
    frame: "pd.DataFrame",
    specs: Mapping[str, InputSpec],
    kept: Mapping[str, str],
    target: str,
    lonlat: NDArray[np.float64],
    *,
    dequantise: bool,
    needed: bool = True,
    name_unread: bool = False,
    origins: Iterable[Origin] = (),
) -> tuple[dict[str, Input], tuple[str, ...]]:
    """Read the declared inputs, and say which columns they are, and what became of text.

    `origins` tell where columns come from.

    Wildcards pass over the columns of `kept`, which says what each of them is, and over what else
    is no feature, as its values and `lonlat` tell. A table without any input is
    refused where one is `needed`; where no input was declared, numbers that none reads are told of
    with `name_unread`.
    """
    numeric = [str(c) for c in frame.columns if _is_feature(frame[c])]
    numbers = set(numeric)
    text = {str(c): why_no_predictor(frame[c]) for c in frame.columns if str(c) not in numbers}
    kept = {**kept, **no_features(frame, [c for c in numeric if c not in kept], lonlat)}
    gaps = [str(c) for c in frame.columns if _has_gaps(frame[c])]
    # An embedding that lacks one dimension is torn: that is refused elsewhere.
    free = [c for c in gaps if c not in kept and not is_embedding([c])]
    blank = [c for c in free if frame[c].isna().all() or text.get(c) == BLANKS]
    embeddings = Embeddings.of(frame, [c for c in numeric if c not in kept], dequantise=dequantise)
    table = Columns(numeric, text, kept, target, dict.fromkeys(blank, BLANK), gaps)
    found = find_inputs(specs, table, embeddings.undeclared, needed=needed)
    out: dict[str, Input] = {}
    notes: list[str] = []
    for name, (spec, columns) in found.items():
        blocks = {
            column: ((column,), embeddings.numbers(name, column)[:, None])
            if column in numbers
            else one_hot(frame[column])
            for column in columns
        }
        passed = kept if spec.series else {**kept, **table.blank}
        notes += pattern_note(name, spec.pattern, columns, passed)
        notes += [one_hot_note(name, c, blocks[c][0]) for c in columns if c not in numbers]
        values = np.column_stack([block for _, block in blocks.values()])
        bands = tuple(band for made, _ in blocks.values() for band in made)
        owner = tuple(column for column, (made, _) in blocks.items() for _ in made)
        bands, about = embeddings.bands(name, bands)
        notes.append(about)
        embedding = is_embedding(bands) or embeddings.is_one(bands)
        if is_embedding(bands):
            raw = dequantise and not set(columns) & set(embeddings.decoded)
            values = check_int8(name, values, dequantise=raw)
        origin = merged_origin(origins, columns)
        out[name] = Input(
            name=name,
            values=np.ascontiguousarray(values),
            bands=bands,
            units=spec.units
            if isinstance(spec.units, str)
            else tuple(spec.unit_of(column) for column in owner),
            scaling=spec.scaling or ("keep" if embedding else "standardise"),
            modality=spec.modality or ("embedding" if embedding else "unknown"),
            years=tuple(spec.years) or (origin.years if origin else ()),
            origin=origin,
        )
        notes.append(_origin_note(name, origin))
    if name_unread and not specs:
        read = {column for _, columns in found.values() for column in columns}
        notes.append(_unread_note([c for c in numeric if c not in {*kept, *table.blank, *read}]))
    used = any(is_embedding(item.bands) for item in out.values()) or embeddings.decoded
    if dequantise and not used:
        raise SettingsError(
            "--dequantise is given, but no input has columns A00..A63; omit it, or declare "
            "the embedding with --input aef='A??'"
        )
    return out, tuple(note for note in notes if note)


def _unread_note(columns: list[str]) -> str:
    """Say that a split of labels with more features may be another one."""
    if not columns:
        return ""
    return (
        f"{listed(columns)} {'is' if len(columns) == 1 else 'are'} in no input, but features "
        "affect a split (rows with the same features stay together, rows without one are left "
        "out): give the same --input here as for 'compare', or the two may use different splits"
    )


def _origin_note(name: str, origin: Origin | None) -> str:
    """Say where an input comes from, and what its licence asks for."""
    if origin is None or not origin.words:
        return ""
    terms = ": ".join(part for part in (origin.licence, origin.attribution) if part)
    return f"input {name!r} is {origin.words}" + (f" ({terms})" if terms else "")


def _is_feature(column: "pd.Series[Any]") -> bool:
    from pandas.api import types

    return is_numeric(column) or types.is_bool_dtype(column)


def _has_gaps(column: "pd.Series[Any]") -> bool:
    """Tell whether any cell is missing, as it is told of features."""
    if is_numeric(column):
        return bool(unusable(as_numbers(column)).any())
    return bool(as_words(column)[1].any())


def without_gaps(
    found: Mapping[str, Input],
    specs: Mapping[str, InputSpec],
    first: Mapping[str, NDArray[np.datetime64]],
    fills: Fills,
    gaps: Gaps,
) -> tuple[dict[str, Input], tuple[str, ...], dict[str, Flags]]:
    """Put series in order, take out what stands for nothing, and treat gaps.

    Returns
    -------
    inputs : dict
    notes : tuple of str
        What was read and done.
    reasons : dict of str to ndarray of bool, shape (n,)
        Rows that lack features.
    """
    made: dict[str, Input] = {}
    notes: list[str] = []
    reasons: dict[str, Flags] = {}
    for name, table in found.items():
        item, about = without_fills(table, fills)
        notes.append(about)
        if fills.asks_of(name) and item.modality != "embedding":
            notes += extreme_notes(item.bands, np.asarray(item.values, dtype=np.float64))
        spec = specs.get(name)
        if spec is not None and spec.series:
            begin = first[spec.first] if spec.first else None
            item, about = as_series(item, Calendar(spec.steps, begin, spec.every))
            notes.append(about)
        made[name] = item
    check_gaps(gaps, made)
    for name, item in made.items():
        if item.modality == "embedding":
            # A vector of zeros has no direction: it marks a pixel without an embedding.
            empty = ~np.any(item.values, axis=1)
            if empty.any():
                reasons[f"with a vector of zeros in input {item.name!r}"] = empty
        check_size(name, np.where(unusable(item.values), 0.0, item.values), is_target=False)
        made[name], about, bad, reason = treat_gaps(item, gaps, len(item.values))
        notes.append(about)
        if bad.any():
            reasons[reason] = bad
    return made, tuple(note for note in notes if note), reasons
