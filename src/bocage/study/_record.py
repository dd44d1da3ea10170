"""What one run gave."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.methods import Method
from bocage.splits import Fold
from bocage.study._plan import Run


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
        Wall time; tuning is part of fitting. What frozen networks gave is computed once for all
        runs; what that took for the samples of this run is added, as if it were alone.
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
    objects : ndarray of int64
        Of segmented chips, the pixels found of each connected object of the truth, chip by chip
        and class by class; see `TrueObjects`. Else empty.
    parcels : ndarray of int64
        Where pixels belong to parcels, the class that most pixels of each parcel are given, by
        domain and rising id; see `TrueParcels`. Else empty.
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
    objects: NDArray[np.int64]
    parcels: NDArray[np.int64]


def failed_record(
    run: Run, method: Method, fold: Fold, n_train: int, n_labels: int, error: BaseException
) -> Record:
    """Put down why a run failed; the study goes on."""
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
        objects=nothing.astype(np.int64),
        parcels=nothing.astype(np.int64),
    )
