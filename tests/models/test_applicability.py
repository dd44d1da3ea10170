"""Area of applicability: CAST's figures, exact distances, the same bytes however it is run."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from scipy.special import ndtri
from threadpoolctl import threadpool_info, threadpool_limits

from bocage.core import DataError
from bocage.methods import Head
from bocage.models import Applicability
from bocage.models._error_curve import ErrorCurve
from bocage.models._nearest import FoldRows
from bocage.sources import INT8_NODATA, Coding

AEF = Coding("square", INT8_NODATA)


def r_normal(seed, n):
    """What R draws by rnorm after set.seed: Mersenne Twister, inversion of 54 random bits."""
    state = []
    for i in range(50 + 625):
        seed = (69069 * seed + 1) % 2**32
        state += [seed] if i >= 51 else []
    source = np.random.RandomState()
    source.set_state(("MT19937", np.array(state, np.uint32), 624))
    uniform = np.frombuffer(source.bytes(8 * n), "<u4") * 2.3283064365386963e-10
    return ndtri((np.floor(2**27 * uniform[0::2]) + uniform[1::2]) / 2**27)


def embeddings(n, seed=0, d=64):
    """Stored vectors of length 1 around a few centres."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(5, d))[rng.integers(0, 5, n)] + rng.normal(0, 0.7, (n, d))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.rint(127.5 * np.sign(vectors) * np.sqrt(np.abs(vectors))).astype(np.int8).T


def plain(fitted, X):
    """The index by double precision alone."""
    scaled = [(rows - fitted.mean) * fitted.factor for rows in (X, fitted.rows)]
    return cdist(*scaled).min(axis=1) / fitted.mean_distance


def test_figures_of_the_reference_implementation_are_met():
    # trainDI and aoa of CAST on 30 rows of 4 bands, 3 folds and weights drawn in R, to 17 digits.
    X = r_normal(42, 120).reshape(4, 30).T
    weights = np.abs(r_normal(99, 4)) + 0.01
    fitted = Applicability.fit(X, np.arange(30) % 3, weights)
    assert fitted.mean_distance == pytest.approx(0.91476472628243588, rel=1e-13)
    assert fitted.threshold == pytest.approx(0.72102413876640736, rel=1e-13)
    expected = [0.18251965150140842, 0.084219300763422184, 0.40722185191568061]
    np.testing.assert_allclose(fitted.training_index[:3], expected, rtol=1e-12)
    new = fitted.index(r_normal(777, 40).reshape(4, 10).T)
    expected = [0.42255706172908503, 0.13657922866347202, 0.67300846077479337]
    np.testing.assert_allclose(new[:3], expected, rtol=3e-7)
    np.testing.assert_array_equal(fitted.inside(new), np.arange(10) != 4)


def held_out(folds):
    """The folds that numbers of samples make, each tested after learning from the others."""
    return [
        FoldRows(np.flatnonzero(folds != k), np.flatnonzero(folds == k)) for k in np.unique(folds)
    ]


def test_the_folds_of_a_score_give_the_same_figures():
    X = r_normal(42, 120).reshape(4, 30).T
    weights = np.abs(r_normal(99, 4)) + 0.01
    fitted = Applicability.of_folds(X, held_out(np.arange(30) % 3), weights)
    assert fitted.mean_distance == pytest.approx(0.91476472628243588, rel=1e-13)
    assert fitted.threshold == fitted.whisker == pytest.approx(0.72102413876640736, rel=1e-13)
    # The first fold's samples stand first.
    assert fitted.training_index[0] == pytest.approx(0.18251965150140842, rel=1e-12)
    assert fitted.training_index[10] == pytest.approx(0.084219300763422184, rel=1e-12)


def test_distances_are_to_what_a_fold_learned_from_and_nothing_else():
    X = np.array([[0.0], [1.0], [3.0], [7.0]])
    # The second sample is held back from the first fold, as `in` does.
    fitted = Applicability.of_folds(X, [FoldRows(np.array([2, 3]), np.array([0]))])
    pairs = (1 + 3 + 7 + 2 + 6 + 4) / 6
    np.testing.assert_allclose(fitted.training_index, [3.0 / pairs])
    with pytest.raises(DataError, match="1 fold to"):
        Applicability.of_folds(X, [FoldRows(np.array([2]), np.array([], int))])


def regions(seed=0, n=240):
    """Unit vectors of four regions, and errors of a method that was tested on each in turn.

    Two are alike and easy. The two others vary along directions of their own and are hard.
    """
    rng = np.random.default_rng(seed)
    own = rng.normal(size=(3, 9, 64))[[0, 0, 1, 2]]
    place = np.repeat(np.arange(4), n)
    X = np.einsum("ni,nij->nj", rng.normal(size=(4 * n, 9)), own[place])
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    errors = rng.random(4 * n) < np.array([0.1, 0.1, 0.6, 0.6])[place]
    return X, place, errors.astype(float)


def random_vectors(n=1000, d=64):
    vectors = np.random.default_rng(7).normal(size=(n, d))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_noise_is_outside_though_regions_lie_as_far_from_each_other():
    X, place, errors = regions()
    fitted = Applicability.of_folds(X, held_out(place), errors=errors)
    noise = fitted.index(random_vectors())
    # Regions left out lie as far from the others as noise: the published threshold lets it in.
    assert (noise <= fitted.whisker).mean() > 0.5
    assert fitted.inside(noise).mean() < 0.05
    inside = fitted.training_index <= fitted.threshold
    assert errors[inside].mean() < fitted.curve.level < errors[~inside].mean()
    assert 0.4 < inside.mean() < 0.6
    assert "expected error of at most" in fitted.rule
    assert f"{fitted.curve.level:.2g} " in fitted.rule


def test_pixels_of_one_polygon_count_once():
    X, place, errors = regions()
    fitted = Applicability.of_folds(X, held_out(place), errors=errors)
    rows = np.repeat(np.arange(len(X)), 5)
    # Each sample five times is no more evidence than once, and a few polygons are too few.
    again = Applicability.of_folds(
        X[rows], held_out(place[rows]), errors=errors[rows], units=rows, max_rows=len(rows)
    )
    np.testing.assert_allclose(again.curve.error, fitted.curve.error)
    assert again.curve.slack == pytest.approx(fitted.curve.slack)
    few = Applicability.of_folds(X, held_out(place), errors=errors, units=np.arange(len(X)) // 50)
    assert few.curve is None


def test_where_errors_are_the_same_everywhere_the_threshold_is_the_published_one():
    X, place, _ = regions()
    errors = np.tile([0.0, 1.0], len(X) // 2)
    fitted = Applicability.of_folds(X, held_out(place), errors=errors)
    assert fitted.threshold == fitted.whisker
    assert f"up to it, their expected error is at most {fitted.curve.level:.2g}" in fitted.rule
    assert fitted.curve.error.max() <= fitted.curve.level
    kilograms = Applicability.of_folds(X, held_out(place), errors=1000 * errors, is_share=False)
    assert f"is at most {kilograms.curve.level:,.0f})" in kilograms.rule
    assert (
        "errors of 100 or more of them are not known"
        in Applicability.of_folds(X, held_out(place)).rule
    )


def test_the_density_is_the_number_of_samples_within_the_threshold():
    stored = np.concatenate([embeddings(1200), embeddings(200, seed=9)], axis=1)
    values = AEF.decode(stored).T
    fitted = Applicability.fit(values[:600], np.arange(600) % 5)
    index, density = fitted.near_stored(stored, AEF)
    scaled = [(rows - fitted.mean) * fitted.factor for rows in (values, fitted.rows)]
    expected = (cdist(*scaled) / fitted.mean_distance <= fitted.threshold).sum(axis=1)
    assert expected.max() > 50
    assert (np.abs(density - expected) > 0).mean() < 0.002
    np.testing.assert_array_equal(density > 0, fitted.inside(index))
    assert 0 < (density == 0).sum() < 400
    stored[:, 3] = INT8_NODATA
    assert np.isnan(fitted.near_stored(stored, AEF)[1][3])


def test_the_density_of_drawn_rows_stands_for_all():
    X = np.random.default_rng(0).normal(size=(4000, 2))
    folds = held_out(np.arange(4000) % 4)
    drawn = Applicability.of_folds(X, folds, max_rows=1000)
    assert len(drawn.rows) == 1000
    assert len(drawn.training_index) == drawn.n_training == 4000
    pixel = np.zeros((2, 1))
    apart = np.linalg.norm((X - pixel.T) * drawn.factor, axis=1) / drawn.mean_distance
    found = drawn.near_stored(pixel, Coding())[1][0]
    assert found % 4 == 0
    assert found == pytest.approx((apart <= drawn.threshold).sum(), rel=0.25)


@pytest.mark.real
def test_noise_is_outside_of_what_real_regions_show():
    folder = Path(os.environ.get("BOCAGE_DATA", "")) / "four-regions"
    if not folder.is_dir():
        pytest.skip("BOCAGE_DATA is not set or has no four-regions")
    table = pd.concat([pd.read_csv(path) for path in sorted(folder.glob("*.csv"))])
    table = table[table["dw_label"].isin([0, 1, 4, 6])]
    X = table[[f"A{i:02d}" for i in range(64)]].to_numpy(float)
    y, place = (pd.factorize(table[name])[0] for name in ("dw_label", "region"))
    folds, errors = held_out(place), []
    for fold in folds:
        head = Head("logistic", "classification", {"C": 10.0}, 4, np.zeros(64, bool))
        head.fit(X[fold.learned], y[fold.learned])
        errors.append(head.predict(X[fold.tested]) != y[fold.tested])
    errors = np.concatenate(errors).astype(float)
    fitted = Applicability.of_folds(X, folds, errors=errors)
    noise = fitted.index(random_vectors())
    assert (noise <= fitted.whisker).mean() > 0.7
    assert fitted.inside(noise).mean() < 0.05
    inside = fitted.training_index <= fitted.threshold
    assert inside.mean() > 0.5
    assert errors[inside].mean() < 0.5 * errors[~inside].mean()


def test_the_index_of_a_line_is_known():
    # Three samples at 0, 1 and 3, of which the first two are one fold: distances 1, 2, 3.
    fitted = Applicability.fit(np.array([[0.0], [1.0], [3.0]]), [0, 0, 1])
    np.testing.assert_allclose(fitted.training_index, [1.5, 1.0, 1.0])
    assert fitted.threshold == pytest.approx(1.5)  # below 1.25 + 1.5 x 0.25, so the maximum
    np.testing.assert_allclose(fitted.index(np.array([[5.0], [0.5], [3.0]])), [1.0, 0.25, 0.0])


def test_the_threshold_is_the_upper_whisker_where_there_are_outliers():
    X = np.r_[np.arange(40.0), 500.0][:, None]
    fitted = Applicability.fit(X, None)
    low, high = np.quantile(fitted.training_index, [0.25, 0.75])
    assert fitted.threshold == pytest.approx(high + 1.5 * (high - low))
    assert fitted.threshold < fitted.training_index.max()


@pytest.mark.parametrize("n_rows", [2, 63, 1000])
def test_it_equals_double_precision_distances(n_rows):
    stored = embeddings(n_rows + 1300, seed=n_rows)
    values = AEF.decode(stored).T
    fitted = Applicability.fit(values[:n_rows], np.arange(n_rows) % 7)
    np.testing.assert_allclose(
        fitted.index(values[n_rows:]), plain(fitted, values[n_rows:]), rtol=2e-6
    )


def test_pixels_equal_to_training_rows_have_an_index_of_zero():
    stored = embeddings(600)
    values = AEF.decode(stored).T
    fitted = Applicability.fit(values, np.arange(600) % 5)
    assert (fitted.index(values) == 0).all()
    assert (fitted.index_stored(stored, AEF) == 0).all()


def test_rows_that_nearly_coincide_are_mixed_up_by_little():
    rng = np.random.default_rng(0)
    X = np.repeat(rng.normal(size=(50, 64)), 4, axis=0)
    X += rng.normal(0, 1e-5, X.shape)
    fitted = Applicability.fit(X, np.arange(200) % 4)
    assert fitted.index(X).max() < 1e-3


def test_values_far_from_zero_lose_no_digits():
    rng = np.random.default_rng(0)
    X = rng.normal(30_000, 1.0, (300, 6))
    fitted = Applicability.fit(X[:200], np.arange(200) % 4)
    np.testing.assert_allclose(fitted.index(X[200:]), plain(fitted, X[200:]), rtol=2e-6)
    assert (fitted.index(X[:200]) == 0).all()


@pytest.mark.parametrize(
    ("coding", "kind"),
    [
        (AEF, np.int8),
        (Coding("linear", 255, (0.5,), (3.0,)), np.uint8),
        (Coding("linear", -9999, (0.1, 0.2, 0.3, 0.4), (0.0, 1.0, 2.0, 3.0)), np.int16),
        (Coding("linear", None), np.float32),
    ],
)
def test_stored_pixels_have_the_index_of_their_values(coding, kind):
    rng = np.random.default_rng(0)
    stored = rng.integers(-100 if kind != np.uint8 else 0, 120, (4, 30, 40)).astype(kind)
    values = coding.decode(stored).reshape(4, -1).T
    fitted = Applicability.fit(values[:90], np.arange(90) % 3)
    found = fitted.index_stored(stored, coding)
    assert found.shape == (30, 40)
    np.testing.assert_array_equal(found.ravel(), fitted.index(values))


def test_pixels_without_data_have_no_index_and_are_not_inside():
    stored = embeddings(700)
    fitted = Applicability.fit(AEF.decode(stored[:, :90]).T, np.arange(90) % 3)
    stored[:, 100], stored[3, 650] = INT8_NODATA, INT8_NODATA
    found = fitted.index_stored(stored, AEF)
    np.testing.assert_array_equal(np.flatnonzero(np.isnan(found)), [100, 650])
    assert not fitted.inside(found)[[100, 650]].any()
    values = AEF.decode(stored).T
    np.testing.assert_array_equal(fitted.index(values), found)


@given(st.integers(0, 1500), st.integers(1, 700), st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_it_has_the_same_bytes_however_pixels_are_cut_and_ordered(start, length, seed):
    stored = embeddings(2000, seed=1)
    fitted = Applicability.fit(AEF.decode(stored[:, :300]).T, np.arange(300) % 3)
    whole = fitted.index_stored(stored, AEF)
    part = fitted.index_stored(stored[:, start : start + length], AEF)
    assert part.tobytes() == whole[start : start + length].tobytes()
    order = np.random.default_rng(seed).permutation(2000)
    assert fitted.index_stored(stored[:, order], AEF).tobytes() == whole[order].tobytes()


def test_it_has_the_same_bytes_with_any_number_of_threads():
    stored = embeddings(3000, seed=2)
    fitted = Applicability.fit(AEF.decode(stored[:, :1000]).T, np.arange(1000) % 3)
    found = []
    # No more than there were at the start: numpy 2.2's BLAS has no room for others.
    started = max(library["num_threads"] for library in threadpool_info())
    if started < 2:
        pytest.skip("one thread is all there is")
    for n_threads in range(1, started + 1):
        with threadpool_limits(n_threads):
            found.append(fitted.index_stored(stored, AEF).tobytes())
    assert len(set(found)) == 1


def test_weights_and_folds_count():
    X = np.random.default_rng(0).normal(size=(60, 3))
    plainly = Applicability.fit(X, None)
    blind = Applicability.fit(X, None, [1.0, 1.0, 0.0])
    moved = X + np.array([0.0, 0.0, 50.0])
    assert (blind.index(moved) == 0).all()
    assert not plainly.inside(plainly.index(moved)).any()
    assert blind.still_bands.tolist() == [2]
    doubled = Applicability.fit(X, None, [2.0, 2.0, 2.0])
    np.testing.assert_allclose(doubled.index(moved), plainly.index(moved), rtol=1e-6)
    pairs = Applicability.fit(np.repeat(X, 2, axis=0), np.repeat(np.arange(60), 2))
    assert pairs.training_index.min() > 0


def test_a_band_that_never_moves_counts_for_nothing_and_is_named():
    X = np.random.default_rng(0).normal(size=(60, 3))
    X[:, 1] = 0.1
    fitted = Applicability.fit(X, np.arange(60) % 4)
    assert fitted.still_bands.tolist() == [1]
    assert np.isfinite(fitted.index(X + np.array([0, 9, 0]))).all()


def test_of_many_rows_some_are_drawn_of_every_fold():
    X = np.random.default_rng(0).normal(size=(5000, 3))
    folds = np.r_[np.zeros(4990, int), np.arange(1, 11)]
    fitted = Applicability.fit(X, folds, max_rows=100)
    assert fitted.rows.shape == (100, 3)
    assert fitted.n_training == 5000
    drawn = np.isin(X, fitted.rows).all(axis=1)
    assert len(np.unique(folds[drawn])) == 11
    again = Applicability.fit(X, folds, max_rows=100)
    np.testing.assert_array_equal(fitted.rows, again.rows)


def test_arrays_there_and_back_give_the_same_bytes():
    stored = embeddings(900)
    fitted = Applicability.fit(AEF.decode(stored[:, :90]).T, np.arange(90) % 3)
    again = Applicability.from_arrays(fitted.to_arrays())
    assert again.threshold == fitted.threshold
    assert again.n_training == 90
    assert again.index_stored(stored, AEF).tobytes() == fitted.index_stored(stored, AEF).tobytes()
    X, place, errors = regions(n=60)
    curved = Applicability.of_folds(X, held_out(place), errors=errors)
    again = Applicability.from_arrays(curved.to_arrays())
    assert (again.threshold, again.rule) == (curved.threshold, curved.rule)
    assert isinstance(again.curve, ErrorCurve)
    # Models of older versions hold the whisker under another name, and no errors.
    older = fitted.to_arrays()
    older["threshold"] = older.pop("whisker")
    assert Applicability.from_arrays(older).threshold == fitted.threshold
    broken = fitted.to_arrays() | {"mean": np.zeros(3)}
    with pytest.raises(DataError, match="inconsistent shapes"):
        Applicability.from_arrays(broken)
    del broken["rows"]
    with pytest.raises(DataError, match="incomplete"):
        Applicability.from_arrays(broken)


@pytest.mark.parametrize(
    ("X", "folds", "weights", "why"),
    [
        (np.ones((5, 2)), None, None, "no band"),
        (np.eye(3), None, [0, 0, 0], "no band"),
        (np.eye(3), None, [1, 1], "weights of shape"),
        (np.eye(3), None, [1, 1, -1], "0 or more"),
        (np.eye(3), [0, 0, 0], None, "one fold"),
        (np.eye(3), [0, 1], None, "2 folds for 3 samples"),
        (np.array([[1.0, np.nan], [0.0, 1.0]]), None, None, "finite"),
        (np.eye(3)[:1], None, None, "at least 2 samples"),
    ],
)
def test_what_can_t_be_learned_from_is_refused(X, folds, weights, why):
    with pytest.raises(DataError, match=why):
        Applicability.fit(X, folds, weights)


def test_another_number_of_bands_is_refused():
    fitted = Applicability.fit(np.eye(3), None)
    with pytest.raises(DataError, match=r"\(4, 2\); expected one row per sample and 3 columns"):
        fitted.index(np.zeros((4, 2)))
    with pytest.raises(DataError, match="expected 3 bands, as in the training data"):
        fitted.index_stored(np.zeros((4, 2)), Coding())
