"""Every model behind the one layer: classes, weights, scales, seeds."""

import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.utils.class_weight import compute_sample_weight

from bocage.core import CLASSIFICATION, DataError
from bocage.methods import HEADS, Head

CLASSIFIERS = [name for name, model in HEADS.items() if "classification" in model.grid]
REGRESSORS = [name for name, model in HEADS.items() if "regression" in model.grid]


def _data(n=120, classes=3, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.integers(classes, size=n)
    return rng.normal(size=(n, 5)) + 2 * np.eye(5)[y], y


@pytest.mark.parametrize("model", CLASSIFIERS)
def test_probabilities_cover_all_classes_of_the_task_also_unseen_ones(model):
    X, y = _data()
    codes = np.array([1, 3, 4])[y]
    head = Head(model, "classification", dict(HEADS[model].grid["classification"][0]), 6).fit(
        X, codes
    )
    proba = head.predict_proba(X)
    assert proba.shape == (120, 6)
    np.testing.assert_allclose(proba.sum(axis=1), 1, atol=1e-6)
    assert not proba[:, [0, 2, 5]].any()
    assert set(head.predict(X)) <= {1, 3, 4}
    if model != "prior":
        assert (head.predict(X) == codes).mean() > 0.8


@pytest.mark.parametrize("model", CLASSIFIERS)
def test_a_seed_decides_everything(model):
    X, y = _data()
    params = dict(HEADS[model].grid["classification"][0])
    a, b = (Head(model, params=params, n_classes=3, seed=5).fit(X, y) for _ in range(2))
    np.testing.assert_array_equal(a.predict_proba(X), b.predict_proba(X))


@pytest.mark.parametrize("model", REGRESSORS)
def test_regressors_give_finite_values(model):
    X, y = _data()
    target = X @ [1.0, 2.0, 0.0, 0.0, 0.0] + y
    head = Head(model, "regression", dict(HEADS[model].grid["regression"][0])).fit(X, target)
    found = head.predict(X)
    assert found.shape == (120,)
    assert np.isfinite(found).all()
    if model == "prior":
        np.testing.assert_allclose(found, target.mean())
    else:
        assert np.corrcoef(found, target)[0, 1] > 0.5


def test_classes_weigh_alike_as_in_scikit_learn():
    X, y = _data(200)
    rare = np.flatnonzero((y != 2) | (np.arange(200) % 8 == 0))
    X, y = X[rare], y[rare]
    keep = np.zeros(5, bool)
    for model, other in (
        ("logistic", LogisticRegression(C=10.0, max_iter=2000, class_weight="balanced")),
        ("forest", RandomForestClassifier(100, class_weight="balanced", random_state=3)),
    ):
        params = {"C": 10.0} if model == "logistic" else {}
        mine = Head(model, "classification", params, 3, keep, 3).fit(X, y)
        np.testing.assert_allclose(mine.predict_proba(X), other.fit(X, y).predict_proba(X))


@pytest.mark.parametrize("model", ["xgboost", "lightgbm", "mlp"])
def test_boosting_and_networks_weigh_classes_as_scikit_learn_does(model):
    X, y = _data(200)
    rare = np.flatnonzero((y != 2) | (np.arange(200) % 8 == 0))
    X, y = X[rare], y[rare]
    params = dict(HEADS[model].grid["classification"][0])
    keep = np.zeros(5, bool)
    mine = Head(model, "classification", params, 3, keep, 3).fit(X, y).predict_proba(X)
    raw = HEADS[model].build(CLASSIFICATION, params, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        raw.fit(X, y, sample_weight=compute_sample_weight("balanced", y))
        np.testing.assert_allclose(mine, raw.predict_proba(X), atol=1e-6)
        plain = HEADS[model].build(CLASSIFICATION, params, 3).fit(X, y)
        assert np.abs(mine - plain.predict_proba(X)).max() > 1e-4


def test_weights_count_only_the_classes_that_training_holds():
    X, y = _data(200)
    y = np.where(y == 2, 4, y)
    some = np.concatenate([np.flatnonzero(y == 0)[:40], np.flatnonzero(y == 4)[:8]])
    keep = np.zeros(5, bool)
    mine = Head("logistic", "classification", {"C": 1.0}, 6, keep).fit(X[some], y[some])
    other = LogisticRegression(C=1.0, max_iter=2000, class_weight="balanced").fit(X[some], y[some])
    found = mine.predict_proba(X)
    np.testing.assert_allclose(found[:, [0, 4]], other.predict_proba(X), atol=1e-9)
    assert not found[:, [1, 2, 3, 5]].any()
    for model in ("xgboost", "lightgbm"):
        params = dict(HEADS[model].grid["classification"][1])
        raw = HEADS[model].build(CLASSIFICATION, params, 0)
        raw.fit(X[some], y[some] // 4, sample_weight=compute_sample_weight("balanced", y[some]))
        mine = Head(model, "classification", params, 6, keep).fit(X[some], y[some])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            expected = raw.predict_proba(X)
        np.testing.assert_allclose(mine.predict_proba(X)[:, [0, 4]], expected, atol=1e-6)


def test_weighted_samples_do_what_repeated_samples_would():
    # Class 1 has a third of the samples of class 0: a weight of three is three copies.
    X, y = _data(90, 2)
    some = np.concatenate([np.flatnonzero(y == 0)[:30], np.flatnonzero(y == 1)[:10]])
    repeated = np.concatenate([some[:30], *[some[30:]] * 3])
    keep = np.zeros(5, bool)
    head = Head("logistic", "classification", {"C": 1.0}, 2, keep).fit(X[some], y[some])
    # Balanced weights sum to the number of samples: 40 instead of 60, so C is scaled.
    plain = LogisticRegression(C=40 / 60, max_iter=2000).fit(X[repeated], y[repeated])
    np.testing.assert_allclose(head.predict_proba(X), plain.predict_proba(X), atol=1e-3)


def test_scales_are_learned_on_training_rows_alone():
    X, y = _data()
    far = X.copy()
    far[60:] = far[60:] * 1000 + 500  # what is tested later must not matter
    a = Head("logistic", n_classes=3).fit(X[:60], y[:60])
    b = Head("logistic", n_classes=3).fit(far[:60], y[:60])
    np.testing.assert_array_equal(a.predict_proba(X), b.predict_proba(X))


def test_marked_bands_are_standardised_and_others_are_not():
    X, y = _data()
    X = X * [1, 100, 1, 1, 1]
    flags = np.array([False, True, False, False, False])
    mine = Head("knn1", "classification", None, 3, flags).fit(X, y)
    scaled = X.copy()
    scaled[:, 1] = (X[:, 1] - X[:, 1].mean()) / X[:, 1].std()
    new = _data(seed=1)[0] * [1, 100, 1, 1, 1]
    moved = new.copy()
    moved[:, 1] = (new[:, 1] - X[:, 1].mean()) / X[:, 1].std()
    expected = KNeighborsClassifier(1).fit(scaled, y).predict(moved)
    np.testing.assert_array_equal(mine.predict(new), expected)


def test_a_band_that_never_moves_in_training_changes_nothing():
    X, y = _data()
    still = np.column_stack([X, np.full(len(X), 7.0)])
    new = np.column_stack([X, np.linspace(-1e6, 1e6, len(X))])
    new[:, 5] = 7.0
    a, b = Head("ridge", "regression").fit(X, y), Head("ridge", "regression").fit(still, y)
    np.testing.assert_allclose(a.predict(X), b.predict(new))
    expected = Ridge().fit((X - X.mean(axis=0)) / X.std(axis=0), y)
    np.testing.assert_allclose(a.predict(X), expected.predict((X - X.mean(axis=0)) / X.std(axis=0)))


@pytest.mark.parametrize("value", [0.1, -1234.56, 1e-9, 7.0])
@pytest.mark.parametrize("model", ["logistic", "ridge", "mlp", "knn1"])
def test_a_band_that_is_constant_up_to_rounding_is_not_blown_up(model, value):
    # The mean of 30 times 0.1 is off by 1e-17, and so is their spread: dividing by it would turn
    # a test sample with 0.2 into 1e16.
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 15)
    X = np.column_stack([y + rng.normal(0, 0.1, 30), np.full(30, value)])
    kind = "regression" if model == "ridge" else "classification"
    head = Head(model, kind, n_classes=2).fit(X, y)
    new = np.column_stack([X[:, 0], np.full(30, value + 0.1)])
    found = head.predict(new) > 0.5
    assert (found == (y == 1)).all()


def test_a_small_spread_on_a_large_mean_is_still_a_spread():
    # Temperatures in kelvin that differ by a thousandth of a degree.
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 30)
    X = (290 + 1e-3 * (y + rng.normal(0, 0.1, 60)))[:, None]
    assert (Head("logistic", n_classes=2).fit(X, y).predict(X) == y).all()


@pytest.mark.parametrize("model", REGRESSORS)
def test_a_seed_decides_every_regressor(model):
    X, y = _data()
    params = dict(HEADS[model].grid["regression"][0])
    a, b = (Head(model, "regression", params, seed=5).fit(X, X[:, 0] + y) for _ in range(2))
    np.testing.assert_array_equal(a.predict(X), b.predict(X))


@pytest.mark.parametrize("model", sorted({*CLASSIFIERS, *REGRESSORS}))
def test_fitting_and_predicting_change_nothing_that_was_given(model):
    X, y = _data()
    before = X.copy()
    kind = "classification" if model in CLASSIFIERS else "regression"
    params = dict(HEADS[model].grid[kind][0])
    given = dict(params)
    Head(model, kind, params, 3).fit(X, y).predict(X)
    np.testing.assert_array_equal(X, before)
    assert params == given


def test_predictions_for_a_sample_do_not_hang_on_its_neighbours():
    X, y = _data()
    for model in ("logistic", "knn3", "bands", "mlp"):
        head = Head(model, n_classes=3).fit(X, y)
        alone = np.concatenate([head.predict_proba(X[[row]]) for row in range(10)])
        np.testing.assert_allclose(alone, head.predict_proba(X)[:10], atol=1e-9)


def test_a_solver_that_does_not_converge_is_written_down():
    X, y = _data()
    head = Head("mlp", params={"max_iter": 2}, n_classes=3).fit(X, y)
    assert head.warnings_ == ("ConvergenceWarning",)
    assert Head("logistic", n_classes=3).fit(X, y).warnings_ == ()


def test_scikit_learn_can_clone_a_head_and_search_over_it():
    X, y = _data()
    head = Head("knn1", n_classes=3, seed=4)
    assert clone(head).get_params() == head.get_params()
    # One in three is chance.
    assert cross_val_score(head, X, y, cv=3, scoring="accuracy").min() > 0.6


def test_too_few_labels_for_three_neighbours_is_said():
    X, y = _data(2)
    with pytest.raises(DataError, match="at least 3 labels; found 2"):
        Head("knn3", n_classes=3).fit(X, y)


def test_rows_and_labels_must_be_as_many():
    X, y = _data()
    with pytest.raises(DataError, match="120 rows of features but 119 labels"):
        Head(n_classes=3).fit(X, y[1:])


@pytest.mark.parametrize("model", [n for n in CLASSIFIERS if n not in {"logistic", "centroid"}])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_single_class_that_was_seen_is_the_one_that_is_predicted(model, n_classes):
    # Some libraries would call it class 0, or give two columns for it.
    X, _ = _data(40)
    head = Head(model, "classification", n_classes=n_classes).fit(X, np.ones(40, dtype=int))
    np.testing.assert_array_equal(head.predict(X), np.ones(40))
    np.testing.assert_array_equal(head.predict_proba(X).sum(axis=1), np.ones(40))


def test_a_centroid_needs_more_labels_than_classes():
    X, _ = _data(3)
    with pytest.raises(DataError, match="more labels than classes; found 3 of 3"):
        Head("centroid", n_classes=3).fit(X, np.arange(3))


def test_votes_of_neighbours_count_by_the_labels_of_their_class():
    # Nine labels of one class and three of the other, all at the same distance.
    X = np.eye(12)
    y = np.repeat([0, 1], [9, 3])
    head = Head("knn3", n_classes=2, standardise=np.zeros(12, bool)).fit(X, y)
    found = head.predict_proba((X[[0, 1, 9]].sum(axis=0) / 3)[None])
    np.testing.assert_allclose(found, [[2 / 9 / (2 / 9 + 1 / 3), 1 / 3 / (2 / 9 + 1 / 3)]])


def test_five_labels_a_class_are_enough_for_boosting_to_split():
    # Every band says a little of four classes; the library's own settings hardly split at all.
    own = {"min_child_weight": 1, "colsample_bynode": 1, "max_depth": 6, "learning_rate": 0.3}
    right = {"ours": [], "own": []}
    for seed in range(4):
        rng = np.random.default_rng(seed)
        y = np.arange(420) % 4
        X = rng.normal(size=(420, 20)) + 1.2 * rng.normal(size=(4, 20))[y]
        ours = dict(HEADS["xgboost"].grid["classification"][0])
        for name, params in (("ours", ours), ("own", own)):
            head = Head("xgboost", params=params, n_classes=4).fit(X[:20], y[:20])
            right[name].append((head.predict(X[20:]) == y[20:]).mean())
    assert np.mean(right["ours"]) > np.mean(right["own"]) + 0.1


@pytest.mark.parametrize("kind", ["classification", "regression"])
@pytest.mark.parametrize("model", [m for m in HEADS if HEADS[m].takes_gaps])
def test_heads_that_take_gaps_learn_from_them(model, kind):
    rng = np.random.default_rng(0)
    y = np.arange(120) % 2
    # Whether the first band is missing is all that tells the classes.
    X = rng.normal(size=(120, 3))
    X[y == 1, 0] = np.nan
    head = Head(model, kind, None, 2).fit(X, y if kind == "classification" else y * 1.0)
    assert (np.round(head.predict(X)) == y).mean() > 0.95


@pytest.mark.parametrize(
    "model", [m for m in HEADS if HEADS[m].needs_input and not HEADS[m].takes_gaps]
)
def test_heads_that_do_not_take_gaps_refuse_them(model):
    X = np.random.default_rng(0).normal(size=(40, 3))
    X[3, 0] = np.nan
    kind = "classification" if "classification" in HEADS[model].grid else "regression"
    with pytest.raises(ValueError, match="NaN"):
        Head(model, kind, None, 2).fit(X, np.arange(40) % 2)
