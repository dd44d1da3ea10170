"""A number on a raster: with few dimensions and with all."""

from dataclasses import replace

import numpy as np
import pytest
from tests.data.alphaearth import codes, write_alphaearth
from tests.dimensions.test_numbers import problem_of

from bocage.core import Input
from bocage.dimensions import Problem, explain_number, in_use, value_map
from bocage.sources import AEF_BANDS, AEF_CODING, open_source

SHAPE = 48, 40


@pytest.fixture(scope="module")
def found():
    """Unit vectors whose first dimension decides."""
    base = problem_of(n=240)
    X = AEF_CODING.decode(codes(240, seed=3)).T
    rng = np.random.default_rng(2)
    y = 3 + 40 * X[:, 0] + rng.normal(size=240)
    task = replace(base.task, target=y, inputs={"made": Input("made", X, AEF_BANDS)})
    return explain_number(Problem.of(task, base.split, "made"), margin=0.1)


def test_values_are_those_of_ridge_regression(found, tmp_path):
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    write_alphaearth(tmp_path / "aef.tif", *SHAPE)
    raster = open_source(tmp_path / "aef.tif")
    drawn = value_map(found, raster)
    assert drawn.k == found.together.k
    assert found.together.bands[0] == "A00"
    assert drawn.piece.n_pixels == SHAPE[0] * SHAPE[1]
    assert drawn.piece.n_labels == 0
    values = AEF_CODING.decode(raster.read(raster.grid.whole)).reshape(64, -1).T
    known = np.isfinite(values).all(axis=1)
    problem = found.problem
    said = []
    for bands in (found.together.bands, AEF_BANDS):
        at = [AEF_BANDS.index(band) for band in bands]
        X = (problem.X + problem.mean)[:, at]
        model = make_pipeline(StandardScaler(), Ridge()).fit(X, problem.target)
        said.append(np.where(known, model.predict(np.nan_to_num(values[:, at])), np.nan))
    # The file's first row lies in the south, the picture's in the north.
    for made, true in zip((drawn.few, drawn.every), said, strict=True):
        np.testing.assert_allclose(made[::-1].ravel(), true)
    assert np.isnan(drawn.few).any()
    assert drawn.apart == pytest.approx(np.sqrt(np.nanmean((said[0] - said[1]) ** 2)))
    assert drawn.spread == pytest.approx(np.nanstd(said[1]))


def test_nothing_is_drawn_without_a_subset(found, tmp_path):
    write_alphaearth(tmp_path / "aef.tif", *SHAPE)
    nothing = replace(found, together=replace(found.together, bands=()))
    assert value_map(nothing, open_source(tmp_path / "aef.tif")) is None
    assert in_use(nothing) is None


def test_the_few_are_tried_beside_all(found):
    spent = in_use(found)
    assert all(part > 0 for part in (*spent.fit, *spent.predict))
