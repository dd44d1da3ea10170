"""Run one batch: fit, predict, and put down what was seen."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import BocageError, measured
from bocage.methods import Effort, Method, parse_method
from bocage.metrics import (
    boundary_counts,
    brier_losses,
    calibration_counts,
    chip_confusion,
    log_losses,
    object_sizes,
)
from bocage.splits import Fold
from bocage.study._context import Context, boundary_distances
from bocage.study._objects import in_order_of_chips
from bocage.study._parcels import votes
from bocage.study._plan import Batch, Run
from bocage.study._record import MOST_PROBABILITIES, PARTS, Record, failed_record
from bocage.tasks import Task

if TYPE_CHECKING:
    from bocage.methods import Learner


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
            arrays = _predict(context.task, fold, fitted.learner)
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
        arrays=arrays | {"temperature": np.array([fitted.temperature])},
    )


def _taught(method: Method, task: Task, rows: NDArray[np.int64]) -> Method:
    """Return what labels of one class teach, whatever the method: to answer that class."""
    codes = task.codes
    one = codes is not None and bool((codes[rows] == codes[rows[0]]).all())
    return parse_method("prior") if one else method


def _predict(task: Task, fold: Fold, learner: "Learner") -> dict[str, NDArray[Any]]:
    """Predict every test sample, and count or sum what its scores are made of."""
    rows = np.concatenate(list(fold.tests.values()))
    ends = np.cumsum([len(part) for part in fold.tests.values()])[:-1]
    if task.masks is not None:
        masks = learner.predict_masks(rows)
        made = _segment(task, task.masks[rows], masks)
        if task.parcels is not None:
            parts = zip(fold.tests.values(), np.split(masks, ends), strict=True)
            made["parcels"] = np.concatenate([votes(task, *part) for part in parts])
        return made
    if not task.kind.has_classes:
        return {"predicted": _finite(learner.predict(rows))}
    raw = _finite(learner.predict_proba(rows, raw=True))
    return _classify(task.target[rows], raw, _finite(learner.calibrated(raw)), ends)


def _classify(
    true: NDArray[np.int64],
    raw: NDArray[np.float64],
    proba: NDArray[np.float64],
    ends: NDArray[np.int64],
) -> dict[str, NDArray[Any]]:
    """Keep what probabilities say, before the temperature and after it."""
    # The temperature changes no class, not even by rounding.
    codes, each = raw.argmax(axis=1), np.arange(len(true))
    right = codes == true
    parts = [np.asarray(np.rint(PARTS * some), np.uint16) for some in (proba, proba[each, true])]
    made = {
        "predicted": codes,
        "confidence": proba[each, codes].astype(np.float32),
        "true_probability": parts[1],
        "raw_calibration": np.stack([
            calibration_counts(stated, hit)
            for stated, hit in zip(
                np.split(raw[each, codes], ends), np.split(right, ends), strict=True
            )
        ]),
    }  # fmt: skip
    if proba.size <= MOST_PROBABILITIES:
        made["probabilities"] = parts[0]
    for before, shares in (("", proba), ("raw_", raw)):
        for name, losses in (("brier", brier_losses), ("log_loss", log_losses)):
            sums = [part.sum() for part in np.split(losses(true, shares), ends)]
            made[before + name] = np.array(sums, np.float64)
    return made


def _segment(task: Task, true: NDArray[Any], made: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    counts = chip_confusion(true, made, task.n_classes)
    edges = boundary_counts(
        true, made, task.n_classes, boundary_distances(task.pixel_metres), task.pixel_metres
    )
    pixel, codes = task.pixel_metres, range(task.n_classes)
    # Sizes are sorted when they are read: they follow from the truth.
    found = in_order_of_chips(object_sizes(true, codes, pixel, (), made))
    return {
        "predicted": counts.sum(axis=1).argmax(axis=1),
        "counts": counts.ravel(),
        "boundaries": edges.ravel(),
        "objects": found.right,
    }


def _finite(values: NDArray[Any]) -> NDArray[Any]:
    lost = ~np.isfinite(values.reshape(len(values), -1)).all(axis=1)
    if lost.any():
        raise ValueError(f"{int(lost.sum())} predictions are not finite")
    return values
