"""Roles again: in other places, other years and other draws, and what chance can do."""

from dataclasses import replace

import numpy as np
from tests.dimensions.test_explanation import _ablation, _problem

from bocage.dimensions import Moments, Problem, curves, forward
from bocage.dimensions._null import Neighbours, positions
from bocage.dimensions._redundancy import Redundancy
from bocage.dimensions._roles import roles
from bocage.dimensions._stability import drawn, levels


def test_a_planted_dimension_is_chosen_in_every_place_year_and_draw():
    problem = _problem()
    alone = {each.over: each for each in levels(problem, [1, 1, 2])}
    assert set(alone) == {"region", "year"}
    for each in alone.values():
        assert each.known.all()
        assert each.needed[:, 0, 3].all()
        assert each.needed[:, 1, 8].all()
        assert (each.needed.sum(axis=2) == [1, 1, 2]).all()
        assert each.raised[:, 0, 3].all()
    again = drawn(problem, [1, 1, 2])
    assert again[:, 0, 3].all()
    assert again[:, 2, [3, 8]].all()


def test_a_dimension_that_serves_in_one_place_only_is_told():
    problem = _problem()
    X = problem.X.copy()
    elsewhere = problem.split.group != 0
    X[elsewhere, 3] = np.random.default_rng(1).normal(size=elsewhere.sum())
    X[elsewhere, 5] += 6.0 * (problem.codes[elsewhere] == 0)
    task = replace(problem.task, inputs={"made": replace(problem.task.inputs["made"], values=X)})
    one = Problem.of(task, problem.split, "made")
    region = next(each for each in levels(one, [1, 1, 2]) if each.over == "region")
    assert region.needed[:, 0, 3].tolist() == [True, False, False]
    assert region.needed[:, 0, 5].tolist() == [False, True, True]


def test_places_that_lack_a_class_have_no_say():
    served = np.array([[True, False], [True, True]])
    stack = np.array([[[True, False], [True, True]], [[False, False], [True, False]]])
    known = np.array([[True, True], [False, True]])
    draws = np.stack([served, served, served & [[True], [False]]])
    first, second = roles(("D0", "D1"), ("a", "b"), served, {"region": (stack, known)}, draws)
    # The second place knows b alone, of which D0 says there what it says elsewhere.
    assert first.agreement == {"region": 1.0}
    assert second.agreement == {"region": 0.5}
    assert (first.classes, first.low, first.high) == (("a", "b"), 1, 2)
    assert (second.low, second.high) == (0, 1)
    silent = roles(("D0",), ("a",), served[:1, :1], {"y": (stack[:1, :1, :1], known[1:, :1])})
    assert np.isnan(silent[0].agreement["y"])


def test_labels_move_within_their_place_and_keep_their_neighbours():
    rng = np.random.default_rng(0)
    at = rng.uniform(0, 1, (1200, 2)) * [0.5, 0.2] + np.repeat([[179.8, 60], [10, -3]], 600, axis=0)
    at[:, 0] = (at[:, 0] + 180) % 360 - 180  # across the date line
    place = np.repeat([3, 7], 600)
    # West and east halves of each place: other labels in the two places.
    east = (at[:, 0] - np.where(place == 3, 180.05, 10.25)) % 360 < 180
    values = east + 2 * (place == 7)
    ground = Neighbours(positions(at, place), place)
    near = _nearest(at)
    changed = []
    for _ in range(20):
        moved = ground.move(values, rng)
        assert ((moved >= 2) == (place == 7)).all()
        # Few neighbours are parted: the border of two halves, twice at most.
        assert (moved[near[:, 0]] != moved[near[:, 1]]).mean() < 0.12
        changed.append((moved != values).mean())
    assert 0.3 < np.mean(changed) < 0.7


def _nearest(at):
    from scipy.spatial import KDTree

    from bocage.core import unit_vectors

    xyz = unit_vectors(at)
    return np.column_stack([np.arange(len(at)), KDTree(xyz).query(xyz, 2)[1][:, 1]])


def test_labels_without_a_coordinate_are_shuffled():
    rng = np.random.default_rng(0)
    values = np.arange(40) % 2
    place = np.zeros(40, np.int64)
    moved = Neighbours(positions(np.full((40, 2), np.nan), place), place).move(values, rng)
    assert sorted(moved) == sorted(values)
    assert 0.2 < (moved != values).mean() < 0.8
    one = Neighbours(np.ones((40, 2)), np.zeros(40, np.int64)).move(values, rng)
    assert len(set(one.tolist())) == 1


def test_roles_of_other_classes_are_no_agreement():
    served = np.array([[True], [False]])
    stack, known = np.array([[[False], [True]]] * 3), np.ones((3, 2), bool)
    (role,) = roles(("D0",), ("a", "b"), served, {"region": (stack, known)})
    assert role.agreement == {"region": 0.0}
    assert not role.is_confirmed
    (alone,) = roles(("D0",), ("a", "b"), served, {})
    assert not alone.is_confirmed


def test_a_class_of_two_samples_does_not_choose_for_all():
    for seed in range(10):
        rng = np.random.default_rng(seed)
        codes = np.concatenate([np.arange(600) % 3, [3, 3]])
        X = rng.normal(size=(602, 64))
        X[:, 0] += 2.0 * (codes == 0)
        X[:, 1] += 2.0 * (codes == 1)
        normal = Moments.of(X, codes, 4).one_vs_rest()
        order = forward(normal, 4, joint=np.array([True, True, True, False]))[0]
        assert set(order[:2]) == {0, 1}


def test_all_classes_together_have_an_interval_over_places():
    def joint(place, own, label):
        return _ablation(place, own, [90, 90, 90], "joint", label)

    parts = [
        joint("p", [10, 10, 10], "a"), joint("q", [5, 10, 10], "a"), joint("q", [10, 10, 10], "b")
    ]  # fmt: skip
    whole = next(c for c in curves(parts) if c.label == "")
    # Class a: 1 and 0.5 in two places; class b: 1 in one of them.
    assert whole.score.tolist() == [0.875, 1.0]
    # A class of one place tells nothing of other places, and so does a mean with it.
    assert (whole.few.k, whole.few.low) == (2, None)
    assert np.isnan(whole.low).all()
    parts += [joint("p", [10, 10, 10], "b")]
    whole = next(c for c in curves(parts) if c.label == "")
    assert (whole.few.k, whole.few.low, whole.few.high) == (2, 1, 2)


def test_an_interval_without_an_end_is_infinite():
    never = _ablation("q", [0, 0, 10], [90, 90, 90])
    (curve,) = curves([_ablation("p", [10, 10, 10], [90, 90, 90]), never])
    assert curve.few.k is None
    (curve,) = curves([_ablation(p, [10, 10, 10], [90, 90, 90]) for p in "abcdefgh"] + [
        _ablation("z", [9, 9, 10], [90, 90, 90])
    ])  # fmt: skip
    assert (curve.few.k, curve.few.low, curve.few.high) == (1, 1, np.inf)
    (curve,) = curves([_ablation(p, [9, 10, 10], [90, 90, 90]) for p in "abcdefgh"])
    assert (curve.few.k, curve.few.low, curve.few.high) == (2, 2, 2)


def test_alike_is_each_to_each_other():
    # A chain: neighbours correlate by 0.8, those two steps apart by 0.6.
    rng = np.random.default_rng(0)
    one, two, three = rng.normal(size=(3, 4000))
    X = np.column_stack([one, 0.8 * one + 0.6 * two, 0.28 * one + 0.6 * two + 0.75 * three])
    found = Redundancy.of(X, np.zeros(len(X), np.int64))
    moved = np.column_stack([X, 2 * X[:, 0], X[:, 1] + np.repeat([0, 3], 2000)])
    copies = Redundancy.of(moved, np.repeat([0, 1], 2000)).copies
    # The last repeats within places, but tells places apart.
    assert copies == ((0, 3),)
    assert abs(found.correlation[0, 1]) > 0.7
    assert abs(found.correlation[0, 2]) < 0.7
    assert found.groups == ((0, 1),)
