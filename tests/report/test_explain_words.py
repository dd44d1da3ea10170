"""What an explanation says follows from what was found."""

import html
import re
from dataclasses import replace

import numpy as np
import pytest
from tests.dimensions.test_explanation import _explained, _problem

from bocage.dimensions import Bent, ScoreLoss, Together, Trial
from bocage.report import beside, explanation_page, sentence
from bocage.stats import Estimate


@pytest.fixture(scope="module")
def found():
    return _explained(_problem())


def _told(found, bound, worst_loss=0.01, *, k=6, enough=True, over_places=False):
    """The same explanation with another loss of k dimensions."""
    loss = ScoreLoss(
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
        "6 of 12 dimensions are enough on average over all classes in held-out places: balanced "
        "accuracy 0.800, against 0.810 with all; with 95 % confidence, in these places, at most "
        "0.015 is lost, and one class may lose up to 0.070 of its recall."
    )
    assert sentence(_told(found, 0.015, k=1)).startswith("1 of 12 dimensions is enough")
    assert "nothing is lost" in sentence(_told(found, -0.001))
    assert "in places like these" in sentence(_told(found, 0.015, over_places=True))
    first, second, *_ = beside(_told(found, 0.015))
    assert first == (
        "no class was observed to lose more than 0.010 of its recall (tree; 0.05 may be lost)"
    )
    # Student's for one more of three places: 0.01 +- 4.303 x 0.01 x root(4 / 3).
    assert "from \N{MINUS SIGN}0.040 to 0.060 (95 % prediction interval from 3" in second


def test_all_classes_are_spoken_of_only_where_each_is_bounded(found):
    said = sentence(_of_class(_told(found, 0.015), 0.04))
    assert "are enough for all classes in" in said
    assert said.endswith("0.015 is lost, and no class loses more than 0.040 of its recall.")
    said = sentence(_of_class(_told(found, 0.015), float("nan")))
    assert "are enough on average over all classes in" in said
    assert said.endswith("and how much of its recall one class may lose is unknown.")
    assert beside(_told(found, 0.015, 0.0))[0] == (
        "no class was observed to lose recall (0.05 may be lost)"
    )


def _of_class(found, bound):
    """The same with another bound of what one class loses."""
    trials = [replace(t, found=replace(t.found, class_bound=bound)) for t in found.together.trials]
    return replace(found, together=replace(found.together, trials=tuple(trials)))


def test_nothing_is_claimed_of_classes_that_are_not_told(found):
    crop = [c for c in found.curves if c.label == "crop"]
    lost = tuple(replace(c, chance=1.0) if c in crop else c for c in found.curves)
    some = replace(_told(found, 0.015), curves=lost)
    assert sentence(some).startswith(
        "6 of 12 dimensions are enough on average over the 2 of 3 classes that are distinguished "
        "in held-out places: mean recall 0.800, against 0.810 with all;"
    )
    assert sentence(some).endswith("and one of these classes may lose up to 0.070 of its recall.")
    close = sentence(_of_class(some, 0.04))
    assert "are enough for the 2 of 3 classes that are distinguished in" in close
    assert close.endswith("and none of these classes loses more than 0.040 of its recall.")
    first, second, *_ = beside(some)
    assert (
        first
        == "not distinguished: crop; neither a linear model nor boosted trees do better than chance"
    )
    assert second == (
        "none of these classes was observed to lose more than 0.010 of its recall (tree; 0.05 "
        "may be lost)"
    )
    few = replace(some, curves=tuple(c for c in found.curves if c not in crop))
    assert beside(few)[0] == "not tested: crop; too few samples"
    none = replace(_told(found, 0.034, enough=False), curves=lost)
    assert sentence(none).startswith(
        "No small subset of the 12 dimensions is shown to be enough for the 2 of 3 classes that "
        "are distinguished in held-out places: 6 have a mean recall of 0.800, against 0.810 with "
        "all"
    )
    page = html.unescape(explanation_page(some))
    assert "Mean recall of logistic regression of all classes in held-out places" in page
    assert (
        "subset.yaml holds the 6 dimensions for the 2 of 3 classes that are distinguished" in page
    )
    assert some.in_file["told"] == ["tree", "water"]
    assert "mean recall of the distinguished classes" in some.in_file["model"]
    assert found.in_file["told"] == list(found.problem.classes)


def test_one_place_is_one_place(found):
    split = replace(found.problem.split, groups=("a",))
    one = replace(_told(found, 0.015), problem=replace(found.problem, split=split))
    assert "with 95 % confidence, in this place, at" in sentence(one)


def test_dimensions_are_learned_coordinates_only_where_they_are(found):
    said = "Dimensions are learned coordinates, not physical bands."
    name = found.problem.name

    def page(modality):
        item = replace(found.problem.task.inputs[name], modality=modality)
        task = replace(found.problem.task, inputs={name: item})
        return explanation_page(replace(found, problem=replace(found.problem, task=task)))

    assert said in page("embedding")
    assert said not in page("optical")
    assert said not in page("unknown")


def test_why_there_is_no_small_subset_is_said(found):
    said = sentence(_told(found, 0.034, enough=False))
    assert said.startswith(
        "No small subset of the 12 dimensions is shown to be enough in held-out places: 6 have"
    )
    assert "the loss may be 0.034 (margin 0.02)" in said
    said = sentence(_told(found, 0.01, 0.08, enough=False))
    assert "but tree loses 0.080 of its recall (at most 0.05 may be lost)" in said
    all_classes = _told(found, 0.01, enough=False).together.trials[0]
    all_classes = replace(all_classes, found=replace(all_classes.found, of_all=0.03))
    whole = Together("out", (), (all_classes,))
    assert "but the balanced accuracy of all 3 classes loses 0.030 (margin 0.02)" in sentence(
        replace(found, together=whole)
    )
    assert "one block in each place" in sentence(_told(found, float("nan"), enough=False))
    page = explanation_page(_told(found, 0.034, enough=False))
    assert "No small subset" in page
    assert "too few" in page


def test_a_page_that_has_its_answer_is_not_unfinished(found):
    page = explanation_page(found)
    assert "Unfinished" not in page
    verdict = page.split('<section id="verdict" class="verdict ')[1].split("</section>")[0]
    assert verdict.split('"')[0] in {"decided", "none"}
    assert re.search("<h2>(A few dimensions are enough|No small subset)</h2>", verdict)
    said = re.search('<p class="sentence">(.*?)</p>', verdict)[1]
    assert html.unescape(said) == sentence(found)


def test_nothing_found_is_not_no_small_subset(found):
    unknown = tuple(replace(c, chance=1.0) for c in found.curves)
    nothing = replace(found, curves=unknown, together=Together("out"))
    assert sentence(nothing) == (
        "No class is distinguished from the others better than by chance in held-out places: "
        "under randomised labels with the same spatial pattern, scores reach 1.000 (2 x balanced "
        "accuracy - 1 of one class against all others; at most 1)."
    )
    some = tuple(replace(c, chance=0.999) if c.label == "tree" else c for c in unknown)
    assert "scores reach 0.999 to 1.000 (" in sentence(replace(nothing, curves=some))
    assert "Nothing found" in explanation_page(nothing)
    line = found.curve("out", "forward", "tree")
    bent = replace(nothing, bent=(Bent("tree", ("D0003", "D0008"), 0.9, 0.1),))
    assert sentence(bent) == (
        "No linear model distinguishes any class from the others in held-out places; boosted "
        "trees distinguish tree with D0003, D0008 (0.900, chance 0.100; linear model "
        f"{line.full:.3f}, chance 1.000)."
    )
    assert "not distinguished: crop, water" in beside(bent)[0]


def test_the_published_rule_stands_beside_under_its_name(found):
    lines = [line for line in beside(found) if "Benavides-Martinez et al. 2026" in line]
    (line,) = lines
    rule = found.one_vs_rest
    assert f"needs {rule.k} (" in line
    assert f"which reach {rule.score:.3f}, against {rule.full:.3f} with all" in line
