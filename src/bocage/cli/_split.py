"""`bocage split`: make a split and look at it."""

import json
import sys
from dataclasses import asdict
from math import isfinite
from typing import Annotated

import typer

from bocage.cli import _options as opt
from bocage.cli._folder import folder_of
from bocage.cli._same import check_same_split
from bocage.core import three_digits


def split(
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
    folds: opt.Folds = None,
    clusters: opt.Clusters = None,
    block_metres: opt.BlockMetres = None,
    buffer: opt.Buffer = None,
    output: opt.Output = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Make a split, look at its diagnostics, and draw it as a map."""
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
        folds=folds,
        clusters=clusters,
        block_metres=block_metres,
        buffer_metres=buffer,
    )
    from rich.table import Table

    from bocage.report import fold_rows, range_sentence, split_content, use_sentence, write
    from bocage.splits import save_split
    from bocage.study import prepare

    folder = folder_of(sources, settings, output, is_split=True)
    study = prepare(settings, folder, bare=True)
    changed = check_same_split(study)
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
    table = Table(box=None)
    for column in ("fold", "domain"):
        table.add_column(column)
    for column in ("train", "test", "blocks", "nearest km", "median km"):
        table.add_column(column, justify="right")
    table.add_column("classes missing from training")
    for row in rows:
        table.add_row(
            row.fold,
            row.domain,
            f"{row.n_train:,}",
            f"{row.n_test:,}",
            str(row.n_blocks),
            *(
                three_digits(metres / 1000) if isfinite(metres) else ""
                for metres in (row.nearest_metres, row.median_metres)
            ),
            ", ".join(row.untrained),
        )
    console.print(table)
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
