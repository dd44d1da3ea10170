"""What an explanation calls its model, its score and its target, by kind of target."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bocage.core import CLASSIFICATION, REGRESSION, Kind, part_of
from bocage.dimensions import AnyExplanation


@dataclass(frozen=True, slots=True)
class Terms:
    """Words for one kind of target.

    Attributes
    ----------
    model : str
        The linear model of a comparison.
    learned, target : str
        What it learns, and what the few are enough for: classes that are not told are learned.
    score, have : str
        The score that a comparison reports, by itself and after "have".
    summed : str
        How that score is put together.
    """

    model: str
    learned: str
    target: str
    score: str
    have: str
    summed: str


TERMS: Mapping[Kind, Terms] = {
    CLASSIFICATION: Terms(
        "logistic regression",
        "all classes",
        "all classes",
        "balanced accuracy",
        "a balanced accuracy of",
        "the recall of each class is computed over the places that contain it, and then averaged "
        "over classes",
    ),
    REGRESSION: Terms(
        "ridge regression",
        "the target",
        "the target",
        "R²",
        "an R² of",
        "one minus the ratio of the mean squared error to the mean squared distance from the "
        "mean label of the other places, with equal weights for all places",
    ),
}


def terms_of(found: AnyExplanation) -> Terms:
    """Return the words for an explanation."""
    terms = TERMS[found.problem.task.kind]
    if not found.left_out:
        return terms
    n, left_out = found.problem.n_classes, len(found.left_out)
    verb = "is" if n - left_out == 1 else "are"
    return replace(
        terms,
        target=f"the {part_of(n - left_out, n, 'class')} that {verb} distinguished",
        score="mean recall",
        have="a mean recall of",
        summed=(
            "the recall of each class is computed over the places that contain it, and then "
            f"averaged over the {part_of(n - left_out, n, 'class')} that {verb} distinguished"
        ),
    )
