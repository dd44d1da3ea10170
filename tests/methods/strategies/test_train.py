"""Batches, losses and recipes."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bocage.methods import STRATEGIES, Recipe
from bocage.methods.strategies._samples import SampleLesson
from bocage.methods.strategies._schedule import BATCH
from bocage.methods.strategies._target import ClassTarget, ValueTarget
from bocage.methods.strategies._train import batches, train
from bocage.methods.strategies._wiring import seeded


@given(st.integers(1, 500), st.integers(0, 5))
def test_batches_hold_every_sample_once_and_are_nearly_equal(n, epoch):
    found = batches(n, epoch, 3)
    assert sorted(np.concatenate(found).tolist()) == list(range(n))
    sizes = [len(part) for part in found]
    assert max(sizes) <= BATCH
    assert max(sizes) - min(sizes) <= 1


def test_batches_differ_between_epochs_and_not_between_runs():
    assert [p.tolist() for p in batches(50, 0, 1)] == [p.tolist() for p in batches(50, 0, 1)]
    assert [p.tolist() for p in batches(50, 0, 1)] != [p.tolist() for p in batches(50, 1, 1)]


@given(st.integers(1, 5000), st.integers(1, 30), st.integers(1, 200))
def test_a_recipe_has_enough_steps_and_looks_before_the_first(n, epochs, steps):
    recipe = Recipe(epochs, steps)
    marks = recipe.marks(n)
    assert marks[0] == 0
    assert marks[-1] == recipe.n_epochs(n) >= epochs
    assert marks[-1] * math.ceil(n / BATCH) >= steps
    assert len(set(marks)) == len(marks) <= recipe.checkpoints + 1


def test_balanced_cross_entropy_is_the_mean_over_classes():
    target = np.array([0, 0, 0, 1])
    scores = torch.tensor([[2.0, 0.0, 0.0]] * 4)
    loss = ClassTarget(3).loss(target)
    each = torch.nn.functional.cross_entropy(scores, torch.from_numpy(target), reduction="none")
    # Three samples of one class and one of another weigh the same; the absent class nothing.
    expected = (each[:3].mean() + each[3]) / 2
    assert loss(scores, torch.from_numpy(target)).item() == pytest.approx(expected.item())


def test_a_training_is_the_same_twice_to_the_bit(frozen, series_task):
    made = []
    for noise in (0, 1):
        torch.manual_seed(noise)  # what was drawn before must not matter
        with seeded(5):
            network, true = SampleLesson(
                frozen, "lora", STRATEGIES["lora"].options, series_task.target, ValueTarget()
            ).network(np.arange(50))
            loss = ValueTarget().loss(series_task.target[:50])
            train(network, np.arange(50), true, loss, rate=1e-3, n_epochs=2, seed=5)
        made.append(network.outputs(np.arange(90)))
    np.testing.assert_array_equal(made[0], made[1])


def test_a_loss_that_is_not_a_number_stops_the_training(frozen, series_task):
    lesson = SampleLesson(
        frozen, "full", STRATEGIES["full"].options, series_task.target, ValueTarget()
    )
    network, true = lesson.network(np.arange(30))
    true[3] = float("nan")
    loss = ValueTarget().loss(series_task.target[:30])
    with pytest.raises(FloatingPointError, match="not finite in epoch 1"):
        train(network, np.arange(30), true, loss, rate=1e-3, n_epochs=2, seed=0)


def test_training_lowers_the_loss_from_random_weights(frozen, series_task):
    lesson = SampleLesson(
        frozen, "scratch", STRATEGIES["scratch"].options, series_task.target, ValueTarget()
    )
    rows = np.arange(60)
    losses = []
    for n_epochs in (1, 60):
        with seeded(0):
            network, true = lesson.network(rows)
        loss = ValueTarget().loss(series_task.target[rows])
        losses.append(train(network, rows, true, loss, rate=1e-3, n_epochs=n_epochs, seed=0))
    assert losses[1] < losses[0] / 2
