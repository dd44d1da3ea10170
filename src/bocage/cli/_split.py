"""`bocage split`: make a split and look at it."""

import json
import sys
from dataclasses import asdict
from math import isfinite
from typing import Annotated

import typer

from bocage.cli import _data_options as data
from bocage.cli import _options as opt
from bocage.cli import _split_options as held
from bocage.cli._folder import folder_of
from bocage.cli._help import EXECUTION
from bocage.cli._split_table import fold_table
from bocage.cli._told import Told, with_options


@with_options("told", data, held, without=["units"])
def split(
    sources: opt.Sources,
    told: Told,
    full: Annotated[
        bool,
        typer.Option(
            "--full", help="Print a line for every fold, however many.", rich_help_panel=EXECUTION
        ),
    ] = False,
    output: opt.Output = None,
    as_json: opt.Json = False,
) -> None:
    """Make the split of a comparison, and show its folds."""
    settings = opt.settings_from(sources, **told)
    from bocage.report import fold_rows, range_sentence, split_content, use_sentence, write
    from bocage.splits import save_split
    from bocage.study import check_same_split, kept_labels, prepare

    folder = folder_of(sources, settings, output, is_split=True)
    labels, told_of = kept_labels(settings, folder)
    study = prepare(settings, folder, bare=True, labels=labels)
    changed = (*told_of, *check_same_split(study))
    file = save_split(study.split, study.task, folder / "splits")
    content = split_content(study, command=opt.typed())
    page = write(content, folder / "split.html")
    rows = fold_rows(study)
    if as_json:
        made = [{k: _defined(v) for k, v in asdict(row).items()} for row in rows]
        sys.stdout.write(json.dumps(made) + "\n")
        return
    console = opt.console()
    for line in (*changed, *study.notes, *study.split.degraded, *study.split.notes):
        console.print(f"note: {line}", soft_wrap=True)
    table, rest = fold_table(rows, full=full)
    console.print(table)
    if rest:
        console.print(f"{rest}, as does {page}", soft_wrap=True)
    if content.use is not None:
        console.print(f"use: {use_sentence(content.use)}", soft_wrap=True)
        if content.use.blocks:
            console.print(content.use.blocks, soft_wrap=True)
        if content.use.ranges:
            console.print(f"errors: {range_sentence(content.use)}", soft_wrap=True)
    console.print(f"split {study.split.key}\nfile: {file}\nmap:  {page}", soft_wrap=True)


def _defined(value: object) -> object:
    """Return a value, or None for a figure that is not defined."""
    return None if isinstance(value, float) and not isfinite(value) else value
