import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as oracle

from bocage import metrics

# Few values, so that many are equal.
samples = st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=2, max_size=50)


@settings(max_examples=60, deadline=None)
@given(samples)
def test_ranking_agrees_with_scikit_learn_and_knows_ties(rows):
    positive = np.array([row[0] for row in rows])
    score = np.array([row[1] for row in rows]) / 7
    if positive.any():
        found = metrics.average_precision(positive, score)
        assert found == pytest.approx(oracle.average_precision_score(positive, score))
    else:
        assert np.isnan(metrics.average_precision(positive, score))
    if 0 < positive.sum() < len(positive):
        found = metrics.roc_auc(positive, score)
        assert found == pytest.approx(oracle.roc_auc_score(positive, score))
        # Which class is the positive one makes no difference.
        assert metrics.roc_auc(~positive, -score) == pytest.approx(found)
    else:
        assert np.isnan(metrics.roc_auc(positive, score))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=60))
def test_kappa_agrees_with_scikit_learn(rows):
    true, pred = np.array(rows).T
    found = float(metrics.kappa(metrics.confusion(true, pred, 4)))
    if len(set(true) | set(pred)) == 1:
        # All is agreed by the margins alone.
        assert np.isnan(found)
    else:
        assert found == pytest.approx(oracle.cohen_kappa_score(true, pred))
