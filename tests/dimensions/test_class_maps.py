"""Classes on a raster: with few dimensions and with all."""

from dataclasses import replace

import numpy as np
import pytest
import rasterio
from affine import Affine
from tests.data.alphaearth import NORTH, codes, write_alphaearth
from tests.dimensions.test_explanation import _problem

from bocage.core import DataError, Input
from bocage.dimensions import NO_DATA, Problem, class_maps, explain, in_use, linear_ablations
from bocage.dimensions._class_maps import BOTH, ONLY_ALL, ONLY_FEW
from bocage.sources import AEF_BANDS, AEF_CODING, Declared, open_source

SHAPE = 48, 40


@pytest.fixture(scope="module")
def found():
    """Unit vectors whose first two dimensions tell the classes."""
    problem = _problem(n=240)
    X = AEF_CODING.decode(codes(len(problem.task), seed=3)).T
    X[:, 0] += 0.5 * (problem.codes == 0)
    X[:, 1] += 0.5 * (problem.codes == 1)
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    item = Input("made", X, AEF_BANDS)
    made = Problem.of(replace(problem.task, inputs={"made": item}), problem.split, "made")
    # What is drawn does not hang on how little may be lost.
    return explain(made, linear_ablations(made), margin=0.3, class_margin=0.5)


@pytest.fixture
def raster(tmp_path):
    write_alphaearth(tmp_path / "aef.tif", *SHAPE)
    return open_source(tmp_path / "aef.tif")


def test_marks_are_what_ridge_classifiers_say(found, raster):
    from sklearn.linear_model import Ridge
    from sklearn.preprocessing import StandardScaler

    maps = class_maps(found, raster)
    assert maps.piece.n_pixels == SHAPE[0] * SHAPE[1]
    problem, one = found.problem, maps.maps[0]
    stored = raster.read(raster.grid.whole)
    values = AEF_CODING.decode(stored).reshape(64, -1).T
    known = np.isfinite(values).all(axis=1)
    own = problem.codes == problem.classes.index(one.label)
    weight = np.where(own, 0.5 / own.sum(), 0.5 / (~own).sum())
    said = []
    for bands in (one.bands, AEF_BANDS):
        at = [AEF_BANDS.index(band) for band in bands]
        X = problem.X[:, at] + problem.mean[at]
        scaler = StandardScaler().fit(X, sample_weight=weight)
        model = Ridge(1e-2).fit(scaler.transform(X), np.where(own, 1, -1), sample_weight=weight)
        values_here = np.nan_to_num(values[:, at])
        said.append((model.predict(scaler.transform(values_here)) > 0) & known)
    # The file's first row lies in the south, the picture's in the north.
    marks = one.marks[::-1].ravel()
    assert ((marks == NO_DATA) == ~known).all()
    assert ((marks == BOTH) == (said[0] & said[1])).all()
    assert ((marks == ONLY_FEW) == (said[0] & ~said[1])).all()
    assert ((marks == ONLY_ALL) == (said[1] & ~said[0])).all()
    overlap = (said[0] & said[1]).sum() / (said[0] | said[1]).sum()
    assert one.overlap == pytest.approx(overlap)
    assert maps.piece.n_labels == 0


def test_pixels_around_the_labels_are_taken(found, tmp_path, monkeypatch):
    from pyproj import Transformer

    from bocage.dimensions import _piece

    monkeypatch.setattr(_piece, "SIDE", 8)
    stored = write_alphaearth(tmp_path / "aef.tif", *SHAPE, holes=False)
    stored[:, :40] = -128
    write_alphaearth(tmp_path / "aef.tif", *SHAPE, values=stored)
    raster = open_source(tmp_path / "aef.tif")
    # No label lies there: the middle, which has no data.
    with pytest.raises(DataError, match="no data in the 8 x 8 pixels from row 20"):
        class_maps(found, raster)
    to = Transformer.from_crs("EPSG:32633", "EPSG:4326", always_xy=True)
    at = to.transform(NORTH[0] + 205, NORTH[1] + 445)
    task = replace(found.problem.task, lonlat=np.tile(at, (len(found.problem.task), 1)))
    here = replace(found, problem=replace(found.problem, task=task))
    maps = class_maps(here, raster)
    assert (maps.maps[0].marks != NO_DATA).all()
    assert maps.piece.n_labels == len(task)


def test_rasters_that_do_not_fit_are_refused(found, raster, tmp_path):
    write_alphaearth(
        tmp_path / "few.tif", *SHAPE, n_bands=8, values=codes(1920, n_bands=8).reshape(8, 48, 40)
    )
    few = open_source(tmp_path / "few.tif", Declared(scale=1.0))
    with pytest.raises(DataError, match="has no band A08, A09, A10, A11, A12 and 51 more"):
        class_maps(found, few)
    X = (found.problem.X + found.problem.mean) * 10_000
    problem = found.problem
    item = replace(problem.task.inputs["made"], values=X)
    large = Problem.of(replace(problem.task, inputs={"made": item}), problem.split, "made")
    with pytest.raises(DataError, match=r"64 of 64 bands of aef\.tif are on a different scale"):
        class_maps(replace(found, problem=large), raster)


def test_an_undeclared_mark_for_nothing_is_not_drawn(found, raster, tmp_path):
    values = AEF_CODING.decode(raster.read(raster.grid.whole)).astype("float32")
    values[:, 30:33, 20:23] = -9999
    profile = {"dtype": "float32", "count": 64, "height": SHAPE[0], "width": SHAPE[1]}
    with rasterio.open(
        tmp_path / "float.tif", "w", **profile, crs=raster.grid.crs,
        transform=Affine(*raster.grid.transform),
    ) as out:  # fmt: skip
        out.write(values)
        out.descriptions = AEF_BANDS
    with pytest.raises(DataError, match=r"9 of .* pixels of float\.tif .* hold -9999 in all bands"):
        class_maps(found, open_source(tmp_path / "float.tif"))
    told = open_source(tmp_path / "float.tif", Declared(nodata=-9999))
    assert class_maps(found, told).maps


def test_the_window_lies_on_labels_where_they_are_two_clusters(found, tmp_path, monkeypatch):
    from pyproj import Transformer

    from bocage.dimensions import _piece

    monkeypatch.setattr(_piece, "SIDE", 8)
    write_alphaearth(tmp_path / "aef.tif", *SHAPE, holes=False)
    to = Transformer.from_crs("EPSG:32633", "EPSG:4326", always_xy=True)
    task = found.problem.task
    near, far = (to.transform(NORTH[0] + at, NORTH[1] + at) for at in (25, 365))
    lonlat = np.where((np.arange(len(task)) % 2 == 0)[:, None], near, far)
    problem = replace(found.problem, task=replace(task, lonlat=lonlat))
    maps = class_maps(replace(found, problem=problem), open_source(tmp_path / "aef.tif"))
    assert maps.piece.n_labels == len(task) // 2


def test_the_few_are_tried_beside_all(found):
    spent = in_use(found)
    assert all(part > 0 for part in (*spent.fit, *spent.predict))
    nothing = replace(found, together=replace(found.together, bands=()))
    assert in_use(nothing) is None
