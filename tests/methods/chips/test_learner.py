"""Networks for chips, trained from scratch."""

import numpy as np
import pytest
import torch
from tests.data.chips import make_chip_task

from bocage.methods import Recipe, Views
from bocage.methods.backbones import turned
from bocage.methods.chips import NETS, NetLesson
from bocage.methods.strategies import Tuning, fit_lesson
from bocage.methods.strategies._train import train
from bocage.methods.strategies._wiring import seeded
from bocage.metrics import chip_confusion, mean_iou
from bocage.splits import Inner


@pytest.fixture(scope="module")
def chips():
    task = make_chip_task()
    return Views(task).chips(["s2"])


INNER = Inner(((np.arange(10), np.arange(10, 20)), (np.arange(10, 20), np.arange(10))), "groups")


@pytest.mark.parametrize("name", sorted(NETS))
def test_every_network_gives_a_score_a_class_and_pixel(chips, name):
    network, true = NetLesson(chips, 2, name).network(np.arange(4))
    with torch.no_grad():
        assert network.eval()(np.arange(3)).shape == (3, 2, 32, 32)
    assert true.shape == (4, 32, 32)
    assert network.masks(np.arange(20)).shape == (20, 32, 32)


def test_turns_are_the_eight_of_a_square_and_labels_turn_along():
    picture = torch.arange(16).reshape(1, 1, 4, 4)
    made = [turned(picture, turn) for turn in range(8)]
    assert len({tuple(p.ravel().tolist()) for p in made}) == 8
    assert torch.equal(made[0], picture)
    mask = torch.arange(16).reshape(1, 4, 4)
    for turn, found in enumerate(made):
        assert torch.equal(turned(mask, turn), found[:, 0])


def test_a_pixel_without_a_label_teaches_nothing(chips):
    lesson = NetLesson(chips, 2, "conv1x1")
    loss = lesson.loss(np.arange(6))
    scores = torch.randn(6, 2, 32, 32)
    true = torch.from_numpy(chips.masks[:6].astype(np.int64))
    other = scores.clone()
    other[:, :, :2] += 100  # the rows without labels
    assert torch.equal(loss(scores, true), loss(other, true))
    nothing = loss(scores, torch.full_like(true, -1))
    assert nothing.item() == 0


def test_classes_weigh_the_same_in_the_loss(chips):
    masks = chips.masks[:6]
    scores = torch.zeros(6, 2, 32, 32)
    scores[:, 0] = 2.0
    true = torch.from_numpy(masks.astype(np.int64))
    each = torch.nn.functional.cross_entropy(scores, true, ignore_index=-1, reduction="none")
    expected = (each[true == 0].mean() + each[true == 1].mean()) / 2
    found = NetLesson(chips, 2, "conv1x1").loss(np.arange(6))(scores, true)
    assert found.item() == pytest.approx(expected.item(), rel=1e-5)


def test_a_network_learns_to_see_discs_and_beats_single_pixels(chips):
    rows, tests = np.arange(20), np.arange(20, 36)
    score = {}
    for name in ("conv1x1", "shallow-unet"):
        tuning = Tuning(NETS[name].rates[:1], Recipe(30, 30), 0)
        fitted = fit_lesson(NetLesson(chips, 2, name), rows, INNER, tuning)
        counts = chip_confusion(chips.masks[tests], fitted.learner.predict_masks(tests), 2)
        score[name] = float(mean_iou(counts.sum(axis=0)))
        assert fitted.why == "tuned"
    assert score["shallow-unet"] > score["conv1x1"] + 0.05 > 0.6


def test_the_same_twice_to_the_bit(chips):
    made = []
    for noise in (0, 1):
        torch.manual_seed(noise)
        lesson = NetLesson(chips, 2, "shallow-unet")
        fitted = fit_lesson(lesson, np.arange(8), None, Tuning((1e-3,), Recipe(2, 2), 3))
        with torch.no_grad():
            made.append(fitted.learner.network.eval()(np.arange(4)).numpy())
    np.testing.assert_array_equal(made[0], made[1])


def test_the_scale_is_learned_on_the_labels_alone(chips):
    lesson = NetLesson(chips, 2, "conv1x1")
    network, _ = lesson.network(np.arange(5))
    np.testing.assert_allclose(
        network.mean[:, 0, 0], chips.take(np.arange(5)).mean(axis=(0, 2, 3)), rtol=1e-4, atol=1e-3
    )


def test_learning_rate_zero_leaves_every_parameter(chips):
    lesson = NetLesson(chips, 2, "shallow-unet")
    with seeded(0):
        network, true = lesson.network(np.arange(6))
        before = {name: part.clone() for name, part in network.named_parameters()}
        train(network, np.arange(6), true, lesson.loss(np.arange(6)), rate=0.0, n_epochs=2, seed=0)
    for name, part in network.named_parameters():
        assert torch.equal(part, before[name]), name
