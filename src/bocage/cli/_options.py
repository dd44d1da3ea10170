"""Options that several verbs share, and how they become settings."""

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bocage.cli._complete import complete_sources, complete_studies
from bocage.cli._help import EXECUTION
from bocage.core import SettingsError, option_of

if TYPE_CHECKING:
    from rich.console import Console

    from bocage.study import StudySettings

Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE",
        help="A named task (landscape, four-regions-clean, ...), or label tables (CSV, Excel, "
        "Parquet, GeoPackage, GeoJSON, Shapefile and others, also zipped, also as patterns such "
        "as 'labels_*.csv'), or the YAML file of a study.",
        autocompletion=complete_sources,
    ),
]
Study = Annotated[
    Path,
    typer.Argument(
        metavar="STUDY",
        help="Folder of a study, such as studies/landscape.",
        autocompletion=complete_studies,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FOLDER",
        help="Study folder; studies/NAME if not given.",
        rich_help_panel=EXECUTION,
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        "-j",
        "--workers",
        min=1,
        metavar="N",
        help="Number of parallel processes; all cores if not given.",
        rich_help_panel=EXECUTION,
    ),
]
Dask = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Run on Dask: the address of a scheduler, or 'local' for a cluster on this machine.",
        rich_help_panel=EXECUTION,
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="Print the result as JSON.", rich_help_panel=EXECUTION)
]

_LISTS = {
    "budgets": "5,20,all",
    "methods": "prior,aef:logistic",
    "more_methods": "aef:logistic:C=10",
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

_LISTED_PAIRS = {
    "class_names": ("class-names", "1=maize,2=wheat"),
    "rename": ("rename", "b1=B02,b2=B03"),
}


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
        texts = given[name] if isinstance(given[name], list) else [given[name]]
        given[name] = [part for text in texts for part in _parts(text, name, _LISTS[name])]
    if len(sources) == 1 and Path(sources[0]).suffix.lower() in {".yaml", ".yml"}:
        from bocage.study import check_named_files, keeps_samples

        stored = read_settings(Path(sources[0]))
        if not keeps_samples(Path(sources[0]).parent):
            check_named_files(stored, Path(sources[0]), given)
        base = stored.model_dump(exclude_unset=True)
        return make_settings(base | given, source="the options", option_of=option_of)
    task = sources[0] if len(sources) == 1 else sources
    return make_settings({"task": task} | given, source="the options", option_of=option_of)


def _columns(text: str) -> str:
    """Put the dimensions of a subset file in its place."""
    if not text.endswith(".yaml"):
        return text
    from bocage.dimensions import read_subset

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
