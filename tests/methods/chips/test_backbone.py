"""Pretrained networks that segment: every strategy starts from the frozen network and learns."""

import numpy as np
import pytest
import torch
from tests.data.chips import make_reflectance_chips

from bocage.core import CLASSIFICATION, REGRESSION, SEGMENTATION
from bocage.methods import Effort, Recipe, Views, parse_method
from bocage.methods.strategies._train import train
from bocage.methods.strategies._wiring import seeded
from bocage.metrics import chip_confusion, mean_iou

pytestmark = pytest.mark.usefixtures("own_cache")

ROWS = np.arange(12)
RECIPE = Recipe(2, 2)


@pytest.fixture(scope="module")
def views():
    return Views(make_reflectance_chips(24, ("B2", "B3", "B4")))


def _method(text):
    model, strategy = text.split(":")[:2]
    rest = ",".join([*text.split(":")[2:], *([] if strategy == "scratch" else ["weights=random"])])
    return parse_method(f"s2:{model}:{strategy}{':' if rest else ''}{rest}")


def _lesson(views, text):
    return _method(text).lesson(views)


def _predicted(network, rows=ROWS, turn=0):
    with torch.no_grad():
        return network.eval()(rows, turn).numpy()


@pytest.mark.parametrize("model", ["prithvi-tiny", "galileo"])
@pytest.mark.parametrize("strategy", ["adapter", "adapter:last=1", "lora", "lora:last=1", "full"])
def test_before_the_first_step_a_strategy_equals_the_frozen_network(views, model, strategy):
    # LoRA's B and the adapter's last layer are zero: the maps are those of the frozen network.
    lesson = _lesson(views, f"{model}:{strategy}")
    network = lesson.segmenter(ROWS).eval()
    with torch.no_grad():
        (found,) = network.maps(ROWS, 0)
    np.testing.assert_allclose(found.numpy(), lesson.frozen.maps()[ROWS], atol=1e-5)
    # And the linear head scores every pixel as the linear model that it was fitted as does.
    assert _predicted(network).shape == (12, 2, 32, 32)


def test_the_time_of_frozen_blocks_is_known_and_no_other(views):
    def taken(text, turns=1):
        method = _method(text)
        method.prepare(views, RECIPE)
        return method.encoding_seconds(views, turns)

    assert taken("prithvi-tiny:scratch") == taken("prithvi-tiny:full") == 0
    assert taken("prithvi-tiny:lora") == taken("prithvi-tiny:adapter") == 0
    # (Which of the two takes longer is a matter of a millisecond here: not compared.)
    assert 0 < taken("prithvi-tiny:lora:last=1") < 1
    assert 0 < taken("prithvi-tiny:linear") < 1
    # A frozen network reads each chip in all its turns while its decoder learns.
    assert taken("prithvi-tiny:decoder", 8) == 8 * taken("prithvi-tiny:decoder") > 0
    assert taken("prithvi-tiny:linear", 8) == taken("prithvi-tiny:linear")


def test_a_drawn_out_score_is_the_score_of_the_drawn_out_features(views):
    lesson = _lesson(views, "prithvi-tiny:full")
    network = lesson.segmenter(ROWS)
    decoder = network.decoder
    X = torch.from_numpy(lesson.chips.take(ROWS[:2]))
    with torch.no_grad():
        expected = decoder.head((X - decoder.mean) / decoder.spread).numpy()
    np.testing.assert_allclose(_predicted(network, ROWS[:2]), expected, atol=2e-4)


@pytest.mark.parametrize("head", ["linear", "unet", "upernet"])
@pytest.mark.parametrize("strategy", ["adapter:last=2", "lora:last=2"])
def test_what_is_read_from_disk_trains_as_the_whole_network_does(views, strategy, head):
    made = []
    for cached in (True, False):
        lesson = _lesson(views, f"prithvi-tiny:{strategy},head={head}")
        with seeded(1):
            network, true = lesson.network(ROWS)
        assert network.first == 10
        network.cached = cached
        before = [_predicted(network, ROWS[:4], turn) for turn in (0, 5)]
        loss = lesson.loss(ROWS)
        train(network, ROWS, true, loss, rate=1e-3, n_epochs=2, seed=0)
        made.append((*before, _predicted(network, ROWS[:4])))
    for one, two in zip(made[0][:2], made[1][:2], strict=True):
        np.testing.assert_allclose(one, two, atol=1e-3)
    np.testing.assert_allclose(made[0][2], made[1][2], atol=0.05)
    assert np.abs(made[0][2] - made[0][0]).max() > 0.05


@pytest.mark.parametrize("head", ["linear", "unet"])
def test_full_with_learning_rate_zero_leaves_every_parameter(views, head):
    lesson = _lesson(views, f"prithvi-tiny:full:head={head}")
    with seeded(0):
        network, true = lesson.network(ROWS)
    before = {name: part.clone() for name, part in network.named_parameters()}
    train(network, ROWS, true, lesson.loss(ROWS), rate=0.0, n_epochs=2, seed=0)
    for name, part in network.named_parameters():
        assert torch.equal(part, before[name]), name


@pytest.mark.parametrize(
    "strategy",
    ["decoder", "decoder:head=upernet", "adapter", "lora", "lora:head=unet", "full", "scratch"],
)
def test_every_strategy_learns_and_says_what_it_cost(views, strategy):
    method = _method(f"prithvi-tiny:{strategy}")
    method.check(views)
    method.prepare(views, RECIPE)
    fitted = method.fit(views, ROWS, None, Effort(1, RECIPE, 3))
    masks = fitted.learner.predict_masks(np.arange(12, 24))
    assert masks.shape == (12, 32, 32)
    size = fitted.learner.size
    assert size.encoder > 5_000_000
    assert size.n_bytes < 4 * (size.encoder + size.decoder + size.head) + 10_000
    shipped_whole = method.training in {"full", "scratch"}
    assert (size.trained > 5_000_000) == shipped_whole
    assert (size.decoder > 0) == (method.options["head"] != "linear")


def test_a_frozen_network_with_real_weights_beats_the_floor(views, real_data):
    del real_data
    score = {}
    tests = np.arange(12, 24)
    for text in ("prior", "s2:galileo:linear", "s2@galileo+s2:logistic"):
        method = parse_method(text)
        method.prepare(views, RECIPE)
        learner = method.fit(views, ROWS, None, Effort(1, RECIPE, 0)).learner
        counts = chip_confusion(views.task.masks[tests], learner.predict_masks(tests), 2)
        score[text] = float(mean_iou(counts.sum(axis=0)))
    assert score["prior"] + 0.1 < min(score["s2:galileo:linear"], score["s2@galileo+s2:logistic"])


def test_the_same_twice_to_the_bit(views):
    method = _method("prithvi-tiny:lora:head=unet")
    made = []
    for noise in (0, 1):
        torch.manual_seed(noise)
        fitted = method.fit(views, ROWS, None, Effort(1, RECIPE, 3))
        made.append(_predicted(fitted.learner.network))
    np.testing.assert_array_equal(made[0], made[1])


def test_a_decoder_draws_maps_and_single_samples_need_none():
    assert parse_method("s2:prithvi-tiny:decoder").kinds == (SEGMENTATION,)
    assert parse_method("s2:prithvi-tiny:lora").kinds == (CLASSIFICATION, REGRESSION, SEGMENTATION)
    assert parse_method("series:presto:lora").kinds == (CLASSIFICATION, REGRESSION)


def test_random_weights_are_a_control_whatever_the_strategy():
    for strategy in ("linear", "decoder", "adapter", "lora", "full"):
        assert parse_method(f"s2:prithvi-tiny:{strategy}:weights=random").is_control
        assert not parse_method(f"s2:prithvi-tiny:{strategy}").is_control
    assert not parse_method("s2:prithvi-tiny:scratch").is_control


def test_scores_of_cells_drawn_out_are_those_of_pixels(views, monkeypatch):
    method = _method("prithvi-tiny:linear")
    learner = method.fit(views, ROWS, None, Effort(1, RECIPE, 0)).learner
    tests = np.arange(12, 24)
    quick = learner.predict_masks(tests)
    monkeypatch.setattr("bocage.methods.chips._pixels.FrozenLayer", type(None))
    slow = learner.predict_masks(tests)
    assert (quick != slow).mean() < 1e-3
    assert 0.05 < quick.mean() < 0.95
