"""Labels that are polygons of several pixels: counted once, drawn whole, never torn apart."""

import numpy as np
import pytest

from bocage.core import Input
from bocage.splits import Budget, InnerMaker, LabelSampler, SplitSettings, make_split
from bocage.study._visits import field_visits
from bocage.tables import label_rows
from bocage.tasks import Samples, build_task

N = 90
"""Polygons: thirty of each class in three regions, of one to nine pixels."""


@pytest.fixture(scope="module", params=["classification", "regression"])
def task(request):
    rng = np.random.default_rng(3)
    size = np.arange(N) % 9 + 1
    polygon = np.repeat(np.arange(N), size)
    centre = np.column_stack([10 + 3.0 * (np.arange(N) % 3), 45 + rng.uniform(0, 0.5, N)])
    centre[:, 0] += rng.uniform(0, 0.5, N)
    kinds = np.array(["maize", "rice", "wheat"])[np.arange(N) // 3 % 3]
    target = kinds if request.param == "classification" else np.arange(N) + 0.5
    return build_task(
        Samples(
            name="polygons",
            kind=request.param,
            target=target[polygon],
            lonlat=centre[polygon] + rng.uniform(-2e-4, 2e-4, (len(polygon), 2)),
            inputs={"x": Input("x", rng.normal(size=(len(polygon), 3)), ("a", "b", "c"))},
            groups={
                "parcel": polygon.astype(str),
                "region": np.array(["r0", "r1", "r2"])[polygon % 3],
            },
            together_by=("parcel",),
            polygon=polygon,
        )
    )


@pytest.fixture(scope="module")
def split(task):
    return make_split(task, SplitSettings("region"))


def _whole(task, rows, pool):
    """Whether the rows are all pixels of the pool that their polygons have."""
    return set(rows) == set(pool[np.isin(task.polygon[pool], task.polygon[rows])])


def test_budgets_count_polygons_and_give_all_their_pixels(task, split):
    drawer, is_classes = LabelSampler(task, split), bool(task.classes)
    unit = "class" if is_classes else "label"
    for fold in split.folds:
        pool = np.unique(task.polygon[fold.pool])
        every = drawer.draw(fold, Budget(np.inf, unit), 0)
        assert every.n_labels == len(pool)
        before = set()
        for amount in (2, 4):
            drawn = drawer.draw(fold, Budget(amount, unit), 0)
            paid = np.setdiff1d(drawn.rows, fold.always)
            assert _whole(task, paid, fold.pool)
            found = np.unique(task.polygon[paid])
            wanted = len(np.unique(task.target[fold.pool])) * amount if is_classes else amount
            if not drawn.short:
                assert len(found) == wanted
            assert drawn.n_labels == len(found)
            assert before <= set(found.tolist())
            before = set(found.tolist())
        if is_classes:
            parcels = drawer.draw(fold, Budget(4, "parcel"), 0)
            np.testing.assert_array_equal(parcels.rows, drawn.rows)
        half = drawer.draw(fold, Budget(0.5, "fraction"), 0)
        assert abs(half.n_labels - len(pool) / 2) <= 1.5
        assert half.n_train == half.n_labels + len(label_rows(task, fold.always))


def test_large_polygons_are_drawn_no_more_often_than_small_ones(task, split):
    fold = next(fold for fold in split.folds if fold.regime == "out")
    unit = "class" if task.classes else "label"
    drawer, sizes = LabelSampler(task, split), []
    for repeat in range(300):
        rows = drawer.draw(fold, Budget(3, unit), repeat).rows
        sizes.append(len(rows) / len(np.unique(task.polygon[rows])))
    polygons = task.polygon[fold.pool]
    mean = len(polygons) / len(np.unique(polygons))
    # Sizes run from 1 to 9: were luck by pixels, the mean would be 6.3 and not 5.
    assert abs(np.mean(sizes) - mean) < 0.35


def test_no_fold_of_any_regime_tears_a_polygon(task, split):
    regimes = {fold.regime for fold in split.folds}
    assert {"out", "local", "both", "random"} <= regimes
    maker, drawer = InnerMaker(task, split), LabelSampler(task, split)
    for fold in split.folds:
        learned = np.union1d(fold.pool, fold.always)
        for rows in fold.tests.values():
            assert not np.isin(task.polygon[rows], task.polygon[learned]).any()
        rows = drawer.draw(fold, Budget(np.inf, "label"), 0).rows
        for train, held in maker.make(fold, rows).folds:
            assert not np.isin(task.polygon[rows[train]], task.polygon[rows[held]]).any()
    assert "random-units" not in regimes


def test_visits_in_the_field_are_to_polygons(task, split):
    if not task.classes:
        pytest.skip("numbers are not visited")
    # A third of the polygons are of each class, whatever their pixels.
    found = field_visits(task, split, 5, "region")
    assert found.share == pytest.approx(1 / 3)
