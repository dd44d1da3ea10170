"""The samples that one regime tests, and how models of a number are scored on them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bocage.core import DataError, Floats, Ints
from bocage.dimensions._problem import FEW, Problem
from bocage.metrics import Metric, block_regression_moments, find_metric
from bocage.splits import Fold
from bocage.stats import MOST_CROSSED, cross_widening
from bocage.study import Resamples, UnitCounts, compared, references, resample, scores

Predict = Callable[[Fold], Floats]


@dataclass(frozen=True, eq=False)
class Tested:
    """The folds of one regime, and the blocks that their errors are counted by.

    Attributes
    ----------
    problem : Problem
    regime : str
    folds : tuple of Fold
    blocks : tuple of str
        Names of the B blocks that are tested.
    group : ndarray of int64, shape (B,)
        Place of each block.
    """

    problem: Problem
    regime: str
    folds: tuple[Fold, ...]
    blocks: tuple[str, ...]
    group: Ints

    @classmethod
    def of(cls, problem: Problem, regime: str, most: int | None = None) -> "Tested":
        """Take the folds of a regime: all, or some, the places in turn.

        Raises
        ------
        ValueError
            If it has none.
        """
        folds = _in_turn(able_folds(problem, regime))[:most]
        if not folds:
            raise ValueError(f"no fold tests {regime!r}")
        split = problem.split
        rows = np.concatenate([fold.tests[regime] for fold in folds])
        found, first = np.unique(split.block[rows], return_index=True)
        names = tuple(split.blocks[block] for block in found)
        return cls(problem, regime, tuple(folds), names, split.group[rows[first]])

    @property
    def metric(self) -> Metric:
        """R2, as a comparison scores numbers."""
        return find_metric(self.problem.task.kind)

    def tally(
        self,
        names: Sequence[str],
        predict: Predict,
        target: Floats | None = None,
        *,
        n_dimensions: Sequence[int] = (),
    ) -> UnitCounts:
        """Count the errors of M models on every fold.

        Parameters
        ----------
        names : sequence of str, length M
        predict : callable
            Gives predictions for the tests of a fold, shape (M, n_tests), or (R, M, n_tests) of R
            repeats.
        target : ndarray of float64, shape (n,), optional
            Other numbers of the samples.
        n_dimensions : sequence of int, length M, optional
            Dimensions that each model learns from, where intervals of its score are asked for.
        """
        problem = self.problem
        y = problem.target if target is None else target
        reference = references(y, problem.split)
        place = {name: at for at, name in enumerate(self.blocks)}
        counts: Floats | None = None
        for fold in self.folds:
            tests = fold.tests[self.regime]
            block = np.array([place[problem.split.blocks[at]] for at in problem.split.block[tests]])
            said = predict(fold) - reference[tests]
            made = block_regression_moments(
                y[tests] - reference[tests], said, block, len(self.blocks)
            )
            counts = made if counts is None else counts + made
        assert counts is not None  # noqa: S101 - there is a fold
        by_repeat = counts if counts.ndim > 3 else counts[None]  # noqa: PLR2004 - repeats first
        n_labels = float(np.mean([len(fold.pool) for fold in self.folds]))
        return UnitCounts(
            problem.task.kind, tuple(names), np.swapaxes(by_repeat, 0, 1), self.blocks, self.group,
            tuple(cross_widening(1 + k, n_labels) for k in n_dimensions),
        )  # fmt: skip

    def scores(self, names: Sequence[str], predict: Predict, target: Floats) -> Floats:
        """Score M models of other numbers, shape (M,); NaN where these have no variance."""
        try:
            return scores(self.tally(names, predict, target), self.metric)
        except DataError:
            return np.full(len(names), np.nan)

    def resampled(self, tally: UnitCounts, *, nested: bool = False) -> Resamples:
        """Say how far scores may be off: over places, or within them where they are few.

        Parameters
        ----------
        tally : UnitCounts
        nested : bool
            Whether it is losses that are asked for, of models of some of the same dimensions,
            which differ in what they learned alone: what folds share is counted in full over
            places (see `bocage.study.compared`), and at its most over blocks.
        """
        if nested:
            tally = replace(tally, crossed=(MOST_CROSSED,) * len(tally.methods))
        shown = resample(tally, self.metric)
        if shown.unit == "groups":
            return compared(tally, shown, self.regime, len(self.folds), nested=nested)
        return shown


def able_folds(problem: Problem, regime: str) -> list[Fold]:
    """List the folds of a regime that have enough samples to learn from."""
    return [f for f in problem.folds if f.regime == regime and len(f.pool) >= FEW]


def _in_turn(folds: Sequence[Fold]) -> list[Fold]:
    """Order folds so that the first ones are of as many places as there are."""
    seen: dict[str, int] = {}
    turn = []
    for fold in folds:
        seen[fold.held_out] = seen.get(fold.held_out, 0) + 1
        turn.append(seen[fold.held_out])
    return [folds[at] for at in np.argsort(turn, kind="stable")]
