"""Tuning within the labels: the same number of trials, nothing seen that is tested."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import balanced_accuracy_score, log_loss

from bocage.features import Matrix, matrix
from bocage.methods import HEADS, Head, _tune, fit_tuned, parse_method
from bocage.methods._trial import NO_BETTER, InnerScore, choose
from bocage.methods._tune import held_out
from bocage.splits import Budget, Inner, InnerMaker, LabelSampler, SplitSettings, make_split


@pytest.fixture(scope="module")
def case(toy):
    split = make_split(toy, SplitSettings("region"))
    fold = next(fold for fold in split.folds if fold.regime == "out")
    rows = LabelSampler(toy, split).draw(fold, Budget(10), 0).rows
    inner = InnerMaker(toy, split).make(fold, rows)
    return toy, fold, rows, inner


def _tuned(case, text, *, inner="own", trials=4, target=None):
    task, _, rows, own = case
    method = parse_method(text)
    features = matrix(task.inputs, task.lonlat, method.inputs)
    return fit_tuned(
        method,
        features,
        task.target if target is None else target,
        rows,
        own if inner == "own" else inner,
        kind="classification",
        n_classes=task.n_classes,
        trials=trials,
        seed=0,
    )


def test_inner_folds_hold_out_whole_training_groups(case):
    task, fold, rows, inner = case
    assert inner.by == "groups"
    assert set(rows) <= set(fold.pool)
    for train, held in inner.folds:
        assert set(train) | set(held) == set(range(len(rows)))
        region = task.groups["region"][rows]
        assert not set(region[train]) & set(region[held])


def test_every_model_gets_as_many_trials_as_its_grid_holds_up_to_the_number_asked(case):
    for name, model in HEADS.items():
        grid = model.grid.get("classification", ())
        if len(grid) < 2:
            continue
        assert len(grid) >= 4, name
        assert _tuned(case, f"good:{name}").trials == 4, name
        assert _tuned(case, f"good:{name}", trials=2).trials == 2, name


def test_the_best_setting_is_the_one_a_plain_loop_finds(case):
    task, _, rows, inner = case
    X, y = task.inputs["good"].values[rows], task.target[rows]
    scores, losses, weights = [], [], []
    for C in (10.0, 1.0, 100.0, 0.1):
        found, shares, true = [], [], []
        for train, held in inner.folds:
            mean, spread = X[train].mean(axis=0), X[train].std(axis=0)
            head = LogisticRegression(C=C, max_iter=2000, class_weight="balanced")
            head.fit((X[train] - mean) / spread, y[train])
            shares.append(head.predict_proba((X[held] - mean) / spread))
            found.append(balanced_accuracy_score(y[held], shares[-1].argmax(axis=1)))
            true.append(y[held])
        scores.append(found)
        weights = [len(np.unique(part)) for part in true]
        shares, true = np.concatenate(shares), np.concatenate(true)
        hot = np.geomspace(0.1, 10, 400)
        tempered = shares[None] ** (1 / hot[:, None, None])
        tempered /= tempered.sum(axis=2, keepdims=True)
        each = -np.log(tempered[:, np.arange(len(true)), true])
        at = (each.sum(axis=1) + np.log(hot) ** 2 / 2).argmin()
        losses.append(each.mean(axis=1)[at])
    behind = np.max(scores @ np.array(weights)) / np.sum(weights) - np.array(scores) @ weights / (
        np.sum(weights)
    )
    best = scores[int(np.argmin(behind))]
    apart = np.subtract(best, scores)
    error = np.sqrt(
        np.average((apart - behind[:, None]) ** 2, axis=1, weights=weights) / (len(weights) - 1)
    )
    losses = np.where(behind <= error, losses, np.inf)
    tuned = _tuned(case, "good:logistic")
    first = int(np.flatnonzero(losses <= losses.min() + NO_BETTER)[0])
    assert tuned.params == {"C": (10.0, 1.0, 100.0, 0.1)[first]}
    assert tuned.why == "tuned"


def _held(score, sure, n=40):
    """Say one of two classes of n samples, right every time, with a certainty."""
    true = np.arange(n) % 2
    logs = np.log(np.where(np.eye(2)[true] == 1, sure, 1 - sure))
    return InnerScore(score, 1.0, logs, true)


def test_a_thousandth_of_score_is_not_bought_with_probabilities_that_are_wrong():
    rng = np.random.default_rng(0)
    true = np.arange(60) % 2
    good = rng.normal(2.0, 1.0, 60)[:, None] * np.where(np.eye(2)[true] == 1, 1.0, 0.0)
    noise = rng.normal(0.2, 1.0, 60)[:, None] * np.where(np.eye(2)[true] == 1, 1.0, 0.0)
    ahead = [InnerScore(0.801, 2.0, noise, true), InnerScore(0.802, 2.0, noise, true)]
    behind = [InnerScore(0.800, 2.0, good, true), InnerScore(0.803, 2.0, good, true)]
    assert choose([ahead, behind]).at == 1
    # What is clearly worse does not come back by its probabilities.
    worse = [InnerScore(0.700, 2.0, good, true), InnerScore(0.701, 2.0, good, true)]
    assert choose([ahead, worse]).at == 0


def test_settings_that_differ_by_a_temperature_alone_are_the_same():
    cold, hot = ([_held(0.9, p), _held(0.9, p)] for p in (0.95, 0.6))
    assert choose([hot, cold]).at == 0
    assert choose([cold, hot]).at == 0
    assert choose([hot, cold]).confidence.temperature < choose([cold, hot]).confidence.temperature


def test_a_setting_that_fails_in_one_fold_is_never_taken():
    fine, lost = [_held(0.5, 0.7), _held(0.5, 0.7)], [_held(0.9, 0.9), InnerScore(-np.inf, 0.0)]
    assert choose([lost, fine]).at == 1
    assert choose([lost, lost]).at == 0 or choose([lost, lost]).at is None


def test_the_best_setting_of_a_regressor_is_the_one_a_plain_loop_finds(toy_regression):
    task = toy_regression
    split = make_split(task, SplitSettings("region"))
    rows = LabelSampler(task, split).draw(split.folds[0], Budget(40, "label"), 0).rows
    inner = InnerMaker(task, split).make(split.folds[0], rows)
    features = matrix(task.inputs, task.lonlat, ("good", "noise"))
    X, y = features.values[rows], task.target[rows]
    alphas = [dict(params)["alpha"] for params in HEADS["ridge"].grid["regression"]]
    error = []
    for alpha in alphas:
        squares = []
        for train, held in inner.folds:
            mean, spread = X[train].mean(axis=0), X[train].std(axis=0)
            head = Ridge(alpha).fit((X[train] - mean) / spread, y[train])
            squares += ((head.predict((X[held] - mean) / spread) - y[held]) ** 2).tolist()
        error.append(np.mean(squares))
    tuned = fit_tuned(
        parse_method("good+noise:ridge"),
        features,
        task.target,
        rows,
        inner,
        kind="regression",
        n_classes=0,
        trials=6,
        seed=0,
    )
    assert tuned.params == {"alpha": alphas[int(np.argmin(error))]}
    assert tuned.trials == 6
    assert len(set(error)) == 6


HALVES = (np.arange(0, 20, 2), np.arange(1, 20, 2))
TWO_FOLDS = Inner((HALVES, HALVES[::-1]), "blocks")


def _by_hand(text, X, y, inner, kind="classification", n_classes=2):
    flags = np.ones(X.shape[1], bool)
    features = Matrix(X, flags, tuple("abc"[: X.shape[1]]))
    rows = np.arange(len(X))
    return fit_tuned(
        parse_method(text),
        features,
        y,
        rows,
        inner,
        kind=kind,
        n_classes=n_classes,
        trials=4,
        seed=0,
    )


@pytest.mark.parametrize("model", ["knn1", "logistic", "bands", "forest"])
def test_ties_go_to_the_published_default(model):
    # Two classes so far apart that no setting is wrong.
    y = np.repeat([0, 1], 10)
    X = 100.0 * np.column_stack([y, y]) + np.random.default_rng(0).normal(size=(20, 2))
    tuned = _by_hand(f"a:{model}", X, y, TWO_FOLDS)
    assert tuned.params == dict(HEADS[model].grid["classification"][0])
    assert (tuned.trials, tuned.why) == (4, "tuned")


def test_a_model_that_can_not_learn_from_an_inner_fold_falls_back_and_says_so():
    # Four labels are enough for three neighbours, the two of an inner fold are not.
    X = np.random.default_rng(0).normal(size=(4, 2))
    half = (np.array([0, 1]), np.array([2, 3]))
    inner = Inner((half, half[::-1]), "blocks")
    for y, kind, n in ((np.array([0, 1, 0, 1]), "classification", 2), (X[:, 0], "regression", 0)):
        tuned = _by_hand("a:knn3", X, y, inner, kind, n)
        assert tuned.params == {"metric": "euclidean"}
        assert tuned.trials == 0
        assert tuned.why.startswith("published defaults: no setting can be scored")
        assert len(tuned.learner.estimator_._fit_X) == 4


def test_folds_that_share_no_class_tune_nothing_and_say_so():
    X = np.random.default_rng(0).normal(size=(6, 2))
    inner = Inner(((np.array([0, 1, 2, 3]), np.array([4, 5])),), "blocks")
    tuned = _by_hand("a:logistic", X, np.array([0, 1, 0, 1, 2, 2]), inner, n_classes=3)
    assert (tuned.params, tuned.trials) == ({"C": 10.0}, 0)
    assert tuned.why.startswith("published defaults")


def test_a_class_absent_from_an_inner_fold_is_left_out_of_its_score():
    # Class 2 stands in the second half alone: trained on the first, no setting can know it.
    rng = np.random.default_rng(0)
    y = np.array([0, 1] * 5 + [0, 1, 2, 2, 2] * 2)
    X = np.eye(3)[y] + rng.normal(0, 0.6, (20, 3))
    first, second = np.arange(10), np.arange(10, 20)
    head = Head("logistic", params={"C": 1.0}, n_classes=3)
    found = held_out(head, X, y, Inner(((first, second),), "blocks"))[0].score
    known = second[y[second] < 2]
    mean, spread = X[first].mean(axis=0), X[first].std(axis=0)
    other = LogisticRegression(C=1.0, max_iter=2000, class_weight="balanced")
    other.fit((X[first] - mean) / spread, y[first])
    predicted = other.predict((X[known] - mean) / spread)
    assert found == pytest.approx(balanced_accuracy_score(y[known], predicted))


def test_the_scale_of_a_held_out_fold_is_never_looked_at():
    # Held-out rows of an inner fold are moved far away: the head of that fold must not notice.
    rng = np.random.default_rng(0)
    y = np.arange(20) // 2 % 2
    X = np.eye(2)[y] + rng.normal(0, 0.3, (20, 2))
    far = X.copy()
    far[HALVES[1]] = far[HALVES[1]] * 1e6 + 1e6
    heads = []
    for table in (X, far):
        head = Head("logistic", n_classes=2)
        held_out(head, table, y, Inner((HALVES,), "blocks"))
        heads.append(head)
    np.testing.assert_array_equal(heads[0].estimator_.coef_, heads[1].estimator_.coef_)
    np.testing.assert_array_equal(heads[0]._mean, heads[1]._mean)


def test_a_seed_decides_what_is_tuned(case):
    a, b = _tuned(case, "good:forest"), _tuned(case, "good:forest")
    assert a.params == b.params
    X = case[0].inputs["good"].values
    np.testing.assert_array_equal(a.learner.predict_proba(X), b.learner.predict_proba(X))


def test_the_refit_learns_from_all_labels(case):
    rows = case[2]
    tuned = _tuned(case, "good:knn3")
    assert len(tuned.learner.estimator_._fit_X) == len(rows)


def test_a_forest_is_compared_with_few_trees_and_refitted_with_all(case, monkeypatch):
    trees = []

    class Watched(Head):
        def fit(self, X, y):
            found = super().fit(X, y)
            trees.append(self.estimator_.n_estimators)
            return found

    monkeypatch.setattr(_tune, "Head", Watched)
    tuned = _tuned(case, "good:forest")
    assert trees == [25] * 4 * len(case[3].folds) + [100]
    assert "n_estimators" not in tuned.params


def test_labels_of_tested_samples_are_never_looked_at(case):
    task, _, rows, _ = case
    spoiled = (task.target + 1) % task.n_classes
    spoiled[rows] = task.target[rows]
    a, b = _tuned(case, "good:logistic"), _tuned(case, "good:logistic", target=spoiled)
    X = task.inputs["good"].values
    assert a.params == b.params
    np.testing.assert_array_equal(a.learner.predict_proba(X), b.learner.predict_proba(X))


def test_a_temperature_brings_what_is_said_of_new_places_nearer_to_the_truth_and_moves_no_class():
    # Labels that are wrong one time in four, learned by heart: a forest is far too sure.
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 3))
    y = ((X[:, 0] > 0) ^ (rng.random(600) < 0.25)).astype(np.int64)
    number = np.arange(300) % 3
    folds = tuple((np.flatnonzero(number != k), np.flatnonzero(number == k)) for k in range(3))
    for text in ("a:knn1", "a:xgboost"):
        head = _by_hand(text, X[:300], y[:300], Inner(folds, "blocks")).learner
        made, raw = (head.predict_proba(X[300:], raw=raw).astype(float) for raw in (False, True))
        raw /= raw.sum(axis=1, keepdims=True)
        np.testing.assert_array_equal(raw.argmax(axis=1), made.argmax(axis=1))
        np.testing.assert_allclose(head.calibrated(raw), made, atol=1e-6)
        np.testing.assert_allclose(made.sum(axis=1), 1)
        right = made.argmax(axis=1) == y[300:]
        assert abs(made.max(axis=1).mean() - right.mean()) < 0.06, text
        assert raw.max(axis=1).mean() - right.mean() > 0.12, text
        assert log_loss(y[300:], made) < 0.9 * log_loss(y[300:], raw), text


def test_one_setting_is_held_against_inner_folds_for_its_temperature(case):
    fixed = _tuned(case, "good:logistic:C=1000")
    assert fixed.temperature > 1
    assert fixed.learner.temperature_.value == fixed.temperature
    assert _tuned(case, "good:logistic:C=1000", inner=None).temperature == 1


def test_fixed_and_untunable_say_so(case):
    assert _tuned(case, "good:logistic:C=3").why == "fixed"
    assert _tuned(case, "good:logistic:C=3").trials == 0
    assert _tuned(case, "good:logistic", trials=1).why == "nothing to tune"
    few = _tuned(case, "good:logistic", inner=None)
    assert few.params == {"C": 10.0}
    assert few.why.startswith("published defaults")
