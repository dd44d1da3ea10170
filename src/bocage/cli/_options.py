"""Options that several verbs share, and how they become settings."""

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bocage.core import SettingsError

if TYPE_CHECKING:
    from rich.console import Console

    from bocage.study import StudySettings

Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE...",
        help="A named task (landscape, four-regions-clean, ...), label tables (CSV, Excel, "
        "Parquet, GeoPackage, GeoJSON, Shapefile, ...; zipped too, and globs work), or a study's "
        "YAML file.",
    ),
]
Target = Annotated[str | None, typer.Option(help="Column to predict.")]
Kind = Annotated[str | None, typer.Option(help="classification or regression.")]
Leave = Annotated[
    str | None,
    typer.Option(help="What to leave out: a column, a+b, blocks, clusters; knndm with --area."),
]
Area = Annotated[
    str | None,
    typer.Option(
        metavar="FILE", help="Where the map is wanted: polygons (area.gpkg:LAYER), or a raster."
    ),
]
Sampling = Annotated[
    str | None,
    typer.Option(help="probability: the labels are a probability sample of the area."),
]
Buffer = Annotated[
    float | None,
    typer.Option(
        "--buffer", metavar="METRES", help="Leave out training samples nearer to a test sample."
    ),
]
Share = Annotated[
    str | None,
    typer.Option(
        help="What may stand in a left-out group and elsewhere: place, or a column; 'none' tests "
        "new places of a new group."
    ),
]
Forward = Annotated[
    bool | None, typer.Option("--forward", help="Learn from earlier groups only (years).")
]
Train = Annotated[str | None, typer.Option(help="Groups learned from: 2017-2021.")]
Test = Annotated[str | None, typer.Option(help="Groups tested, once: 2022-2023.")]
SamePlace = Annotated[
    float | None,
    typer.Option(metavar="METRES", help="Samples within this distance stand at one place."),
]
Folds = Annotated[
    int | None, typer.Option(help="Folds of an area, or that more groups are merged into.")
]
Inputs = Annotated[
    list[str] | None,
    typer.Option("--input", metavar="NAME=PATTERN", help="Columns of an input: aef='A??'."),
]
Series = Annotated[
    list[str] | None,
    typer.Option("--series", metavar="NAME=PATTERN", help="Columns with dates: ndvi='NDVI_*'."),
]
Steps = Annotated[
    bool | None,
    typer.Option("--steps", help="Series without years are numbered steps, not months."),
]
FirstDate = Annotated[
    str | None,
    typer.Option(metavar="COLUMN", help="Column with the date at which each row's series begins."),
]
Every = Annotated[float | None, typer.Option(metavar="DAYS", help="Days from step to step.")]
Units = Annotated[
    list[str] | None,
    typer.Option("--units", metavar="NAME=UNIT", help="Unit of an input, or of a band: s2.VV=dB."),
]
Groups = Annotated[
    list[str] | None, typer.Option("--group", help="Further column that may be left out.")
]
Together = Annotated[
    list[str] | None, typer.Option(help="Column whose values are never torn apart.")
]
Zones = Annotated[
    list[str] | None,
    typer.Option(
        "--zone",
        metavar="GROUP=FILE:COLUMN",
        help="Group made from polygons: state=states.gpkg:NAME.",
    ),
]
Lon = Annotated[str | None, typer.Option(help="Longitude column; easting with --crs.")]
Lat = Annotated[str | None, typer.Option(help="Latitude column; northing with --crs.")]
Crs = Annotated[
    str | None,
    typer.Option(
        metavar="EPSG:CODE", help="Coordinate system of --lon and --lat, or of the geometry."
    ),
]
Layer = Annotated[
    str | None,
    typer.Option(
        help="Layer of a GeoPackage or KML file, or sheet of an Excel file; FILE:LAYER too."
    ),
]
Dequantise = Annotated[
    bool | None, typer.Option("--dequantise", help="Turn raw int8 embeddings into numbers.")
]
DropIncomplete = Annotated[
    bool | None, typer.Option("--drop-incomplete", help="Leave out rows with gaps.")
]
Nodata = Annotated[
    list[str] | None,
    typer.Option(
        "--nodata",
        metavar="[INPUT=]NUMBER|WORD",
        help="What stands for nothing: 65535, ndvi=0, crop=NA; none or crop=none: nothing does.",
    ),
]
Gaps = Annotated[
    str | None,
    typer.Option(
        metavar="drop|fill|keep",
        help="Rows with missing features: left out, filled along time, or kept for trees.",
    ),
]
Merge = Annotated[
    list[str] | None,
    typer.Option("--merge", metavar="CLASS=CLASS", help="Class that is another: Maize=maize."),
]
Names = Annotated[
    list[str] | None,
    typer.Option(
        "--names",
        metavar="FILE|CODE=NAME,...",
        help="Names of the classes whose codes the target holds; or a file of two columns.",
    ),
]
Rename = Annotated[
    list[str] | None,
    typer.Option(
        "--rename",
        metavar="FILE|OLD=NEW,...",
        help="Columns that are to be called otherwise: b1=B02,b2=B03; or a file of two columns.",
    ),
]
MinClass = Annotated[
    int | None, typer.Option(help="Leave out classes with fewer labels, and name them.")
]
Distinct = Annotated[
    bool | None, typer.Option("--distinct", help="Classes with similar names are different.")
]
Clusters = Annotated[int | None, typer.Option(help="Number of clusters for --leave clusters.")]
BlockMetres = Annotated[
    float | None, typer.Option(help="Side of the blocks; chosen from the labels if not given.")
]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", help="Study folder; studies/NAME if not given.")
]

_LISTS = {
    "budgets": "5,20,all",
    "methods": "prior,aef:logistic",
    "cost": "labels,size,seconds",
    "object_hectares": "500,5000",
}

_PAIRS = {
    "inputs": ("input", "aef='A??'"),
    "series": ("series", "s2='B*_20??-??'"),
    "units": ("units", "s2='reflectance x 10000'"),
    "zones": ("zone", "state=states.gpkg:NAME"),
    "merge": ("merge", "Maize=maize"),
}

_LISTED_PAIRS = {"class_names": ("names", "1=maize,2=wheat"), "rename": ("rename", "b1=B02,b2=B03")}


def settings_from(sources: list[str], **options: Any) -> "StudySettings":
    """Put a YAML file and options together; what is typed wins.

    Raises
    ------
    SettingsError
        If an option or key can't be used.
    """
    from bocage.study import make_settings, read_settings

    given = {name: value for name, value in options.items() if value not in (None, [], ())}
    for name, value in given.items():
        if value == "" or (isinstance(value, list) and "" in value):
            raise SettingsError(
                f"{option_of(name)} is given without a value; expected one: leave the option out, "
                "or put words with blanks in quotes"
            )
    for name in given.keys() & _PAIRS.keys():
        given[name] = _pairs(given[name], *_PAIRS[name])
    for name in given.keys() & _LISTED_PAIRS.keys():
        given[name] = pairs_or_file(given[name], *_LISTED_PAIRS[name])
    if "inputs" in given:
        chosen = {name: text for name, text in given["inputs"].items() if text.endswith(".yaml")}
        given["chosen"] = chosen
        given["inputs"] = {name: _columns(text) for name, text in given["inputs"].items()}
    if "prevalence" in given:
        pairs = _pairs(given["prevalence"], "prevalence", "water=0.1")
        given["prevalence"] = {name: _share(name, value) for name, value in pairs.items()}
    for name in given.keys() & _LISTS.keys():
        given[name] = _parts(given[name], name, _LISTS[name])
    if len(sources) == 1 and Path(sources[0]).suffix.lower() in {".yaml", ".yml"}:
        from bocage.cli._named_files import check_named_files

        stored = read_settings(Path(sources[0]))
        check_named_files(stored, Path(sources[0]), given)
        base = stored.model_dump(exclude_unset=True)
        return make_settings(base | given, source="the options", option_of=option_of)
    task = sources[0] if len(sources) == 1 else sources
    return make_settings({"task": task} | given, source="the options", option_of=option_of)


def _columns(text: str) -> str:
    """Put the dimensions of a subset file in its place."""
    if not text.endswith(".yaml"):
        return text
    from bocage.explain import read_subset

    return ",".join(read_subset(Path(text)))


def typed() -> str:
    """Return the command as it was typed."""
    return shlex.join(["bocage", *sys.argv[1:]])


def console(*, errors: bool = False) -> "Console":
    """Open the terminal; what stands in names is text, never an order, and lines are not cut."""
    from bocage.cli._console import PlainConsole

    return PlainConsole(stderr=errors, highlight=False, markup=False, soft_wrap=errors)


def is_one_stream() -> bool:
    """Whether notes and the answer reach the same terminal, file or pipe."""
    try:
        return os.path.sameopenfile(sys.stdout.fileno(), sys.stderr.fileno())
    except (OSError, ValueError):
        # Streams of another kind, such as a notebook's.
        return False


def option_of(name: str) -> str:
    """Return how a setting is called on the command line."""
    names = {"groups": "group", "inputs": "input", "more_methods": "method", "zones": "zone"}
    names |= {"buffer_metres": "buffer", "steps": "batches", "undated": "steps"}
    names |= {"class_names": "names"}
    return "--" + names.get(name, name).replace("_", "-")


def _parts(text: str, name: str, example: str) -> list[str]:
    parts: list[str] = []
    for part in (piece.strip() for piece in text.split(",")):
        # A method's further parameters: aef:forest:max_features=0.5,n_estimators=50.
        if parts and "=" in part and ":" not in part:
            parts[-1] += f",{part}"
        elif part:
            parts.append(part)
    if not parts:
        raise SettingsError(
            f"{option_of(name)} {text!r} names nothing; expected, for instance, {example}"
        )
    return parts


def _pairs(texts: list[str], what: str, example: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        # From the right: a class may be called a=b, a share can't.
        cut = text.rpartition if what == "prevalence" else text.partition
        name, sign, value = (part.strip() for part in cut("="))
        if not (name and sign and value):
            raise SettingsError(f"--{what} {text!r} can't be read; expected NAME=VALUE: {example}")
        if name in found:
            raise SettingsError(
                f"--{what} names {name!r} twice ({found[name]!r} and {value!r}); expected each "
                "name once" + (f": --input {name}='A,B*'" if what == "input" else "")
            )
        found[name] = value
    return found


def pairs_or_file(
    texts: list[str], option: str, example: str = "b1=B02,b2=B03"
) -> dict[str, str] | str:
    """Read pairs of names that were typed, or the name of the file that holds them.

    Raises
    ------
    SettingsError
        If they can't be read, or one is named twice.
    """
    if len(texts) == 1 and ("=" not in texts[0] or Path(texts[0]).is_file()):
        return texts[0]
    parts: list[str] = []
    for piece in (piece.strip() for text in texts for piece in text.split(",")):
        # A name may hold a comma.
        if parts and piece and "=" not in piece:
            parts[-1] += f", {piece}"
        elif piece:
            parts.append(piece)
    return _pairs(parts, option, example)


def _share(name: str, value: str) -> float:
    try:
        share = float(value)
    except ValueError:
        share = -1.0
    if share < 0:
        raise SettingsError(f"--prevalence {name}={value} can't be used; expected 0 or more")
    return share
