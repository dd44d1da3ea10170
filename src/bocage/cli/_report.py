"""`bocage report`: make the page of a study again."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bocage.cli import _options as opt
from bocage.cli._failures import say_damaged
from bocage.cli._folder import open_here, study_files


def report(
    folder: opt.Study,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE|FOLDER",
            help="Page to write, or a folder for it; report.html in the study if not given.",
        ),
    ] = None,
    as_json: opt.Json = False,
) -> None:
    """Write the page of a study again from its finished runs."""
    from bocage.core import Output, StoreError, check_ending, check_outputs, counted
    from bocage.report import content_of, terminal, to_json, write

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
    page = file / "report.html" if file.is_dir() else file
    check_ending(page, (".html", ".htm"), "a page")
    own = {folder / "report.html", folder / "split.html"}
    check_outputs([Output(page, "page (HTML)")], set(study_files(study)) - own)
    content = content_of(study)
    write(content, page)
    if as_json:
        sys.stdout.write(to_json(content) + "\n")
    else:
        opt.console().print(terminal(content))
    opt.console(errors=True).print(f"page: {page}", soft_wrap=True)
