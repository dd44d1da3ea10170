"""Pairs of names, as a user gives them: in a mapping, or in a file of two columns."""

import csv
import io
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from bocage.core import DataError, SettingsError, as_float
from bocage.tables._names import listed, nearest
from bocage.tables.readers._endings import TEXT, is_text_table
from bocage.tables.readers._table import first_line
from bocage.tables.readers._text import decoded_text, separator_of

Pairs = Mapping[str, str] | str | Path
"""Pairs, or the file that holds them."""

_TWO = 2


def read_pairs(pairs: Pairs | None, known: Sequence[str], option: str) -> dict[str, str]:
    """Read pairs.

    Parameters
    ----------
    pairs : mapping of str to str, or path of a text table, or None
        A table has two columns: what stands in the data, and what it is called. A first line that
        is in the data is no header.
    known : sequence of str
        What stands in the data.
    option : str
        What is typed, for messages: ``--class-names``.

    Raises
    ------
    DataError
        If the file can't be read, or has no two columns.
    SettingsError
        If something stands there twice.
    """
    if pairs is None or isinstance(pairs, Mapping):
        return {str(old): str(new) for old, new in (pairs or {}).items()}
    path = Path(pairs).expanduser()
    rows = two_columns(path, option, instead=f", or pairs such as {option} 1=maize,2=wheat")
    first = rows[0][0] if rows else ""
    # Headers are words; where codes are words too, the data tell.
    if first not in known and as_float(first) is None:
        rows = rows[1:]
    found: dict[str, str] = {}
    for old, new in rows:
        if old in found:
            raise SettingsError(
                f"{option} {path}: {old!r} occurs there twice ({found[old]!r} and {new!r}); "
                "expected each once"
            )
        found[old] = new
    if not found:
        raise DataError(f"{option} {path} holds no pair; expected two columns, one pair per row")
    return found


def two_columns(
    path: Path,
    option: str,
    what: str = "a code and its name",
    instead: str = "",
) -> list[tuple[str, str]]:
    """Read a text table of two columns, row by row, a header too.

    Parameters
    ----------
    path : Path
    option : str
        What is typed, for messages.
    what : str
        That the columns hold.
    instead : str
        What may be typed in place of a file.

    Raises
    ------
    DataError
        If it can't be read, or a row has not two cells with something in them.
    """
    if not path.is_file():
        files = path.parent.iterdir() if path.parent.is_dir() else ()
        near = nearest(path.name, [item.name for item in files])
        raise DataError(
            f"{option}: there is no file {str(path)!r}{near} Expected a text table of two columns"
            f"{instead}"
        )
    if not is_text_table(path):
        raise DataError(
            f"{option} {path.name}: expected a text table ({', '.join(TEXT)}) of two columns"
        )
    try:
        text = decoded_text(path)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"{option}: can't read {path.name} ({first_line(error)}); expected a text table of two "
            "columns: check the path and its permissions"
        ) from error
    lines = [line for line in text.splitlines() if line.strip()]
    mark = separator_of(lines[0]) if lines else ","
    found = []
    for number, cells in enumerate(csv.reader(io.StringIO("\n".join(lines)), delimiter=mark), 1):
        parts = [cell.strip() for cell in cells]
        if len(parts) != _TWO or not all(parts):
            raise DataError(
                f"{option} {path.name}: line {number} holds {listed(map(repr, parts))}; expected "
                f"two columns, {what}"
            )
        found.append((parts[0], parts[1]))
    return found
