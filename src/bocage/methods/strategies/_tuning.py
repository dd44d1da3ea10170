"""Choose learning rate and epochs on inner folds within the labels, then train on all of them."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from torch import Tensor

from bocage.core import BocageError, Ints, in_one_line
from bocage.methods._temperature import Confidence
from bocage.methods._trial import InnerScore, choose
from bocage.methods._tune import Fitted
from bocage.methods.backbones import fixed_numerics
from bocage.methods.strategies._schedule import Recipe
from bocage.methods.strategies._train import train
from bocage.methods.strategies._wiring import seeded
from bocage.splits import Inner

FEW = "published defaults: fewer than two groups or blocks have labels"
UNSCORED = "published defaults: no setting can be scored on inner folds with so few labels"


class Lesson(Protocol):
    """What a training needs to know; the same for every training of a run."""

    def network(self, rows: Ints) -> tuple[Any, Tensor]:
        """Build a fresh network for these rows, with what it has to say."""

    def loss(self, rows: Ints) -> Callable[[Tensor, Tensor], Tensor]:
        """Return the loss, with weights of the classes in these rows."""

    def judge(self, network: Any, own: Ints, tests: Ints) -> InnerScore:
        """Note what a network that learned from others says of held-out rows."""

    def learner(self, network: Any) -> Any:
        """Wrap a trained network so that it predicts."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """What is tried, the same for every method.

    Attributes
    ----------
    rates : tuple of float
        Learning rates.
    recipe : Recipe
    seed : int
    """

    rates: tuple[float, ...]
    recipe: Recipe
    seed: int


@fixed_numerics()
def fit_lesson(lesson: Lesson, rows: Ints, inner: Inner | None, tuning: Tuning) -> Fitted:
    """Choose among learning rates and the epochs of a recipe, then learn from all rows.

    One training a learning rate and inner fold is looked at after several epochs, and before the
    first step: the mean score over the folds decides both, ties broken by log loss, then by fewer
    epochs, then by the earlier rate (`bocage.methods._trial.choose`). What was said of held-out
    rows then gives the temperature of the probabilities, and their noise.

    Parameters
    ----------
    lesson : Lesson
    rows : ndarray of int64
        Rows to learn from.
    inner : Inner or None
        Folds as positions within `rows`.
    tuning : Tuning

    Raises
    ------
    FloatingPointError
        If the loss is not a number.
    MemoryError
        If the memory does not suffice.
    """
    rates, seed = tuning.rates, tuning.seed
    marks = tuning.recipe.marks(len(rows))
    rate, n_epochs, why, sure = rates[0], marks[-1], FEW, Confidence()
    try:
        if inner is not None and inner.folds:
            rate, n_epochs, why, sure = _choose(lesson, rows, inner, tuning, marks)
        with seeded(seed):
            network, true = lesson.network(rows)
            train(
                network, rows, true, lesson.loss(rows), rate=rate, n_epochs=n_epochs, seed=seed,
                turns=tuning.recipe.turns,
            )  # fmt: skip
    except RuntimeError as error:
        if isinstance(error, BocageError) or not _is_memory(error):
            raise
        raise MemoryError(in_one_line(error)) from error
    params = {"lr": rate, "epochs": n_epochs}
    network.temperature.fill_(sure.temperature)
    learner = lesson.learner(network.eval())
    tried = len(rates) if why == "tuned" else 0
    return Fitted(learner, params, tried, why, sure.temperature, sure.noise)


def _choose(
    lesson: Lesson, rows: Ints, inner: Inner, tuning: Tuning, marks: tuple[int, ...]
) -> tuple[float, int, str, Confidence]:
    rates = tuning.rates
    # By epochs, then by rate: fewer epochs come first among equals.
    tried: list[list[InnerScore]] = [[] for _ in range(len(marks) * len(rates))]
    for learn, held in inner.folds:
        looked = [_look(lesson, rows[learn], rows[held], rate, tuning, marks) for rate in rates]
        for at, each in enumerate(zip(*looked, strict=True)):
            for number, one in enumerate(each):
                tried[at * len(rates) + number].append(one)
    found = choose(tried)
    if found.at is None:
        return rates[0], marks[-1], UNSCORED, Confidence()
    at, number = divmod(found.at, len(rates))
    return rates[number], marks[at], "tuned", found.confidence


def _look(
    lesson: Lesson, own: Ints, tests: Ints, rate: float, tuning: Tuning, marks: tuple[int, ...]
) -> list[InnerScore]:
    """Train on one side of an inner fold; judge the other at every mark."""
    found: list[InnerScore] = []
    seed, turns = tuning.seed, tuning.recipe.turns
    with seeded(seed):
        network, true = lesson.network(own)

        def look(_: int) -> None:
            found.append(lesson.judge(network, own, tests))

        # A rate that blows up on a few labels loses; what came before it did stays.
        with contextlib.suppress(FloatingPointError):
            train(network, own, true, lesson.loss(own), rate=rate, n_epochs=marks[-1], seed=seed,
                  turns=turns, marks=marks, look=look)  # fmt: skip
    lost = InnerScore(-np.inf, found[0].weight)
    return found + [lost] * (len(marks) - len(found))


def _is_memory(error: RuntimeError) -> bool:
    text = str(error).lower()
    return "out of memory" in text or "can't allocate memory" in text or "not enough memory" in text
