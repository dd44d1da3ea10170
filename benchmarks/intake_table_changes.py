"""Ways in which tables differ from what one expects: in cells and columns, and as files."""

import gzip
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from intake_tables import Table

Rng = np.random.Generator
Change = Callable[["Table", Rng], None]

CELLS: dict[str, Change] = {}
FILES: dict[str, Callable[["Table", Path, Rng], Path]] = {}
TEXTS: dict[str, Callable[["Table", Path, Rng], Path]] = {}
"""Changes of cells; of any file; of text files."""

FEATURES = ("B1", "B2", "B3", "B4")
FILLS = ("-9999", "-999", "65535", "-32768", "1e20", "9999", "-99999", "3.4e38", "-3.4e38")
WORDS = ("n/a", "12,5", "#DIV/0!", "-", "?", "=1+1", "1_000", "inf", "-inf", "1e400", "NaN", "NULL",
         "0x1F", "1.2.3", "١٢", "½", "1 234.5", "true", "--", ".", "1e-400")  # fmt: skip
CLASSES = ("nan", "None", "NA", "null", "", " ", "=cmd|' /C calc'!A0", "<script>alert(1)</script>",
           "a,b", 'say "x"', "two\nlines", "\x1b[31mred", "🌾", "x" * 3000, "maïs", "Ma is", "0",
           "-1", "maize ", "Maize", "mаize", "wheat\u200b", "../../etc", "1e5", "TRUE", "{{7*7}}",
           "\ufeffrice",           "ERROR 1", "ΑΒΓ", "玉米", "ذرة")  # fmt: skip


def cells(change: Change) -> Change:
    """Keep a change of cells under its name."""
    CELLS[change.__name__] = change
    return change


def _some(table: "Table", rng: Rng, most: float = 0.2) -> np.ndarray:
    rows = np.unique(table.frame.index)
    n = max(1, int(rng.integers(1, max(2, int(most * len(rows))))))
    return rng.choice(rows, size=min(n, len(rows)), replace=False)


def _feature(table: "Table", rng: Rng) -> str:
    known = [name for name in FEATURES if name in table.frame]
    return str(rng.choice(known)) if known else str(table.frame.columns[-1])


def _put(table: "Table", rows: np.ndarray, column: str, value: object) -> None:
    if list(table.frame).count(column) != 1:
        return
    at = table.frame.index.isin(rows)
    if table.frame[column].dtype != object:
        table.frame[column] = table.frame[column].astype(object)
    table.frame.loc[at, column] = value
    table.touch(rows)


@cells
def blank_feature(table: "Table", rng: Rng) -> None:
    _put(table, _some(table, rng), _feature(table, rng), np.nan)


@cells
def blank_any(table: "Table", rng: Rng) -> None:
    _put(table, _some(table, rng), str(rng.choice(["lon", "lat", "crop", "yield", "district"])),
         np.nan)  # fmt: skip


@cells
def blank_row(table: "Table", rng: Rng) -> None:
    rows = _some(table, rng, 0.1)
    for column in list(table.frame):
        _put(table, rows, column, np.nan)


@cells
def fill_feature(table: "Table", rng: Rng) -> None:
    word = str(rng.choice(FILLS))
    rows = _some(table, rng)
    for column in FEATURES[: int(rng.integers(1, 5))]:
        _put(table, rows, column, float(word))
    table.strange.append(word)


@cells
def fill_feature_declared(table: "Table", rng: Rng) -> None:
    word = str(rng.choice(FILLS))
    _put(table, _some(table, rng), _feature(table, rng), float(word))
    table.argv += ["--nodata", word]
    table.strange.append(word)


@cells
def fill_target(table: "Table", rng: Rng) -> None:
    _put(table, _some(table, rng), "yield", float(rng.choice(["-9999", "9999", "1e20", "1e200"])))


@cells
def word_in_feature(table: "Table", rng: Rng) -> None:
    _put(table, _some(table, rng, 0.1), _feature(table, rng), str(rng.choice(WORDS)))


@cells
def word_in_place(table: "Table", rng: Rng) -> None:
    _put(table, _some(table, rng, 0.1), str(rng.choice(["lon", "lat", "yield"])),
         str(rng.choice([*WORDS, "10°30'E", "45N"])))  # fmt: skip


@cells
def numbers_as_text(table: "Table", rng: Rng) -> None:
    column = str(rng.choice([*FEATURES, "lon", "yield"]))
    form = rng.choice(["{}", " {}", "{} ", "+{}", "'{}'"])
    if column in table.frame:
        table.frame[column] = [str(form).format(value) for value in table.frame[column]]
        if form in ("'{}'", "+{}"):
            table.is_free = True


@cells
def odd_class(table: "Table", rng: Rng) -> None:
    word = str(rng.choice(CLASSES))
    _put(table, _some(table, rng, float(rng.choice([0.02, 0.5]))), "crop", word)
    table.ours += [word] if len(word) > 2 else []


@cells
def odd_group(table: "Table", rng: Rng) -> None:
    word = str(rng.choice(CLASSES))
    rows = table.frame.index[table.frame["district"].eq("east")] if rng.random() < 0.5 else ()
    rows = rows if len(rows) else _some(table, rng)
    _put(table, np.asarray(rows), "district", word)
    table.ours += [word] if len(word) > 2 else []
    table.touched -= set(map(int, rows)) if word.strip() and word.lower() not in (
        "nan", "none", "na", "null") else set()  # fmt: skip


@cells
def one_class(table: "Table", rng: Rng) -> None:
    del rng
    _put(table, np.asarray(table.frame.index), "crop", "maize")


@cells
def classes_as_numbers(table: "Table", rng: Rng) -> None:
    codes = {"maize": 1, "rice": 2, "wheat": 3}
    form = rng.choice(["int", "float", "text"])
    made = table.frame["crop"].map(codes)
    if made.isna().any():
        return
    table.frame["crop"] = {"int": made, "float": made.astype(float),
                           "text": made.map("{:02d}".format)}[str(form)]  # fmt: skip
    table.touch(table.frame.index)


@cells
def groups_as_numbers(table: "Table", rng: Rng) -> None:
    codes = {"north": 1, "east": 2, "south": 3, "west": 10}
    made = table.frame["district"].map(codes)
    table.touch(table.frame.index[made.isna()])
    table.frame["district"] = made.astype(float) if rng.random() < 0.5 else made


@cells
def one_group(table: "Table", rng: Rng) -> None:
    table.frame["district"] = "north" if rng.random() < 0.5 else [
        f"d{row}" for row in range(len(table.frame))]  # fmt: skip


@cells
def far_value(table: "Table", rng: Rng) -> None:
    value = float(rng.choice([1e6, 1e12, 1e200, 1.7e308, 1e-320, -1e15]))
    column = str(rng.choice([*FEATURES, "yield"]))
    _put(table, _some(table, rng, 0.05), column, value)


@cells
def places_swapped(table: "Table", rng: Rng) -> None:
    rows = _some(table, rng) if rng.random() < 0.7 else np.asarray(table.frame.index)
    at = table.frame.index.isin(rows)
    frame = table.frame
    if {"lon", "lat"} <= set(frame):
        both = frame.loc[at, ["lat", "lon"]].to_numpy()
        frame.loc[at, ["lon", "lat"]] = both
        table.touch(rows)


@cells
def places_moved(table: "Table", rng: Rng) -> None:
    how = str(rng.choice(["turn", "metres", "zero", "pole", "flip", "huge"]))
    rows = _some(table, rng) if rng.random() < 0.6 else np.asarray(table.frame.index)
    lon, lat = {"turn": (370.5, 45.2), "metres": (500_000.0, 5_000_000.0), "zero": (0.0, 0.0),
                "pole": (12.0, 90.0), "flip": (-12.3, -45.1), "huge": (1e9, -1e9)}[how]  # fmt: skip
    _put(table, rows, "lon", lon)
    _put(table, rows, "lat", lat)


@cells
def rows_twice(table: "Table", rng: Rng) -> None:
    rows = table.frame.index.isin(_some(table, rng))
    table.frame = pd.concat([table.frame, table.frame[rows]])


@cells
def rows_contradict(table: "Table", rng: Rng) -> None:
    rows = table.frame.index.isin(_some(table, rng))
    copy = table.frame[rows].copy()
    copy["crop"] = "rice"
    table.touch(copy.index)
    table.frame = pd.concat([table.frame, copy])


@cells
def rows_shuffled(table: "Table", rng: Rng) -> None:
    table.frame = table.frame.iloc[rng.permutation(len(table.frame))]


@cells
def columns_shuffled(table: "Table", rng: Rng) -> None:
    table.frame = table.frame.iloc[:, rng.permutation(table.frame.shape[1])]


@cells
def few_rows(table: "Table", rng: Rng) -> None:
    table.frame = table.frame.iloc[: int(rng.choice([0, 1, 2, 3, 7, 20]))]


@cells
def column_lost(table: "Table", rng: Rng) -> None:
    column = str(rng.choice(list(table.frame)))
    table.frame = table.frame.drop(columns=column)
    table.is_free = True


@cells
def column_renamed(table: "Table", rng: Rng) -> None:
    column = str(rng.choice(list(table.frame)))
    name = str(
        rng.choice(
            [
                f" {column}",
                f"{column} ",
                column.upper(),
                column.title(),
                f'"{column}"',
                f"\ufeff{column}",
                "",
                "geometry",
                "geom",
                "fid",
                "index",
                "random",
            ]
        )
    )
    table.frame = table.frame.rename(columns={column: name})
    table.is_free = True


@cells
def column_twice(table: "Table", rng: Rng) -> None:
    column = str(rng.choice(list(table.frame)))
    extra = table.frame[column]
    table.frame = pd.concat([table.frame, extra], axis=1)
    table.is_free = True


@cells
def column_more(table: "Table", rng: Rng) -> None:
    n = len(table.frame)
    made = {
        "Bx_text": ["word"] * n, "B_const": [1.0] * n, "when": pd.Timestamp("2020-01-01"),
        "note": [f"line {row}\nmore" for row in range(n)], "flag": [True] * n, "crop2": "maize",
        "lists": [[1, 2]] * n, "year": 2020, "parcel": [f"p{row // 2}" for row in range(n)],
        "Crop": "x", "blocks": "b", "region": "r", "POINT_X": 1.0, "empty": [None] * n,
    }  # fmt: skip
    name = str(rng.choice(sorted(made)))
    table.frame = table.frame.assign(**{name: made[name]})
    table.is_free = name.startswith("B")


@cells
def ids_with_blanks(table: "Table", rng: Rng) -> None:
    _put(table, _some(table, rng, 0.05), "plot", np.nan)
    table.argv += ["--together", "plot"]


def _damage(change: Callable[[bytes, Rng], bytes], *, torn: bool) -> Callable[..., Path]:
    def apply(table: "Table", path: Path, rng: Rng) -> Path:
        path.write_bytes(change(path.read_bytes(), rng))
        table.is_torn |= torn
        table.is_free |= torn
        return path

    return apply


def _flip(raw: bytes, rng: Rng) -> bytes:
    out = bytearray(raw)
    for at in rng.integers(0, max(1, len(out)), int(rng.integers(1, 40))):
        out[int(at)] = int(rng.integers(256))
    return bytes(out)


FILES |= {
    "truncated": _damage(lambda raw, rng: raw[: int(rng.integers(0, len(raw) + 1))], torn=True),
    "flipped": _damage(_flip, torn=True),
    "zeroed": _damage(lambda raw, rng: raw[: (at := int(rng.integers(len(raw) + 1)))]
                      + bytes(200) + raw[at + 200 :], torn=True),
    "appended": _damage(lambda raw, rng: raw + bytes(rng.integers(0, 256, 300, "u1")), torn=True),
    "emptied": _damage(lambda raw, rng: b"", torn=True),
}  # fmt: skip


def _other_ending(table: "Table", path: Path, rng: Rng) -> Path:
    table.is_torn = table.is_free = True
    endings = [".csv", ".parquet", ".gpkg", ".geojson", ".csv.gz", ".txt", ".TSV", ".doc", ""]
    other = path.with_name("labels" + str(rng.choice(endings)))
    if other != path:
        shutil.move(path, other)
    return other


FILES["other_ending"] = _other_ending


def _text(
    change: Callable[[str, Rng], str], *, torn: bool = False, code: str = "utf-8"
) -> Callable[..., Path]:
    def apply(table: "Table", path: Path, rng: Rng) -> Path:
        raw = path.read_bytes()
        packed = raw[:2] == b"\x1f\x8b"
        text = (gzip.decompress(raw) if packed else raw).decode("utf-8")
        made = change(text, rng).encode(code, "replace")
        path.write_bytes(gzip.compress(made) if packed else made)
        table.is_torn |= torn
        table.is_free |= torn
        return path

    return apply


def _ragged(text: str, rng: Rng) -> str:
    lines = text.splitlines()
    at = int(rng.integers(len(lines)))
    lines[at] = lines[at] + ",7,8" if rng.random() < 0.5 else lines[at].rpartition(",")[0]
    return "\n".join(lines)


def _line_in(
    line: Callable[[list[str]], str], where: Callable[[int, Rng], int]
) -> Callable[[str, Rng], str]:
    def change(text: str, rng: Rng) -> str:
        lines = text.splitlines()
        lines.insert(where(len(lines), rng), line(lines))
        return "\n".join(lines) + "\n"

    return change


_TOP, _END = (lambda n, rng: 0), (lambda n, rng: n)
_SECOND, _ANY = (lambda n, rng: min(1, n)), (lambda n, rng: int(rng.integers(1, n + 1)))

TEXTS |= {
    "crlf": _text(lambda text, rng: text.replace("\n", "\r\n")),
    "cr": _text(lambda text, rng: text.replace("\n", "\r"), torn=True),
    "bom": _text(lambda text, rng: "\ufeff" + text),
    "utf16": _text(lambda text, rng: text, code="utf-16", torn=True),
    "latin1": _text(lambda text, rng: text.replace("maize", "maïs"), code="latin-1", torn=True),
    "semicolons": _text(lambda text, rng: text.replace(",", ";"), torn=True),
    "bars": _text(lambda text, rng: text.replace(",", "|"), torn=True),
    "blank_lines": _text(lambda text, rng: text + "\n\n,,,,\n\n", torn=True),
    "ragged": _text(_ragged, torn=True),
    "open_quote": _text(lambda text, rng: text.replace("maize", '"maize', 1), torn=True),
    "nul": _text(lambda text, rng: text.replace("maize", "ma\0ize", 3), torn=True),
    "header_twice": _text(_line_in(lambda lines: lines[0], _ANY), torn=True),
    "units_line": _text(_line_in(lambda lines: ",".join(["unit"] * (lines[0].count(",") + 1)),
                                 _SECOND), torn=True),
    "title_line": _text(_line_in(lambda lines: "Field survey 2021", _TOP), torn=True),
    "comment_line": _text(_line_in(lambda lines: "# exported by GIS", _TOP), torn=True),
    "total_line": _text(
        _line_in(lambda lines: "Total" + "," * lines[0].count(","), _END), torn=True
    ),
    "no_header": _text(lambda text, rng: text.partition("\n")[2], torn=True),
}  # fmt: skip
