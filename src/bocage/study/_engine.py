"""Run what is missing of a study, on one worker or many."""

from collections.abc import Callable
from functools import partial

from bocage.core import Stages, Workers, undone, work_off
from bocage.methods import load_libraries
from bocage.study._context import Context
from bocage.study._plan import Batch, Plan
from bocage.study._run import run_batch
from bocage.study._store import Store


def missing(plan: Plan, store: Store) -> tuple[Batch, ...]:
    """Return what is still to be run; finished runs of a batch are taken out."""
    return undone(plan.batches, store)


def execute(
    context: Context,
    plan: Plan,
    store: Store,
    workers: Workers,
    *,
    started: Callable[[], None] = lambda: None,
    passed: Callable[[], None] = lambda: None,
    first_only: bool = False,
) -> None:
    """Run everything that is missing; stop and start again at any moment.

    Parameters
    ----------
    context, plan, store
    workers : Workers
    started : callable
        Called when the workers are there and the work begins.
    passed : callable
        Called when a stage is done and others are left; see `bocage.study._stages`.
    first_only : bool
        Whether to end after the first stage.

    Raises
    ------
    StoreError
        If a file can't be written; everything finished before stays.
    """
    left = undone(plan.first if first_only else plan.batches, store)
    work_off(
        context, run_batch, left, store, workers,
        n_all=plan.n_first if first_only else plan.n_runs,
        prepare=partial(load_libraries, context.methods), started=started,
        stages=Stages(lambda batch: batch.stage, passed),
    )  # fmt: skip
