"""How long the runs of a study will take: estimated from a few of them."""

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from statistics import fmean

from bocage.core import open_pool
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
    startup : float
        Seconds until the processes are there and have loaded what they need.
    """

    stages: tuple[Stage, ...]
    untimed: tuple[str, ...]
    startup: float


def forecast(study: Study, processes: int) -> Forecast:
    """Time two runs of each method and say how long all that are missing will take.

    The runs are made on as many processes at once as the study will use, so that what they take
    from each other, and other work on the machine takes from them, is in the times. A method's
    time is taken to grow in proportion to its labels. Nothing is kept.

    Parameters
    ----------
    study : Study
    processes : int
        Workers that will share the runs.
    """
    left = missing(study.plan, study.store)
    context = Context(study.task, study.split, study.methods, study.protocol)
    untimed = {n for n, method in enumerate(study.methods) if method.needs_torch}
    runs: dict[int, list[tuple[Batch, Run]]] = {}
    for batch in left:
        runs.setdefault(batch.method, []).extend((batch, run) for run in batch.runs)
    seconds: defaultdict[int, float] = defaultdict(float)
    counts = Counter(batch.stage for batch in left for _ in batch.runs)
    workers = max(1, min(processes, len(left)))
    prepare = partial(load_libraries, [m for n, m in enumerate(study.methods) if n not in untimed])
    start = time.perf_counter()
    if workers == 1:
        prepare()
    with open_pool(context, workers, prepare=prepare) as pool:
        startup = time.perf_counter() - start
        for method, its in runs.items():
            if method not in untimed:
                tried = [pool.submit(_line, *_ends(its)) for _ in range(workers)]
                lines = [future.result() for future in tried]
                fixed, each = (fmean(part) for part in zip(*lines, strict=True))
                for batch, run in its:
                    seconds[batch.stage] += fixed + each * run.cell.n_train
    return Forecast(
        tuple(
            Stage(STAGES[stage], counts[stage], seconds[stage] / workers)
            for stage in sorted(counts)
        ),
        tuple(study.methods[n].name for n in sorted(untimed & set(runs))),
        startup if left else 0.0,
    )


def _ends(its: Sequence[tuple[Batch, Run]]) -> tuple[tuple[Batch, Run], tuple[Batch, Run]]:
    """Choose a run of few labels and one of many, each in a batch of its own."""
    by_size = sorted(its, key=lambda pair: pair[1].cell.n_train)
    few = by_size[0]
    many = max(
        (pair for pair in by_size if pair[1].cell.n_train <= TRIAL_LABELS),
        key=lambda pair: pair[1].cell.n_train,
        default=few,
    )
    return _alone(*few), _alone(*many)


def _alone(batch: Batch, run: Run) -> tuple[Batch, Run]:
    return batch.only("", [run]), run


def _line(context: Context, few: tuple[Batch, Run], many: tuple[Batch, Run]) -> tuple[float, float]:
    """Return the seconds of a run, and those that each label adds."""
    n_few, n_many = few[1].cell.n_train, many[1].cell.n_train
    # The first of a kind brings what all share: it is made twice.
    _seconds(context, few[0])
    low = _seconds(context, few[0])
    if n_many == n_few:
        return low, 0.0
    each = max(0.0, (_seconds(context, many[0]) - low) / (n_many - n_few))
    return max(0.0, low - each * n_few), each


def _seconds(context: Context, batch: Batch) -> float:
    start = time.perf_counter()
    run_batch(context, batch)
    return time.perf_counter() - start
