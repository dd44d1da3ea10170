import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import balanced_accuracy_score

from bocage import metrics

CLASSES = ("crops", "trees", "water:deep", "built")


def draw(seed, n):
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.ones(4), n)
    return rng.integers(0, 4, n), p.argmax(1), p


def scores(true, pred, p, **settings_):
    return metrics.classification_scores(
        true,
        pred,
        p.max(1),
        metrics.brier_losses(true, p).sum(),
        metrics.log_losses(true, p).sum(),
        CLASSES,
        **settings_,
    )


@given(st.integers(0, 2**32 - 1), st.integers(1, 50))
@settings(deadline=None)
def test_one_call_agrees_with_each_function(seed, n):
    true, pred, p = draw(seed, n)
    found = scores(true, pred, p)
    counts = metrics.confusion(true, pred, 4)
    expected = {
        "accuracy": metrics.accuracy(counts),
        "balanced_accuracy": metrics.balanced_accuracy(counts),
        "macro_f1": metrics.macro_f1(counts),
        "brier": metrics.brier(true, p),
        "log_loss": metrics.log_loss(true, p),
        "ece": metrics.ece(p.max(1), true == pred),
        "ece_equal_mass": metrics.ece_equal_mass(p.max(1), true == pred),
    }
    for family, values in (
        ("f1", metrics.class_f1(counts)),
        ("iou", metrics.class_iou(counts)),
        ("recall", metrics.recall(counts)),
        ("precision", metrics.precision(counts)),
        ("area_error", metrics.signed_area_error(counts)),
    ):
        expected |= {f"{family}:{c}": v for c, v in zip(CLASSES, values, strict=True)}
    assert tuple(found) == metrics.score_names("classification", CLASSES)
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, nan_ok=True), name


def test_area_weights_the_area_error_alone_and_prevalence_all_counts():
    true, pred, p = draw(5, 60)
    plain = scores(true, pred, p)
    area = np.where(true == pred, 1.0, 3.0)
    with_area = scores(true, pred, p, area=area)
    expected = metrics.signed_area_error(metrics.confusion(true, pred, 4, area))
    for index, name in enumerate(CLASSES):
        assert with_area.pop(f"area_error:{name}") == pytest.approx(expected[index])
    assert with_area.items() <= plain.items()
    share = [0.7, 0.1, 0.1, 0.1]
    counts = metrics.reweight(metrics.confusion(true, pred, 4), share)
    weighted = scores(true, pred, p, prevalence=share)
    assert weighted["accuracy"] == pytest.approx(metrics.accuracy(counts))
    assert weighted["f1:crops"] == pytest.approx(metrics.class_f1(counts)[0])
    assert weighted["balanced_accuracy"] == pytest.approx(plain["balanced_accuracy"])
    assert weighted["brier"] == plain["brier"]


def test_method_without_probabilities_has_no_calibration_and_no_made_up_figure():
    true, pred, _ = draw(6, 20)
    nan = float("nan")
    found = metrics.classification_scores(true, pred, None, nan, nan, CLASSES)
    for name in ("brier", "log_loss", "ece", "ece_equal_mass"):
        assert np.isnan(found[name])
    assert not np.isnan(found["accuracy"])


def test_no_samples_give_nan_everywhere():
    nothing = np.empty(0, int)
    found = metrics.classification_scores(nothing, nothing, np.empty(0), 0.0, 0.0, CLASSES)
    assert all(np.isnan(value) for value in found.values())
    assert all(np.isnan(v) for v in metrics.regression_scores(np.empty(0), np.empty(0)).values())


def test_regression_call_agrees_with_each_function():
    rng = np.random.default_rng(0)
    true = 300 + rng.normal(size=40)
    pred = true + rng.normal(size=40)
    found = metrics.regression_scores(true, pred)
    m = metrics.regression_moments(true, pred, 300.0)
    assert tuple(found) == metrics.score_names("regression")
    for name in ("r2", "rmse", "mae", "bias"):
        assert found[name] == pytest.approx(getattr(metrics, name)(m))
    assert found["spearman"] == pytest.approx(metrics.spearman(true, pred))


def test_values_are_plain_floats_for_storage():
    true, pred, p = draw(1, 30)
    assert {type(v) for v in scores(true, pred, p).values()} == {float}
    assert {type(v) for v in metrics.regression_scores(p[:, 0], p[:, 1]).values()} == {float}


def test_all_figures_of_a_run_cost_less_than_one_of_scikit_learn():
    true, pred, p = draw(2, 300)
    confidence = p.max(1)
    ours, theirs = [], []
    # Side by side, as machines differ; the quickest of many, as a busy one is slower at times.
    for _ in range(100):
        start = time.perf_counter()
        metrics.classification_scores(true, pred, confidence, 1.0, 1.0, CLASSES)
        between = time.perf_counter()
        balanced_accuracy_score(true, pred)
        ours.append(between - start)
        theirs.append(time.perf_counter() - between)
    assert min(ours) < min(theirs) / 2


def test_every_figure_has_a_direction_or_a_sign():
    kinds = ("classification", "regression", "segmentation")
    names = {name for kind in kinds for name in metrics.score_names(kind, CLASSES)}
    families = {metrics.family(name) for name in names}
    assert families - set(metrics.HIGHER_IS_BETTER) == {"bias", "area_error"}
    assert set(metrics.HIGHER_IS_BETTER) <= families


def test_chance_level_is_what_blind_guessing_gives():
    rng = np.random.default_rng(0)
    share = np.array([0.5, 0.3, 0.2])
    true, guess = rng.choice(3, (2, 200_000), p=share)
    counts = metrics.confusion(true, guess, 3)
    for name, value in (
        ("accuracy", metrics.accuracy(counts)),
        ("balanced_accuracy", metrics.balanced_accuracy(counts)),
        ("macro_f1", metrics.macro_f1(counts)),
    ):
        assert metrics.chance_level(name, share) == pytest.approx(value, abs=0.005)
    for name, values in (
        ("f1:b", metrics.class_f1(counts)),
        ("iou:b", metrics.class_iou(counts)),
        ("recall:b", metrics.recall(counts)),
        ("precision:b", metrics.precision(counts)),
    ):
        assert metrics.chance_level(name, share, 1) == pytest.approx(values[1], abs=0.005)
    p = np.tile(share, (len(true), 1))
    assert metrics.chance_level("brier", share) == pytest.approx(metrics.brier(true, p), abs=0.005)
    assert metrics.chance_level("log_loss", share) == pytest.approx(
        metrics.log_loss(true, p), abs=0.005
    )


def test_chance_level_of_regression_and_of_unknown_figures():
    assert metrics.chance_level("r2") == 0
    assert np.isnan(metrics.chance_level("rmse"))
    with pytest.raises(ValueError, match="shares"):
        metrics.chance_level("accuracy")
    with pytest.raises(ValueError, match="unknown"):
        metrics.chance_level("acuracy", [1, 1])


def test_pixels_score_as_samples_do():
    # Every pixel a sample: the figures that both kinds have are the same.
    true, pred, _ = draw(4, 400)
    counts = metrics.confusion(true, pred, len(CLASSES))
    found = metrics.segmentation_scores(counts, CLASSES)
    expected = metrics.classification_scores(true, pred, None, 0.0, 0.0, CLASSES)
    assert list(found) == list(metrics.score_names("segmentation", CLASSES))
    for name in set(found) & set(expected):
        assert found[name] == pytest.approx(expected[name]), name
    assert found["miou"] == pytest.approx(np.mean([found[f"iou:{c}"] for c in CLASSES]))


def test_boundary_scores_average_the_classes_that_have_a_contour():
    counts = np.zeros((3, 1, 7), int)
    counts[0] = counts[1] = [10, 5, 10, 5, 20, 20, 10]
    found = metrics.boundary_scores(counts, ("a", "b", "c"), (20.0,))
    assert found["boundary_f1@20m:a"] == pytest.approx(0.5)
    assert found["boundary_f1@20m"] == pytest.approx(0.5)
    assert found["boundary_iou@20m"] == pytest.approx(10 / 30)
    assert np.isnan(found["boundary_f1@20m:c"])
