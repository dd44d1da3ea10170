"""Splits that ask how good a map of one area is: folds that match it, or random ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bocage.core import Floats, Ints, SplitError, counted, metres_in_words, part_of, priorities
from bocage.splits._area import Area
from bocage.splits._blocks import Blocking
from bocage.splits._cuts import Cuts
from bocage.splits._distances import distances_of_tests, told_apart
from bocage.splits._fold import Fold, Split
from bocage.splits._fold_maker import FoldMaker
from bocage.splits._knndm import Knndm, assign_places, knndm
from bocage.splits._settings import SplitSettings
from bocage.tasks import Task, on_the_ground

ALL = "all"
"""The one group of such a split."""

MOST_PARTS = 200
"""Parts that are never torn apart, and by which scores are resampled, are put together to these."""


@dataclass(frozen=True, slots=True)
class Places:
    """The places of a task: units of samples that stay together.

    Attributes
    ----------
    of_row : ndarray of int64, shape (n,)
        Place of each sample.
    count : ndarray of int64, shape (n_places,)
        Samples at each.
    priority : ndarray of uint64, shape (n_places,)
        Follows from content alone.
    points : ndarray of float64, shape (m, 3)
        Positions of samples in metres, see `on_the_ground`; each once a place.
    at : ndarray of int64, shape (m,)
        The place that each is a position of.
    weight : ndarray of int64, shape (m,)
        Samples at each position.
    """

    of_row: Ints
    count: Ints
    priority: np.ndarray
    points: Floats
    at: Ints
    weight: Ints

    @classmethod
    def of(cls, task: Task) -> "Places":
        """Find the places of a task."""
        _, first, of_row, count = np.unique(
            task.unit, return_index=True, return_inverse=True, return_counts=True
        )
        priority = priorities(task.digests[first], "knndm")
        stood = np.column_stack([of_row, on_the_ground(task.lonlat)])
        found, weight = np.unique(stood, axis=0, return_counts=True)
        return cls(of_row, count, priority, found[:, 1:], found[:, 0].astype(np.int64), weight)


def area_split(task: Task, settings: SplitSettings) -> Split:
    """Make the folds by which a map of one area is judged.

    Parameters
    ----------
    task : Task
    settings : SplitSettings
        `leave` is ``knndm`` (folds that match `area`) or ``none`` (random folds, for labels that
        are a probability sample of the area).

    Raises
    ------
    SplitError
        If the area is missing, the sample is not declared, or folds can't be made.
    """
    if settings.share or settings.forward or settings.train or settings.test:
        raise SplitError(
            f"--leave {settings.leave} treats all samples as one group; expected a group column "
            "with --share, --forward, --train and --test: omit these options, or name a group "
            "column with --leave"
        )
    if settings.buffer_metres:
        raise SplitError(
            f"--buffer-metres can't be combined with --leave {settings.leave}, whose folds are "
            "already as far from the training samples as the map requires; omit one of the two"
        )
    places = Places.of(task)
    k = min(settings.group_folds, len(places.count) - 2)
    if k < 2:  # noqa: PLR2004
        raise SplitError(
            f"the samples are at {counted(len(places.count), 'place')} only; expected at least 4 "
            "to evaluate a map of their area: add labels"
        )
    if settings.leave == "none":
        if settings.sampling != "probability":
            raise SplitError(
                "--leave none ignores spatial proximity, which is valid for a probability sample "
                "of the area only; declare one with --sampling probability, or use --leave knndm "
                "--area FILE"
            )
        fold = assign_places(np.argsort(places.priority, kind="stable"), places.count, k)
        cluster = np.arange(len(fold))
        folds = _folds(fold[places.of_row], k)
        notes = [_of_sample(k)]
        terms: tuple[str, ...] = ()
    else:
        if settings.area is None:
            raise SplitError(
                "--leave knndm matches the folds to the area to be mapped; give that area with "
                "--area FILE (polygons as GeoJSON or GeoPackage, or a raster), or use --leave "
                "blocks"
            )
        ground = on_the_ground(settings.area.lonlat)
        found = knndm(
            places.points,
            ground,
            k,
            place=places.at,
            weight=places.weight,
            priority=places.priority,
        )
        fold, cluster = found.fold, found.cluster
        folds = _folds(fold[places.of_row], k)
        tested = distances_of_tests(on_the_ground(task.lonlat), folds, "local")
        label = "label" if task.polygon is None else "labelled pixel"
        notes = [_of_area(settings.area, found, tested, label), *_outside(settings.area, task)]
        notes += settings.area.notes
        terms = (f"area {settings.area.key}",)
    part = _parts(cluster, fold)[places.of_row]
    names = np.array([f"{ALL}/{number}" for number in range(int(part.max()) + 1)])
    _check(task, folds)
    one = np.zeros(len(task), dtype=np.int64)
    blocking = Blocking(0.0, np.zeros((len(task), 2), dtype=np.int64), None)
    codes = task.codes
    maker = FoldMaker(task, (ALL,), one, Cuts((), one[:1]), part, [blocking], codes, settings)
    return Split(
        leave=settings.leave,
        groups=(ALL,),
        group=one,
        fold_of_group=one[:1],
        blocks=tuple(names.tolist()),
        block=part,
        block_metres={ALL: 0.0},
        folds=(*folds, *maker.random_folds()),
        degraded=tuple(_rare(task, folds)),
        notes=tuple(notes),
        terms=terms,
    )


def _folds(fold: Ints, k: int) -> list[Fold]:
    return [
        Fold(
            f"local/{ALL}/{number + 1}",
            "local",
            ALL,
            np.flatnonzero(fold != number),
            np.zeros(0, dtype=np.int64),
            {"local": np.flatnonzero(fold == number)},
        )
        for number in range(k)
    ]


def _parts(cluster: Ints, fold: Ints) -> Ints:
    """Find the parts that are never torn apart: clusters, put together where they are many."""
    n_clusters, k = int(cluster.max()) + 1, int(fold.max()) + 1
    if n_clusters <= MOST_PARTS:
        return np.unique(cluster, return_inverse=True)[1].astype(np.int64)
    most = max(1, MOST_PARTS // k)
    part = np.empty(len(cluster), dtype=np.int64)
    for number in range(k):
        inside = fold == number
        rank = np.unique(cluster[inside], return_inverse=True)[1]
        # Runs of neighbours by number, as many in each.
        part[inside] = number * most + rank * most // (int(rank.max()) + 1)
    return np.unique(part, return_inverse=True)[1].astype(np.int64)


def _check(task: Task, folds: Sequence[Fold]) -> None:
    """Refuse folds that leave nothing to learn from."""
    if not task.kind.classifies_samples:
        return
    for fold in folds:
        if len(np.unique(task.target[fold.pool])) < 2:  # noqa: PLR2004
            raise SplitError(
                f"without the {len(fold.tests['local'])} samples of {fold.name} the labels are of "
                "one class only, so no classifier can be trained; add labels of other classes "
                "elsewhere in the area"
            )


def _rare(task: Task, folds: Sequence[Fold]) -> list[str]:
    """Name classes that are tested where they can't have been learned."""
    lost = [
        name
        for code, name in enumerate(task.classes)
        if any(
            (task.target[fold.tests["local"]] == code).any()
            and not (task.target[fold.pool] == code).any()
            for fold in folds
        )
    ]
    return [
        f"class {name!r} occurs in one fold only: it has no training samples where it is tested, "
        "and its samples count as errors there"
        for name in lost
    ]


def _of_sample(k: int) -> str:
    return (
        "these folds estimate how good the map of the sampled area is: the labels were declared a "
        f"probability sample of it, so places are assigned to {k} folds at random"
    )


def _of_area(area: Area, found: Knndm, tested: Floats, label: str = "label") -> str:
    """Say what is held out, and how well that matches the map."""
    half_mapped, half_tested = (
        metres_in_words(float(np.median(part))) for part in (found.mapped, tested)
    )
    k = int(found.fold.max()) + 1
    held = (
        "labels drawn at random, as labels are not significantly closer to each other than the "
        "map is to them"
        if found.is_random
        else f"labels that lie close together ({found.n_clusters} clusters, assigned to the "
        "folds), as labels are closer to each other than the map is to them"
    )
    told = told_apart(tested, found.mapped)
    means = [metres_in_words(float(part.mean())) for part in (found.mapped, tested)]
    match = {
        "harder": "so the map may be better than the score",
        "easier": "so the map may be worse than the score",
        "alike": "so neither looks easier than the other",
        "little": "distances too similar to show which of the two is easier",
        "mixed": f"on average {means[0]} and {means[1]}, so the score may be too high or too low",
    }[told]
    return (
        f"these folds (kNNDM) estimate how good the map of {area.name} is: each of {k} holds out "
        f"{held}. Half of the map lies within {half_mapped} of a {label}, half of the test samples "
        f"within {half_tested} of a training sample, {match}"
    )


def is_elsewhere(area: Area, task: Task) -> bool:
    """Tell whether no label stands in an area or beside it."""
    return not (area.holds(task.lonlat) | area.is_near(task.lonlat)).any()


def _outside(area: Area, task: Task) -> list[str]:
    """Say how many labels stand outside of the area."""
    n = int((~area.holds(task.lonlat)).sum())
    if not n:
        return []
    words = f"{part_of(n, len(task), 'sample', 'lies', 'lie')} outside {area.name}"
    if is_elsewhere(area, task):
        return [f"{words}, and show little of how good its map is; leave out whole groups instead"]
    are, them = ("is", "it") if n == 1 else ("are", "them")
    text = (
        f"{words}, and {are} used for training and testing like the others: remove {them} from "
        "the table to score the area alone"
    )
    return [text]
