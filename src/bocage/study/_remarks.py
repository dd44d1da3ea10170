"""What stands beside a verdict: how high a score can be, and what can't be mapped."""

import numpy as np

from bocage.core import listed, part_of
from bocage.splits import count_shared
from bocage.study._study import Study
from bocage.study._verdict_type import Verdict

FEW = 4  # names in a line


def remarks(study: Study, found: Verdict) -> tuple[str, ...]:
    """Say what limits a verdict, beside what its own scores tell.

    Parameters
    ----------
    study : Study
    found : Verdict

    Returns
    -------
    tuple of str
        One line each.
    """
    return (*_given(study, found), *_ceiling(study, found), *_unmapped(study, found))


def _given(study: Study, found: Verdict) -> tuple[str, ...]:
    """Say what is not claimed where folds were made elsewhere, and what makes them too easy."""
    if not study.split.given or found.where != "out":
        return ()
    lines = [
        (
            f"this is for {study.split.question} and not for places without labels: whether "
            "training and test are apart in space is in the notes of the split"
        )
    ]
    shared, tested, _ = count_shared(study.task.unit, study.split.folds)
    if shared:
        lines.append(
            f"{part_of(shared, tested, 'test sample', 'shares', 'share')} a place, pixel, parcel "
            "or event with training samples of the same fold, so that all scores are too high"
        )
    return tuple(lines)


def _ceiling(study: Study, found: Verdict) -> tuple[str, ...]:
    """Say which balanced accuracy is the most where a class can't be learned."""
    codes = study.task.codes
    where = found.where
    if where not in {"out", "local"} or found.metric != "balanced_accuracy" or codes is None:
        return ()
    n_groups, n_classes = len(study.split.groups), len(study.task.classes)
    tested, learned = np.zeros((2, n_groups, n_classes))
    for fold in study.split.folds:
        rows = fold.tests.get(where)
        if fold.regime != where or rows is None:
            continue
        cells = study.split.group[rows], codes[rows]
        np.add.at(tested, cells, 1)
        np.add.at(learned, cells, np.isin(codes[rows], codes[fold.pool]))
    held = tested > 0
    share = np.divide(learned, tested, out=np.zeros_like(tested), where=held)
    seen = np.flatnonzero(held.any(axis=0))
    recall = share.sum(axis=0)[seen] / held.sum(axis=0)[seen]
    names = [study.task.classes[code] for code in seen.tolist()]
    never = [repr(name) for name, most in zip(names, recall, strict=True) if most == 0]
    partly = [repr(name) for name, most in zip(names, recall, strict=True) if 0 < most < 1]
    noun, n_tested = study.noun, int(held.any(axis=1).sum())
    source = f"other {noun.many}" if where == "out" else "other blocks"
    lost = [
        f"{listed(which, FEW)} cannot be learned from {source}{place}"
        for which, place in (
            (never, ""),
            (partly, f" for some {noun.many} in which the class occurs"),
        )
        if which
    ]
    if not lost:
        return ()
    these = f"these {n_tested} {noun.many}" if n_tested > 1 else f"this {noun.one}"
    most = f"{recall.mean():.2f} over {these}"
    return (f"no method can score higher than {most}: {'; '.join(lost)}",)


def _unmapped(study: Study, found: Verdict) -> tuple[str, ...]:
    """Say that coordinates alone are no bands, and what a map could be made with."""
    if study.controls.get(found.chosen) != "coordinates":
        return ()
    barred = {*study.floors, *study.controls}
    text = (
        f"{found.chosen} interpolates between labels and uses no features, so 'bocage map' cannot "
        "apply it; "
    )
    able = [loss for loss in found.losses if loss.method not in barred and loss.beats_floor]
    if not able:
        return (f"{text}no method that uses features is shown to beat the baseline",)
    best = max(able, key=lambda loss: study.metric.sign * loss.score.value)
    advice = f"the best method that uses features is {best.method}, {best.score}"
    return (f"{text}{advice} (--method {best.method})",)
