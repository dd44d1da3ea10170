"""What a campaign of experiments says, by the published rules and by corrected ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.core import Flags, Floats
from bocage.dimensions._ablation import Ablation
from bocage.dimensions._campaign_settings import INSIDE, SPLITS
from bocage.dimensions._chance import LEVEL
from bocage.dimensions._curves import smallest
from bocage.dimensions._importance import IMPORTANCES
from bocage.dimensions._problem import Problem
from bocage.dimensions._roles import Role, roles
from bocage.dimensions._stability import N_DRAWS
from bocage.stats import exponential_weights


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """Experiments on one class with one split.

    Attributes
    ----------
    label, split : str
    n : int
        Experiments.
    full : float
        Mean 2 x balanced accuracy - 1 with all dimensions.
    k_accuracy, k_corrected : float
        Median over experiments, each place weighing the same, of the smallest number that keeps
        98 % of the accuracy, and of 2 x balanced accuracy - 1; NaN where half of them or more have
        none, and where the class is not told from the others better than by chance.
    chance : float
        What models of randomised labels exceed for any class of the split in 1 of 20 cases,
        on average over as many experiments; infinite where there are too few to tell.
    low, high : float
        Smallest and largest median of a place; NaN with one place, infinite where half of its
        experiments have none.
    """

    label: str
    split: str
    n: int
    full: float
    k_accuracy: float
    k_corrected: float
    chance: float
    low: float = float("nan")
    high: float = float("nan")


@dataclass(frozen=True, slots=True)
class Published:
    """A campaign put together.

    Attributes
    ----------
    lines : tuple of CampaignLine
    roles : tuple of Role
        Of each dimension: a class is served if the dimension is among the first k of the class,
        by mean importance, k by the corrected rule. Agreement is that of models and places.
    models : tuple of str
    importance : str
        What ordered the dimensions; see `IMPORTANCES`.
    """

    lines: tuple[CampaignLine, ...]
    roles: tuple[Role, ...]
    models: tuple[str, ...]
    importance: str


def published(problem: Problem, ablations: Iterable[Ablation]) -> Published | None:
    """Put the experiments of a campaign together; None without any."""
    done = [item for item in ablations if item.how in IMPORTANCES]
    if not done:
        return None
    lines = []
    for split in SPLITS:
        here = [a for a in done if a.regime == split]
        labels = [label for label in problem.classes if any(a.label == label for a in here)]
        lines += [line([a for a in here if a.label == label], len(labels)) for label in labels]
    models = tuple(dict.fromkeys(a.model for a in sorted(done, key=lambda a: a.repeat)))
    split = INSIDE if any(a.regime == INSIDE for a in done) else done[0].regime
    inside = [a for a in done if a.regime == split]
    enough = {line.label: line.k_corrected for line in lines if line.split == split}
    parts = [_Importances.of(inside, label, problem) for label in problem.classes]
    k = [enough.get(label, float("nan")) for label in problem.classes]
    made = roles(
        problem.bands,
        problem.classes,
        _served(parts, k, [part.all for part in parts])[0],
        {
            name: alone
            for name, alone in (
                ("models", _alone(parts, k, "model")),
                (problem.over, _alone(parts, k, "place")),
            )
            if len(alone[0]) > 1
        },
        _drawn(parts, k, problem.split.groups),
    )
    return Published(tuple(lines), made, models, done[0].how)


@dataclass(frozen=True, slots=True)
class _Importances:
    """Importances of a class's experiments, shape (n, d), with their models and places."""

    values: Floats
    model: NDArray[np.str_]
    place: NDArray[np.str_]

    @classmethod
    def of(cls, done: Sequence[Ablation], label: str, problem: Problem) -> "_Importances":
        own = [a for a in done if a.label == label]
        values = np.array([a.importance for a in own]).reshape(len(own), len(problem.bands))
        return cls(values, np.array([a.model for a in own]), np.array([a.place for a in own]))

    @property
    def all(self) -> Floats:
        """Weights of one, shape (1, n)."""
        return np.ones((1, len(self.values)))


def _served(parts: Sequence[_Importances], k: Sequence[float], weights: Sequence[Floats]) -> Flags:
    """Take the first k dimensions by weighted mean importance, shape (r, n_classes, d).

    Weights are of shape (r, n) for the n experiments of each class.
    """
    made = np.zeros((len(weights[0]), len(parts), parts[0].values.shape[1]), dtype=bool)
    for code, (part, number, weight) in enumerate(zip(parts, k, weights, strict=True)):
        if len(part.values) and np.isfinite(number):
            order = np.argsort(-(weight @ part.values), axis=1, kind="stable")[:, : int(number)]
            np.put_along_axis(made[:, code], order, values=True, axis=1)
    return made


def _alone(parts: Sequence[_Importances], k: Sequence[float], column: str) -> tuple[Flags, Flags]:
    """Say what each model, or each place, finds by itself, and the classes that it knows."""
    own = [getattr(part, column) for part in parts]
    names = sorted({str(name) for values in own for name in values})
    weights = [np.array([values == name for name in names], np.float64) for values in own]
    known = np.stack([weight.any(axis=1) for weight in weights], axis=1)
    return _served(parts, k, weights) & known[:, :, None], known


def _drawn(
    parts: Sequence[_Importances], k: Sequence[float], places: Sequence[str]
) -> Flags | None:
    """Find roles anew for other weights of the places, (draws, n_classes, d); None with one."""
    if len({str(name) for part in parts for name in part.place}) < 2:  # noqa: PLR2004
        return None
    drawn = exponential_weights(places, N_DRAWS)
    weights = [_weights(drawn, part.place, places) for part in parts]
    return _served(parts, k, weights)


def _weights(drawn: Floats, place: NDArray[np.str_], places: Sequence[str]) -> Floats:
    """Share the weight of each place, shape (r, n_places), among its experiments: (r, n)."""
    at = np.array([places.index(str(name)) for name in place], dtype=np.int64)
    return np.asarray(drawn[:, at] / np.bincount(at, minlength=len(places))[at], np.float64)


def line(found: Sequence[Ablation], n_classes: int) -> CampaignLine:
    """Put experiments on one class with one split together.

    Parameters
    ----------
    found : sequence of Ablation
    n_classes : int
        Classes that are asked for: the more there are, the farther chance reaches.
    """
    corrected = [a.own / a.n_own + a.rest / a.n_rest - 1 for a in found]
    accuracy = [(a.own + a.rest) / (a.n_own + a.n_rest) for a in found]
    full = float(np.mean([score[-1] for score in corrected]))
    place = [a.place for a in found]
    chance = _chance(np.array([a.chance for a in found]), place, n_classes)
    k, low, high = (float("nan"),) * 3
    if full > chance:
        k = _median(corrected, place)
        low, high = _range(corrected, place) if np.isfinite(k) else (k, k)
    return CampaignLine(
        found[0].label, found[0].regime, len(found), full, _median(accuracy, place), k, chance,
        low, high,
    )  # fmt: skip


def _chance(null: Floats, place: Sequence[str], n_classes: int) -> float:
    """Bound the mean of as many scores by chance.

    Experiments of one place share its labels, and so their random error: the mean of all varies as
    that of as many scores as there are places, and the mean of those by chance as that of their
    number.
    """
    from scipy.special import stdtrit

    known = np.isfinite(null)
    names, at = np.unique(np.array(place)[known], return_inverse=True)
    null = null[known]
    free = len(null) - len(names)
    if free < 1:
        return float("inf")
    n = np.bincount(at)
    away = null - (np.bincount(at, null) / n)[at]
    spread = np.sqrt(np.square(away).sum() / free)
    error = spread * np.sqrt(np.square(n / n.sum()).sum() + 1 / n.sum())
    return float(max(null.mean(), 0.0) + stdtrit(free, 1 - LEVEL / n_classes) * error)


def _median(scores: Sequence[Floats], place: Sequence[str]) -> float:
    """Return the median number that is enough, each place weighing the same.

    NaN where half of the experiments have none.
    """
    # None is more than any number. Of two in the middle the larger, so that it is one of them.
    k = np.array([int(smallest(score)) or np.inf for score in scores])
    order = np.argsort(k, kind="stable")
    at = np.unique(np.array(place), return_inverse=True)[1]
    total = (1 / np.bincount(at))[at][order].cumsum()
    found = k[order][(total > total[-1] / 2 * (1 + 1e-9)).argmax()]
    return float(found) if np.isfinite(found) else float("nan")


def _range(scores: Sequence[Floats], place: Sequence[str]) -> tuple[float, float]:
    """Return the smallest and the largest median of a place; NaN with one place."""
    medians = []
    for name in sorted(set(place)):
        own = [score for score, at in zip(scores, place, strict=True) if at == name]
        medians.append(_median(own, [name] * len(own)))
    if len(medians) < 2:  # noqa: PLR2004 - one place has no others
        return float("nan"), float("nan")
    found = np.nan_to_num(medians, nan=np.inf)
    return float(found.min()), float(found.max())
