"""The range of errors, beside the blocks: known where the errors are made."""

from dataclasses import replace

import numpy as np
from scipy.ndimage import gaussian_filter
from tests.data.studies import make_study

from bocage.core import Input
from bocage.splits import SplitSettings
from bocage.study import Protocol, block_ranges
from bocage.study._protocol import _split
from bocage.tasks import Samples, build_task

DEGREE = 111_195.0
SETTINGS = SplitSettings("blocks", block_metres=10_000.0, sensitivity=False)


def _study(tmp_path, scale, kind="regression"):
    """A target that no feature shows, smooth over some km (synthetic), in 1,000 places."""
    rng = np.random.default_rng(11)
    field = rng.normal(size=(100, 100))
    if scale:
        field = gaussian_filter(field, scale, mode="wrap")
    at = rng.choice(10_000, 1000, replace=False)
    row, column = np.divmod(at, 100)
    target = field.ravel()[at] / field.std()
    target = target if kind == "regression" else np.where(target > 0, "a", "b")
    lonlat = np.column_stack([column, row]) * 1000 / DEGREE
    inputs = {"x": Input("x", rng.normal(size=(1000, 3)), ("p", "q", "r"))}
    task = build_task(Samples("made", kind, target, lonlat, inputs))
    head = "x:ridge" if kind == "regression" else "x:logistic"
    return make_study(tmp_path, task, ["prior", head], ["all"], SETTINGS, Protocol())


def test_the_range_is_that_of_the_errors(tmp_path):
    for kind in ("regression", "classification"):
        (found,) = block_ranges(_study(tmp_path, 4, kind))
        # A Gaussian filter of 4 km leaves a correlation of 5 % at 2 * 4 * sqrt(ln 20) = 13.8 km.
        assert 9_000 < found.range < 20_000, kind
        assert (found.group, found.side, found.n) == ("all", 10_000.0, 1000)
        assert found.method in {"x:ridge", "x:logistic"}


def test_errors_that_know_no_neighbours_have_no_range_or_a_short_one(tmp_path):
    (found,) = block_ranges(_study(tmp_path, 0))
    assert not found.range > 5_000


def test_without_blocks_or_a_head_nothing_is_measured(tmp_path):
    study = _study(tmp_path, 4)
    floors = replace(study, methods=study.methods[:1])
    assert block_ranges(floors) == ()
    whole = replace(study, split=replace(study.split, block_metres={"all": 0.0}))
    assert block_ranges(whole) == ()


def test_random_folds_of_a_declared_sample_are_not_called_a_spatial_split(tmp_path):
    task = _study(tmp_path, 4).task
    settings = SplitSettings("none", sampling="probability")
    study = make_study(tmp_path, task, ["prior", "x:ridge"], ["all"], settings, Protocol())
    assert _split(study)[0] == "partly"
