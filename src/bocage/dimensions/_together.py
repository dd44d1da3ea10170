"""How few dimensions a model of all classes needs: what they lose, and how sure that is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bocage.core import Flags, Ints
from bocage.dimensions._ablation import Ablation
from bocage.dimensions._contrast import ENOUGH_PLACES
from bocage.dimensions._fold_model import FoldModel
from bocage.dimensions._linear_path import Moments
from bocage.dimensions._orders import forward
from bocage.dimensions._problem import Problem
from bocage.dimensions._recalls import HeldOutClasses, ScoreLoss
from bocage.stats import Estimate, next_place

MARGIN = 0.02
"""Balanced accuracy that may be lost; that of `compare` unless set."""

CLASS_MARGIN = 0.05
"""Recall that each class may lose."""

NUMBERS = (128, 96, 64, 48, 32, 24, 16, 12, 8, 6, 4, 3, 2, 1)
"""How many dimensions are tried, down to the first number that is too few."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One number of dimensions beside all.

    Attributes
    ----------
    k : int
    found : ScoreLoss
    worst : str
        The class that loses most; empty of a number.
    is_enough : bool
        Whether the bound of the loss is below the margin, no class that is told was seen to lose
        more than it may, nor the balanced accuracy of all classes more than the margin.
    """

    k: int
    found: ScoreLoss
    worst: str
    is_enough: bool

    @property
    def worst_loss(self) -> float:
        """Recall that the worst class was seen to lose; NaN of a number."""
        return float(np.nanmax(self.found.by_class)) if self.worst else float("nan")


@dataclass(frozen=True, slots=True)
class Together:
    """The smallest subset that is shown to do for a model of all classes, or of a number.

    Attributes
    ----------
    regime : str
        Where labels come from; see `bocage.splits.Fold`.
    bands : tuple of str
        Chosen from all labels, in the order of choice; empty where no number is shown to do.
    trials : tuple of Trial
        From many dimensions to few; the last one may have failed. Dimensions are chosen without
        the labels tested.
    margin, class_margin : float
    over_places : bool
        Whether bounds speak of other places too, or of these alone.
    limits : (float, float)
        The least and the most that may be lost at all.
    """

    regime: str
    bands: tuple[str, ...] = ()
    trials: tuple[Trial, ...] = ()
    margin: float = MARGIN
    class_margin: float = CLASS_MARGIN
    over_places: bool = False
    limits: tuple[float, float] = (-1.0, 1.0)

    @property
    def k(self) -> int:
        """How many dimensions are chosen."""
        return len(self.bands)

    @property
    def chosen(self) -> Trial | None:
        """The trial of as many dimensions as are chosen."""
        return next((trial for trial in self.trials if trial.k == self.k), None)

    @property
    def closest(self) -> Trial:
        """The trial that comes nearest to what may be lost; there must be one."""
        return min(self.trials, key=lambda trial: np.nan_to_num(trial.found.bound, nan=np.inf))

    @property
    def next_loss(self) -> Estimate:
        """What as many may lose in a new place: a prediction interval."""
        chosen = self.chosen
        return Estimate(float("nan")) if chosen is None else next_place(
            chosen.found.by_place, self.limits
        )  # fmt: skip


def together(
    problem: Problem,
    ablations: Iterable[Ablation],
    regime: str,
    among: Flags,
    margin: float = MARGIN,
    class_margin: float = CLASS_MARGIN,
) -> Together:
    """Find the smallest subset by the score that a comparison reports.

    Parameters
    ----------
    problem : Problem
    ablations : iterable of Ablation
        Those ordered ``joint`` tell which dimensions come first in each fold.
    regime : str
        Place that is judged.
    among : ndarray of bool, shape (n_classes,)
        Classes that are told: dimensions are chosen for them, and judged by them.
    margin, class_margin : float
        What may be lost.

    Returns
    -------
    Together

    Notes
    -----
    Logistic regression of all classes learns on each fold as in a comparison with all labels; the
    penalty that it chooses there for all dimensions is kept for subsets. From many dimensions to
    few, a number does if the one-sided 95 % bound of the loss is below the margin: as the first
    that fails ends the search, all numbers that pass are right together in 19 of 20 cases (a
    fixed sequence of tests; Maurer, Hothorn and Lehmacher 1995).
    """
    folds = [fold for fold in problem.folds if fold.regime == regime]
    orders = {a.fold: a.order for a in ablations if (a.how, a.regime) == ("joint", regime)}
    models = []
    for fold in folds:
        order = orders.get(fold.name)
        if order is None:
            order = chosen_without(problem, fold.tests[regime], among)
        models.append(FoldModel.of(problem, fold, order))
    trials: list[Trial] = []
    d = len(problem.bands)
    tested, losses = bounded(problem, regime, models, [k for k in NUMBERS if k < d], among)
    for k, found in losses:
        worst = problem.classes[int(np.nanargmax(found.by_class))]
        enough = found.bound < margin and float(np.nanmax(found.by_class)) <= class_margin
        # A model of few that takes all for the classes that are told would lose none of these.
        enough &= found.of_all <= margin
        trials.append(Trial(k, found, worst, bool(enough)))
        if not enough:
            break
    passed = [trial.k for trial in trials if trial.is_enough]
    bands: tuple[str, ...] = ()
    if passed:
        moments = Moments.of(problem.X, problem.codes, problem.n_classes)
        order = forward(moments.one_vs_rest(), passed[-1], joint=among)[0]
        bands = tuple(problem.bands[at] for at in order[: passed[-1]])
    return Together(regime, bands, tuple(trials), margin, class_margin, tested.whole_places)


def bounded(
    problem: Problem,
    regime: str,
    models: Sequence[FoldModel],
    numbers: Iterable[int],
    among: Flags | None = None,
) -> tuple[HeldOutClasses, Iterator[tuple[int, ScoreLoss]]]:
    """Hold models of few dimensions against those of all, one number after the other.

    Returns
    -------
    HeldOutClasses
        The samples that are tested.
    iterator of (int, Loss)
        What each number loses, as it is asked for.
    """
    rows = np.concatenate([model.tests for model in models])
    split, codes = problem.split, problem.codes[rows]
    shared = len(models) if regime == "out" else 0
    tested = HeldOutClasses.of(
        codes, split.group[rows], split.block[rows], problem.n_classes, ENOUGH_PLACES, shared
    )
    every = np.concatenate([model.said for model in models]) == codes

    def losses() -> Iterator[tuple[int, ScoreLoss]]:
        for k in numbers:
            said = np.concatenate([model.few(k) for model in models])
            yield k, tested.loss(said == codes, every, among)

    return tested, losses()


def chosen_without(problem: Problem, tests: Ints, among: Flags) -> Ints:
    """Order dimensions for some classes together, chosen without the tested rows."""
    rest = np.setdiff1d(np.arange(len(problem.codes)), tests)
    moments = Moments.of(problem.X[rest], problem.codes[rest], problem.n_classes)
    steps = min(problem.X.shape[1], NUMBERS[0])
    return np.asarray(forward(moments.one_vs_rest(), steps, joint=among)[0], np.int64)
