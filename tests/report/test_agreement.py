"""Truth beside prediction: the confusion matrix, the ranking of two classes, numbers."""

from dataclasses import replace

import numpy as np
import pytest

from bocage.report import ConfusionMatrix, Observed, Ranking
from bocage.report._classes import PAIRS, class_section
from bocage.report._observed import bias_by_share, observed_section
from bocage.report._parts import Collapsible, HtmlTable


def words(section):
    return " ".join(part.text for part in section.parts if hasattr(part, "text"))


def tables(section):
    return [part for part in section.parts if isinstance(part, HtmlTable)]


def test_a_matrix_that_nobody_can_read_is_a_list_of_pairs(content):
    n = 40
    counts = np.eye(n) * 50
    counts[3, 7], counts[8, 2] = 30.0, 12.0
    names = tuple(f"class {i}" for i in range(n))
    matrix = ConfusionMatrix("aef:logistic", tuple(map(tuple, counts.tolist())))
    section = class_section(replace(content, classes=names, confusion=matrix, class_scores=()))
    (made,) = tables(section)
    assert [[cell.text for cell in row] for row in made.rows] == [
        ["class 3", "class 7", "30", "37.5 %", "71.4 %"],
        ["class 8", "class 2", "12", "19.4 %", "28.6 %"],
    ]
    assert len(made.rows) <= PAIRS
    (fold,) = (part for part in section.parts if isinstance(part, Collapsible))
    assert len(fold.parts[0].rows) == n
    assert "of the one draw of the labels" in words(section)


def test_counts_over_draws_say_so(content):
    assert "the mean over 3 draws of the labels" in words(class_section(content))


def test_the_ranking_of_two_classes_is_said_with_what_blind_guessing_has(content):
    ranking = Ranking("aef:logistic", 0.91, (0.85, 0.7), (0.75, 0.25), draws=2)
    two = replace(content, classes=("field", "forest"), confusion=None, ranking=ranking)
    told = words(class_section(two))
    assert "Area under the ROC curve 0.910; average precision 0.850 for field (75 %" in told
    assert "means over 2 draws" in told


@pytest.mark.parametrize(("n", "parts"), [(9, 0), (49, 0), (50, 5), (99, 5), (100, 10), (137, 10)])
def test_bias_is_over_parts_that_are_large_enough(n, parts):
    rng = np.random.default_rng(n)
    truth, guess = rng.normal(size=(2, n))
    steps = bias_by_share(Observed("m", tuple(truth), tuple(guess)))
    assert len(steps) == parts
    if parts:
        assert np.all(np.diff(steps[:, 0]) > 0)
        sizes = [len(part) for part in np.array_split(np.arange(n), parts)]
        # All parts together have the bias of all.
        assert np.average(steps[:, 1], weights=sizes) == pytest.approx((guess - truth).mean())


def test_predictions_that_shrink_to_the_mean_are_seen(regression):
    section = observed_section(regression)
    (box,) = section.parts
    assert len(box.tiles) == 2
    truth, guess = (np.asarray(getattr(regression.observed, name)) for name in
                    ("observed", "predicted"))  # fmt: skip
    low = np.argsort(guess, kind="stable")[:30]
    bias = (guess[low] - truth[low]).mean()
    assert f"Bias of the lowest tenth +{bias:.2f}" in box.caption
    assert "its predictions averaged over 2 draws" in box.caption
    assert observed_section(replace(regression, observed=None)).parts == ()
