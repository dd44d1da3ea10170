"""Run one batch: fit, predict, and put down what was seen."""

import numpy as np
from numpy.typing import NDArray

from bocage.core import BocageError, measured
from bocage.methods import Effort, Method, parse_method
from bocage.study._context import Context
from bocage.study._plan import Batch, Run
from bocage.study._record import Record, failed_record
from bocage.study.scoring import SCORINGS
from bocage.tasks import Task


def run_batch(context: Context, batch: Batch) -> tuple[Record, ...]:
    """Do the runs of a batch, one after the other."""
    return tuple(_run(context, run) for run in batch.runs)


def _run(context: Context, run: Run) -> Record:
    protocol, views = context.protocol, context.views
    method = context.methods[run.method]
    fold = context.split.folds[run.cell.fold]
    draw = context.drawer.draw(fold, run.cell.budget, run.cell.repeat)
    rows = draw.rows
    taught = _taught(method, context.task, rows)
    # The key, not a counter: the same run has the same luck wherever it is run.
    effort = Effort(protocol.trials, protocol.recipe, int(run.key[:7], 16))
    try:
        # All runs share these: they are loaded before the clock starts.
        taught.prepare(views, protocol.recipe)
        if draw.pixels is not None and context.task.masks is not None:
            views = views.with_masks(draw.pixels.masks(context.task.masks, rows))
        with measured() as cost:
            asks = taught.holds_out(context.task.kind)
            inner = context.maker.make(fold, rows, draw.pixels) if asks else None
            fitted = taught.fit(views, rows, inner, effort)
        with measured() as used:
            arrays = SCORINGS[context.task.kind].store(context.task, fold, fitted)
        # What frozen networks gave was read from disk: the time that it took is part of the cost.
        encode_to_fit = len(rows) * taught.encoding_seconds(views, protocol.recipe.turns)
        encode_tests = sum(map(len, fold.tests.values())) * taught.encoding_seconds(views)
    except (BocageError, ValueError, MemoryError, FloatingPointError) as error:
        return failed_record(run, method, fold, draw.n_train, draw.n_labels, error)
    size = fitted.learner.size
    return Record(
        key=run.key,
        method=method.name,
        fold=fold.name,
        budget=str(run.cell.budget),
        repeat=run.cell.repeat,
        status="done",
        reason="",
        n_labels=draw.n_labels,
        n_train=draw.n_train,
        params=fitted.params,
        trials=fitted.trials,
        why=fitted.why,
        warnings=fitted.learner.warnings_,
        fit_seconds=cost.seconds + encode_to_fit,
        predict_seconds=used.seconds + encode_tests,
        n_trained=size.trained,
        n_encoder=size.encoder,
        n_decoder=size.decoder,
        n_head=size.head,
        n_bytes=size.n_bytes,
        peak_megabytes=float(np.fmax(cost.peak_megabytes, used.peak_megabytes)),
        gpu_megabytes=float(np.fmax(cost.gpu_megabytes, used.gpu_megabytes)),
        joules=cost.joules + used.joules,
        domains=tuple(fold.tests),
        sizes=tuple(len(part) for part in fold.tests.values()),
        arrays={
            **arrays,
            "temperature": np.array([fitted.temperature]),
            "noise": np.array([fitted.noise]),
        },
    )


def _taught(method: Method, task: Task, rows: NDArray[np.int64]) -> Method:
    """Return what labels of one class teach, whatever the method: to answer that class."""
    codes = task.codes
    one = codes is not None and bool((codes[rows] == codes[rows[0]]).all())
    return parse_method("prior") if one else method
