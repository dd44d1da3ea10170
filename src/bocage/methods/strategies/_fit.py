"""Choose learning rate and epochs on inner folds within the labels, then train on all of them."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from bocage.core import BocageError
from bocage.methods._size import Size
from bocage.methods._tune import Fitted, held_out_score
from bocage.methods.backbones import Frozen
from bocage.methods.strategies._network import Network
from bocage.methods.strategies._recipe import Recipe
from bocage.methods.strategies._start import linear_start, plain_start
from bocage.methods.strategies._strategy import STRATEGIES, Value
from bocage.methods.strategies._train import make_loss, train
from bocage.methods.strategies._wiring import count, seeded
from bocage.splits import Inner

FEW = "published defaults: fewer than two groups or blocks hold labels"


@dataclass(frozen=True, slots=True)
class Learner:
    """A network that learned; predicts for rows of the task.

    Attributes
    ----------
    network : Network
    kind : str
    warnings_ : tuple of str
    """

    network: Network
    kind: str
    warnings_: tuple[str, ...] = ()

    def predict_proba(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return probabilities of all classes, shape (n, n_classes)."""
        return self.network.outputs(rows)

    def predict(self, rows: NDArray[np.int64]) -> NDArray[Any]:
        """Return codes of the most probable class, or values; shape (n,)."""
        made = self.network.outputs(rows)
        return made if self.kind == "regression" else np.asarray(made.argmax(axis=1))

    @property
    def size(self) -> Size:
        """Parameters, and what must be shipped beside the public weights."""
        network = self.network
        learned = count(network, only_trained=True)
        scaling = network.mean.numel() + network.spread.numel()
        return Size(
            trained=learned,
            encoder=count(network.encoder),
            decoder=0,
            head=count(network.head),
            n_bytes=4 * (learned + scaling),
        )


@dataclass(frozen=True, slots=True)
class Lesson:
    """What every training of a run shares."""

    frozen: Frozen
    strategy: str
    options: Mapping[str, Value]
    target: NDArray[Any]
    kind: str
    n_classes: int
    seed: int

    def network(self, rows: NDArray[np.int64]) -> tuple[Network, torch.Tensor]:
        """Build a network that starts from a linear head on these rows' frozen features."""
        X, y = np.asarray(self.frozen.features()[rows], dtype=np.float64), self.target[rows]
        scale = float(y.std()) if self.kind == "regression" else 1.0
        scale = scale or 1.0
        if self.strategy == "scratch":
            start = plain_start(X.shape[1], y, self.kind, self.n_classes, scale)
        else:
            start = linear_start(X, y, self.kind, self.n_classes, scale)
        network = Network(self.frozen, self.strategy, self.options, start, scale)
        if self.kind == "regression":
            return network, torch.tensor(y / scale, dtype=torch.float32)
        return network, torch.from_numpy(y)


def fit_network(
    frozen: Frozen,
    strategy: str,
    options: Mapping[str, Value],
    target: NDArray[Any],
    rows: NDArray[np.int64],
    inner: Inner | None,
    *,
    kind: str,
    n_classes: int,
    trials: int,
    recipe: Recipe,
    seed: int,
) -> Fitted:
    """Choose among `trials` learning rates and the epochs of a recipe, then learn from all rows.

    One training a learning rate and inner fold is looked at after several epochs, and before the
    first step: the mean score over the folds decides both. Ties go to fewer epochs, then to the
    earlier rate.

    Parameters
    ----------
    frozen : Frozen
        The input as the encoder sees it, for all samples.
    strategy : str
    options : mapping of str to value
        ``lr`` among them stands for the learning rate, and is then not tuned.
    target, rows, inner, kind, n_classes, trials, seed
        As in `bocage.methods.fit_tuned`.
    recipe : Recipe

    Raises
    ------
    FloatingPointError
        If the loss is not a number.
    MemoryError
        If the memory does not suffice.
    """
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(mode=True, warn_only=True)
    lesson = Lesson(frozen, strategy, options, target, kind, n_classes, seed)
    rates = (float(options["lr"]),) if "lr" in options else STRATEGIES[strategy].rates[:trials]
    marks = recipe.marks(len(rows))
    try:
        with seeded(seed):
            rate, n_epochs, why = rates[0], marks[-1], FEW
            if inner is not None and inner.folds:
                rate, n_epochs, why = _choose(lesson, rows, inner, rates, marks)
            with seeded(seed):
                network, true = lesson.network(rows)
            loss = make_loss(kind, target[rows], n_classes)
            train(network, rows, true, loss, rate=rate, n_epochs=n_epochs, seed=seed)
    except RuntimeError as error:
        if isinstance(error, BocageError) or not _is_memory(error):
            raise
        raise MemoryError(" ".join(str(error).split())[:200]) from error
    params = {"lr": rate, "epochs": n_epochs}
    return Fitted(Learner(network.eval(), kind), params, len(rates) if why == "tuned" else 0, why)


def _choose(
    lesson: Lesson,
    rows: NDArray[np.int64],
    inner: Inner,
    rates: tuple[float, ...],
    marks: tuple[int, ...],
) -> tuple[float, int, str]:
    scores = np.full((len(marks), len(rates)), 0.0)
    total = 0.0
    for learn, held in inner.folds:
        looked = [_look(lesson, rows[learn], rows[held], rate, marks) for rate in rates]
        weight = max(one[0][1] for one in looked)
        total += weight
        if weight:
            scores += weight * np.array([[score for score, _ in one] for one in looked]).T
    if not total:
        why = "published defaults: no setting can be scored on the inner folds of so few labels"
        return rates[0], marks[-1], why
    # Fewer epochs come first among equals, then the earlier rate.
    best = int(np.argmax(scores))
    return rates[best % len(rates)], marks[best // len(rates)], "tuned"


def _look(
    lesson: Lesson,
    own: NDArray[np.int64],
    tests: NDArray[np.int64],
    rate: float,
    marks: tuple[int, ...],
) -> list[tuple[float, float]]:
    """Train on one side of an inner fold; score the other at every mark."""
    target, found = lesson.target, list[tuple[float, float]]()
    with seeded(lesson.seed):
        network, true = lesson.network(own)

    def look(_: int) -> None:
        predicted = network.outputs(tests)
        if lesson.kind != "regression":
            predicted = predicted.argmax(axis=1)
        found.append(held_out_score(target[tests], predicted, target[own], lesson.kind))

    loss = make_loss(lesson.kind, target[own], lesson.n_classes)
    # A rate that blows up on a few labels loses; what came before it did stays.
    with contextlib.suppress(FloatingPointError):
        train(network, own, true, loss, rate=rate, n_epochs=marks[-1], seed=lesson.seed,
              marks=marks, look=look)  # fmt: skip
    found += [(-np.inf, found[0][1])] * (len(marks) - len(found))
    return [(score if np.isfinite(score) else -np.inf, weight) for score, weight in found]


def _is_memory(error: RuntimeError) -> bool:
    text = str(error).lower()
    return "out of memory" in text or "can't allocate memory" in text or "not enough memory" in text
