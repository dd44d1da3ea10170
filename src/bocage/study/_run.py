"""Run one batch: fit, predict, and put down what was seen."""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import BocageError
from bocage.features import Matrix, matrix
from bocage.methods import Method
from bocage.metrics import brier_losses, log_losses
from bocage.splits import Drawer, Fold, InnerMaker, Split
from bocage.study._plan import Batch, Protocol, Run
from bocage.tasks import Task


@dataclass(frozen=True, slots=True)
class Record:
    """What one run gave.

    Attributes
    ----------
    key, method, fold : str
    budget : str
    repeat : int
    status : {"done", "failed"}
    reason : str
        Why a run failed.
    n_labels, n_train : int
        Labels that the budget paid for, and all labels learned from.
    params : dict
    trials : int
    why : str
        How the parameters came about; see `bocage.methods.Fitted`.
    warnings : tuple of str
    fit_seconds, predict_seconds : float
        Wall time; tuning is part of fitting.
    n_parameters, n_bytes : int
        Learned numbers, and the bytes to ship.
    peak_megabytes : float
        High-water mark of the worker's memory so far; NaN where the platform does not tell.
    domains : tuple of str
        Domains tested, in the order of the arrays below.
    sizes : tuple of int
        Test samples of each domain.
    predicted : ndarray, shape (sum of sizes,)
        Codes of the most probable class (int64), or values (float64).
    confidence : ndarray of float32, shape (sum of sizes,)
        Probability of the predicted class; empty for regression.
    brier, log_loss : tuple of float
        Sums over each domain's samples; empty for regression.
    """

    key: str
    method: str
    fold: str
    budget: str
    repeat: int
    status: str
    reason: str
    n_labels: int
    n_train: int
    params: dict[str, Any]
    trials: int
    why: str
    warnings: tuple[str, ...]
    fit_seconds: float
    predict_seconds: float
    n_parameters: int
    n_bytes: int
    peak_megabytes: float
    domains: tuple[str, ...]
    sizes: tuple[int, ...]
    predicted: NDArray[Any]
    confidence: NDArray[np.float32]
    brier: tuple[float, ...]
    log_loss: tuple[float, ...]


class Context:
    """What all runs of a study share; sent to each worker once.

    Parameters
    ----------
    task : Task
    split : Split
    methods : sequence of Method
    protocol : Protocol
    """

    def __init__(
        self, task: Task, split: Split, methods: Sequence[Method], protocol: Protocol
    ) -> None:
        self.task = task
        self.split = split
        self.methods = tuple(methods)
        self.protocol = protocol
        self.drawer = Drawer(task, split, protocol.seed)
        self.maker = InnerMaker(task, split, protocol.inner_folds)
        self._features: dict[tuple[str, ...], Matrix] = {}

    def __getstate__(self) -> tuple[Task, Split, tuple[Method, ...], Protocol]:
        return self.task, self.split, self.methods, self.protocol

    def __setstate__(self, state: tuple[Task, Split, tuple[Method, ...], Protocol]) -> None:
        # Caches are made again by each worker; they need not travel.
        self.__init__(*state)  # type: ignore[misc]

    def features(self, method: Method) -> Matrix:
        """Return the method's features for all samples; made once an input."""
        found = self._features.get(method.inputs)
        if found is None:
            if method.inputs:
                found = matrix(self.task.inputs, self.task.lonlat, method.inputs)
            else:
                nothing = np.zeros((len(self.task), 1))
                found = Matrix(nothing, np.zeros(1, dtype=bool), ("none",))
            self._features[method.inputs] = found
        return found


def load_libraries() -> None:
    """Import what every run needs, before the clock of the first one starts."""
    import sklearn.linear_model  # noqa: F401

    import bocage.methods  # noqa: F401


def run_batch(context: Context, batch: Batch) -> tuple[Record, ...]:
    """Do the runs of a batch, one after the other."""
    return tuple(_run(context, run) for run in batch.runs)


def _run(context: Context, run: Run) -> Record:
    from bocage.methods import fit_tuned, head_size

    task, method = context.task, context.methods[run.method]
    fold = context.split.folds[run.cell.fold]
    draw = context.drawer.draw(fold, run.cell.budget, run.cell.repeat)
    inner = None
    if method.fixed is None and len(method.spec.grid[task.kind]) > 1:
        inner = context.maker.make(fold, draw.rows)
    try:
        start = time.perf_counter()
        fitted = fit_tuned(
            method,
            context.features(method),
            task.target,
            draw.rows,
            inner,
            kind=task.kind,
            n_classes=task.n_classes,
            trials=context.protocol.trials,
            # The key, not a counter: the same run has the same luck wherever it is run.
            seed=int(run.key[:7], 16),
        )
        middle = time.perf_counter()
        output = _predict(context, method, fold, fitted.head)
    except (BocageError, ValueError, MemoryError, FloatingPointError) as error:
        return _failed(run, method, fold, len(draw.rows), draw.n_labels, error)
    end = time.perf_counter()
    n_parameters, n_bytes = head_size(fitted.head)
    return Record(
        key=run.key,
        method=method.name,
        fold=fold.name,
        budget=str(run.cell.budget),
        repeat=run.cell.repeat,
        status="done",
        reason="",
        n_labels=draw.n_labels,
        n_train=len(draw.rows),
        params=fitted.params,
        trials=fitted.trials,
        why=fitted.why,
        warnings=fitted.head.warnings_,
        fit_seconds=middle - start,
        predict_seconds=end - middle,
        n_parameters=n_parameters,
        n_bytes=n_bytes,
        peak_megabytes=_peak_megabytes(),
        domains=tuple(fold.tests),
        sizes=tuple(len(rows) for rows in fold.tests.values()),
        **output,
    )


def _predict(context: Context, method: Method, fold: Fold, head: Any) -> dict[str, Any]:
    task, X = context.task, context.features(method).values
    rows = np.concatenate(list(fold.tests.values()))
    if task.kind == "regression":
        predicted = head.predict(X[rows])
        if not np.isfinite(predicted).all():
            raise ValueError(f"{int((~np.isfinite(predicted)).sum())} predictions are not finite")
        empty = np.zeros(0, dtype=np.float32)
        return {"predicted": predicted, "confidence": empty, "brier": (), "log_loss": ()}
    proba = head.predict_proba(X[rows])
    if not np.isfinite(proba).all():
        raise ValueError(f"{int((~np.isfinite(proba)).any(1).sum())} predictions are not finite")
    codes = proba.argmax(axis=1)
    true = task.target[rows]
    ends = np.cumsum([len(part) for part in fold.tests.values()])[:-1]
    return {
        "predicted": codes,
        "confidence": proba[np.arange(len(codes)), codes].astype(np.float32),
        "brier": tuple(float(p.sum()) for p in np.split(brier_losses(true, proba), ends)),
        "log_loss": tuple(float(p.sum()) for p in np.split(log_losses(true, proba), ends)),
    }


def _failed(
    run: Run, method: Method, fold: Fold, n_train: int, n_labels: int, error: BaseException
) -> Record:
    nan = float("nan")
    nothing = np.zeros(0)
    return Record(
        key=run.key,
        method=method.name,
        fold=fold.name,
        budget=str(run.cell.budget),
        repeat=run.cell.repeat,
        status="failed",
        reason=" ".join(f"{type(error).__name__}: {error}".split())[:300],
        n_labels=n_labels,
        n_train=n_train,
        params={},
        trials=0,
        why="",
        warnings=(),
        fit_seconds=nan,
        predict_seconds=nan,
        n_parameters=0,
        n_bytes=0,
        peak_megabytes=_peak_megabytes(),
        domains=(),
        sizes=(),
        predicted=nothing,
        confidence=nothing.astype(np.float32),
        brier=(),
        log_loss=(),
    )


def _peak_megabytes() -> float:
    try:
        import resource
    except ImportError:  # Windows
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)
