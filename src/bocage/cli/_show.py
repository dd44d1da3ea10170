"""`bocage study show`: what is done, what is left."""

import json
import sys

from bocage.cli import _options as opt
from bocage.cli._failures import failures, say_damaged
from bocage.cli._folder import open_here
from bocage.core import counted


def show(
    folder: opt.Study,
    as_json: opt.Json = False,
) -> None:
    """Show the finished, remaining and failed runs of a study."""
    from rich.table import Table

    from bocage.study import missing

    study = open_here(folder)
    left = {batch.name: len(batch.runs) for batch in missing(study.plan, study.store)}
    done = study.store.refresh()
    say_damaged(study.store.damaged)
    rows = []
    for number, method in enumerate(study.methods):
        runs = [run for b in study.plan.batches if b.method == number for run in b.runs]
        finished = [done[run.key] for run in runs if run.key in done]
        failed = sum(record.status == "failed" for record in finished)
        rows.append((method.name, len(runs), len(finished), failed))
    if as_json:
        keys = ("method", "runs", "done", "failed")
        sys.stdout.write(json.dumps([dict(zip(keys, r, strict=True)) for r in rows]) + "\n")
        return
    table = Table(box=None)
    table.add_column("method")
    for column in ("runs", "done", "left", "failed"):
        table.add_column(column, justify="right")
    for name, n_runs, n_done, n_failed in rows:
        table.add_row(name, f"{n_runs:,}", f"{n_done:,}", f"{n_runs - n_done:,}", f"{n_failed:,}")
    console = opt.console()
    if study.unfinished is not None:
        console.print(study.unfinished.sentence, soft_wrap=True)
    console.print(table)
    n_left = counted(sum(left.values()), "run")
    console.print(f"{counted(len(study.plan.blanks), 'blank cell')}; {n_left} left")
    for failure in failures(study):
        console.print(f"{failure.method}: the first that failed said: {failure.reason}")
