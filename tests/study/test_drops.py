"""Falls between domains: their size, their sign, and what is paired (synthetic counts)."""

from dataclasses import replace

import numpy as np
import pytest

from bocage.metrics import find_metric
from bocage.study._drops import drops
from bocage.study._unit_counts import UnitCounts

ACCURACY = find_metric("classification", "accuracy")


def make(hits, group, *, block=None, methods=("a",), n=100.0):
    hits = np.broadcast_to(hits, (len(methods), 1, len(group))).astype(float)
    counts = np.zeros((*hits.shape, 2, 2))
    counts[..., 0, 0], counts[..., 0, 1] = hits, n - hits
    group = np.asarray(group)
    block = block or tuple(f"{g}/{i}" for i, g in enumerate(group))
    return UnitCounts("classification", methods, counts, block, group)


def held_back(out, by=0.0, n=2):
    """`in`: the first blocks of every group are tested in the folds of all others."""
    first = [row for g in out.groups for row in np.flatnonzero(out.group == g)[:n].tolist()]
    hits = out.counts[:, :, first, 0, 0] + by
    block = tuple(out.block[row] for row in first)
    return make(hits, out.group[first], block=block, methods=out.methods)


def test_both_falls_are_start_minus_end():
    group = np.arange(40) // 4
    out = make(np.full(40, 60.0), group)
    found = drops(
        {"out": out, "local": make(np.full(40, 75.0), group), "in": held_back(out, 20)},
        metric=ACCURACY,
    )
    assert [(d.start, d.end) for d in found] == [("in", "out"), ("local", "out")]
    assert [d.drop.value for d in found] == pytest.approx([0.2, 0.15])
    assert [d.start_score.value for d in found] == pytest.approx([0.8, 0.75])


def test_a_fall_is_a_loss_for_errors_too():
    def moments(error):
        table = np.zeros((1, 1, 30, 6))
        table[..., 0], table[..., 2], table[..., 4] = 10, 100, error**2 * 10
        group = np.arange(30) // 3
        return UnitCounts("regression", ("a",), table, tuple(map(str, range(30))), group)

    found = drops(
        {"local": moments(1.0), "out": moments(3.0)}, metric=find_metric("regression", "rmse")
    )
    assert found[0].drop.value == pytest.approx(2.0)


def test_one_place_by_two_kinds_of_labels_is_fully_paired():
    rng = np.random.default_rng(0)
    hits = rng.uniform(20, 70, 40)
    group = np.arange(40) // 4
    found = drops({"out": make(hits, group), "local": make(hits + 20, group)}, metric=ACCURACY)[0]
    assert found.drop.high - found.drop.low == pytest.approx(0, abs=1e-3)
    assert found.start_score.high - found.start_score.low > 0.1


def test_hard_places_pull_both_domains_down():
    """`in` and `out` meet the same groups, so their difference varies less than unpaired ones."""
    rng = np.random.default_rng(1)
    place = rng.uniform(20, 70, 10)
    out = make(np.repeat(place, 4), np.arange(40) // 4)
    found = drops({"out": out, "in": held_back(out, 10)}, metric=ACCURACY)[0]
    width = found.drop.high - found.drop.low
    out_width = found.end_score.high - found.end_score.low
    in_width = found.start_score.high - found.start_score.low
    assert found.drop.value == pytest.approx(0.1)
    assert width < 0.5 * np.hypot(out_width, in_width)


def test_few_places_give_falls_for_these_places():
    group = np.arange(40) // 10
    hits = np.random.default_rng(0).uniform(20, 70, 40)
    out = make(hits, group)
    found = drops(
        {"out": out, "in": held_back(out, 10), "local": make(hits + 5, group)}, metric=ACCURACY
    )
    assert all(d.conditional for d in found)
    assert all(d.drop.low <= d.drop.value + 1e-9 <= d.drop.high + 2e-9 for d in found)


def test_groups_without_local_labels_are_left_out_of_that_fall_only():
    group = np.arange(40) // 4
    hits = np.where(group == 9, 0.0, 60.0)
    out = make(hits, group)
    local = make(np.full(36, 70.0), group[:36])
    found = drops({"out": out, "local": local, "in": held_back(out)}, metric=ACCURACY)
    assert found[1].drop.value == pytest.approx(0.1)
    assert found[0].end_score.value == pytest.approx(0.54)


def test_methods_missing_in_one_domain_and_domains_that_did_not_run_are_left_out():
    group = np.arange(40) // 4
    out = make(np.full(40, 60.0), group, methods=("a", "b"))
    local = make(np.full(40, 60.0), group, methods=("b", "c"))
    assert [d.method for d in drops({"out": out, "local": local}, metric=ACCURACY)] == ["b"]
    assert drops({"local": local}) == ()


def test_no_interval_is_made_up_where_places_have_one_block():
    group = np.arange(5)
    out = make([50.0, 60, 70, 80, 90], group)
    found = drops({"out": out, "local": replace(out, counts=out.counts)}, metric=ACCURACY)[0]
    assert found.drop.value == 0
    assert np.isnan(found.drop.low)
    few = make(np.random.default_rng(0).uniform(20, 70, 40), np.arange(40) // 10)
    alone = drops({"out": few, "in": held_back(few, n=1)}, metric=ACCURACY)[0]
    assert np.isnan([alone.start_score.low, alone.drop.low]).all()
    assert np.isfinite([alone.end_score.low, alone.drop.value]).all()


def test_equal_errors_are_no_fall_of_r2_whatever_is_tested():
    """`in` tests samples that differ less from each other than those of `out`."""
    group = np.arange(30) // 3

    def moments(spread, error=2.0):
        table = np.zeros((1, 1, 30, 6))
        table[..., 0], table[..., 2], table[..., 4] = 10, 10 * spread, 10 * error
        return UnitCounts("regression", ("a",), table, tuple(map(str, range(30))), group)

    r2 = find_metric("regression")
    same = drops({"in": moments(2.5), "local": moments(4.0), "out": moments(10.0)}, metric=r2)
    for found in same:
        assert found.drop.value == pytest.approx(0.0)
        assert found.start_score.value == found.end_score.value == pytest.approx(0.8)
    (worse,) = drops({"in": moments(2.5), "out": moments(10.0, 3.0)}, metric=r2)
    assert worse.drop.value == pytest.approx(0.1)
