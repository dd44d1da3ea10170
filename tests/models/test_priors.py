"""Class priors: Bayes' rule, and shares found again from probabilities alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from bocage.core import DataError, SettingsError
from bocage.methods import HEADS
from bocage.models import estimate_prior, reweigh, training_prior

# Two known Gaussians on a fine grid: a histogram of infinitely many pixels.
X = np.linspace(-8, 8, 4001)
DENSITY = np.stack([norm.pdf(X, -1), norm.pdf(X, 1)], axis=1)


def posterior(prior):
    joint = DENSITY * prior
    return joint / joint.sum(axis=1, keepdims=True)


shares = st.lists(st.floats(0.01, 1.0), min_size=3, max_size=3).map(lambda v: np.array(v) / sum(v))


@pytest.mark.parametrize("true", [0.05, 0.3, 0.5, 0.98])
def test_shares_of_two_known_gaussians_are_found(true):
    prior = np.array([true, 1 - true])
    found = estimate_prior(posterior([0.5, 0.5]), [0.5, 0.5], DENSITY @ prior, tolerance=1e-9)
    assert found.converged
    np.testing.assert_allclose(found.prior, prior, atol=1e-4)


def test_new_probabilities_of_two_known_gaussians_are_those_of_the_new_prior():
    np.testing.assert_allclose(
        reweigh(posterior([0.5, 0.5]), [0.5, 0.5], [0.1, 0.9]), posterior([0.1, 0.9]), rtol=1e-12
    )


def test_nothing_moves_where_the_priors_agree():
    prior = np.array([0.3, 0.7])
    found = estimate_prior(posterior(prior), prior, DENSITY @ prior, tolerance=1e-9)
    assert found.n_iterations <= 1
    np.testing.assert_allclose(found.prior, prior, atol=1e-9)


def test_a_sample_of_pixels_does_as_well_as_all_but_for_its_noise():
    rng = np.random.default_rng(0)
    x = np.where(rng.random(20_000) < 0.2, rng.normal(-1, 1, 20_000), rng.normal(1, 1, 20_000))
    joint = np.stack([norm.pdf(x, -1), norm.pdf(x, 1)], axis=1)
    found = estimate_prior(joint / joint.sum(axis=1, keepdims=True), [0.5, 0.5])
    np.testing.assert_allclose(found.prior, [0.2, 0.8], atol=0.015)


def test_a_histogram_gives_what_its_pixels_give():
    rng = np.random.default_rng(1)
    distinct = rng.dirichlet([1, 1, 1], 20)
    counts = rng.integers(1, 9, 20)
    one = estimate_prior(distinct, [0.2, 0.3, 0.5], counts)
    two = estimate_prior(np.repeat(distinct, counts, axis=0), [0.2, 0.3, 0.5])
    np.testing.assert_allclose(one.prior, two.prior, rtol=1e-9)
    assert one.n_iterations == two.n_iterations


@given(st.integers(0, 10_000), shares)
def test_the_estimate_is_as_likely_as_any_other_prior(seed, other):
    rng = np.random.default_rng(seed)
    proba = rng.dirichlet([0.7, 0.7, 0.7], 40)
    train = rng.dirichlet([3, 3, 3])
    found = estimate_prior(proba, train, max_iterations=5000)

    def likelihood(prior):
        return np.log((proba / train) @ prior).mean()

    assert likelihood(found.prior) >= likelihood(other) - found.gap - 1e-12


@given(shares, shares, st.integers(0, 10_000))
def test_reweighing_there_and_back_changes_nothing(before, after, seed):
    proba = np.random.default_rng(seed).dirichlet([1, 1, 1], 5)
    there = reweigh(proba, before, after)
    np.testing.assert_allclose(there.sum(axis=1), 1.0)
    np.testing.assert_allclose(reweigh(there, after, before), proba, rtol=1e-9)
    np.testing.assert_allclose(reweigh(proba, before, before), proba, rtol=1e-12)


def test_a_rare_class_is_never_lost_altogether():
    proba = np.repeat([[0.999, 0.001, 0.0]], 50, axis=0)
    found = estimate_prior(proba, [1 / 3] * 3, tolerance=0.0, max_iterations=3000)
    assert found.prior[1] > 0
    assert found.prior[2] == 0
    assert not found.converged or found.gap == 0


def test_iterations_are_bounded_and_said_to_have_stopped_early():
    found = estimate_prior(posterior([0.5, 0.5]), [0.5, 0.5], DENSITY[:, 0], max_iterations=3)
    assert found.n_iterations == 3
    assert not found.converged
    assert found.gap > 1e-6


def test_pixels_without_data_stay_without_and_count_for_nothing():
    proba = np.array([[0.2, 0.8], [np.nan, np.nan]])
    np.testing.assert_array_equal(np.isnan(reweigh(proba, [1, 1], [1, 3]))[:, 0], [False, True])
    one, two = (estimate_prior(rows, [0.5, 0.5]) for rows in (proba, proba[:1]))
    np.testing.assert_array_equal(one.prior, two.prior)


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.1, 0.5, 3.0]))
def test_an_anchored_estimate_is_as_probable_as_any_other(seed, anchor):
    rng = np.random.default_rng(seed)
    train, other = rng.dirichlet(np.ones(3), 2)
    proba = rng.dirichlet(np.ones(3), 40)
    found = estimate_prior(proba, train, anchor=anchor, max_iterations=5000)

    def posterior(prior):
        return np.log((proba / train) @ prior).mean() + anchor * (train @ np.log(prior))

    assert posterior(found.prior) >= posterior(other) - found.gap - 1e-9


def test_an_anchor_lies_between_what_was_learned_and_what_is_likely():
    likely = estimate_prior(posterior([0.5, 0.5]), [0.5, 0.5], DENSITY[:, 0]).prior[0]
    anchored = [
        estimate_prior(posterior([0.5, 0.5]), [0.5, 0.5], DENSITY[:, 0], anchor=a).prior[0]
        for a in (0.1, 0.5, 10.0)
    ]
    assert likely > anchored[0] > anchored[1] > anchored[2] > 0.5
    assert anchored[2] < 0.55


def test_an_anchor_below_zero_is_refused():
    with pytest.raises(DataError, match="anchor must be finite and 0 or more"):
        estimate_prior(np.array([[0.9, 0.1]]), [0.5, 0.5], anchor=-1.0)


def test_a_pixel_that_can_only_be_what_has_no_prior_is_nothing():
    found = reweigh(np.array([[1.0, 0.0], [0.5, 0.5]]), [0.5, 0.5], [0.0, 1.0])
    assert np.isnan(found[0]).all()
    np.testing.assert_array_equal(found[1], [0.0, 1.0])


def test_a_class_that_was_never_learned_gets_no_prior():
    with pytest.raises(DataError, match=r"class 1 has a prior of 0\.5 but no training labels"):
        reweigh(np.array([[1.0, 0.0]]), [1.0, 0.0], [0.5, 0.5])
    assert estimate_prior(np.array([[0.9, 0.1]]), [1.0, 0.0]).prior.tolist() == [1.0, 0.0]


@pytest.mark.parametrize("bad", [[0.5, 0.5, 0.0], [-1.0, 2.0], [0.0, 0.0], [np.nan, 1.0]])
def test_shares_that_make_no_sense_are_refused(bad):
    with pytest.raises(DataError, match="prior"):
        reweigh(np.array([[0.5, 0.5]]), [0.5, 0.5], bad)


def test_probabilities_that_make_no_sense_are_refused():
    with pytest.raises(DataError, match="shape"):
        estimate_prior(np.ones(3), [0.5, 0.5])
    with pytest.raises(DataError, match="0 or more"):
        estimate_prior(np.array([[-0.1, 1.1]]), [0.5, 0.5])
    with pytest.raises(DataError, match="no pixel"):
        estimate_prior(np.array([[np.nan, 1.0]]), [0.5, 0.5])


@pytest.mark.parametrize("model", [n for n, m in HEADS.items() if "classification" in m.grid])
def test_the_prior_of_a_head_is_what_it_says_where_features_say_nothing(model):
    """A head that sees noise alone answers with its prior, on average."""
    from bocage.methods import Head

    rng = np.random.default_rng(0)
    y = np.repeat([0, 1, 2], [300, 90, 30])
    X = np.zeros((420, 2)) if model in {"logistic", "forest", "mlp"} else rng.normal(size=(420, 2))
    params = {"max_depth": 1, "learning_rate": 0.1} if model == "xgboost" else {}
    if model == "lightgbm":
        params = {"max_depth": 1, "n_estimators": 20}
    head = Head(model, "classification", params, n_classes=3).fit(X, y)
    mean = head.predict_proba(rng.normal(size=(4000, 2)) * np.any(X)).mean(axis=0)
    np.testing.assert_allclose(mean, training_prior(model, [300, 90, 30]), atol=0.08)


def test_a_model_that_is_none_has_no_prior():
    with pytest.raises(SettingsError, match="model 'oracle' is unknown"):
        training_prior("oracle", [1, 1])
