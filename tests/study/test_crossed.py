"""What is known of how much folds taught one another."""

import numpy as np
import pytest
from tests.data.scripts import load_script

from bocage.core import Input
from bocage.methods import parse_method
from bocage.splits import Fold
from bocage.stats import cross_widening
from bocage.study import crossed
from bocage.tasks import Samples, build_task

N = 60
NAMES = ("prior", "aef:ridge", "aef:forest", "xy:knn1", "aef+s2:ridge", "s2.indices:ridge",
         "series:ridge", "series@presto:ridge", "series:presto:full")  # fmt: skip


@pytest.fixture(scope="module")
def task():
    rng = np.random.default_rng(0)
    lonlat = np.column_stack([np.linspace(10, 11, N), np.full(N, 45.0)])
    s2 = ("B02", "B03", "B04", "B08", "B11")
    inputs = {
        "aef": Input("aef", rng.normal(size=(N, 8)), tuple(f"A{i:02d}" for i in range(8))),
        "s2": Input("s2", rng.uniform(0.1, 1, (N, 5)), s2, "reflectance"),
        "series": Input("series", rng.normal(size=(N, 3, 5)), s2, "reflectance"),
    }
    return build_task(Samples("t", "regression", rng.normal(size=N), lonlat, inputs))


def _fold(pool, always=0):
    rows = np.arange(pool + always)
    return Fold("local/a/0", "local", "a", rows[:pool], rows[pool:], {"local": np.arange(50, N)})


def test_what_a_head_learns_from_its_labels(task):
    folds = [_fold(30), _fold(36, always=6)]
    found = crossed(task, [parse_method(name) for name in NAMES], folds)
    indices = 1 + 5  # what five such bands make
    numbers = [1, 9, 9, 18, 14, indices, 16, np.inf, np.inf]
    want = [cross_widening(k, 36) for k in numbers]
    assert found == pytest.approx(want)
    assert found[0] < found[1] < found[4] < found[6] < found[7] == pytest.approx(np.sqrt(1.5))
    # With many labels few features are no line, but bends.
    (forest, line) = crossed(task, [parse_method(f"aef:{m}") for m in ("forest", "ridge")],
                             [_fold(400)])  # fmt: skip
    assert forest == pytest.approx(cross_widening(40, 400))
    assert line == pytest.approx(cross_widening(9, 400))


@pytest.mark.slow
def test_intervals_hold_the_score_of_heads_that_really_learn():
    learned = load_script("learned")
    seeds = range(learned.FIRST, learned.FIRST + 25)
    (*found,) = learned.learned_scores(seeds, (64,), {"regression": ("ridge",)})
    assert len(found) == 2
    assert [str(claim) for claim in found if not claim.holds] == []
