"""Mutated label tables for `intake.py`: a small synthetic table, changed, written and asked for."""

import gzip
import re
import shutil
import warnings
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from intake import Case, Said
from intake_table_changes import CELLS, FILES, TEXTS

BANDS = ("B1", "B2", "B3", "B4")
TEXT_ENDINGS = (".csv", ".tsv", ".csv.gz")
VECTORS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".geojsonl": "GeoJSONSeq", ".fgb": "FlatGeobuf",
           ".kml": "LIBKML", ".shp": "ESRI Shapefile"}  # fmt: skip
SHARDS = ""
"""The ending of a folder of Parquet files."""
ENDINGS = (".csv",) * 4 + (".tsv", ".csv.gz", ".zip", ".parquet", ".xlsx", SHARDS, *VECTORS)
COMPARE_EACH = 6
"""Every so many cases compare methods; the others cut a split, which reads all that is read."""


@dataclass
class Table:
    """A table on its way: its index are the rows of the first one.

    Attributes
    ----------
    frame : DataFrame
    touched : set of int
        Rows whose answer may differ, or that may be left out if that is said.
    strange : list of str
        Numbers that stand for nothing: learned from, they must be told.
    is_free : bool
        Every row may differ: the whole table has changed its meaning.
    is_torn : bool
        Rows can't be counted: the file is damaged.
    argv : list of str
    ours : list of str
        Words of the table that look like noise of libraries.
    """

    frame: pd.DataFrame
    touched: set[int] = field(default_factory=set)
    strange: list[str] = field(default_factory=list)
    is_free: bool = False
    is_torn: bool = False
    argv: list[str] = field(default_factory=list)
    ours: list[str] = field(default_factory=list)

    def touch(self, rows: Any) -> None:
        """Say which rows (of the index) may differ."""
        self.touched |= {int(row) for row in rows}


def base(rng: np.random.Generator) -> pd.DataFrame:
    """Make 96 samples in four districts, with three crops, a yield and four bands."""
    n = 96
    crop, district = np.arange(n) % 3, np.repeat(np.arange(4), n // 4)
    site = np.arange(n) // 3
    columns: dict[str, Any] = {
        "plot": 730_000_000_000_000_001 + np.arange(n),
        "lon": (10 + 2 * district + rng.uniform(0, 0.5, n // 3)[site]).round(6),
        "lat": (45 + rng.uniform(0, 0.5, n // 3)[site]).round(6),
        "district": np.array(["north", "east", "south", "west"])[district],
        "crop": np.array(["maize", "rice", "wheat"])[crop],
        "yield": (2 + crop + rng.normal(0, 0.3, n)).round(3),
    }
    columns["lon"] += (np.arange(n) % 3) * 0.0003
    for band in BANDS:
        columns[band] = (rng.normal(size=n) + (crop if band < "B3" else 0)).round(4)
    return pd.DataFrame(columns)


def make(number: int, folder: Path, shared: Path) -> Case:
    """Make one case from its number."""
    del shared
    rng = np.random.default_rng([15, number])
    first = base(rng)
    table = Table(first.copy())
    names = []
    for _ in range(rng.choice([1, 1, 1, 2, 2, 3])):
        name = str(rng.choice(sorted(CELLS)))
        CELLS[name](table, rng)
        names.append(name)
    ending = str(rng.choice(ENDINGS))
    path = folder / f"labels{ending}"
    path, written = write(table, path)
    damage = {**FILES, **(TEXTS if written in TEXT_ENDINGS else {})}
    if rng.random() < 0.4 and path.is_file():
        name = str(rng.choice(sorted(damage)))
        path = damage[name](table, path, rng)
        names.append(name)
    is_number = rng.random() < 0.25
    target = "yield" if is_number else "crop"
    drop = rng.random() < 0.6
    command = "split" if number % COMPARE_EACH else "compare"
    argv = [command, path.name, "--target", target, "--leave", "district", "--input", "b=B*"]
    argv += ["--drop-incomplete"] * drop + table.argv
    if command == "compare":
        head = "b:ridge:alpha=1" if is_number else "b:centroid"
        argv += ["--methods", f"prior,{head}", "--budgets", "all", "--repeats", "1", "-j", "1"]
        argv += ["--margin", "0.1"] * is_number

    def check(said: Said) -> str:
        return wrong(said, table, first, path, target=target, drop=drop)

    called = f"{'+'.join(names)}{ending} {command} {target}"
    return Case(called, tuple(argv), check, tuple(table.ours))


def write(table: Table, path: Path) -> tuple[Path, str]:
    """Write the table; as CSV where its columns can't go into the kind of file that was drawn."""
    ending = "".join(path.suffixes)
    frame = table.frame.reset_index(drop=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            _write(frame, path, ending)
        except Exception:  # noqa: BLE001 - whatever a library can't write
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            path, ending = path.with_name("labels.csv"), ".csv"
            _write(frame, path, ending)
    return path, ending


def _write(frame: pd.DataFrame, path: Path, ending: str) -> None:
    if ending in TEXT_ENDINGS:
        text = frame.to_csv(index=False, sep="\t" if ending == ".tsv" else ",").encode("utf-8")
        path.write_bytes(gzip.compress(text, mtime=0) if ending.endswith("gz") else text)
    elif ending == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("labels.csv", frame.to_csv(index=False))
    elif ending == ".parquet":
        frame.to_parquet(path)
    elif ending == SHARDS:
        path.mkdir()
        for part in (0, 1):
            half = slice(*[(0, len(frame) // 2), (len(frame) // 2, None)][part])
            frame.iloc[half].to_parquet(path / f"part-{part}.parquet")
    elif ending == ".xlsx":
        import pyogrio

        pyogrio.write_dataframe(frame, path, driver="XLSX", layer="labels")
    else:
        import geopandas as gpd

        lon, lat = (pd.to_numeric(frame[name]).to_numpy(float) for name in ("lon", "lat"))
        points = gpd.points_from_xy(lon, lat, crs=4326)
        points = [p if np.isfinite([x, y]).all() else None
                  for p, x, y in zip(points, lon, lat, strict=True)]  # fmt: skip
        made = gpd.GeoDataFrame(frame, geometry=points, crs=4326)
        # An index in space would put the rows in another order.
        options = {"SPATIAL_INDEX": "NO"} if ending == ".fgb" else {}
        made.to_file(path, driver=VECTORS[ending], engine="pyogrio", **options)


def wrong(
    said: Said, table: Table, first: pd.DataFrame, path: Path, *, target: str, drop: bool
) -> str:
    """Say what is wrong with an answer, or nothing."""
    from bocage.tables import read_task

    text = said.out + said.err
    for word in table.ours:
        text = text.replace(word, "")
    if path.suffix == ".xlsx":  # a row without any cell is none of a sheet
        table.frame = table.frame.dropna(how="all")
    options = table.argv
    given = {name: [options[i + 1] for i, word in enumerate(options[:-1]) if word == name]
             for name in ("--nodata", "--together")}  # fmt: skip
    task = read_task(
        path, target=target, groups=["district"], inputs={"b": "B*"}, drop_incomplete=drop,
        nodata=given["--nodata"], together=given["--together"],
    )  # fmt: skip
    found = _not_finite(text) or _lost(table, len(task), text) or _learned(table, task, text)
    return found or ("" if table.is_free else _changed(table, task, first, target))


def _not_finite(text: str) -> str:
    at = re.search(r"(?<![\w/.-])nan(?![\w/.-])", text, re.IGNORECASE)
    return "" if at is None else f"prints NaN: {text[max(0, at.start() - 60) : at.end() + 20]!r}"


def _lost(table: Table, n: int, text: str) -> str:
    n_rows = len(table.frame)
    told = f"{n_rows - n:,} of {n_rows:,} rows" in text
    lost = not (table.is_torn or n == n_rows or told)
    return f"{n_rows - n} of {n_rows} rows were lost and not told" if lost else ""


def _learned(table: Table, task: Any, text: str) -> str:
    """Say which numbers were learned from that stand for nothing, if none was told."""
    values = np.asarray(task.inputs["b"].values, dtype=float)
    if not np.isfinite(values).all():
        return "gaps were kept without being asked for"
    for word in table.strange:
        if (values == float(word)).any() and f"{float(word):g}" not in text and word not in text:
            return f"{word} was learned from"
    return ""


def _changed(table: Table, task: Any, first: pd.DataFrame, target: str) -> str:
    """Say which row, untouched, is not what it was."""
    item = task.inputs["b"]
    if set(item.bands) != set(BANDS):
        return f"bands are {item.bands}"
    order = [item.bands.index(band) for band in BANDS]
    is_number = target == "yield"
    labels = task.target if is_number else np.array(task.classes)[task.target]
    values = np.asarray(item.values, dtype=float)[:, order]
    kept = dict(zip(task.row.tolist(), zip(values, labels, strict=True), strict=True))
    for row, own in enumerate(table.frame.index):
        if own in table.touched:
            continue
        if row not in kept:
            return f"row {row} is untouched and was lost"
        bands, label = kept[row]
        expected = first.loc[own, target]
        same = np.isclose(label, expected) if is_number else label == expected
        if not same or not np.allclose(bands, first.loc[own, list(BANDS)].to_numpy(float)):
            return f"row {row} is {label!r} with {bands}, and was {expected!r}"
    return ""
