"""Test predictions of one method, budget and repeat, put together over folds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.metrics import (
    boundary_scores,
    classification_scores,
    object_scores,
    parcel_scores,
    regression_scores,
    segmentation_scores,
)
from bocage.splits import Fold
from bocage.study._context import boundary_distances
from bocage.study._objects import TrueObjects
from bocage.study._parcels import TrueParcels
from bocage.study._record import Record
from bocage.tasks import Task


@dataclass(frozen=True, slots=True)
class Predictions:
    """Test predictions of one method, budget and repeat, put together over folds.

    Attributes
    ----------
    rows : ndarray of int64, shape (n,)
        Samples.
    predicted, confidence : ndarray, shape (n,)
    brier, log_loss : float
        Sums over the samples; NaN where they are not known.
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
    brier: float
    log_loss: float
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
            brier=float("nan"),
            log_loss=float("nan"),
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
    rows, confidence, brier, log_loss = [], [], 0.0, 0.0
    for fold, record in parts:
        rows.append(fold.tests[domain])
        if record.brier:
            at = record.domains.index(domain)
            confidence.append(record.confidence[_slice(record, domain)])
            brier += record.brier[at]
            log_loss += record.log_loss[at]
    n = sum(map(len, rows))
    seen = (
        np.zeros((n, 0, 0, 4), np.int64)
        if objects is None
        else np.concatenate([_objects_in(objects, *part, domain) for part in parts])
    )
    counts = np.concatenate([by_chip(record, domain, "counts") for _, record in parts])
    side = round(counts.shape[1] ** 0.5)
    return Predictions(
        rows=np.concatenate(rows),
        predicted=np.concatenate([predicted_in(record, domain) for _, record in parts]),
        confidence=np.concatenate(confidence) if confidence else np.zeros(0, np.float32),
        brier=brier,
        log_loss=log_loss,
        n_labels=float(np.mean([record.n_labels for _, record in parts])),
        counts=counts.reshape(len(counts), side, side),
        boundaries=np.concatenate([by_chip(record, domain, "boundaries") for _, record in parts]),
        objects=seen,
        parcels=np.zeros((side, side), np.int64)
        if parcels is None
        else np.sum([parcels.counts(*part, domain) for part in parts], axis=0),
    )


def predicted_in(record: Record, domain: str) -> NDArray[Any]:
    """Return what was predicted in a domain."""
    return record.predicted[_slice(record, domain)]


def by_chip(record: Record, domain: str, what: str) -> NDArray[np.int64]:
    """Return a domain's counts, one row a chip; no columns where nothing was segmented."""
    counts: NDArray[np.int64] = getattr(record, what)
    total = sum(record.sizes)
    return counts.reshape(total, len(counts) // max(1, total))[_slice(record, domain)]


def _slice(record: Record, domain: str) -> slice:
    at = record.domains.index(domain)
    start = sum(record.sizes[:at])
    return slice(start, start + record.sizes[at])


def _objects_in(objects: TrueObjects, fold: Fold, record: Record, domain: str) -> NDArray[np.int64]:
    tests = [fold.tests[name] for name in record.domains]
    return objects.counts(record, tests, record.domains.index(domain))


def figures(
    task: Task,
    found: Predictions,
    prevalence: Sequence[float] = (),
    edges_hectares: Sequence[float] = (),
) -> dict[str, float]:
    """Score predictions that were put together.

    Brier score and log loss are left out where they are not known sample by sample.

    Parameters
    ----------
    task : Task
    found : Predictions
    prevalence : sequence of float
        Reference shares of the classes.
    edges_hectares : sequence of float
        Edges between the size classes of objects.
    """
    true = task.target[found.rows]
    if task.kind == "regression":
        return regression_scores(true, found.predicted)
    if task.kind == "segmentation":
        distances = boundary_distances(task.pixel_metres)
        edges = found.boundaries.sum(axis=0).reshape(task.n_classes, len(distances), -1)
        pixels = segmentation_scores(found.counts.sum(axis=0), task.classes)
        things = object_scores(found.objects.sum(axis=0), task.classes, edges_hectares)
        made = pixels | boundary_scores(edges, task.classes, distances) | things
        return made | (parcel_scores(found.parcels, task.classes) if found.parcels.any() else {})
    made = classification_scores(
        true,
        found.predicted,
        found.confidence,
        found.brier,
        found.log_loss,
        task.classes,
        area=None if task.area is None else task.area[found.rows],
        prevalence=prevalence or None,
    )
    if np.isnan(found.brier):
        del made["brier"], made["log_loss"]
    return made
