"""Which dimensions rise or fall with a number, place after place."""

import numpy as np

from bocage.core import Floats, Ints
from bocage.dimensions._contrast import Contrast, judged
from bocage.dimensions._null import Neighbours
from bocage.dimensions._problem import FEW, Problem


def follows(problem: Problem, seed: int = 0) -> Contrast:
    """Correlate ranks of every dimension with those of the number, within places.

    Parameters
    ----------
    problem : Problem
    seed : int

    Returns
    -------
    Contrast
        Of one row, the number's: `effect` is Spearman's correlation within places, mean over
        places; tested as classes are (`bocage.dimensions.contrast`).
    """
    rng = np.random.default_rng(seed)
    group, y = problem.split.group, problem.target
    ground = Neighbours(problem.xy, group)
    rows = [np.flatnonzero(group == g) for g in np.unique(group)]
    ranks = [_scores(problem.X[at]) for at in rows]
    return judged(_effects(ranks, rows, y), lambda: _effects(ranks, rows, ground.move(y, rng)), rng)


def _effects(ranks: list[Floats], rows: list[Ints], y: Floats) -> Floats:
    """Return correlations, shape (G, 1, d); NaN for places of few samples or of one number."""
    made = np.full((len(rows), 1, ranks[0].shape[1]), np.nan)
    for number, (values, at) in enumerate(zip(ranks, rows, strict=True)):
        own = y[at]
        if len(at) >= FEW and own.min() < own.max():
            made[number, 0] = _scores(own[:, None])[:, 0] @ values
    return made


def _scores(X: Floats) -> Floats:
    """Rank samples in each dimension, with a sum of squares of one; 0 where nothing varies."""
    from scipy.stats import rankdata

    ranks = rankdata(X, axis=0)
    ranks -= ranks.mean(axis=0)
    size = np.sqrt(np.square(ranks).sum(axis=0))
    return np.asarray(ranks / np.where(size > 0, size, 1.0), np.float64)
