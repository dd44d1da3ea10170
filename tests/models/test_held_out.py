"""What was said of held-out labels: scores of other decisions, and how far it is to be believed."""

from dataclasses import replace

import numpy as np
import pytest
from tests.data.alphaearth import write_alphaearth
from tests.data.models import make_model

from bocage.core import DataError, SettingsError
from bocage.mapping import MapRequest, make_map
from bocage.mapping._shares import too_far, under_shares
from bocage.mapping._tags import calibration_of, score_of
from bocage.mapping.outputs import confidence_layer
from bocage.models import load_model, save_model
from bocage.models._held_out import TOO_FAR, HeldOutPredictions
from bocage.sources import open_source


def _held(sharp=1.0, n=900, seed=0):
    """Three classes, said as surely as they come true, or `sharp` times as surely."""
    rng = np.random.default_rng(seed)
    logs = rng.normal(0, 1.5, (n, 3))
    shares = np.exp(logs) / np.exp(logs).sum(axis=1, keepdims=True)
    true = (rng.random(n)[:, None] > shares.cumsum(axis=1)).sum(axis=1)
    said = np.exp(sharp * logs) / np.exp(sharp * logs).sum(axis=1, keepdims=True)
    block = np.arange(n) // 30
    classes = ("crop", 'old "tree"', "water")
    noise, before = np.zeros((1, n)), (0.31, 0.62, 0.93)
    return HeldOutPredictions(
        said[None].astype(np.float32), noise, true, block, block % 3, "", (), classes, before
    )


def _model(held):
    model = make_model(n_bands=8)
    ece, brier, log_loss = held.now
    training = replace(
        model.training, judged="local", ece=ece, brier=brier, log_loss=log_loss, ece_before=0.31,
        brier_before=0.62, log_loss_before=0.93,
    )  # fmt: skip
    return replace(model, held=held, training=training)


def test_the_score_is_that_of_the_decision_under_the_shares():
    held = _held()
    weights = np.array([3.0, 1.0, 0.2])
    for factors in (None, weights):
        p = held.probabilities[0] * (1 if factors is None else factors)
        made = p.argmax(axis=1)
        # Recall by place, averaged over places and then over classes.
        recall = [
            [(made[(held.true == c) & (held.group == g)] == c).mean() for g in range(3)]
            for c in range(3)
        ]
        found = held.score(factors)
        assert found.value == pytest.approx(np.mean(recall))
        assert found.low < found.value < found.high
    assert held.score(weights).value < held.score().value - 0.03


def test_the_score_is_less_sure_where_folds_taught_one_another():
    held = _held()
    plain, wide = held.score(), replace(held, crossed=1.2).score()
    assert wide.value == plain.value
    assert 1.1 < (wide.high - wide.low) / (plain.high - plain.low) <= 1.2


def test_shares_that_hold_make_more_right_where_probabilities_are_calibrated():
    shares = np.array([0.8, 0.15, 0.05])
    held = _held(n=3000)
    assert held.accuracy_at(shares, shares) > held.accuracy_at(shares) + 0.05


def test_a_perfect_method_is_told_from_one_that_is_too_sure():
    assert not too_far(_model(_held()))
    assert _held().ece < _held().perfect_ece + 0.02
    sure = _model(_held(sharp=4.0))
    assert sure.held.ece > sure.held.perfect_ece + TOO_FAR
    assert too_far(sure)
    # With few samples a perfect method looks far off as well, and is not accused.
    few = _held(n=30)
    assert few.ece > TOO_FAR
    assert not too_far(_model(few))


def test_shares_are_not_estimated_from_probabilities_that_are_wrong(tmp_path):
    write_alphaearth(tmp_path / "aef.tif", n_bands=8, holes=False)
    raster = open_source(tmp_path / "aef.tif")
    sure, fine = _model(_held(sharp=4.0)), _model(_held())
    with pytest.raises(
        SettingsError, match=r"confidence differs from accuracy by 0\.\d\d on average"
    ):
        make_map(sure, raster, tmp_path / "a.tif", MapRequest((), prior="estimated"))
    made = make_map(sure, raster, tmp_path / "b.tif", MapRequest((), prior="uniform"))
    assert any("rare classes may be mapped far too rarely" in note for note in made.notes)
    # By how much is said once, of the model.
    assert not any(calibration_of(sure) in note for note in made.notes)
    # What can't be done is not advised either.
    for model, advised in ((sure, False), (fine, True)):
        notes = make_map(model, raster, tmp_path / "c.tif", MapRequest(())).notes
        assert any("--prior estimated" in note for note in notes) == advised
        assert any("equally frequent" in note for note in notes)


def test_a_map_tells_the_score_of_its_own_decision_and_how_sure_it_may_be(tmp_path):
    import rasterio

    write_alphaearth(tmp_path / "aef.tif", n_bands=8, holes=False)
    raster = open_source(tmp_path / "aef.tif")
    model = _model(_held())
    shares = dict(zip(model.classes, (0.9, 0.05, 0.05), strict=True))
    made = make_map(model, raster, tmp_path / "m.tif", MapRequest(prior=shares))
    under = under_shares(model, made.prior)
    assert under.training.score == pytest.approx(
        model.held.score(np.array(made.prior) / model.prior).value
    )
    assert made.score == score_of(under)
    assert "with the class shares of the map as prior" in made.score
    for name in ("class", "confidence"):
        with rasterio.open(made.files[name]) as file:
            assert file.tags()["bocage_score"] == made.score
            assert file.tags()["bocage_calibration"] == calibration_of(model)
    assert "ECE 0.31, Brier score 0.62, log loss 0.93 before calibration" in calibration_of(model)
    # The place of the confidence is its own, whatever the score is of.
    assert "on held-out labels in places with labels;" in calibration_of(model)
    with rasterio.open(made.files["confidence"]) as file:
        assert file.descriptions == (f"probability of the mapped class (ECE {model.held.ece:.2f})",)
    assert any("held-out labels" in note and "%" in note for note in made.notes)
    # The model that lies beside the map is the one it was made with.
    assert load_model(made.files["model"]).training.score == model.training.score
    assert confidence_layer().bands == ("probability of the mapped class",)


def test_what_was_held_out_comes_back_from_a_folder(tmp_path):
    model = _model(replace(_held(), crossed=1.1))
    again = load_model(save_model(model, tmp_path / "model"))
    assert again.held.crossed == model.held.crossed == 1.1
    assert again.held.score([2.0, 1.0, 0.5]) == model.held.score([2.0, 1.0, 0.5])
    assert again.held.ece == pytest.approx(model.held.ece, abs=1e-3)
    assert again.training.ece == model.training.ece
    arrays = model.held.to_arrays()
    for name in arrays:
        with pytest.raises(DataError):
            HeldOutPredictions.from_arrays(
                {k: v for k, v in arrays.items() if k != name}, model.classes
            )
    with pytest.raises(DataError, match="do not match its classes"):
        HeldOutPredictions.from_arrays(arrays, ("crop", "water"))
