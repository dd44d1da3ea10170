"""Whether a stored run can be what it says: files may come from other people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bocage.methods import Method
from bocage.splits import Fold, Split
from bocage.study._plan import Plan
from bocage.study._record import PARTS, Record
from bocage.tasks import Task

_DOMAIN_SUMS = ("brier", "log_loss", "raw_brier", "raw_log_loss")


@dataclass(frozen=True)
class Planned:
    """What the runs of a plan must look like, by key.

    Parameters
    ----------
    task : Task
    folds : mapping of str to Fold
        A fold that runs of this key are tested on; where there are several, their tests are the
        same.
    methods : mapping of str to set of str
        Names of the methods that a run of this key is of.
    """

    task: Task
    folds: Mapping[str, Fold]
    methods: Mapping[str, set[str]]

    @classmethod
    def of(cls, task: Task, split: Split, methods: Sequence[Method], plan: Plan) -> Self:
        """Look up what is planned."""
        folds: dict[str, Fold] = {}
        names: dict[str, set[str]] = {}
        for batch in plan.batches:
            for run in batch.runs:
                folds[run.key] = split.folds[batch.fold]
                names.setdefault(run.key, set()).add(methods[run.method].name)
        return cls(task, folds, names)

    def check(self, record: Record) -> None:
        """Refuse a run that can't be one; those of other plans are not looked at.

        Raises
        ------
        ValueError
            If numbers are missing, out of range, or not of the planned samples.
        """
        fold = self.folds.get(record.key)
        if fold is None:
            return
        _must(record.status in ("done", "failed"), "a status that no run has")
        _must(record.method in self.methods[record.key], "another method's run")
        _must(min(record.n_labels, record.n_train) >= 0, "fewer than no labels")
        if record.status == "failed":
            return
        tests = fold.tests
        _must(set(record.domains) == set(tests), "other domains than planned")
        sizes = tuple(len(tests[name]) for name in record.domains)
        _must(record.sizes == sizes, "another number of samples than planned")
        _must(min(_costs(record)) >= 0, "less than no cost")
        arrays, n = record.arrays, sum(sizes)
        for name in _DOMAIN_SUMS:
            if name in arrays:
                _must(arrays[name].shape == (len(sizes),), f"{name} of another shape")
                _must(bool((arrays[name] >= 0).all()), f"{name} below 0")
        _check_shares(arrays, n, self.task.n_classes)
        _must("predicted" in arrays and arrays["predicted"].shape == (n,), "answers missing")
        _check_answers(self.task, arrays, n)


def _check_answers(task: Task, arrays: Mapping[str, NDArray[Any]], n: int) -> None:
    predicted = arrays["predicted"]
    if not task.classes:
        _must(predicted.dtype.kind == "f" and bool(np.isfinite(predicted).all()), "no numbers")
        return
    names = ("predicted", "parcels") if task.kind.has_masks else ("predicted",)
    for name in names:
        if name in arrays:
            _must(arrays[name].dtype.kind in "iu", f"{name} that are no codes")
            codes = arrays[name]
            _must(not codes.size or 0 <= codes.min() <= codes.max() < task.n_classes,
                  f"{name} of no class")  # fmt: skip
    if not task.kind.has_masks:
        return
    for name in ("counts", "boundaries", "objects"):
        _must(name in arrays and arrays[name].dtype.kind in "iu", f"{name} missing")
        _must(not arrays[name].size or arrays[name].min() >= 0, f"{name} below 0")
    _must(arrays["counts"].size == n * task.n_classes**2, "counts of other chips")
    _must(arrays["boundaries"].size % max(1, n * task.n_classes) == 0, "boundaries of other chips")
    if n:
        assert task.masks is not None  # noqa: S101 - what makes it a segmentation
        most = task.masks.shape[1] * task.masks.shape[2]
        _must(int(arrays["counts"].reshape(n, -1).sum(axis=1).max()) <= most, "too many pixels")


def _check_shares(arrays: Mapping[str, NDArray[Any]], n: int, n_classes: int) -> None:
    if "confidence" in arrays:
        said = arrays["confidence"]
        _must(said.shape == (n,) and bool(((said >= 0) & (said <= 1)).all()), "odd confidence")
    if "true_probability" in arrays:
        _must(arrays["true_probability"].shape == (n,), "odd probabilities")
    if "probabilities" in arrays:
        shares = arrays["probabilities"]
        _must(shares.shape == (n, n_classes) and shares.dtype.kind == "u", "odd probabilities")
        # Each share is rounded by itself.
        off = np.abs(shares.sum(axis=1, dtype=np.int64) - PARTS)
        _must(not n or int(off.max()) <= n_classes, "probabilities that are none")
    if "raw_calibration" in arrays:
        _must(bool((arrays["raw_calibration"] >= 0).all()), "calibration counts below 0")
    for name, low, high in (("temperature", 0.0, np.inf), ("noise", -1e-12, 1.0)):
        if name in arrays:
            value = arrays[name]
            _must(value.shape == (1,) and low < float(value[0]) < high, f"an odd {name}")


def _costs(record: Record) -> list[float]:
    whole = [record.trials, record.n_trained, record.n_encoder, record.n_decoder, record.n_head]
    # What was not measured is NaN, and no less than nothing.
    return [*map(float, whole), float(record.n_bytes),
            *np.nan_to_num([record.fit_seconds, record.predict_seconds]).tolist()]  # fmt: skip


def _must(fits: bool, otherwise: str) -> None:
    if not fits:
        raise ValueError(f"a run has {otherwise}")
