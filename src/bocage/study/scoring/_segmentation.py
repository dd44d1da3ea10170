"""Runs of a segmentation."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.metrics import (
    boundary_counts,
    boundary_scores,
    chip_confusion,
    object_scores,
    object_sizes,
    parcel_scores,
    segmentation_scores,
)
from bocage.splits import Fold
from bocage.study._objects import in_order_of_chips
from bocage.study._parcels import votes
from bocage.study._predictions import Predictions, by_chip
from bocage.study._record import Record
from bocage.study.scoring._scoring import Part, Scoring, all_tests
from bocage.tasks import Task

if TYPE_CHECKING:
    from bocage.methods import Fitted


class SegmentationScoring(Scoring):
    """A class for each pixel of a chip; pixels are counted by true and predicted class."""

    def store(self, task: Task, fold: Fold, fitted: "Fitted") -> Mapping[str, NDArray[Any]]:
        """Keep counts of each chip, and what was found of its boundaries, objects and parcels."""
        assert task.masks is not None  # noqa: S101 - what makes it a segmentation
        rows, ends = all_tests(fold)
        masks = fitted.learner.predict_masks(rows)
        made = _seen(task, task.masks[rows], masks)
        if task.parcels is not None:
            parts = zip(fold.tests.values(), np.split(masks, ends), strict=True)
            made["parcels"] = np.concatenate([votes(task, *part) for part in parts])
        return made

    def count(self, task: Task, record: Record, part: Part) -> NDArray[np.float64]:
        """Add up the pixels of chips, shape (n_blocks, C, C)."""
        side = task.n_classes
        counts = np.zeros((part.n_blocks, side, side))
        chips = by_chip(record, part.domain, "counts")[part.keep]
        np.add.at(counts, part.block, chips.reshape(-1, side, side))
        return counts

    def figures(
        self,
        task: Task,
        found: Predictions,
        prevalence: Sequence[float] = (),
        edges_hectares: Sequence[float] = (),
    ) -> dict[str, float]:
        """Score pixels, boundaries and objects, and parcels where they are known."""
        del prevalence
        distances = boundary_distances(task.pixel_metres)
        edges = found.boundaries.sum(axis=0).reshape(task.n_classes, len(distances), -1)
        pixels = segmentation_scores(found.counts.sum(axis=0), task.classes)
        things = object_scores(found.objects.sum(axis=0), task.classes, edges_hectares)
        made = pixels | boundary_scores(edges, task.classes, distances) | things
        return made | (parcel_scores(found.parcels, task.classes) if found.parcels.any() else {})


def boundary_distances(pixel_metres: float) -> tuple[float, ...]:
    """Return the distances of boundary scores in metres: two pixels and five.

    Hand-drawn contours are seldom better than two pixels.
    """
    return 2 * pixel_metres, 5 * pixel_metres


def _seen(task: Task, true: NDArray[Any], made: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
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
