"""What an explanation says follows from what was found."""

import html
import re
from dataclasses import replace

import numpy as np
import pytest
from tests.explain.test_explanation import _explained, _problem

from bocage.explain import Bent, Loss, Together, Trial
from bocage.report import beside, explanation_page, sentence
from bocage.stats import Estimate


@pytest.fixture(scope="module")
def found():
    return _explained(_problem())


def _told(found, bound, worst_loss=0.01, *, k=6, enough=True, over_places=False):
    """The same explanation with another loss of k dimensions."""
    loss = Loss(
        0.8, 0.81, Estimate(0.01, -0.02, 0.03), bound, np.array([0.0, worst_loss, 0.0]), 0.07,
        np.array([0.0, 0.02, 0.01]),
    )  # fmt: skip
    trials = (Trial(k, loss, "tree", enough),)
    bands = found.problem.bands[: k if enough else 0]
    whole = Together("out", bands, trials, over_places=over_places)
    return replace(found, together=whole)


def test_a_subset_is_said_with_its_scores_and_its_bound(found):
    said = sentence(_told(found, 0.015))
    assert said == (
        "6 of 12 dimensions are enough for all classes in a place left out: balanced accuracy "
        "0.800, with all 0.810; with 95 % certainty, in these places, at most 0.015 is lost."
    )
    assert sentence(_told(found, 0.015, k=1)).startswith("1 of 12 dimensions is enough")
    assert "nothing is lost" in sentence(_told(found, -0.001))
    assert "in places like these" in sentence(_told(found, 0.015, over_places=True))
    first, second, *_ = beside(_told(found, 0.015))
    assert first == (
        "no class was seen to lose more than 0.010 of its recall (tree); with 95 % certainty, in "
        "these places, none loses more than 0.070"
    )
    # Student's for one more of three places: 0.01 +- 4.303 x 0.01 x root(4 / 3).
    assert "from \N{MINUS SIGN}0.040 to 0.060 (95 % prediction interval from 3" in second


def test_why_there_is_no_small_subset_is_said(found):
    said = sentence(_told(found, 0.034, enough=False))
    assert said.startswith("No small subset of the 12 dimensions in a place left out: 6 have")
    assert "may lose 0.034 (margin 0.02)" in said
    said = sentence(_told(found, 0.01, 0.08, enough=False))
    assert "but tree loses 0.080 of its recall (at most 0.05 may be lost)" in said
    assert "one block in each place" in sentence(_told(found, float("nan"), enough=False))
    page = explanation_page(_told(found, 0.034, enough=False))
    assert "No small subset" in page
    assert "too few" in page


def test_a_page_that_has_its_answer_is_not_unfinished(found):
    page = explanation_page(found)
    assert "Unfinished" not in page
    verdict = page.split('<section id="verdict" class="verdict ')[1].split("</section>")[0]
    assert verdict.split('"')[0] in {"decided", "none"}
    assert re.search("<h2>(Few are enough|No small subset)</h2>", verdict)
    said = re.search('<p class="sentence">(.*?)</p>', verdict)[1]
    assert html.unescape(said) == sentence(found)


def test_nothing_found_is_not_no_small_subset(found):
    unknown = tuple(replace(c, chance=1.0) for c in found.curves)
    nothing = replace(found, curves=unknown, together=Together("out"))
    assert sentence(nothing) == (
        "Nothing is told from anything better than by chance in a place left out."
    )
    assert "Nothing found" in explanation_page(nothing)
    bent = replace(nothing, bent=(Bent("tree", ("D0003", "D0008"), 0.9, 0.1),))
    assert sentence(bent) == (
        "No straight line tells any class in a place left out; boosted trees tell tree with "
        "D0003, D0008 (0.900, chance 0.100)."
    )
    assert "not told: crop, water" in beside(bent)[-1]


def test_the_published_rule_stands_beside_under_its_name(found):
    lines = [line for line in beside(found) if "Benavides-Martinez et al. 2026" in line]
    (line,) = lines
    rule = found.one_vs_rest
    assert f"asks for {rule.k} (" in line
    assert f"which reach {rule.score:.3f}, all {rule.full:.3f}" in line
