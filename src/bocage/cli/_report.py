"""`bocage report`: make the page of a study again, or one page of several studies."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bocage.cli import _options as opt
from bocage.cli._failures import say_damaged
from bocage.cli._folder import open_here, study_files
from bocage.cli._page_files import PAGE, MapAsked, MapWanted, Under, write_page
from bocage.core import SettingsError, StoreError, counted

if TYPE_CHECKING:
    from bocage.study import Study

SIDE_BY_SIDE = "comparison.html"


def report(
    folders: Annotated[
        list[Path],
        typer.Argument(
            metavar="FOLDER...",
            help="Study folder, such as studies/landscape; of two or more, one page for all.",
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE|FOLDER",
            help="Page to write, or a folder for it; report.html in the study if not given.",
        ),
    ] = None,
    with_map: MapWanted = False,
    raster: Under = None,
    as_json: opt.Json = False,
) -> None:
    """Write the page of a study again, or one page for several.

    Only finished runs are shown.
    """
    if len(folders) > 1:
        if as_json or with_map or raster:
            raise SettingsError(
                "--json, --map and --map-raster apply to one study; leave them out, or name one "
                "folder"
            )
        _report_several(folders, output)
        return
    (folder,) = folders
    from bocage.core import Output, check_ending, check_outputs
    from bocage.report import content_of, terminal, to_json

    study = _with_runs(folder)
    say_damaged(study.store.damaged)
    file = output or folder
    page = file / PAGE if file.is_dir() else file
    check_ending(page, (".html", ".htm"), "a page")
    own = {folder / "report.html", folder / "split.html"}
    check_outputs([Output(page, "page (HTML)")], set(study_files(study)) - own)
    shown = MapAsked(with_map, raster)
    shown.check(study, page)
    content, lines = write_page(study, content_of(study), page, shown)
    if as_json:
        sys.stdout.write(to_json(content) + "\n")
    else:
        opt.console().print(terminal(content))
    opt.console(errors=True).print("\n".join(lines), soft_wrap=True)


def _report_several(folders: list[Path], output: Path | None) -> None:
    """Put several studies on one page."""
    from bocage.core import Output, check_ending, check_outputs, write_atomic
    from bocage.report import studies_page

    file = output or Path(SIDE_BY_SIDE)
    page = file / SIDE_BY_SIDE if file.is_dir() else file
    check_ending(page, (".html", ".htm"), "a page")
    known = {folder.resolve() for folder in folders}
    if len(known) < len(folders):
        raise SettingsError(
            f"one study is named twice among {', '.join(map(str, folders))}; expected different "
            "folders"
        )
    studies = [_with_runs(folder) for folder in folders]
    check_outputs([Output(page, "page (HTML)")], [p for s in studies for p in study_files(s)])
    for study in studies:
        say_damaged(study.store.damaged)
    made = studies_page(studies)
    write_atomic(page, made.html)
    opt.console().print(made.sentence, soft_wrap=True)
    opt.console(errors=True).print(f"page: {page}", soft_wrap=True)


def _with_runs(folder: Path) -> "Study":
    """Open a study that has something to tell."""
    study = open_here(folder)
    if study.n_missing == study.plan.n_runs:
        old = " of this version of Bocage" if study.store.old else ""
        n = len(study.store.damaged)
        aside = f" ({counted(n, 'damaged file was', 'damaged files were')} set aside)" if n else ""
        raise StoreError(
            f"no finished run{old} in {folder}{aside}; run 'bocage compare "
            f"{folder / 'study.yaml'}' first"
        )
    return study
