"""Run one batch: fit, predict, and put down what was seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import BocageError, SettingsError, measured
from bocage.features import Matrix, matrix
from bocage.methods import Encoded, Method, first_block
from bocage.methods.chips import Chips
from bocage.metrics import boundary_counts, brier_losses, chip_confusion, log_losses
from bocage.splits import Drawer, Fold, InnerMaker, Split
from bocage.study._plan import Batch, Protocol, Run
from bocage.tasks import Task

if TYPE_CHECKING:
    from bocage.methods import Fitted, Size
    from bocage.methods.backbones import Frozen


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
    n_trained, n_encoder, n_decoder, n_head, n_bytes : int
        See `bocage.methods.Size`.
    peak_megabytes, gpu_megabytes, joules : float
        See `bocage.core.Meter`.
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
    counts : ndarray of int64, shape (sum of sizes * n_classes * n_classes,)
        Of segmented chips, pixels by true and predicted class; else empty.
    boundaries : ndarray of int64, shape (sum of sizes * n_classes * n_distances * 7,)
        Of segmented chips, `bocage.metrics.boundary_counts`; else empty.
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
    n_trained: int
    n_encoder: int
    n_decoder: int
    n_head: int
    n_bytes: int
    peak_megabytes: float
    gpu_megabytes: float
    joules: float
    domains: tuple[str, ...]
    sizes: tuple[int, ...]
    predicted: NDArray[Any]
    confidence: NDArray[np.float32]
    brier: tuple[float, ...]
    log_loss: tuple[float, ...]
    counts: NDArray[np.int64]
    boundaries: NDArray[np.int64]


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
        self._features: dict[tuple[Any, ...], Matrix] = {}
        self._frozen: dict[Encoded, Frozen] = {}
        self._chips: dict[tuple[str, ...], Chips] = {}

    def __getstate__(self) -> tuple[Task, Split, tuple[Method, ...], Protocol]:
        return self.task, self.split, self.methods, self.protocol

    def __setstate__(self, state: tuple[Task, Split, tuple[Method, ...], Protocol]) -> None:
        # Caches are made again by each worker; they need not travel.
        self.__init__(*state)  # type: ignore[misc]

    def frozen(self, item: Encoded) -> "Frozen":
        """Return an input as a frozen network sees it; checked once."""
        from bocage.methods import freeze

        if item not in self._frozen:
            self._frozen[item] = freeze(item, self.task.inputs, self.task.lonlat)
        return self._frozen[item]

    def chips(self, method: Method) -> Chips:
        """Return the chips that a method reads; put together once."""
        if self.task.masks is None:
            raise SettingsError(f"{method.name} segments chips; this task has none")
        if method.inputs not in self._chips:
            self._chips[method.inputs] = Chips.of(self.task.inputs, method.inputs, self.task.masks)
        return self._chips[method.inputs]

    def features(self, method: Method) -> Matrix:
        """Return the features of a method that trains no network, for all samples; made once."""
        key = (method.inputs, method.encoded)
        found = self._features.get(key)
        if found is None:
            if method.inputs:
                inputs, names = dict(self.task.inputs), list(method.inputs)
                for item in method.encoded:
                    from bocage.methods._freeze import encoded_input

                    inputs[item.name] = encoded_input(item, self.frozen(item))
                    names = [item.name if name == item.source else name for name in names]
                found = matrix(inputs, self.task.lonlat, names)
            else:
                nothing = np.zeros((len(self.task), 1))
                found = Matrix(nothing, np.zeros(1, dtype=bool), ("none",))
            self._features[key] = found
        return found

    def check(self) -> None:
        """Check that every network can read its input, and that its weights are there.

        Raises
        ------
        BocageError
            If one can't, or they are not.
        """
        for method in self.methods:
            for item in method.encoded:
                backbone = self.frozen(item).backbone
                backbone.find(item.weights)
                first_block(method.training, method.options, backbone.n_blocks)
            if self.task.kind == "segmentation":
                self.chips(method)

    def encode(self) -> None:
        """Compute what frozen networks give, before any worker needs it."""
        for method in self.methods:
            for item in method.encoded:
                frozen = self.frozen(item)
                frozen.features()
                if method.trains_network:
                    block = first_block(method.training, method.options, frozen.backbone.n_blocks)
                    if block is not None:
                        frozen.tokens(block)


def boundary_distances(pixel_metres: float) -> tuple[float, ...]:
    """Return the distances of boundary scores in metres: two pixels and five.

    Hand-drawn contours are seldom better than two pixels.
    """
    return 2 * pixel_metres, 5 * pixel_metres


def load_libraries() -> None:
    """Import what every run needs, before the clock of the first one starts."""
    import sklearn.linear_model  # noqa: F401

    import bocage.methods  # noqa: F401


def load_networks() -> None:
    """Import what runs with networks need."""
    load_libraries()
    import peft  # noqa: F401
    import torch

    import bocage.methods.strategies._fit  # noqa: F401

    torch.set_num_threads(1)


def run_batch(context: Context, batch: Batch) -> tuple[Record, ...]:
    """Do the runs of a batch, one after the other."""
    return tuple(_run(context, run) for run in batch.runs)


def _run(context: Context, run: Run) -> Record:
    method = context.methods[run.method]
    fold = context.split.folds[run.cell.fold]
    draw = context.drawer.draw(fold, run.cell.budget, run.cell.repeat)
    try:
        if method.inputs:
            _look(context, method)
        with measured() as cost:
            fitted = _fit(context, run, draw.rows)
        with measured() as used:
            output = _predict(context, method, fold, fitted.head)
    except (BocageError, ValueError, MemoryError, FloatingPointError) as error:
        return _failed(run, method, fold, len(draw.rows), draw.n_labels, error)
    size = _size(method, fitted.head)
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
        fit_seconds=cost.seconds,
        predict_seconds=used.seconds,
        n_trained=size.trained,
        n_encoder=size.encoder,
        n_decoder=size.decoder,
        n_head=size.head,
        n_bytes=size.n_bytes,
        peak_megabytes=float(np.fmax(cost.peak_megabytes, used.peak_megabytes)),
        gpu_megabytes=float(np.fmax(cost.gpu_megabytes, used.gpu_megabytes)),
        joules=cost.joules + used.joules,
        domains=tuple(fold.tests),
        sizes=tuple(len(rows) for rows in fold.tests.values()),
        **output,
    )


def _look(context: Context, method: Method) -> None:
    """Load the features before the clock starts: all runs share them."""
    if context.task.kind == "segmentation":
        context.chips(method)
    elif method.trains_network:
        context.frozen(method.encoded[0]).features()
    else:
        context.features(method)


def _fit(context: Context, run: Run, rows: NDArray[np.int64]) -> "Fitted":
    from bocage.methods import fit_network, fit_tuned
    from bocage.methods.chips import fit_net, fit_pixels

    task, protocol = context.task, context.protocol
    method, fold = context.methods[run.method], context.split.folds[run.cell.fold]
    inner = context.maker.make(fold, rows) if method.is_tuned(task.kind) else None
    # The key, not a counter: the same run has the same luck wherever it is run.
    seed = int(run.key[:7], 16)
    shared: dict[str, Any] = {
        "n_classes": task.n_classes,
        "trials": protocol.trials,
        "seed": seed,
    }
    if method.is_chip_net:
        rate = dict(method.fixed or ()).get("lr")
        return fit_net(
            context.chips(method),
            method.model,
            rows,
            inner,
            recipe=protocol.recipe,
            rate=None if rate is None else float(rate),
            **shared,
        )
    if task.kind == "segmentation":
        return fit_pixels(method, context.chips(method), rows, inner, **shared)
    if method.trains_network:
        return fit_network(
            context.frozen(method.encoded[0]),
            method.training,
            method.options,
            task.target,
            rows,
            inner,
            kind=task.kind,
            recipe=protocol.recipe,
            **shared,
        )
    return fit_tuned(
        method,
        context.features(method),
        task.target,
        rows,
        inner,
        kind=task.kind,
        **shared,
    )


def _size(method: Method, head: Any) -> "Size":
    from bocage.methods import BACKBONES, head_size
    from bocage.methods.chips import PixelHead

    if method.trains_network or method.is_chip_net:
        found: Size = head.size
        return found
    if isinstance(head, PixelHead):
        head = head.head
    return head_size(head, sum(BACKBONES[item.backbone].n_parameters for item in method.encoded))


def _predict(context: Context, method: Method, fold: Fold, head: Any) -> dict[str, Any]:
    task = context.task
    rows = np.concatenate(list(fold.tests.values()))
    none = np.zeros(0, dtype=np.int64)
    empty = np.zeros(0, dtype=np.float32)
    if task.masks is not None:
        made, true = head.predict_masks(rows), task.masks[rows]
        counts = chip_confusion(true, made, task.n_classes)
        edges = boundary_counts(
            true, made, task.n_classes, boundary_distances(task.pixel_metres), task.pixel_metres
        )
        most = counts.sum(axis=1).argmax(axis=1)
        return {
            "predicted": most,
            "confidence": empty,
            "brier": (),
            "log_loss": (),
            "counts": counts.ravel(),
            "boundaries": edges.ravel(),
        }
    # A network reads its own cache, by row number.
    seen = rows if method.trains_network else context.features(method).values[rows]
    if task.kind == "regression":
        predicted = head.predict(seen)
        if not np.isfinite(predicted).all():
            raise ValueError(f"{int((~np.isfinite(predicted)).sum())} predictions are not finite")
        return {
            "predicted": predicted,
            "confidence": empty,
            "brier": (),
            "log_loss": (),
            "counts": none,
            "boundaries": none,
        }
    proba = head.predict_proba(seen)
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
        "counts": none,
        "boundaries": none,
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
        n_trained=0,
        n_encoder=0,
        n_decoder=0,
        n_head=0,
        n_bytes=0,
        peak_megabytes=nan,
        gpu_megabytes=nan,
        joules=nan,
        domains=(),
        sizes=(),
        predicted=nothing,
        confidence=nothing.astype(np.float32),
        brier=(),
        log_loss=(),
        counts=nothing.astype(np.int64),
        boundaries=nothing.astype(np.int64),
    )
