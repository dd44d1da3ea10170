"""Test predictions of one method, budget and repeat, put together over folds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.metrics import ece_from_counts
from bocage.splits import Fold
from bocage.study._objects import TrueObjects
from bocage.study._parcels import TrueParcels
from bocage.study._record import PARTS, Record

_SUMS = ("brier", "log_loss", "raw_brier", "raw_log_loss")


@dataclass(frozen=True, slots=True)
class Predictions:
    """Test predictions of one method, budget and repeat, put together over folds.

    Attributes
    ----------
    rows : ndarray of int64, shape (n,)
        Samples.
    predicted, confidence : ndarray, shape (n,)
    true_probability : ndarray of float32, shape (n,)
        Probability of the true class; empty where it was not stored.
    probabilities : ndarray of float32, shape (n, C)
        Of all classes without noise, as they were stored; (0, 0) where they were not.
    noise : ndarray of float64, shape (n,)
        That bounds the confidence of each sample (`bocage.methods.with_noise`).
    brier, log_loss, raw_brier, raw_log_loss : float
        Sums over the samples, after the temperature and before it; NaN where they are not known.
    raw_ece : float
        Expected calibration error before the temperature; NaN where it is not known.
    n_labels : float
        Labels that the budget paid for, mean over folds.
    counts : ndarray of int64, shape (n, C, C)
        Of segmented chips, pixels by true and predicted class; else (n, 0, 0).
    boundaries : ndarray of int64, shape (n, C * n_distances * 7)
        Of segmented chips, `bocage.metrics.boundary_counts`; else (n, 0).
    objects : ndarray of int64, shape (n, C, n_sizes, 4)
        Of segmented chips, `bocage.metrics.object_counts`; else (n, 0, 0, 4).
    parcels : ndarray of int64, shape (C, C)
        Parcels by true and predicted class, summed over folds; zeros where they are not known.
    """

    rows: NDArray[np.int64]
    predicted: NDArray[Any]
    confidence: NDArray[np.float32]
    true_probability: NDArray[np.float32]
    probabilities: NDArray[np.float32]
    noise: NDArray[np.float64]
    brier: float
    log_loss: float
    raw_brier: float
    raw_log_loss: float
    raw_ece: float
    n_labels: float
    counts: NDArray[np.int64]
    boundaries: NDArray[np.int64]
    objects: NDArray[np.int64]
    parcels: NDArray[np.int64]

    def take(self, keep: NDArray[np.bool_]) -> "Predictions":
        """Return some of the samples; what is known of all together is not known then."""
        return replace(
            self,
            rows=self.rows[keep],
            predicted=self.predicted[keep],
            confidence=self.confidence[keep] if len(self.confidence) else self.confidence,
            true_probability=self.true_probability[keep]
            if len(self.true_probability)
            else self.true_probability,
            probabilities=self.probabilities[keep]
            if len(self.probabilities)
            else self.probabilities,
            noise=self.noise[keep] if len(self.noise) else self.noise,
            **dict.fromkeys((*_SUMS, "raw_ece"), float("nan")),
            counts=self.counts[keep],
            boundaries=self.boundaries[keep],
            objects=self.objects[keep],
            parcels=np.zeros_like(self.parcels),
        )


def put_together(
    parts: Sequence[tuple[Fold, Record]],
    domain: str,
    objects: TrueObjects | None,
    parcels: TrueParcels | None,
) -> Predictions:
    """Put the predictions of some folds behind one another.

    Parameters
    ----------
    parts : sequence of (Fold, Record)
    domain : str
    objects : TrueObjects or None
        Of a segmentation.
    parcels : TrueParcels or None
        Of a segmentation that has them.
    """
    rows = [fold.tests[domain] for fold, _ in parts]
    records = [record for _, record in parts]
    n = sum(map(len, rows))
    seen = (
        np.zeros((n, 0, 0, 4), np.int64)
        if objects is None
        else np.concatenate([_objects_in(objects, *part, domain) for part in parts])
    )
    counts = np.concatenate([by_chip(record, domain, "counts") for record in records])
    side = round(counts.shape[1] ** 0.5)
    return Predictions(
        rows=np.concatenate(rows),
        predicted=np.concatenate([predicted_in(record, domain) for record in records]),
        confidence=_samples(records, domain, "confidence").astype(np.float32),
        true_probability=_shares(_samples(records, domain, "true_probability")),
        probabilities=_probabilities(records, domain),
        noise=np.repeat(
            [float(record.array("noise").sum()) for record in records], [len(part) for part in rows]
        ),
        **{name: _sum(records, domain, name) for name in _SUMS},
        raw_ece=_raw_ece(records, domain),
        n_labels=float(np.mean([record.n_labels for _, record in parts])),
        counts=counts.reshape(len(counts), side, side),
        boundaries=np.concatenate([by_chip(record, domain, "boundaries") for record in records]),
        objects=seen,
        parcels=np.zeros((side, side), np.int64)
        if parcels is None
        else np.sum([parcels.counts(*part, domain) for part in parts], axis=0),
    )


def predicted_in(record: Record, domain: str) -> NDArray[Any]:
    """Return what was predicted in a domain."""
    return record.array("predicted")[_slice(record, domain)]


def by_chip(record: Record, domain: str, what: str) -> NDArray[np.int64]:
    """Return a domain's counts, one row a chip; no columns where nothing was segmented."""
    counts: NDArray[np.int64] = record.array(what)
    total = sum(record.sizes)
    return counts.reshape(total, len(counts) // max(1, total))[_slice(record, domain)]


def _samples(records: Sequence[Record], domain: str, what: str) -> NDArray[Any]:
    """Put one array of samples together over runs; empty where one of them lacks it."""
    if not all(what in record.arrays for record in records):
        return np.zeros(0)
    return np.concatenate([record.array(what)[_slice(record, domain)] for record in records])


def _probabilities(records: Sequence[Record], domain: str) -> NDArray[np.float32]:
    parts = _samples(records, domain, "probabilities")
    return _shares(parts if len(parts) else np.zeros((0, 0)))


def _shares(parts: NDArray[Any]) -> NDArray[np.float32]:
    return parts.astype(np.float32) / np.float32(PARTS)


def _sum(records: Sequence[Record], domain: str, what: str) -> float:
    """Add up one figure of a domain over runs; NaN where one of them lacks it."""
    if not all(what in record.arrays for record in records):
        return float("nan")
    return float(sum(record.array(what)[record.domains.index(domain)] for record in records))


def _raw_ece(records: Sequence[Record], domain: str) -> float:
    if not all("raw_calibration" in record.arrays for record in records):
        return float("nan")
    bins = [r.array("raw_calibration")[r.domains.index(domain)] for r in records]
    return float(ece_from_counts(np.sum(bins, axis=0)))


def _slice(record: Record, domain: str) -> slice:
    at = record.domains.index(domain)
    start = sum(record.sizes[:at])
    return slice(start, start + record.sizes[at])


def _objects_in(objects: TrueObjects, fold: Fold, record: Record, domain: str) -> NDArray[np.int64]:
    tests = [fold.tests[name] for name in record.domains]
    return objects.counts(record, tests, record.domains.index(domain))
