"""`bocage export`: a fitted model for other programs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bocage.cli import _options as opt
from bocage.cli._complete import complete_methods, complete_studies
from bocage.cli._folder import check_study, open_here, study_files
from bocage.cli._show_map import about_model
from bocage.core import Output, SettingsError, check_ending, check_outputs, did_you_mean, is_model

if TYPE_CHECKING:
    from bocage.models import MapModel

ENDINGS = {"onnx": (".onnx",), "earthengine": (".js", ".txt")}
KINDS = {"onnx": "ONNX model", "earthengine": "script for Earth Engine"}

WHAT = {"onnx": "an ONNX model", "earthengine": "a script for Earth Engine"}

LARGE = 500_000
"""Letters of a script; the Code Editor takes some hundred thousand."""


def export(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER",
            help="Folder of a study, or of a model ('bocage fit', map_model).",
            autocompletion=complete_studies,
        ),
    ],
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="onnx|earthengine",
            help="What to write.",
            autocompletion=lambda: list(ENDINGS),
        ),
    ],
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="FILE", help="New file: model.onnx, map.js."),
    ],
    method: Annotated[
        str,
        typer.Option(
            metavar="METHOD",
            help="Method of the study; the choice of its verdict if not given.",
            autocompletion=complete_methods,
        ),
    ] = "",
    colours: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Colours of the classes in the script; see 'bocage map'."
        ),
    ] = None,
) -> None:
    """Write a model as ONNX or as a script for Earth Engine.

    The model is the method that a study chose, fitted on all labels, or a saved one.
    """
    kind = _kind(to)
    check_ending(output, ENDINGS[kind], WHAT[kind])
    if kind == "onnx" and colours is not None:
        raise SettingsError(
            "--colours applies only to scripts for Earth Engine; omit it with --to onnx"
        )
    model = _model(folder, method, kind, output, colours)
    if model.training.left_out:
        opt.console().print(f"note: {model.training.left_out}", soft_wrap=True)
    opt.console().print(about_model(model), soft_wrap=True)
    (_write_onnx if kind == "onnx" else _write_script)(model, output, colours)


def _kind(to: str) -> str:
    """Find what is meant: the names may be written with capitals, blanks and dashes."""
    plain = "".join(letter for letter in to.lower() if letter.isalpha())
    plain = {"gee": "earthengine", "ee": "earthengine"}.get(plain, plain)
    if plain not in ENDINGS:
        raise SettingsError(
            f"--to {to!r} is unknown; expected one of {', '.join(ENDINGS)}"
            f"{did_you_mean(plain, ENDINGS)}"
        )
    return plain


def _model(folder: Path, method: str, kind: str, output: Path, colours: Path | None) -> "MapModel":
    """Load a model, or fit a study's winner; what can't be exported is refused before the work."""
    from bocage.models import check_exportable, fit_model, load_model
    from bocage.study import winner

    own = None
    if kind == "onnx" and output.is_file():
        from bocage.models import is_onnx_of_bocage

        own = is_onnx_of_bocage(output)
    out, read = Output(output, KINDS[kind], own), [*([colours] if colours else [])]
    if is_model(folder) and any(folder.iterdir()):
        if method:
            raise SettingsError(
                "--method selects a method of a study, and this is a model; omit it"
            )
        check_outputs([out], [folder, *read])
        return load_model(folder)
    check_study(folder)
    study = open_here(folder)
    check_outputs([out], [*study_files(study), *read])
    found = winner(study, method)
    check_exportable(study, found.method, kind)
    if colours is not None:
        from bocage.colours import read_colours

        read_colours(colours, study.task.classes, study.settings.target or study.task.title)
    console = opt.console()
    if study.unfinished is not None:
        console.print(study.unfinished.sentence, soft_wrap=True)
    console.print(f"method: {found.method.name} ({found.why})", soft_wrap=True)
    return fit_model(study, found, None)


def _write_onnx(model: "MapModel", output: Path, colours: Path | None) -> None:
    from bocage.models import to_onnx

    del colours
    agreement = to_onnx(model, output)
    opt.console().print(f"{agreement}", soft_wrap=True)
    opt.console().print(f"ONNX model: {output}", soft_wrap=True)


def _write_script(model: "MapModel", output: Path, colours: Path | None) -> None:
    from bocage.colours import read_colours
    from bocage.core import write_atomic
    from bocage.models import to_earth_engine

    drawn = None if colours is None else read_colours(colours, model.classes, model.target)
    script = to_earth_engine(model, drawn)
    write_atomic(output, script)
    console = opt.console()
    if len(script) > LARGE:
        console.print(
            f"note: the script has {len(script) / 1e6:.1f} million letters, and the Code Editor "
            "takes some hundred thousand: name a linear method with --method, or a forest of fewer "
            "trees (aef:forest:n_estimators=20 in the study)",
            soft_wrap=True,
        )
    console.print(
        f"script: {output} (paste it into Earth Engine's Code Editor and press Run)", soft_wrap=True
    )
