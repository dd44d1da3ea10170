"""A training of a pretrained network starts where the frozen network with its head ends."""

import numpy as np
import pytest
from tests.data.chips import make_reflectance_chips

from bocage.methods import Effort, Recipe, Views, parse_method
from bocage.splits import Inner

pytestmark = pytest.mark.usefixtures("own_cache")

RECIPE = Recipe(2, 2)


def _inner(n):
    at = np.arange(n)
    folds = tuple((np.flatnonzero(at % 3 != k), np.flatnonzero(at % 3 == k)) for k in range(3))
    return Inner(folds, "groups")


def _fitted(views, text, n, inner):
    method = parse_method(text)
    method.check(views)
    method.prepare(views, RECIPE)
    return method.fit(views, np.arange(n), inner, Effort(4, RECIPE, 1))


@pytest.mark.parametrize("folds", [True, False])
@pytest.mark.parametrize("strategy", ["adapter", "lora", "full"])
def test_a_training_that_never_moves_is_the_frozen_method(series_task, strategy, folds):
    views, inner = Views(series_task), _inner(60) if folds else None
    frozen = _fitted(views, "series:presto:linear:weights=random", 60, inner)
    still = _fitted(views, f"series:presto:{strategy}:lr=0,weights=random", 60, inner)
    # Penalties lie apart: chosen on the same folds, from as many settings, they are the same.
    assert still.params["alpha"] == frozen.params["alpha"]
    rows = np.arange(90)
    np.testing.assert_allclose(
        still.learner.predict(rows), frozen.learner.predict(rows), atol=1e-4, rtol=1e-5
    )


def test_so_it_is_for_chips():
    views = Views(make_reflectance_chips(24, ("B2", "B3", "B4")))
    frozen = _fitted(views, "s2:prithvi-tiny:linear:weights=random", 12, _inner(12))
    still = _fitted(views, "s2:prithvi-tiny:full:lr=0,weights=random", 12, _inner(12))
    assert still.params["C"] == frozen.params["C"]
    rows = np.arange(12, 24)
    # Fitted on the same pixels; where two classes are as likely, rounding decides.
    same = still.learner.predict_masks(rows) == frozen.learner.predict_masks(rows)
    assert same.mean() > 0.999
