"""A score knows its direction: an error and its negative give the same page (made-up content)."""

from dataclasses import replace

import pytest
from tests.report.made_up import classification

from bocage.metrics import Metric
from bocage.report import Score
from bocage.report._answer import cost_section, drop_section
from bocage.report._curves import _alt
from bocage.report._drops import change
from bocage.report._frontier import frontier, placed
from bocage.stats import Estimate


def negated(content):
    """The same content by an error: every score times -1, lower being better."""

    def turn(score: Score) -> Score:
        if score.metric != content.metric:
            return score
        value = score.score
        return replace(score, metric="mae", score=Estimate(-value.value, -value.high, -value.low))

    drops = {
        budget: tuple(
            replace(
                d,
                start_score=Estimate(-d.start_score.value),
                end_score=Estimate(-d.end_score.value),
            )
            for d in fallen
        )
        for budget, fallen in content.drops.items()
    }
    scores = tuple(turn(s) for s in content.scores)
    return replace(content, figure=Metric("mae"), scores=scores, drops=drops)


@pytest.fixture
def both():
    content = classification()
    return content, negated(content)


def test_the_cheapest_for_their_score_are_the_same(both):
    up, down = both
    names = [[p.method for p in frontier(placed(c), c.sign)] for c in (up, down)]
    assert names[0] == names[1]
    assert len(names[0]) > 1
    captions = [cost_section(c).parts[0].caption for c in (up, down)]
    assert captions[0] == captions[1]


def test_a_fall_of_a_score_is_a_rise_of_an_error(both):
    up, down = both
    drop = Estimate(0.2, 0.1, 0.3)
    assert change(drop, 1) == Estimate(-0.2, -0.3, -0.1)
    assert change(drop, -1) == drop
    rows = [drop_section(c).parts[-1].table.rows for c in (up, down)]
    for first, second in zip(*rows, strict=True):
        assert first[-1].text.startswith("\N{MINUS SIGN}") == second[-1].text.startswith("+")


def test_the_best_of_a_curve_is_the_same_method(both):
    texts = [_alt(c, [s for s in c.scores if s.metric == c.metric], ["out", "local"]) for c in both]
    best = [[part.split(" with ")[0] for part in t.split("best is ")[1:]] for t in texts]
    assert best[0] == best[1]
