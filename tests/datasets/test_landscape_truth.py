"""What the landscape says is true of it, against what its samples show."""

from functools import cache

import numpy as np
import pytest
from scipy.stats import chi2_contingency
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import balanced_accuracy_score, r2_score

from bocage.datasets.landscape import LandscapeSettings, Truth, landscape_samples
from bocage.tasks import Samples


@cache
def _made(**settings: object) -> tuple[Samples, Truth]:
    return landscape_samples(LandscapeSettings(**settings))


def _codes(samples: Samples, truth: Truth) -> np.ndarray:
    order = {name: code for code, name in enumerate(truth.signals)}
    return np.array([order[name] for name in samples.target])


def _out(samples: Samples, truth: Truth, name: str = "aef") -> tuple[float, float]:
    """Inside and outside score of a logistic regression with the sample at hand."""
    X, y, region = samples.inputs[name].values, _codes(samples, truth), samples.groups["region"]
    if name != "aef":
        X = (X - X.mean(axis=0)) / X.std(axis=0)
    inside, outside = [], []
    held = np.arange(len(y)) % 5 == 0
    for place in truth.regions:
        rest = region != place
        model = LogisticRegression(C=10, max_iter=5000).fit(X[rest & ~held], y[rest & ~held])
        for scores, test in ((inside, rest & held), (outside, ~rest)):
            scores.append(balanced_accuracy_score(y[test], model.predict(X[test])))
    return float(np.mean(inside)), float(np.mean(outside))


def _class_means(samples: Samples, truth: Truth) -> np.ndarray:
    X, y = samples.inputs["aef"].values, _codes(samples, truth)
    means = np.stack([X[y == code].mean(axis=0) for code in range(len(truth.signals))])
    return means - means.mean(axis=0)


def test_class_means_follow_the_loadings_where_regions_are_alike():
    samples, truth = _made(shift=0.0, per_class=500, label_noise=0.0)
    found = _class_means(samples, truth)
    for measured, true in zip(found, truth.loadings, strict=True):
        cosine = measured @ true / np.linalg.norm(measured) / np.linalg.norm(true)
        assert cosine > 0.95
    assert truth.displacement == 0


def test_class_signal_lies_in_the_signal_basis_and_regional_moves_partly_in_the_decoys():
    samples, truth = _made(per_class=300, label_noise=0.0)
    for basis in (truth.signal_basis, truth.decoy_basis):
        np.testing.assert_allclose(basis @ basis.T, np.eye(len(basis)), atol=1e-12)
    np.testing.assert_allclose(truth.signal_basis @ truth.decoy_basis.T, 0, atol=1e-12)
    lost = truth.loadings - truth.loadings @ truth.signal_basis.T @ truth.signal_basis
    np.testing.assert_allclose(lost, 0, atol=1e-12)
    X, y, region = samples.inputs["aef"].values, _codes(samples, truth), samples.groups["region"]
    in_decoys = []
    for place in truth.regions:
        means = np.stack(
            [X[(y == code) & (region == place)].mean(axis=0) for code in range(len(truth.signals))]
        )
        means -= means.mean(axis=0)
        in_decoys.append(np.linalg.norm(means @ truth.decoy_basis.T))
        share = (means @ truth.signal_basis.T) ** 2
        share_decoys = (means @ truth.decoy_basis.T) ** 2
        assert share.sum() + share_decoys.sum() > 0.8 * (means**2).sum()
    assert min(in_decoys) > 0.15


def test_decoys_mislead_and_the_signal_basis_does_not_need_them():
    samples, truth = _made(per_class=300, label_noise=0.0)
    X, y, region = samples.inputs["aef"].values, _codes(samples, truth), samples.groups["region"]
    decoys = X @ truth.decoy_basis.T
    home, away = [], []
    for place in truth.regions:
        here = region == place
        odd = np.arange(len(y)) % 2 == 1
        own = LogisticRegression(C=10, max_iter=5000).fit(decoys[here & odd], y[here & odd])
        other = LogisticRegression(C=10, max_iter=5000).fit(decoys[~here], y[~here])
        home.append(own.score(decoys[here & ~odd], y[here & ~odd]))
        away.append(other.score(decoys[here], y[here]))
    assert np.mean(home) > 0.6
    assert np.mean(away) < 0.4


def test_rotation_leaves_no_band_to_stand_for_one_thing():
    truth = _made(per_class=20)[1]
    share = (truth.loadings**2).max(axis=1) / (truth.loadings**2).sum(axis=1)
    assert share.max() < 0.25
    assert not truth.roles


def test_planted_bands_carry_what_their_roles_say():
    samples, truth = _made(mixing="planted", shift=0.0, per_class=300, label_noise=0.0)
    specialists = {names[0] for names in truth.roles.values() if len(names) == 1}
    assert specialists == set(truth.signals)
    assert any(len(names) > 1 for names in truth.roles.values())
    means = _class_means(samples, truth)
    bands = samples.inputs["aef"].bands
    for band, names in truth.roles.items():
        up = {truth.signals[i] for i in np.flatnonzero(means[:, bands.index(band)] > 0)}
        assert up == set(names), band
    silent = [i for i, band in enumerate(bands) if band not in truth.roles]
    carried = np.abs(means).max(axis=0)
    loudest = min(carried[bands.index(band)] for band in truth.roles)
    assert loudest > 2 * carried[silent].max()


def test_true_drop_is_what_logistic_regression_loses():
    samples, truth = _made()
    inside, outside = _out(samples, truth)
    assert inside - outside == pytest.approx(truth.drop, abs=0.06)
    assert truth.drop > 0.1


def test_drop_vanishes_without_shift_and_grows_with_it():
    drops = [_made(shift=size, per_class=30)[1].drop for size in (0.0, 0.5, 1.0, 1.5)]
    assert abs(drops[0]) < 0.03
    assert drops == sorted(drops)


def test_best_input_is_the_embedding_and_elevation_is_useless_elsewhere():
    samples, truth = _made()
    aef, s2 = _out(samples, truth), _out(samples, truth, "s2")
    assert aef[0] > s2[0] + 0.2
    assert aef[1] > s2[1] + 0.1
    assert _out(samples, truth, "elevation")[1] == pytest.approx(0.25, abs=0.05)


def test_no_signal_target_depends_on_nothing():
    samples, truth = _made(signal=False, per_class=250)
    cover = _made(per_class=250)[0]
    np.testing.assert_array_equal(samples.inputs["aef"].values, cover.inputs["aef"].values)
    for column in (cover.target, samples.groups["region"], samples.groups["year"]):
        table = np.array(
            [
                [
                    np.sum((samples.target == name) & (column == value))
                    for value in np.unique(column)
                ]
                for name in truth.signals
            ]
        )
        assert chi2_contingency(table).pvalue > 0.001
    for score in _out(samples, truth):
        assert score == pytest.approx(0.25, abs=0.04)
    assert np.concatenate([truth.inside, truth.outside]) == pytest.approx(0.25, abs=0.08)
    assert not truth.loadings.any()


def test_no_strength_leaves_chance_out_of_region():
    samples, truth = _made(strength=0.0)
    assert not truth.loadings.any()
    assert _out(samples, truth)[1] == pytest.approx(0.25, abs=0.06)
    assert _out(samples, truth, "s2")[1] == pytest.approx(0.25, abs=0.06)


def test_label_noise_replaces_the_share_it_says_and_the_truth_keeps_the_clean_labels():
    samples, truth = _made(label_noise=0.2, per_class=500)
    wrong = samples.target != truth.clean
    assert wrong.mean() == pytest.approx(0.2, abs=0.015)
    assert set(np.unique(truth.clean, return_counts=True)[1]) == {2000}


def test_area_shares_are_those_of_the_places():
    truth = _made(per_class=250)[1]
    assert truth.share.shape == (4, 4)
    np.testing.assert_allclose(truth.share.sum(axis=1), 1)
    again = _made(per_class=250, draw=3)[1].share
    np.testing.assert_allclose(truth.share, again, atol=0.05)
    assert np.isnan(_made(per_class=20, clusters=4)[1].share).all()


def test_yield_is_explained_at_home_and_less_elsewhere():
    samples, truth = _made(target="yield")
    assert samples.kind == "regression"
    assert samples.target.dtype == np.float64
    assert (samples.target >= 0).all()
    assert truth.signals == ("yield",)
    assert truth.home.min() > 0.75
    assert truth.drop > 0.1
    X, region = samples.inputs["aef"].values, samples.groups["region"]
    inside = Ridge(0.01).fit(X[::2], samples.target[::2])
    assert r2_score(samples.target[1::2], inside.predict(X[1::2])) > 0.75
    scores = [
        r2_score(
            samples.target[region == place],
            Ridge(0.01)
            .fit(X[region != place], samples.target[region != place])
            .predict(X[region == place]),
        )
        for place in truth.regions
    ]
    assert np.mean(scores) == pytest.approx(truth.outside.mean(), abs=0.3)


def test_yield_without_signal_follows_nothing_and_noise_is_added_as_said():
    silent, truth = _made(target="yield", signal=False)
    X = silent.inputs["aef"].values
    model = Ridge(1.0).fit(X[::2], silent.target[::2])
    assert r2_score(silent.target[1::2], model.predict(X[1::2])) < 0.05
    assert truth.outside.max() < 0.05
    noisy, true = _made(target="yield", label_noise=0.8)
    assert np.std(noisy.target - true.clean) == pytest.approx(0.8, abs=0.05)
