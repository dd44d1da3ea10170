"""Budgets from settings, and the classes that can't fill them."""

from dataclasses import replace

import numpy as np
import pytest

from bocage.splits import Budget
from bocage.study import prepare
from bocage.study._choose_budgets import choose_budgets, scarce_classes


def test_budgets_are_the_most_that_is_drawn_unless_asked_to_be_exact(settings, toy):
    loose = choose_budgets(settings(budgets=["all", "20", "5"]), toy)
    assert [b.label for b in loose] == [
        "up to 5 labels per class",
        "up to 20 labels per class",
        "all labels",
    ]
    exact = choose_budgets(settings(budgets=["20", "all"], exact=True), toy)
    assert [b.label for b in exact] == ["20 labels per class", "all labels"]
    assert [b.exact for b in choose_budgets(settings(budgets=None, exact=True), toy)][:2] == [
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("counts", "exact", "note"),
    [
        (
            {0: 3},
            False,
            (
                "1 class has fewer labels than some budgets: 'crop' (has 3, budgets of 5 to "
                "20); these budgets use all labels of these classes. Such classes "
                "can be merged (--merge) "
                "or left out (--min-class)"
            ),
        ),
        (
            {0: 3, 1: 19},
            True,
            (
                "2 classes have fewer labels than some budgets: 'crop' (has 3, budgets of 5 to "
                "20), 'tree' (has 19, budgets of 20); these budgets stay blank. Such classes can "
                "be merged (--merge) or left out (--min-class)"
            ),
        ),
    ],
)
def test_scarce_classes_are_named_in_one_line(toy, counts, exact, note):
    target = toy.target.copy()
    for code, kept in counts.items():
        target[np.flatnonzero(toy.target == code)[kept:]] = 2
    budgets = (*(Budget(k, exact=exact) for k in (5, 20)), Budget(float("inf")))
    assert scarce_classes(replace(toy, target=target), budgets) == (note,)


def test_nothing_is_said_where_nothing_is_scarce(toy, toy_regression):
    assert scarce_classes(toy, (Budget(5), Budget(20), Budget(float("inf")))) == ()
    assert scarce_classes(toy, (Budget(0.01, "fraction"), Budget(500, "label"))) == ()
    assert scarce_classes(toy_regression, (Budget(500, "label"),)) == ()


def test_settings_put_classes_together_and_leave_some_out(settings, tmp_path):
    made = settings(merge={"tree": "crop"}, min_class=10, distinct=True, exact=True)
    assert "merge:\n  tree: crop\nmin_class: 10\ndistinct: true\n" in made.to_yaml()
    study = prepare(made, tmp_path / "study")
    assert study.task.classes == ("crop", "water")
    assert any("'tree'" in note for note in study.task.notes)
