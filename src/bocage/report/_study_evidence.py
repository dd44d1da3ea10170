"""What backs a study's answer: confidence, classes, places, errors and folds."""

from collections import Counter

import numpy as np

from bocage.core import DataError
from bocage.methods import Method
from bocage.metrics import (
    class_f1,
    confusion,
    ece,
    object_recall,
    recall,
    reliability,
    size_names,
)
from bocage.report._evidence import (
    BlockSize,
    ClassScore,
    ErrorPanel,
    ObjectScore,
    ReliabilityCurve,
    SplitPanel,
    ValueScore,
)
from bocage.sources import unrolled
from bocage.splits import Budget, FoldReport, diagnose
from bocage.stats import Estimate
from bocage.study import Answer, Study, resample


def reliability_of(
    study: Study, found: Answer, place: str, budget: Budget
) -> tuple[ReliabilityCurve, ...]:
    if not study.task.kind.classifies_samples:
        return ()
    made = []
    for method in study.methods:
        if method.is_control:
            continue
        parts = found.results.predictions(method, place, budget, 0).values()
        if not parts:
            continue
        confidence = np.concatenate([part.confidence for part in parts])
        true = np.concatenate([study.task.target[part.rows] for part in parts])
        right = true == np.concatenate([part.predicted for part in parts])
        curve = reliability(confidence, right)
        made.append(
            ReliabilityCurve(
                method.name,
                tuple(curve.confidence.tolist()),
                tuple(curve.accuracy.tolist()),
                tuple(curve.counts.tolist()),
                ece=ece(confidence, right),
                brier=sum(part.brier for part in parts) / len(true),
            )
        )
    return tuple(made)


def class_scores_of(
    study: Study, found: Answer, method: Method, place: str, budget: Budget
) -> tuple[ClassScore, ...]:
    task = study.task
    if not task.kind.has_classes:
        return ()
    made = []
    for group, part in found.results.predictions(method, place, budget, 0).items():
        counts = (
            part.counts.sum(axis=0)
            if task.kind.has_masks
            else confusion(task.target[part.rows], part.predicted, task.n_classes)
        )
        recalls, f1 = recall(counts), class_f1(counts)
        made += [
            ClassScore(
                group or "all",
                name,
                float(recalls[code]),
                float(f1[code]),
                int(counts[code].sum()),
            )
            for code, name in enumerate(task.classes)
        ]
    return tuple(made)


def value_scores_of(study: Study, found: Answer, place: str) -> tuple[ValueScore, ...]:
    column = study.task.groups.get(study.settings.by)
    if column is None:
        return ()
    tested = np.concatenate([f.tests[place] for f in found.results.folds(place)])
    values, n = np.unique(column[tested], return_counts=True)
    made = []
    for budget in study.budgets:
        for value, number in zip(values.tolist(), n.tolist(), strict=True):
            tally = found.results.tally(place, budget, column == value)
            if tally is None:
                continue
            try:
                resamples = resample(tally, study.metric)
                scores = {m: resamples.estimate(m) for m in tally.methods}
            except DataError:
                # So few samples may have one value of the target only.
                scores = dict.fromkeys(tally.methods, Estimate(float("nan")))
            made += [ValueScore(m, str(budget), value, s, number) for m, s in scores.items()]
    return tuple(made)


def object_scores_of(
    study: Study, found: Answer, place: str, budget: Budget
) -> tuple[ObjectScore, ...]:
    task, results = study.task, found.results
    if not task.kind.has_masks:
        return ()
    sizes = size_names(results.object_hectares)
    made = []
    for method in results.complete(place, budget):
        repeats = range(results.n_repeats(place, budget))
        counts = np.mean(
            [results.whole(method, place, budget, r).objects.sum(axis=0) for r in repeats], axis=0
        )
        recalls = object_recall(counts)
        made += [
            ObjectScore(
                method.name,
                name,
                size,
                float(recalls[code, at]),
                int(counts[code, at, 0]),
                int(counts[code, at, 1]),
            )
            for code, name in enumerate(task.classes)
            for at, size in enumerate(sizes)
        ]
    return tuple(made)


def errors_of(
    study: Study, found: Answer, method: Method, place: str, budget: Budget
) -> tuple[ErrorPanel, ...]:
    task = study.task
    if not task.has_places:
        return ()
    made = []
    for group, part in found.results.predictions(method, place, budget, 0).items():
        lon, lat = task.lonlat[part.rows].T
        true = task.target[part.rows]
        # Of a chip: whether the class of most of its pixels is right.
        classed = task.kind.has_classes
        made.append(
            ErrorPanel(
                group or "all",
                tuple(unrolled(lon).tolist()),
                tuple(lat.tolist()),
                right=tuple((true == part.predicted).tolist()) if classed else (),
                residual=() if classed else tuple((part.predicted - true).tolist()),
            )
        )
    return tuple(made)


def split_panels(study: Study) -> tuple[SplitPanel, ...]:
    """Draw each group with its blocks and local folds."""
    task, split = study.task, study.split
    if not task.has_places:
        return ()
    fold = np.full(len(task), -1, dtype=np.int64)
    numbers: Counter[str] = Counter()
    for item in split.folds:
        if item.regime == "local":
            fold[item.tests["local"]] = numbers[item.held_out]
            numbers[item.held_out] += 1
    made = []
    for number, name in enumerate(split.groups):
        rows = np.flatnonzero(split.group == number)
        lon, lat = task.lonlat[rows].T
        made.append(
            SplitPanel(
                name,
                tuple(unrolled(lon).tolist()),
                tuple(lat.tolist()),
                tuple(split.block[rows].tolist()),
                tuple(fold[rows].tolist()),
                split.block_metres[name],
            )
        )
    return tuple(made)


def fold_rows(study: Study) -> tuple[FoldReport, ...]:
    """Diagnose every fold, but those that only try other sizes of blocks."""
    found = diagnose(study.task, study.split)
    return tuple(row for row in found if not row.regime.startswith("local-"))


def block_sizes_of(study: Study, found: Answer) -> tuple[BlockSize, ...]:
    names = {"local-half": 0.5, "local": 1.0, "local-double": 2.0}
    budget = str(study.budgets[-1])
    checked = found.tallies.get(("local-half", budget))
    if checked is None:
        return ()
    sides = [s for s in study.split.block_metres.values() if s > 0]
    made = []
    for domain, scale in names.items():
        tally = found.tallies.get((domain, budget))
        if tally is None or checked.methods[0] not in tally.methods:
            continue
        score = found.resamples[domain, budget].estimate(checked.methods[0])
        low, high = min(sides) * scale / 1000, max(sides) * scale / 1000
        span = f"{low:g} km" if low == high else f"{low:g} to {high:g} km"
        made.append(BlockSize(checked.methods[0], budget, scale, score, span))
    return tuple(made)
