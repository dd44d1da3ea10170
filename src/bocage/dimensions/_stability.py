"""Whether dimensions are chosen again: in other places, other years, places weighed otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.core import Flags
from bocage.dimensions._chance import MANY
from bocage.dimensions._contrast import effects_in
from bocage.dimensions._linear import DEPTH
from bocage.dimensions._linear_path import Moments
from bocage.dimensions._orders import forward
from bocage.dimensions._problem import Problem
from bocage.stats import exponential_weights

N_DRAWS, FEWER_DRAWS = 200, 20
"""Weighings of places; of inputs with more than `MANY` dimensions fewer, for time's sake."""


@dataclass(frozen=True, slots=True)
class Levels:
    """What each value of a column says by itself: each region, or each year.

    Attributes
    ----------
    over : str
        The column.
    names : tuple of str
        Its L values.
    needed, raised : ndarray of bool, shape (L, n_classes, d)
        Whether the first dimensions chosen with the labels of that value alone hold this one, as
        many as the class needs; and whether the class stands higher there in this one.
    known : ndarray of bool, shape (L, n_classes)
        Classes with enough samples there.
    """

    over: str
    names: tuple[str, ...]
    needed: Flags
    raised: Flags
    known: Flags


def levels(problem: Problem, enough: Sequence[int]) -> tuple[Levels, ...]:
    """Look at each place by itself, and at each year where there are several.

    Parameters
    ----------
    problem : Problem
    enough : sequence of int
        Dimensions that each class needs.
    """
    columns = {problem.over: problem.split.group}
    if "year" in problem.task.groups and problem.over != "year":
        columns["year"] = np.unique(problem.task.groups["year"], return_inverse=True)[1]
    names = {problem.over: problem.split.groups}
    made = []
    for over, column in columns.items():
        own = names.get(over) or tuple(np.unique(problem.task.groups[over]).tolist())
        if len(own) > 1:
            made.append(_levels(problem, enough, over, own, column))
    return tuple(made)


def _levels(
    problem: Problem, enough: Sequence[int], over: str, names: Sequence[str],
    column: NDArray[np.int64],
) -> Levels:  # fmt: skip
    needed, raised, known = [], [], []
    for number in range(len(names)):
        rows = np.flatnonzero(column == number)
        X, codes = problem.X[rows], problem.codes[rows]
        moments = Moments.of(X, codes, problem.n_classes)
        needed.append(_first(moments, enough))
        effect = effects_in(X, codes, problem.n_classes)
        raised.append(np.nan_to_num(effect) > 0)
        known.append(problem.known(rows))
    return Levels(over, tuple(names), np.stack(needed), np.stack(raised), np.stack(known))


def drawn(problem: Problem, enough: Sequence[int]) -> Flags | None:
    """Choose anew with the places weighed otherwise, shape (draws, n_classes, d).

    None with one place.
    """
    group = problem.split.group
    n = len(problem.split.groups)
    if n < 2:  # noqa: PLR2004 - one place has no others
        return None
    parts = [
        Moments.of(problem.X[group == number], problem.codes[group == number], problem.n_classes)
        for number in range(n)
    ]
    draws = N_DRAWS if problem.X.shape[1] <= MANY else FEWER_DRAWS
    made = []
    for weight in exponential_weights(problem.split.groups, draws):
        moments = parts[0] * weight[0]
        for part, size in zip(parts[1:], weight[1:], strict=True):
            moments = moments + part * size
        made.append(_first(moments, enough))
    return np.stack(made)


def _first(moments: Moments, enough: Sequence[int]) -> Flags:
    """Choose as many dimensions as each class needs, shape (n_classes, d)."""
    m, d = moments.first.shape
    made = np.zeros((m, d), dtype=bool)
    steps = min(max(enough, default=0), d, DEPTH)
    if steps:
        order = forward(moments.one_vs_rest(), steps)
        for code, k in enumerate(enough):
            made[code, order[code, :k]] = True
    return made
