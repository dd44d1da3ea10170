"""`bocage compare`: the main job."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bocage.cli import _compare_options as asked
from bocage.cli import _data_options as data
from bocage.cli import _options as opt
from bocage.cli import _split_options as held
from bocage.cli._dry_run import dry_run
from bocage.cli._failures import failures
from bocage.cli._folder import folder_of
from bocage.cli._help import EXECUTION
from bocage.cli._page_files import PAGE, MapAsked, MapWanted, Under, write_page
from bocage.cli._so_far import SoFar
from bocage.cli._stopping import resumable
from bocage.cli._told import Told, with_options
from bocage.core import SettingsError, at_work, counted, part_of

if TYPE_CHECKING:
    from bocage.core import Workers
    from bocage.study import Study, StudySettings


_Quick = Annotated[
    bool,
    typer.Option(
        "--quick",
        help="Stop after a first answer from one draw of one or two budgets; the same command "
        "without this option continues from there.",
        rich_help_panel=EXECUTION,
    ),
]
_DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run",
        help="Print what would be run and about how long it would take; write nothing.",
        rich_help_panel=EXECUTION,
    ),
]


@with_options("told", data, held, asked)
def compare(
    sources: opt.Sources,
    told: Told,
    workers: opt.Workers = None,
    dask: opt.Dask = None,
    output: opt.Output = None,
    quick: _Quick = False,
    only_plan: _DryRun = False,
    with_map: MapWanted = False,
    raster: Under = None,
    as_json: opt.Json = False,
) -> None:
    """Compare methods on your labels.

    Shows which method to use with how many labels, how far its score falls in places without
    labels, and what it costs, in the terminal and on a page.
    """
    settings = opt.settings_from(sources, **told)

    folder = folder_of(sources, settings, output)
    with resumable():
        from bocage.core import Workers

        ways = Workers(workers or os.cpu_count() or 1, dask)
        shown = MapAsked(with_map, raster)
        _compare(settings, folder, ways, shown, quick=quick, only_plan=only_plan, as_json=as_json)


def _compare(
    settings: "StudySettings",
    folder: Path,
    workers: "Workers",
    shown: MapAsked,
    *,
    quick: bool,
    only_plan: bool,
    as_json: bool,
) -> None:
    from bocage.report import content_of, terminal, to_json, use_sentence
    from bocage.study import check_same, kept_labels, prepare

    talk = opt.console(errors=True)
    labels, told = kept_labels(settings, folder)
    study = prepare(settings, folder, labels=labels)
    changed = (*told, *check_same(study))
    shown.check(study, folder / PAGE)
    notes = (*changed, *study.notes, *study.split.degraded, *study.split.notes)
    said = tuple(dict.fromkeys(notes))
    for line in said:
        talk.print(f"note: {line}")
    talk.print(
        f"{counted(len(study.task), 'sample')}, {counted(len(study.methods), 'method')}, "
        f"{_runs_of(study, quick=quick)} in {folder}"
    )
    if only_plan:
        dry_run(study, workers.processes, quick=quick, as_json=as_json)
        return
    for mark in at_work(folder):
        talk.print(f"note: {mark.sentence}")
    if study.store.old:
        talk.print(
            f"note: {folder} holds runs of another version of Bocage "
            f"({counted(len(study.store.old), 'file')}); they are left as they are, and all "
            "runs are done again"
        )
    so_far = SoFar(study)
    study.run(workers, started=so_far.started, passed=so_far.passed, first_only=quick)
    for damaged in study.store.damaged:
        talk.print(f"note: {damaged} was damaged; its runs were done again")
    failed = failures(study)
    for failure in failed:
        talk.print(
            f"note: {failure.method}: {part_of(failure.n_failed, failure.n_runs, 'run')} failed; "
            f"the first said: {failure.reason}"
        )
    found = content_of(study, command=opt.typed())
    content, lines = write_page(study, found, folder / PAGE, shown)
    if as_json:
        sys.stdout.write(to_json(content) + "\n")
    else:
        # The answer has its notes with it, but for a reader who has just seen them.
        opt.console().print(terminal(content, said if opt.is_one_stream() else ()))
    if study.settings.area and content.use is not None:
        talk.print(f"use: {use_sentence(content.use)}")
    talk.print("\n".join(lines))
    heads = {method.name for method in study.methods if method.inputs}
    if heads and heads <= {f.method for f in failed if f.n_failed == f.n_runs}:
        raise SettingsError(
            f"every run of every method that reads an input failed ({failed[0].reason}); there "
            "is nothing to compare: change their parameters with --methods"
        )


def _runs_of(study: "Study", *, quick: bool) -> str:
    """Say how many runs a command is about, and how many of them are to be done."""
    every = counted(study.plan.n_runs, "run")
    if not quick:
        return f"{every} ({study.n_missing:,} to do)"
    return f"{study.plan.n_first:,} of {every} for a first answer"
