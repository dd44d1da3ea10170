"""What an explanation calls its model, its score and its target, by kind of target."""

from collections.abc import Mapping
from dataclasses import dataclass

from bocage.core import CLASSIFICATION, REGRESSION, Kind
from bocage.explain import Explained


@dataclass(frozen=True, slots=True)
class Terms:
    """Words for one kind of target.

    Attributes
    ----------
    model : str
        The linear model of a comparison.
    target : str
        What it tells as a whole.
    score, have : str
        The score that a comparison reports, by itself and after "have".
    summed : str
        How that score is put together.
    """

    model: str
    target: str
    score: str
    have: str
    summed: str


TERMS: Mapping[Kind, Terms] = {
    CLASSIFICATION: Terms(
        "logistic regression",
        "all classes",
        "balanced accuracy",
        "a balanced accuracy of",
        "each class by itself, over the places that hold it",
    ),
    REGRESSION: Terms(
        "ridge regression",
        "the target",
        "R²",
        "an R² of",
        "one minus the mean squared error over the mean squared distance from the mean label of "
        "the other places, each place weighing the same",
    ),
}


def terms_of(found: Explained) -> Terms:
    """Return the words for an explanation."""
    return TERMS[found.problem.task.kind]
