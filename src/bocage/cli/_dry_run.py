"""`bocage compare --dry-run`: what would be run, and how long it would take."""

import json
import sys
from typing import TYPE_CHECKING

from bocage.cli import _options as opt
from bocage.core import counted, in_time, listed

if TYPE_CHECKING:
    from bocage.study import Study


_BLANKS = 6
"""Lines of what stays blank, at most; there may be hundreds."""


def dry_run(study: "Study", processes: int, *, quick: bool, as_json: bool) -> None:
    """Print the plan of a study, or of its first answer; nothing is written."""
    from rich.table import Table

    from bocage.report import blank_cells
    from bocage.study import STAGES, forecast

    ahead = forecast(study, processes)
    stages = [stage for stage in ahead.stages if not quick or stage.name == STAGES[0]]
    to_do = sum(stage.n_runs for stage in stages)
    blanks = blank_cells(study)
    if as_json:
        made = {
            "runs": study.plan.n_runs,
            "to_do": to_do,
            "processes": processes,
            "startup_seconds": round(ahead.startup, 3),
            "stages": [
                {"name": s.name, "runs": s.n_runs, "seconds": round(s.seconds, 3)} for s in stages
            ],
            "not_timed": list(ahead.untimed),
            "blank": [
                {"budget": b.budget, "domain": b.where, "reason": b.reason, "cells": b.count}
                for b in blanks
            ],
        }
        sys.stdout.write(json.dumps(made) + "\n")
        return
    console = opt.console()
    if not stages:
        console.print("nothing is left to run")
        return
    table = Table(box=None)
    table.add_column("stage")
    table.add_column("runs", justify="right")
    table.add_column("about", justify="right")
    table.add_row("start-up", "", in_time(ahead.startup))
    for stage in stages:
        table.add_row(stage.name, f"{stage.n_runs:,}", in_time(stage.seconds))
    console.print(table)
    for blank in blanks[:_BLANKS]:
        cells = counted(blank.count, "cell")
        console.print(
            f"will be blank: budget {blank.budget}, {blank.where}, {cells}: {blank.reason}"
        )
    if len(blanks) > _BLANKS:
        more = counted(len(blanks) - _BLANKS, "more line")
        console.print(f"{more} of what will be blank: --json lists them")
    total = in_time(ahead.startup + sum(stage.seconds for stage in stages))
    console.print(
        f"{counted(to_do, 'run')} to do, about {total} with "
        f"{counted(processes, 'process', 'processes')}: estimated from two runs of each method, "
        "which were not kept; the page takes some seconds more"
    )
    if ahead.untimed:
        console.print(
            f"not included are networks, which take longer: {listed(ahead.untimed)}",
            soft_wrap=True,
        )
