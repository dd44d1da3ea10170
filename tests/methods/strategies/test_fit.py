"""Learning rate and epochs are chosen within the labels, equally for every strategy."""

import numpy as np
import pytest

from bocage.core import CLASSIFICATION
from bocage.methods import STRATEGIES, Recipe, parse_method
from bocage.methods.strategies import SampleLesson, Tuning, _tuning, fit_lesson, target_of
from bocage.splits import Inner

ROWS = np.arange(60)
INNER = Inner(
    tuple((np.flatnonzero(np.arange(60) % 3 != k), np.flatnonzero(np.arange(60) % 3 == k))
          for k in range(3)),
    "groups",
)  # fmt: skip


def _fitted(frozen, task, strategy, target=None, inner=INNER, recipe=None, trials=2, **options):
    wiring = {**STRATEGIES[strategy].options, **options}
    target = task.target if target is None else target
    says = target_of(task.kind, task.n_classes)
    lesson = SampleLesson(frozen, strategy, wiring, target, says)
    rates = (options["lr"],) if "lr" in options else STRATEGIES[strategy].rates[:trials]
    return fit_lesson(lesson, ROWS, inner, Tuning(rates, recipe or Recipe(2, 8), 1))


def test_strategies_try_equally_many_rates_twenty_times_apart():
    trained = [s for s in STRATEGIES.values() if s.rates]
    assert len({len(s.rates) for s in trained}) == 1
    assert STRATEGIES["lora"].rates[0] == pytest.approx(20 * STRATEGIES["full"].rates[0])
    assert STRATEGIES["adapter"].rates[0] == pytest.approx(20 * STRATEGIES["full"].rates[0])


@pytest.mark.parametrize("strategy", ["adapter", "lora", "full", "scratch"])
def test_a_strategy_predicts_new_rows_and_says_how_it_was_tuned(frozen, series_task, strategy):
    fitted = _fitted(frozen, series_task, strategy)
    assert (fitted.trials, fitted.why) == (2, "tuned")
    assert fitted.params["lr"] in STRATEGIES[strategy].rates[:2]
    assert fitted.params["epochs"] in Recipe(2, 8).marks(60)
    assert fitted.learner.predict(np.arange(60, 90)).shape == (30,)


def test_pure_noise_is_not_learned(frozen, series_task):
    # Every epoch on noise makes held-out rows worse: the training that never started is chosen.
    noise = np.random.default_rng(0).normal(size=90)
    fitted = _fitted(frozen, series_task, "full", noise, recipe=Recipe(24, 8), trials=1, lr=0.01)
    assert fitted.params["epochs"] == 0


def test_rows_outside_the_labels_decide_nothing(frozen, series_task):
    changed = series_task.target.copy()
    changed[60:] = 99.0
    one = _fitted(frozen, series_task, "lora")
    two = _fitted(frozen, series_task, "lora", changed)
    assert one.params == two.params
    np.testing.assert_array_equal(one.learner.predict(ROWS), two.learner.predict(ROWS))


def test_a_rate_that_blows_up_loses_and_the_other_is_taken(frozen, series_task, monkeypatch):
    def explode(*_, rate, look, marks, **__):
        look(0)
        if rate == STRATEGIES["lora"].rates[0]:
            raise FloatingPointError
        for mark in marks[1:]:
            look(mark)
            break
        return 0.0

    real = _tuning.train
    monkeypatch.setattr(
        _tuning, "train", lambda *a, **k: explode(*a, **k) if "look" in k else real(*a, **k)
    )
    fitted = _fitted(frozen, series_task, "lora")
    assert fitted.params["epochs"] == 0


def test_without_inner_folds_the_published_rate_and_all_epochs_stand(frozen, series_task):
    fitted = _fitted(frozen, series_task, "full", inner=None)
    assert fitted.trials == 0
    assert "published defaults" in fitted.why
    assert fitted.params == {"lr": STRATEGIES["full"].rates[0], "epochs": Recipe(2, 8).n_epochs(60)}


def test_memory_that_does_not_suffice_is_said(frozen, series_task, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried 99 bytes")

    monkeypatch.setattr(_tuning, "train", fail)
    with pytest.raises(MemoryError, match="you tried 99 bytes"):
        _fitted(frozen, series_task, "full", inner=None)


def test_classes_without_a_label_are_never_predicted(frozen):
    codes = np.where(np.arange(90) % 2 == 0, 0, 2)
    options = STRATEGIES["adapter"].options
    lesson = SampleLesson(frozen, "adapter", options, codes, target_of(CLASSIFICATION, 4))
    fitted = fit_lesson(lesson, ROWS, INNER, Tuning((2e-3,), Recipe(1, 4), 0))
    proba = fitted.learner.predict_proba(np.arange(60, 90))
    np.testing.assert_allclose(proba.sum(axis=1), 1, atol=1e-6)
    assert set(fitted.learner.predict(np.arange(90)).tolist()) <= {0, 2}


def test_what_is_shipped_is_what_was_learned(frozen, series_task):
    sizes = {s: _fitted(frozen, series_task, s).learner.size for s in ("adapter", "lora", "full")}
    head = 129
    assert all(size.head == head for size in sizes.values())
    # Beside the public weights: adapter, head, and the mean and spread of 128 features.
    assert sizes["lora"].n_bytes == 4 * (sizes["lora"].trained + 256)
    assert sizes["lora"].n_bytes < sizes["full"].n_bytes / 10
    assert sizes["full"].encoder == 404_160
    assert parse_method("series:presto:lora").options["rank"] == 8
