"""From a study to truth beside prediction: confusion matrix, ranking of two classes, numbers."""

from collections.abc import Iterator

import numpy as np

from bocage.methods import Method
from bocage.metrics import average_precision, confusion, roc_auc
from bocage.report._evidence import ConfusionMatrix, Observed, Ranking
from bocage.splits import Budget
from bocage.study import Answer, Predictions, Study

_TWO = 2


def confusion_of(
    study: Study, found: Answer, method: Method, place: str, budget: Budget
) -> ConfusionMatrix | None:
    """Count what was predicted of each class in all held-out groups, averaged over draws."""
    task = study.task
    if not task.kind.has_classes:
        return None
    drawn = [
        [
            part.counts.sum(axis=0)
            if task.kind.has_masks
            else confusion(task.target[part.rows], part.predicted, task.n_classes)
            for part in parts
        ]
        for parts in _draws(found, method, place, budget)
    ]
    if not drawn:
        return None
    counts = np.sum(drawn, axis=(0, 1)) / len(drawn)
    return ConfusionMatrix(method.name, tuple(map(tuple, counts.tolist())), len(drawn))


def ranking_of(
    study: Study, found: Answer, method: Method, place: str, budget: Budget
) -> Ranking | None:
    """Rank the held-out samples of two classes by probability; None where these are not stored."""
    task = study.task
    if not task.kind.classifies_samples or task.n_classes != _TWO:
        return None
    figures = []
    for parts in _draws(found, method, place, budget):
        if not all(len(part.probabilities) for part in parts):
            return None
        second = np.concatenate([task.target[part.rows] for part in parts]) == 1
        score = np.concatenate([part.probabilities[:, 1] for part in parts])
        figures.append(
            (
                roc_auc(second, score),
                average_precision(~second, -score),
                average_precision(second, score),
                float(second.mean()),
            )
        )
    if not figures:
        return None
    auc, first, other, share = np.mean(figures, axis=0).tolist()
    return Ranking(method.name, auc, (first, other), (1 - share, share), len(figures))


def observed_of(
    study: Study, found: Answer, method: Method, place: str, budget: Budget
) -> Observed | None:
    """Put each held-out sample's number beside its prediction, averaged over draws."""
    if study.task.kind.has_classes:
        return None
    drawn = list(_draws(found, method, place, budget))
    if not drawn:
        return None
    # A fold tests the same samples with every draw.
    rows = np.concatenate([part.rows for part in drawn[0]])
    predicted = [np.concatenate([part.predicted for part in parts]) for parts in drawn]
    return Observed(
        method.name,
        tuple(study.task.target[rows].tolist()),
        tuple(np.mean(predicted, axis=0).tolist()),
        len(drawn),
    )


def _draws(
    found: Answer, method: Method, place: str, budget: Budget
) -> Iterator[list[Predictions]]:
    """Give the predictions of each draw that methods are compared by, group by group.

    A method of which a run failed has none.
    """
    results = found.results
    if method not in results.complete(place, budget):
        return
    for repeat in range(results.n_repeats(place, budget)):
        yield list(results.predictions(method, place, budget, repeat).values())
