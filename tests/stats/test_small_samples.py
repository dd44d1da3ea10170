"""How far a mean over folds is off where each fold taught the models of the others."""

import numpy as np
import pytest

from bocage.stats import cross_widening

N_FOLDS, N_WORLDS = 4, 600


def _variances(n, d, *, taught):
    """Variance of the mean squared error of folds around its truth, and what the tests say of it.

    Straight lines of normal features and noise: given a line, its expected squared error is 1 plus
    the squared length of what its coefficients are off by.
    """
    rng = np.random.default_rng([n, d])
    fold = np.arange(n) % N_FOLDS
    away, said = [], []
    for _ in range(N_WORLDS):
        X, y = np.column_stack([np.ones(n), rng.normal(size=(n, d))]), rng.normal(size=n)
        errors, truth = np.empty(n), np.empty(n)
        for number in range(N_FOLDS):
            own = fold == number
            # Others' samples, or as many that no other fold tests.
            m = int((~own).sum())
            A = X[~own] if taught else np.column_stack([np.ones(m), rng.normal(size=(m, d))])
            b = y[~own] if taught else rng.normal(size=m)
            line = np.linalg.lstsq(A, b, rcond=None)[0]
            errors[own] = np.square(y[own] - X[own] @ line)
            truth[own] = 1 + np.square(line).sum()
        away.append(errors.mean() - truth.mean())
        # Within folds: what their models are worth differs, and is no luck of the tests.
        said.append(np.mean([errors[fold == k].var(ddof=1) for k in range(N_FOLDS)]) / n)
    return np.var(away), np.mean(said)


@pytest.mark.parametrize(("n", "d"), [(160, 3), (160, 20), (160, 40)])
def test_folds_that_taught_one_another_are_off_by_as_much_more_as_is_said(n, d):
    found, said = _variances(n, d, taught=True)
    promised = cross_widening(1 + d, n * (1 - 1 / N_FOLDS)) ** 2
    # 600 worlds know a variance to 6 %.
    assert found / said == pytest.approx(promised, rel=0.18)


def test_folds_that_taught_nobody_are_off_by_what_their_tests_say():
    found, said = _variances(160, 59, taught=False)
    assert found / said == pytest.approx(1, rel=0.15)


def test_it_is_1_without_anything_learned_and_never_more_than_the_root_of_1_and_a_half():
    assert cross_widening(0, 100) == 1
    for k, n in ((50, 100), (80, 100), (200, 100), (float("inf"), 100)):
        assert cross_widening(k, n) == pytest.approx(np.sqrt(1.5))
    rising = [cross_widening(k, 1000) for k in (0, 1, 9, 65, 300, 500, 900)]
    assert rising == sorted(rising)
