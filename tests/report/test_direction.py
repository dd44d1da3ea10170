"""A score knows its direction: an error and its negative give the same page (made-up content)."""

import re
from dataclasses import replace

import pytest
from tests.report.made_up import METHODS, classification, interval, value_scores

from bocage.metrics import Metric
from bocage.report import PlaceScores, Score
from bocage.report._answer import drop_section
from bocage.report._costs import cost_section
from bocage.report._curves import _alt
from bocage.report._drops import change
from bocage.report._forest import axis_title
from bocage.report._frontier import frontier, placed
from bocage.report._page import _sections
from bocage.report._parts import Collapsible, HtmlTable
from bocage.stats import Estimate

NUMBER = re.compile(r"[-+\N{MINUS SIGN}]?\d+(?:\.\d+)?")


def turned(value: Estimate) -> Estimate:
    return Estimate(-value.value, -value.high, -value.low)


def negated(content):
    """The same content by an error: every score times -1, lower being better."""

    def turn(score: Score) -> Score:
        if score.metric != content.metric:
            return score
        return replace(score, metric="mae", score=turned(score.score))

    def turn_line(line):
        losses = tuple(
            replace(x, score=turned(x.score), next_place=turned(x.next_place))
            for x in line.verdict.losses
        )
        return replace(line, score=turned(line.score), verdict=replace(line.verdict, losses=losses))

    drops = {
        budget: tuple(
            replace(d, start_score=turned(d.start_score), end_score=turned(d.end_score))
            for d in fallen
        )
        for budget, fallen in content.drops.items()
    }
    return replace(
        content,
        figure=Metric("mae"),
        chance=-content.chance,
        scores=tuple(turn(s) for s in content.scores),
        drops=drops,
        asked=turn_line(content.asked),
        lines=tuple(map(turn_line, content.lines)),
        worth=tuple(replace(w, elsewhere=turned(w.elsewhere)) for w in content.worth),
        value_scores=tuple(replace(s, score=turned(s.score)) for s in content.value_scores),
        block_sizes=tuple(replace(b, score=turned(b.score)) for b in content.block_sizes),
        by_place=tuple(
            replace(p, scores=tuple(-value for value in p.scores)) for p in content.by_place
        ),
    )


@pytest.fixture(scope="module")
def both():
    content = classification()
    losses = tuple(
        replace(
            loss, better_share=0.1, alike_share=0.6, worse_share=0.3, next_place=interval(0.7, 0.2)
        )
        for loss in content.asked.verdict.losses
    )
    content = replace(
        content,
        asked=replace(content.asked, verdict=replace(content.asked.verdict, losses=losses)),
        by="soil",
        value_scores=value_scores(),
        by_place=tuple(PlaceScores(m.name, (0.7, 0.8, 0.6, 0.9)) for m in METHODS),
    )
    return content, negated(content)


def texts(part):
    """All that a part says, in order."""
    if isinstance(part, Collapsible):
        return [part.summary, *(text for inner in part.parts for text in texts(inner))]
    if isinstance(part, HtmlTable):
        cells = [f"{cell.text} {cell.note} {cell.tone}" for row in part.rows for cell in row]
        return [*part.head, part.caption, *cells]
    if hasattr(part, "svg"):
        drawn = "".join(part.tiles)
        return [*re.findall(r'aria-label="([^"]*)"', drawn), part.caption]
    return [getattr(part, "text", ""), *getattr(part, "items", ())]


def said(text):
    """A text without the name of its figure, and its numbers, signs and order of bounds apart."""
    text = text.replace("balanced accuracy", "figure").replace("MAE", "figure")
    text = text.replace("Balanced accuracy", "figure")
    size = [float(found.lstrip("-+\N{MINUS SIGN}")) for found in NUMBER.findall(text)]
    return NUMBER.sub("#", text), sorted(size)


def test_every_section_says_the_same_of_an_error(both):
    pages = [_sections(content) for content in both]
    assert [s.key for s in pages[0]] == [s.key for s in pages[1]]
    assert {"budgets", "methods", "places", "curves", "by", "differences"} <= {
        s.key for s in pages[0]
    }
    for up, down in zip(*pages, strict=True):
        lines = [[said(text) for part in s.parts for text in texts(part)] for s in (up, down)]
        for first, second in zip(*lines, strict=True):
            assert first == second, up.key


def test_the_cheapest_for_their_score_are_the_same(both):
    names = [[p.method for p in frontier(placed(c), c.sign)] for c in both]
    assert names[0] == names[1]
    assert len(names[0]) > 1
    captions = [cost_section(c).parts[0].caption for c in both]
    assert captions[0] == captions[1]


def test_a_fall_of_a_score_is_a_rise_of_an_error(both):
    drop = Estimate(0.2, 0.1, 0.3)
    assert change(drop, 1) == Estimate(-0.2, -0.3, -0.1)
    assert change(drop, -1) == drop
    assert [drop_section(c).title for c in both] == [
        "Drop in score", "Increase in error",
    ]  # fmt: skip
    rows = [drop_section(c).parts[-1].parts[0].rows for c in both]
    for first, second in zip(*rows, strict=True):
        assert first[-1].text.startswith("\N{MINUS SIGN}") == second[-1].text.startswith("+")


def test_a_difference_of_errors_says_that_its_sign_is_turned(both):
    # The study signs differences so that above zero the first method is better.
    assert [axis_title(content) for content in both] == [
        "difference in balanced accuracy",
        "difference in MAE, its sign turned: above zero, the error is smaller",
    ]


def test_the_best_of_a_curve_is_the_same_method(both):
    shown = [[s for s in c.scores if s.metric == c.metric] for c in both]
    found = [_alt(c, s, ["out", "local"]) for c, s in zip(both, shown, strict=True)]
    best = [[part.split(" with ")[0] for part in t.split("best is ")[1:]] for t in found]
    assert best[0] == best[1]
