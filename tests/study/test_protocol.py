"""Each of the ten points can fail, and says why."""

from dataclasses import replace

import numpy as np
import pytest

from bocage.core import Input
from bocage.methods import Recipe, parse_method
from bocage.splits import parse_budget
from bocage.study import Answer, answer, protocol_points


@pytest.fixture(scope="module")
def found(finished):
    return answer(finished)


def point(study, found, number):
    made = protocol_points(study, found)[number - 1]
    assert made.number == number
    return made


def with_methods(study, *names):
    return replace(study, methods=tuple(parse_method(name) for name in names))


def with_inputs(study, **inputs):
    return replace(study, task=replace(study.task, inputs={**study.task.inputs, **inputs}))


def years(study, name, *seen, **more):
    return replace(study.task.inputs[name], years=seen, **more)


def test_ten_points_are_checked(finished, found):
    made = protocol_points(finished, found)
    assert [p.number for p in made] == list(range(1, 11))
    assert sum(p.passed for p in made) < 10


def test_1_labels_differ_between_methods(finished, found):
    assert point(finished, found, 1).passed
    results = finished.results()
    key = next(iter(results._cells))
    results._cells[key] = replace(results._cells[key], n_train=results._cells[key].n_train + 1)
    uneven = replace(found, results=results)
    assert point(finished, uneven, 1).outcome == "fail"
    assert "different numbers" in point(finished, uneven, 1).why


def test_2_nothing_is_held_out_in_space_or_no_random_split_stands_beside_it(finished, found):
    assert point(finished, found, 2).passed
    folds = finished.split.folds
    for kept, outcome in (("random", "fail"), ("out", "partly")):
        split = replace(finished.split, folds=tuple(f for f in folds if f.regime == kept))
        assert point(replace(finished, split=split), found, 2).outcome == outcome


def test_3_inputs_of_other_years_or_chip_sizes_or_undeclared(finished, found):
    silent = point(finished, found, 3)
    assert silent.outcome == "partly"
    assert "years and what was measured not declared" in silent.why
    good = years(finished, "good", 2020, modality="optical")
    noise = years(finished, "noise", 2020, modality="radar")
    assert point(with_inputs(finished, good=good, noise=noise), found, 3).passed
    later = years(finished, "noise", 2021, modality="radar")
    other = point(with_inputs(finished, good=good, noise=later), found, 3)
    assert (other.outcome, "different years" in other.why) == ("fail", True)
    n = len(finished.task)
    chips = {
        name: Input(name, np.zeros((n, 1, side, side)), ("a",))
        for name, side in (("good", 8), ("noise", 16))
    }
    sizes = point(with_inputs(finished, **chips), found, 3)
    assert (sizes.outcome, "different sizes" in sizes.why) == ("fail", True)


def test_4_heads_fixed_by_the_user_or_too_little_effort(finished, found):
    fixed = point(finished, found, 4)
    assert (fixed.outcome, "fixed by the user" in fixed.why) == ("fail", True)
    assert point(with_methods(finished, "prior", "good:logistic"), found, 4).passed
    nets = with_methods(finished, "prior", "good:presto:lora")
    assert point(nets, found, 4).passed
    for short in ({"trials": 2}, {"recipe": Recipe(5, 100)}, {"recipe": Recipe(20, 30)}):
        less = replace(nets, protocol=replace(nets.protocol, **short))
        made = point(less, found, 4)
        assert (made.outcome, "frozen methods are favoured" in made.why) == ("fail", True)


def test_5_a_run_without_costs(finished, found):
    assert point(finished, found, 5).passed
    results = finished.results()
    key = next(iter(results._cells))
    results._cells[key] = replace(results._cells[key], n_bytes=0)
    assert point(finished, replace(found, results=results), 5).outcome == "fail"


@pytest.mark.parametrize(
    ("methods", "outcome", "why"),
    [
        (("prior", "xy:knn1"), "fail", "no method on plain measurements"),
        (("prior", "good:logistic"), "partly", "no forest"),
        (("prior", "good:forest"), "partly", "bands without indices"),
        (("prior", "good.indices:forest"), "pass", "good.indices:forest"),
    ],
)
def test_6_the_traditional_baseline_is_weak_or_missing(finished, found, methods, outcome, why):
    made = point(with_methods(finished, *methods), found, 6)
    assert made.outcome == outcome
    assert why in made.why


def test_6_an_embedding_is_no_traditional_baseline(finished, found):
    embedding = replace(finished.task.inputs["good"], modality="embedding")
    study = with_inputs(with_methods(finished, "prior", "good:forest"), good=embedding)
    assert point(study, found, 6).outcome == "fail"


def test_7_nothing_is_stacked_or_no_embedding_is(finished, found):
    assert point(finished, found, 7).outcome == "fail"
    assert point(with_methods(finished, "good+xy:logistic"), found, 7).outcome == "fail"
    both = with_methods(finished, "good+noise:logistic")
    assert point(both, found, 7).outcome == "partly"
    embedding = replace(finished.task.inputs["good"], modality="embedding")
    assert point(with_inputs(both, good=embedding), found, 7).passed


def test_8_two_budgets_are_no_curve(finished, found):
    assert point(finished, found, 8).outcome == "fail"
    budgets = (*finished.budgets[:1], parse_budget("10", "class"), *finished.budgets[1:])
    blank = point(replace(finished, budgets=budgets), found, 8)
    assert (blank.outcome, "blank cells" in blank.why) == ("partly", True)


def test_9_nothing_falls_or_only_one_way(finished, found):
    assert point(finished, found, 9).passed
    none = replace(found, drops=dict.fromkeys(found.drops, ()))
    assert point(finished, none, 9).outcome == "fail"
    one = {b: tuple(d for d in rows if d.start == "in") for b, rows in found.drops.items()}
    assert point(finished, replace(found, drops=one), 9).outcome == "partly"
    alone = replace(finished, split=replace(finished.split, groups=("all",)))
    assert point(alone, found, 9).outcome == "does not apply"


def test_10_no_map_of_errors_can_be_drawn(finished, found):
    assert point(finished, found, 10).passed
    nowhere = replace(finished.task, lonlat=np.zeros_like(finished.task.lonlat))
    assert point(replace(finished, task=nowhere), found, 10).outcome == "fail"
    results = finished.results()
    results._cells.clear()
    empty: Answer = replace(found, results=results)
    assert point(finished, empty, 10).outcome == "fail"
