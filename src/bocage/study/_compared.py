"""What methods are compared by: blocks, or the groups themselves where few were seen."""

from dataclasses import replace

import numpy as np

from bocage.study._resample import ENOUGH_GROUPS, Draws, Resamples, resample
from bocage.study._unit_counts import UnitCounts


def over_few_groups(where: str, shown: Resamples) -> bool:
    """Whether a question about new places rests on few of them.

    Intervals of scores then come from the blocks within the groups, and comparisons from groups.
    """
    return where == "out" and 1 < shown.n_groups < ENOUGH_GROUPS


def compared(
    tally: UnitCounts,
    shown: Resamples,
    where: str,
    n_folds: int = 0,
    draws: Draws = "expected",
    *,
    nested: bool = False,
) -> Resamples:
    """Resample a tally by what its methods are compared over.

    Parameters
    ----------
    tally : UnitCounts
        That of `shown`, or some methods of it.
    shown : Resamples
        What intervals of scores are printed from.
    where : str
        Only new places (``out``) are tested by models that learned from one another's places.
    n_folds : int
        Folds that the groups were left out in; as many as groups unless given.
    draws : {"expected", "single", "given"}
        As in `resample`.
    nested : bool
        Whether methods are models of some of one another's bands. Where those left out tell
        nothing, such models differ in nothing but what they learned from the same samples, and
        what folds share is counted in full however many places there are.

    Notes
    -----
    Models of k folds share most of what they learned from, so their scores are no k independent
    ones: Nadeau and Bengio (2003) put a variance of s^2 (1 / k + o) in place of s^2 / k, with
    o = 1 / (k - 1) test over training samples, which is 1 + k / (k - 1) times as much. What they
    share counts for less the more places there are: the expected score of a fitted model varies
    with the square of one over the number of places, the mean over places with one over that
    number. So the correction is made in full for up to `ENOUGH_GROUPS`, and beyond in
    proportion. ``benchmarks/claims.py compared_elsewhere`` looks at the levels.
    """
    if where == "out" and (over_few_groups(where, shown) or shown.unit == "groups"):
        g, k = shown.n_groups, max(2, n_folds or shown.n_groups)
        shared = k / (k - 1) * (1.0 if nested else min(1.0, ENOUGH_GROUPS / g)) / g
        return resample(tally, shown.metric, unit="groups", draws=draws, overlap=shared)
    if shown.methods == tally.methods:
        return shown
    return resample(tally, shown.metric, unit=shown.unit, draws=draws)


def beside(first: Resamples, second: Resamples) -> Resamples:
    """Put methods of two budgets into one comparison, paired by the names of places.

    Degrees of freedom are those of the budget that has fewer.
    """
    fewest = min((first, second), key=lambda part: part.df)
    plain = [(part.values - part.point) / part.scale[:, None] for part in (first, second)]
    point = np.concatenate([first.point, second.point])
    return replace(
        fewest,
        methods=(*first.methods, *second.methods),
        point=point,
        values=point + fewest.scale[:, None] * np.concatenate(plain, axis=1),
    )
