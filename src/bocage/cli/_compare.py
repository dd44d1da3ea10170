"""`bocage compare`: the main job."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bocage.cli import _options as opt
from bocage.cli._dry_run import dry_run
from bocage.cli._failures import failures
from bocage.cli._folder import folder_of
from bocage.cli._page_files import PAGE, MapAsked, MapWanted, Under, write_page
from bocage.cli._same import check_same
from bocage.cli._so_far import SoFar
from bocage.cli._stopping import resumable
from bocage.core import SettingsError, at_work, counted, part_of

if TYPE_CHECKING:
    from bocage.core import Workers
    from bocage.study import StudySettings


def compare(
    sources: opt.Sources,
    target: opt.Target = None,
    leave: opt.Leave = None,
    share: opt.Share = None,
    forward: opt.Forward = None,
    train: opt.Train = None,
    test: opt.Test = None,
    same_place: opt.SamePlace = None,
    area: opt.Area = None,
    sampling: opt.Sampling = None,
    inputs: opt.Inputs = None,
    series: opt.Series = None,
    steps: opt.Steps = None,
    first_date: opt.FirstDate = None,
    every: opt.Every = None,
    units: opt.Units = None,
    budgets: Annotated[
        str | None, typer.Option(help="Labels a class, up to so many: 5,10,20,50,all; or 1%,10%.")
    ] = None,
    unit: Annotated[
        str | None,
        typer.Option(
            help="What budgets count: class, label, fraction, parcel; event, chip, pixel."
        ),
    ] = None,
    exact: Annotated[
        bool | None,
        typer.Option(
            "--exact", help="Blank budgets that can't be filled; else they are the most drawn."
        ),
    ] = None,
    repeats: Annotated[int | None, typer.Option(help="Draws of each budget.")] = None,
    methods: Annotated[
        str | None, typer.Option(help="Only these: prior,aef:logistic,aef+s1:forest.")
    ] = None,
    method: Annotated[
        list[str] | None,
        typer.Option(help="One more; may fix parameters: aef:logistic:C=10."),
    ] = None,
    all_methods: Annotated[
        bool | None, typer.Option("--all-methods", help="Every model (slow).")
    ] = None,
    trials: Annotated[int | None, typer.Option(help="Tuning trials of every method.")] = None,
    epochs: Annotated[
        int | None, typer.Option(help="Passes of a network over its labels, at most.")
    ] = None,
    batches: Annotated[
        int | None, typer.Option(help="Batches of a network at least, with few labels.")
    ] = None,
    augment: Annotated[
        bool | None,
        typer.Option("--augment/--no-augment", help="Turn and mirror chips (by default)."),
    ] = None,
    folds: opt.Folds = None,
    where: Annotated[
        str | None, typer.Option(help="Verdict for a new place (out) or this one (local).")
    ] = None,
    at: Annotated[str | None, typer.Option(help="Budget the verdict is asked for.")] = None,
    margin: Annotated[float | None, typer.Option(help="Loss that does not matter.")] = None,
    cost: Annotated[
        str | None, typer.Option(help="What makes a method cheap: labels,size,seconds.")
    ] = None,
    metric: Annotated[str | None, typer.Option(help="Score to compare by.")] = None,
    by: Annotated[
        str | None, typer.Option(help="Column of groups to report scores by, such as biome.")
    ] = None,
    object_hectares: Annotated[
        str | None, typer.Option(help="Edges between sizes of objects, in hectares: 500,5000.")
    ] = None,
    prevalence: Annotated[
        list[str] | None,
        typer.Option(metavar="CLASS=SHARE", help="Share of a class on the ground."),
    ] = None,
    kind: opt.Kind = None,
    group: opt.Groups = None,
    together: opt.Together = None,
    zone: opt.Zones = None,
    lon: opt.Lon = None,
    lat: opt.Lat = None,
    crs: opt.Crs = None,
    layer: opt.Layer = None,
    dequantise: opt.Dequantise = None,
    drop_incomplete: opt.DropIncomplete = None,
    nodata: opt.Nodata = None,
    gaps: opt.Gaps = None,
    names: opt.Names = None,
    rename: opt.Rename = None,
    merge: opt.Merge = None,
    min_class: opt.MinClass = None,
    distinct: opt.Distinct = None,
    clusters: opt.Clusters = None,
    block_metres: opt.BlockMetres = None,
    buffer: opt.Buffer = None,
    seed: Annotated[int | None, typer.Option(help="Seed of draws and models.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the study.")] = None,
    workers: Annotated[
        int | None,
        typer.Option("-j", "--workers", min=1, help="Processes; all cores if not given."),
    ] = None,
    dask: Annotated[
        str | None, typer.Option(help="Run on Dask: local, or a scheduler's address.")
    ] = None,
    output: opt.Output = None,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick",
            help="End with a first answer: one draw of one or two budgets. Without it, the same "
            "command goes on from there.",
        ),
    ] = False,
    only_plan: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Say what would be run and how long it would take; write nothing."
        ),
    ] = False,
    with_map: MapWanted = False,
    raster: Under = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Compare methods on your labels.

    Which one to use, at which label budget, how far its score falls in a place it never saw, what
    it costs; and a page to show.
    """
    settings = opt.settings_from(
        sources,
        target=target,
        leave=leave,
        share=share,
        forward=forward,
        train=train,
        test=test,
        same_place=same_place,
        area=area,
        sampling=sampling,
        inputs=inputs,
        series=series,
        undated=steps,
        first_date=first_date,
        every=every,
        units=units,
        budgets=budgets,
        unit=unit,
        exact=exact,
        repeats=repeats,
        methods=methods,
        more_methods=method,
        all_methods=all_methods,
        trials=trials,
        epochs=epochs,
        steps=batches,
        augment=augment,
        folds=folds,
        where=where,
        at=at,
        margin=margin,
        cost=cost,
        metric=metric,
        by=by,
        object_hectares=object_hectares,
        prevalence=prevalence,
        kind=kind,
        groups=group,
        together=together,
        zones=zone,
        lon=lon,
        lat=lat,
        crs=crs,
        layer=layer,
        dequantise=dequantise,
        drop_incomplete=drop_incomplete,
        nodata=nodata,
        gaps=gaps,
        class_names=names,
        rename=rename,
        merge=merge,
        min_class=min_class,
        distinct=distinct,
        clusters=clusters,
        block_metres=block_metres,
        buffer_metres=buffer,
        seed=seed,
        name=name,
    )

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
    from bocage.study import prepare

    talk = opt.console(errors=True)
    study = prepare(settings, folder)
    changed = check_same(study)
    shown.check(study, folder / PAGE)
    notes = (*changed, *study.notes, *study.split.degraded, *study.split.notes)
    said = tuple(dict.fromkeys(notes))
    for line in said:
        talk.print(f"note: {line}")
    talk.print(
        f"{counted(len(study.task), 'sample')}, {counted(len(study.methods), 'method')}, "
        f"{counted(study.plan.n_runs, 'run')} ({study.n_missing:,} to do) in {folder}"
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
