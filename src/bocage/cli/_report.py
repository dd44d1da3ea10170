"""`bocage report`: make the page of a study again."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bocage.cli import _options as opt
from bocage.cli._failures import say_damaged
from bocage.cli._folder import open_here, study_files
from bocage.cli._page_files import PAGE, MapAsked, MapWanted, Under, write_page


def report(
    folder: Annotated[Path, typer.Argument(help="Study folder, such as studies/landscape.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Page to write, or a folder for it."),
    ] = None,
    with_map: MapWanted = False,
    raster: Under = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Make the page of a study again from its finished runs."""
    from bocage.core import Output, StoreError, check_ending, check_outputs, counted
    from bocage.report import content_of, terminal, to_json

    study = open_here(folder)
    if study.n_missing == study.plan.n_runs:
        old = " of this version of Bocage" if study.store.old else ""
        n = len(study.store.damaged)
        aside = f" ({counted(n, 'damaged file was', 'damaged files were')} set aside)" if n else ""
        raise StoreError(
            f"no finished run{old} in {folder}{aside}; run 'bocage compare "
            f"{folder / 'study.yaml'}' first"
        )
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
