"""What one run gave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.methods import Method
from bocage.splits import Fold
from bocage.study._plan import Run

PARTS = 65_535
"""Stored probabilities are whole numbers of this part."""

MOST_PROBABILITIES = 250_000
"""Probabilities (test samples x classes) that a run stores; of larger runs, the true class's alone.
Half a megabyte before compression."""

_NOTHING: NDArray[np.int64] = np.zeros(0, np.int64)


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
    arrays : mapping of str to ndarray
        Everything that figures are made of, by name; what a task has no use for is not there.
        Samples, chips and objects stand domain by domain.

        ========================== ========================================================
        ``predicted``              codes of the most probable class (int64), or values
        ``confidence``             probability of the predicted class (float32)
        ``true_probability``       probability of the true class, in `PARTS` (uint16)
        ``probabilities``          of all classes under the temperature and without noise, so that
                                   class shares can weigh them, (n, n_classes), in `PARTS`
                                   (uint16), where these are no more than `MOST_PROBABILITIES`
                                   numbers
        ``temperature``, ``noise`` that were fitted, (1,) each (`bocage.methods.Confidence`)
        ``brier``, ``log_loss``    sums over each domain's samples, from unrounded numbers
        ``raw_brier``,             the same before calibration (`bocage.methods.Fitted`)
        ``raw_log_loss``
        ``raw_calibration``        `bocage.metrics.calibration_counts` of each domain before it
        ``counts``                 of segmented chips, pixels by true and predicted class
        ``boundaries``             of segmented chips, `bocage.metrics.boundary_counts`
        ``objects``                of segmented chips, the pixels found of each connected object
                                   of the truth, chip by chip and class by class; `TrueObjects`
        ``parcels``                the class that most pixels of each parcel are given, by domain
                                   and rising id; see `TrueParcels`
        ========================== ========================================================
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
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def array(self, name: str) -> NDArray[Any]:
        """Return a named array; an empty one where the run has none of that name."""
        return self.arrays.get(name, _NOTHING)


def failed_record(
    run: Run, method: Method, fold: Fold, n_train: int, n_labels: int, error: BaseException
) -> Record:
    """Put down why a run failed; the study goes on."""
    nan = float("nan")
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
    )
