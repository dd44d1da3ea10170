"""Run what is missing of a study, on one worker or many."""

from collections.abc import Callable
from functools import partial

from bocage.core import Workers, undone, work_off
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
) -> None:
    """Run everything that is missing; stop and start again at any moment.

    Parameters
    ----------
    context, plan, store
    workers : Workers
    started : callable
        Called when the workers are there and the work begins.

    Raises
    ------
    StoreError
        If a file can't be written; everything finished before stays.
    """
    work_off(
        context, run_batch, missing(plan, store), store, workers,
        n_all=plan.n_runs, prepare=partial(load_libraries, context.methods), started=started,
    )  # fmt: skip
