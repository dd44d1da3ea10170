"""Options that several verbs share, and how they become settings."""

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
        help="A named task (landscape, four-regions-clean, ...), label tables (CSV, Parquet, "
        "GeoPackage, GeoJSON; globs work), or a study's YAML file.",
    ),
]
Target = Annotated[str | None, typer.Option(help="Column to predict.")]
Kind = Annotated[str | None, typer.Option(help="classification or regression.")]
Leave = Annotated[
    str | None,
    typer.Option(help="Group to leave out: a column, a+b, blocks or clusters."),
]
Inputs = Annotated[
    list[str] | None,
    typer.Option("--input", metavar="NAME=PATTERN", help="Columns of an input: aef='A??'."),
]
Groups = Annotated[
    list[str] | None, typer.Option("--group", help="Further column that may be left out.")
]
Together = Annotated[
    list[str] | None, typer.Option(help="Column whose values are never torn apart.")
]
Lon = Annotated[str | None, typer.Option(help="Longitude column.")]
Lat = Annotated[str | None, typer.Option(help="Latitude column.")]
Layer = Annotated[str | None, typer.Option(help="Layer of a GeoPackage.")]
Dequantise = Annotated[
    bool | None, typer.Option("--dequantise", help="Turn raw int8 embeddings into numbers.")
]
DropIncomplete = Annotated[
    bool | None, typer.Option("--drop-incomplete", help="Leave out rows with gaps.")
]
Clusters = Annotated[int | None, typer.Option(help="Number of clusters for --leave clusters.")]
BlockMetres = Annotated[
    float | None, typer.Option(help="Side of the blocks; chosen from the labels if not given.")
]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", help="Study folder; studies/NAME if not given.")
]


def settings_from(sources: list[str], **options: Any) -> "StudySettings":
    """Put a YAML file and options together; what is typed wins.

    Raises
    ------
    SettingsError
        If an option or key can't be used.
    """
    from bocage.study import make_settings, read_settings

    given = {name: value for name, value in options.items() if value not in (None, [], ())}
    if "inputs" in given:
        given["inputs"] = dict(_pair(text, "input", "aef='A??'") for text in given["inputs"])
    if "prevalence" in given:
        pairs = [_pair(text, "prevalence", "water=0.1") for text in given["prevalence"]]
        given["prevalence"] = {name: _share(name, value) for name, value in pairs}
    for name in ("budgets", "methods", "cost"):
        if name in given:
            given[name] = [part.strip() for part in given[name].split(",") if part.strip()]
    if len(sources) == 1 and Path(sources[0]).suffix.lower() in {".yaml", ".yml"}:
        base = read_settings(Path(sources[0])).model_dump(exclude_unset=True)
        return make_settings(base | given, source="the options")
    return make_settings(
        {"task": sources[0] if len(sources) == 1 else sources} | given, source="the options"
    )


def typed() -> str:
    """Return the command as it was typed."""
    return shlex.join(["bocage", *sys.argv[1:]])


def console(*, errors: bool = False) -> "Console":
    """Open the terminal; brackets in names are text, never markup, and lines are not cut."""
    from rich.console import Console

    return Console(stderr=errors, highlight=False, markup=False, soft_wrap=errors)


def folder_of(sources: list[str], settings: "StudySettings", output: Path | None) -> Path:
    """Return the study folder: the one asked for, that of the YAML file, or ``studies/NAME``."""
    if output is not None:
        return output
    file = Path(sources[0])
    # A file of settings that a study wrote goes on in its study.
    if file.name == "study.yaml" and (file.parent / "environment.json").exists():
        return file.parent
    return Path("studies") / settings.title


def _pair(text: str, what: str, example: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not (name.strip() and sign and value.strip()):
        raise SettingsError(f"--{what} {text!r} can't be read; expected NAME=VALUE: {example}")
    return name.strip(), value.strip()


def _share(name: str, value: str) -> float:
    try:
        share = float(value)
    except ValueError:
        share = -1.0
    if share < 0:
        raise SettingsError(f"--prevalence {name}={value} can't be used; expected 0 or more")
    return share
