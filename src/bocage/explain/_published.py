"""What a campaign of experiments says, by the published rules and by corrected ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.explain._ablation import Ablation
from bocage.explain._campaign import INSIDE, SPLITS
from bocage.explain._curves import smallest
from bocage.explain._importance import IMPORTANCES
from bocage.explain._problem import Problem
from bocage.explain._roles import Role, roles

ONE_SIDED = 1.645
"""Standard errors that chance exceeds in 1 of 20 cases."""


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
        Median over experiments of the smallest number that keeps 98 % of the accuracy, and of 2 x
        balanced accuracy - 1; NaN where half of the experiments or more have none, and where the
        class is not told from the others better than by chance.
    chance : float
        What models that learned from shuffled labels reach in 1 of 20 cases, on average over as
        many experiments.
    """

    label: str
    split: str
    n: int
    full: float
    k_accuracy: float
    k_corrected: float
    chance: float


@dataclass(frozen=True, slots=True)
class Published:
    """A campaign put together.

    Attributes
    ----------
    lines : tuple of CampaignLine
    roles : tuple of Role
        Of each dimension: a class is served if the dimension is among the first k of the class,
        by mean importance, k by the corrected rule. Agreement is that of the models.
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
    for label in problem.classes:
        for split in SPLITS:
            found = [a for a in done if (a.label, a.regime) == (label, split)]
            if found:
                lines.append(_line(label, split, found))
    models = tuple(dict.fromkeys(a.model for a in sorted(done, key=lambda a: a.repeat)))
    split = INSIDE if any(a.regime == INSIDE for a in done) else done[0].regime
    inside = [a for a in done if a.regime == split]
    enough = {line.label: line.k_corrected for line in lines if line.split == split}
    by_model = {
        model: _served(problem, [a for a in inside if a.model == model], enough)
        for model in models
        # One that was not drawn for a class says nothing of it, and would count as disagreement.
        if {a.label for a in inside if a.model == model} == {a.label for a in inside}
    }
    served = _served(problem, inside, enough)
    made = roles(problem.bands, problem.classes, served, by_model)
    return Published(tuple(lines), made, models, done[0].how)


def _line(label: str, split: str, found: Sequence[Ablation]) -> CampaignLine:
    corrected = [a.own / a.n_own + a.rest / a.n_rest - 1 for a in found]
    accuracy = [(a.own + a.rest) / (a.n_own + a.n_rest) for a in found]
    null = np.array([a.chance for a in found])
    # The mean of as many scores by chance, by its own spread; one experiment alone says nothing.
    spread = null.std(ddof=1) / np.sqrt(len(null)) if len(null) > 1 else np.inf
    chance = float(max(null.mean(), 0.0) + ONE_SIDED * spread)
    full = float(np.mean([score[-1] for score in corrected]))
    k = _median(corrected) if full > chance else float("nan")
    accurate = _median(accuracy)
    return CampaignLine(label, split, len(found), full, accurate, k, chance)


def _median(scores: Sequence[NDArray[np.float64]]) -> float:
    """Return the median number that is enough; NaN where half of the experiments have none."""
    # None is more than any number. Of two in the middle the larger, so that it is one of them.
    found = sorted(int(smallest(score)) or np.inf for score in scores)
    middle = found[len(found) // 2]
    return middle if np.isfinite(middle) else float("nan")


def _served(
    problem: Problem, found: Sequence[Ablation], enough: dict[str, float]
) -> NDArray[np.bool_]:
    made = np.zeros((problem.n_classes, len(problem.bands)), dtype=bool)
    for code, label in enumerate(problem.classes):
        parts = [a.importance for a in found if a.label == label]
        k = enough.get(label, float("nan"))
        if parts and np.isfinite(k):
            order = np.argsort(-np.mean(parts, axis=0), kind="stable")
            made[code, order[: int(k)]] = True
    return made
