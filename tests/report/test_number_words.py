"""What an explanation of a number says follows from what was found."""

import html
import re
from dataclasses import replace

import numpy as np
import pytest
from tests.dimensions.test_numbers import problem_of

from bocage.dimensions import Curved, DimensionLoss, ScoreLoss, Together, Trial, explain_number
from bocage.report import beside, explained_lines, explanation_page, sentence
from bocage.stats import Estimate


@pytest.fixture(scope="module")
def found():
    return explain_number(problem_of())


def _told(found, bound, k=6, *, enough=True, over_places=False, by_place=(0.0, 0.02, 0.01)):
    """The same explanation with another loss of k dimensions."""
    loss = ScoreLoss(
        0.6, 0.61, Estimate(0.01, -0.02, 0.03), bound, np.zeros(0), float("nan"),
        np.array(by_place),
    )  # fmt: skip
    bands = found.problem.bands[: k if enough else 0]
    whole = Together(
        "out", bands, (Trial(k, loss, "", enough),), over_places=over_places,
        limits=(-np.inf, np.inf),
    )  # fmt: skip
    dimensions = tuple(
        replace(d, cost=DimensionLoss(0.1, -0.1) if d.band in bands else None)
        for d in found.dimensions
    )
    return replace(found, together=whole, dimensions=dimensions)


def _line(found, part):
    return next((line for line in beside(found) if part in line), "")


def _without(found, how=lambda curve: replace(curve, chance=1.0)):
    """The same where chance does as well."""
    curves = tuple(how(curve) for curve in found.curves)
    dimensions = tuple(replace(d, chance=1.0, is_steady=False, cost=None) for d in found.dimensions)
    return replace(found, curves=curves, dimensions=dimensions, together=Together("out"))


def test_a_subset_is_said_with_its_scores_and_its_bound(found):
    assert sentence(_told(found, 0.015)) == (
        "6 of 12 dimensions are enough for the target in held-out places: R² 0.600, against "
        "0.610 with all; with 95 % confidence, in these places, at most 0.015 is lost."
    )
    assert sentence(_told(found, 0.015, 1)).startswith("1 of 12 dimensions is enough for the")
    assert "nothing is lost" in sentence(_told(found, -0.001))
    assert "in places like these" in sentence(_told(found, 0.015, over_places=True))
    # Student's for one more of three places: 0.01 +- 4.303 x 0.01 x root(4 / 3).
    said = _line(_told(found, 0.015), "a new place")
    assert "from \N{MINUS SIGN}0.040 to 0.060 (95 % prediction interval from 3 places)" in said
    # R2 has no least value, and no loss has a most.
    wide = _line(_told(found, 0.015, by_place=(-9.0, 9.0, 0.0)), "a new place")
    assert "from \N{MINUS SIGN}44.71 to 44.71" in wide


def test_why_there_is_no_small_subset_is_said(found):
    said = sentence(_told(found, 0.034, enough=False))
    assert said == (
        "No small subset of the 12 dimensions is shown to be enough in held-out places: 6 have "
        "an R² of 0.600, against 0.610 with all, and the loss may be 0.034 (margin 0.02)."
    )
    assert "1 has an R² of" in sentence(_told(found, 0.034, 1, enough=False))
    assert "one block in each place" in sentence(_told(found, float("nan"), enough=False))
    page = explanation_page(_told(found, 0.034, enough=False))
    assert "No small subset" in page
    assert "not shown" in page
    assert "subset.yaml" not in page


def test_the_number_that_comes_nearest_is_named_where_none_is_enough(found):
    one = _told(found, 0.034, enough=False).together.trials[0]
    far = replace(one, k=3, found=replace(one.found, bound=0.5))
    whole = Together("out", (), (far, one, replace(far, k=2)), limits=(-np.inf, np.inf))
    assert "6 have an R² of" in sentence(replace(found, together=whole))


def test_nothing_told_is_said_with_what_chance_does(found):
    nothing = _without(found)
    curve = nothing.curve("out", "forward")
    assert sentence(nothing) == (
        "The target is not predicted better than by chance in held-out places: all 12 dimensions "
        f"have an R² of {curve.full:.3f}, and randomised targets reach 1.000."
    )
    page = explanation_page(nothing)
    assert "Nothing found" in page
    assert "How many dimensions a model of the target needs" not in page
    said = _line(nothing, "no dimension alone")
    assert said.startswith(
        "no dimension alone predicts the target better than chance in held-out places: the best"
    )
    assert "D03" in said
    assert "chance reaches 1.000" in said
    trees = Curved(0.5, -0.1, Estimate(0.6), True, 0.1, ("D03", "D05"))
    assert sentence(replace(nothing, curved=trees)) == (
        "A linear model of all 12 dimensions does not predict the target better than chance in "
        f"held-out places (R² {curve.full:.3f}, chance 1.000); boosted trees do, with D03, D05 "
        "(R² 0.500, chance 0.100), but are not shown to be better than the linear model."
    )
    # What passes a lower chance does not tell more.
    alike = "The trees are not shown to be better than the linear model."
    assert alike in explanation_page(replace(nothing, curved=trees))
    surely = replace(trees, more=Estimate(0.6, 0.3, 0.9))
    assert sentence(replace(nothing, curved=surely)).endswith("(R² 0.500, chance 0.100).")
    assert alike not in explanation_page(replace(nothing, curved=surely))
    many = replace(trees, bands=())
    assert "boosted trees do (R² 0.500" in sentence(replace(nothing, curved=many))
    page = explanation_page(replace(nothing, curved=trees))
    assert "With D03, D05 alone they keep 98 % of it." in page
    lucky = Curved(0.05, -0.1, Estimate(0.6), False, 0.1)
    assert "are not shown to be better" in explanation_page(replace(nothing, curved=lucky))


def test_single_dimensions_that_tell_are_not_nothing_found(found):
    nothing = _without(found)
    some = tuple(replace(d, chance=0.0) if d.band == "D03" else d for d in nothing.dimensions)
    alone = replace(nothing, dimensions=some)
    assert sentence(alone).startswith(
        "Single dimensions predict the target better than chance in held-out places, but all "
        "together do not: all 12 "
    )
    assert "Nothing found" not in explanation_page(alone)


def test_single_dimensions_are_counted(found):
    every = tuple(replace(d, chance=-9.0) for d in found.dimensions)
    said = _line(replace(found, dimensions=every), "alone predicts the target")
    assert said.startswith("each of the 12 dimensions alone predicts the target")
    said = _line(found, "alone predict the target")
    assert said.startswith(
        "2 of 12 dimensions alone predict the target by linear regression better"
    )
    assert "D03 predicts it best: R² 0.6" in said
    one = tuple(replace(d, chance=2.0) if d.band == "D08" else d for d in found.dimensions)
    only = _line(replace(found, dimensions=one), "predicts the target")
    assert only.startswith(
        "1 of 12 dimensions alone predicts the target by linear regression better"
    )
    assert "better than chance: D03, with an R² of 0.6" in only
    # Who stands first may not pass its own chance: it is not the one that tells.
    two = tuple(replace(d, chance=2.0) if d.band == "D03" else d for d in found.dimensions)
    best = _line(replace(found, dimensions=two), "predicts the target")
    assert "better than chance: D08, with an R² of" in best
    assert "; D03 has 0.6" in best
    assert best.endswith("and chance reaches 2.000 there")
    assert _line(found, "consistently across places") == (
        "consistently across places, 1 dimension rises with it (D03) and 1 dimension falls with "
        "it (D08)"
    )
    still = tuple(replace(d, is_steady=d.band == "D08") for d in found.dimensions)
    assert _line(replace(found, dimensions=still), "consistently across places") == (
        "consistently across places, 1 dimension falls with it (D08)"
    )
    none = tuple(replace(d, is_steady=False) for d in found.dimensions)
    assert _line(replace(found, dimensions=none), "consistently across places") == ""


def test_what_is_needed_is_said(found):
    assert (
        _line(found, "needed")
        == "each of the 2 is shown to be needed: without it, the others lose accuracy"
    )
    few = _told(found, 0.015, 3)
    assert _line(few, "needed") == (
        "none of the 3 is shown to be needed: without any one of them, the others may do as well"
    )

    def needs(*bands):
        made = tuple(
            replace(d, cost=DimensionLoss(0.1, 0.05)) if d.band in bands else d
            for d in few.dimensions
        )
        return _line(replace(few, dimensions=made), "needed")

    assert (
        needs("D01")
        == "1 of the 3 is shown to be needed (D01): without it, the others lose accuracy"
    )
    assert needs("D00", "D01") == (
        "2 of the 3 are shown to be needed (D00, D01): without any one of them, the others lose "
        "accuracy"
    )
    assert _line(_told(found, 0.015, 1), "needed") == ""


def test_trees_that_know_more_are_said_with_how_much(found):
    assert _line(found, "boosted trees") == ""
    more = replace(found, curved=Curved(0.9, 0.6, Estimate(0.3, 0.25, 0.35)))
    assert _line(more, "boosted trees") == (
        "a linear model misses part of the information: boosted trees have an R² of 0.900, the "
        "linear model 0.600; with 95 % confidence, in these places, that is at least 0.250 more; "
        "the subsets here are those of linear models and do not use it"
    )
    assert "So a linear model misses part" in explanation_page(more)
    unsure = replace(found, curved=Curved(0.9, 0.6, Estimate(0.3, -0.01, 0.6)))
    assert _line(unsure, "boosted trees") == ""
    assert "The trees are not shown to be better." in explanation_page(unsure)
    over = replace(found, curved=replace(more.curved, over_places=True))
    assert "in places like these" in _line(over, "boosted trees")


def test_the_other_regime_stands_beside(found):
    said = _line(found, "within these places")
    curve = found.curve("local", "forward")
    assert said == (
        f"within these places, all 12 dimensions have an R² of {curve.full:.3f} (chance "
        f"{curve.chance:.3f})"
    )
    assert _line(_without(found), "within these places").endswith("no better than chance")


def test_a_page_has_what_can_be_asked_of_a_number_and_nothing_else(found):
    page = explanation_page(found, "bocage explain")
    verdict = page.split('<section id="verdict" class="verdict ')[1].split("</section>")[0]
    said = re.search('<p class="sentence">(.*?)</p>', verdict)[1]
    assert html.unescape(said) == sentence(found)
    assert "360 samples, 3 places; 12 dimensions of made" in page
    assert "which dimensions predict the target" in page
    assert "<script" not in page
    text = html.unescape(re.sub("<[^>]+>", " ", page.split("</style>")[1]))
    for word in ("class", "balanced accuracy", "recall", "specialist", "logistic", "published"):
        assert word not in text.lower(), word
    for title in (
        "What each dimension predicts alone",
        "What a linear model misses",
        "Use the subset",
    ):
        assert title in text
    assert "2 needed, 0 helps, 10 none" in text


def test_lines_for_a_terminal_are_by_rank(found):
    lines = explained_lines(found)
    assert lines.rows[0][0] == "D03"
    assert lines.rows[0][-1] == "needed"
    assert lines.rows[0][4] == "3 of 3"
    assert lines.rows[2][5] == "-"
    assert lines.head[1] == "R² alone, out"
    assert len(lines.rows) == 12
