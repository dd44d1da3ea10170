"""Runs that failed: a method must not just be absent from the tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bocage.cli import _options as opt

if TYPE_CHECKING:
    from bocage.study import Study

MAX_REASON = 200


@dataclass(frozen=True, slots=True)
class Failure:
    """Failed runs of one method, of so many that were made, and what the first of them said."""

    method: str
    n_failed: int
    n_runs: int
    reason: str


def say_damaged(names: Sequence[str]) -> None:
    """Say which files of runs can't be what they should be, where nobody does their runs again."""
    for name in names:
        opt.console(errors=True).print(f"note: {name} was damaged, and its runs are missing")


def failures(study: "Study") -> tuple[Failure, ...]:
    """Return the methods of which runs failed, in the order of the study."""
    done = study.store.refresh()
    found = []
    for number, method in enumerate(study.methods):
        runs = [run for b in study.plan.batches if b.method == number for run in b.runs]
        made = [done[run.key] for run in runs if run.key in done]
        failed = [run for run in made if run.status == "failed"]
        if failed:
            reason = " ".join(failed[0].reason.split())[:MAX_REASON]
            found.append(Failure(method.name, len(failed), len(made), reason))
    return tuple(found)
