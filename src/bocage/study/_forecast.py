"""How long the runs of a study will take: told from a few of them, made on trial."""

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from threadpoolctl import threadpool_limits

from bocage.methods import load_libraries
from bocage.study._context import Context
from bocage.study._engine import missing
from bocage.study._plan import Batch, Run
from bocage.study._run import run_batch
from bocage.study._stages import STAGES
from bocage.study._study import Study

TRIAL_LABELS = 1000
"""A trial learns from as many at most, so that it is short."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Runs still to do of one stage.

    Attributes
    ----------
    name : str
        What the study has when they are done.
    n_runs : int
    seconds : float
        About how long they take, without the methods that are not timed.
    """

    name: str
    n_runs: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is still to do of a study, and how long it will take.

    Attributes
    ----------
    stages : tuple of Stage
    untimed : tuple of str
        Methods with networks: a trial would take minutes itself.
    """

    stages: tuple[Stage, ...]
    untimed: tuple[str, ...]


def forecast(study: Study, processes: int) -> Forecast:
    """Time two runs of each method and say how long all that are missing will take.

    A method's time is taken to grow in proportion to its labels. Nothing is kept.

    Parameters
    ----------
    study : Study
    processes : int
        Workers that will share the runs.
    """
    left = missing(study.plan, study.store)
    context = Context(study.task, study.split, study.methods, study.protocol)
    untimed = {n for n, method in enumerate(study.methods) if method.needs_torch}
    load_libraries([m for n, m in enumerate(study.methods) if n not in untimed])
    runs: dict[int, list[tuple[Batch, Run]]] = {}
    for batch in left:
        runs.setdefault(batch.method, []).extend((batch, run) for run in batch.runs)
    seconds: defaultdict[int, float] = defaultdict(float)
    with threadpool_limits(1):
        for method, its in runs.items():
            if method not in untimed:
                fixed, each = _line(context, its)
                for batch, run in its:
                    seconds[batch.stage] += fixed + each * run.cell.n_train
    counts = Counter(batch.stage for batch in left for _ in batch.runs)
    workers = max(1, min(processes, len(left)))
    return Forecast(
        tuple(
            Stage(STAGES[stage], counts[stage], seconds[stage] / workers)
            for stage in sorted(counts)
        ),
        tuple(study.methods[n].name for n in sorted(untimed & set(runs))),
    )


def _line(context: Context, its: Sequence[tuple[Batch, Run]]) -> tuple[float, float]:
    """Return the seconds of a run, and those that each label adds."""
    by_size = sorted(its, key=lambda pair: pair[1].cell.n_train)
    few = by_size[0]
    many = max(
        (pair for pair in by_size if pair[1].cell.n_train <= TRIAL_LABELS),
        key=lambda pair: pair[1].cell.n_train,
        default=few,
    )
    n_few, n_many = few[1].cell.n_train, many[1].cell.n_train
    # The first of a kind brings what all share: it is made twice.
    _seconds(context, *few)
    low = _seconds(context, *few)
    if n_many == n_few:
        return low, 0.0
    each = max(0.0, (_seconds(context, *many) - low) / (n_many - n_few))
    return max(0.0, low - each * n_few), each


def _seconds(context: Context, batch: Batch, run: Run) -> float:
    start = time.perf_counter()
    run_batch(context, batch.only("", [run]))
    return time.perf_counter() - start
