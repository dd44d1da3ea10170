"""What each strategy opens, and that it starts from the frozen network."""

import numpy as np
import pytest
import torch

from bocage.core import SettingsError
from bocage.methods import BACKBONES, STRATEGIES
from bocage.methods.backbones import Frozen
from bocage.methods.strategies._samples import SampleLesson
from bocage.methods.strategies._target import ValueTarget, target_of
from bocage.methods.strategies._train import train
from bocage.methods.strategies._wiring import count, open_encoder, seeded


def _lesson(frozen, task, strategy, **options):
    wiring = {**STRATEGIES[strategy].options, **options}
    return SampleLesson(frozen, strategy, wiring, task.target, target_of(task.kind, task.n_classes))


@pytest.mark.parametrize(
    ("strategy", "options"),
    [
        ("adapter", {}),
        ("adapter", {"last": 1}),
        ("lora", {}),
        ("lora", {"last": 1, "rank": 2}),
        ("lora", {"placement": "attention"}),
        ("lora", {"placement": "mlp"}),
        ("full", {}),
    ],
)
def test_before_the_first_step_a_strategy_equals_the_frozen_network(
    frozen, series_task, strategy, options
):
    rows = np.arange(60)
    network, _ = _lesson(frozen, series_task, strategy, **options).network(rows)
    with torch.no_grad():
        found = network.eval().features(rows).numpy()
    np.testing.assert_allclose(found, frozen.features()[rows], atol=1e-5)


@pytest.mark.parametrize("name", ["presto", "galileo"])
@pytest.mark.parametrize("last", [1, 2])
@pytest.mark.parametrize("strategy", ["adapter", "lora"])
def test_what_is_read_from_disk_trains_as_the_whole_network_does(
    series_task, tmp_path, name, last, strategy
):
    backbone = BACKBONES[name]
    arrays = backbone.arrays(series_task.inputs["series"], series_task.lonlat, True)
    frozen = Frozen(backbone, "random", arrays, tmp_path)
    rows = np.arange(40)
    made = []
    for cached in (True, False):
        with seeded(1):
            network, true = _lesson(frozen, series_task, strategy, last=last).network(rows)
        assert network.first == backbone.n_blocks - last
        network.cached = cached
        before = network.outputs(np.arange(90))
        loss = ValueTarget().loss(series_task.target[rows])
        train(network, rows, true, loss, rate=1e-3, n_epochs=2, seed=0)
        made.append((before, network.outputs(np.arange(90))))
    np.testing.assert_allclose(made[0][0], made[1][0], rtol=1e-4, atol=1e-4)
    # Values run from 0 to 10; AdamW makes steps of rounding errors where a slope is almost zero.
    np.testing.assert_allclose(made[0][1], made[1][1], atol=0.02)
    assert np.abs(made[0][1] - made[0][0]).max() > 0.1


def test_full_with_learning_rate_zero_leaves_every_parameter(frozen, series_task):
    rows = np.arange(60)
    network, true = _lesson(frozen, series_task, "full").network(rows)
    before = {name: part.clone() for name, part in network.state_dict().items()}
    loss = ValueTarget().loss(series_task.target[rows])
    train(network, rows, true, loss, rate=0.0, n_epochs=2, seed=0)
    for name, part in network.state_dict().items():
        assert torch.equal(part, before[name]), name


@pytest.mark.parametrize("strategy", ["adapter", "lora", "full", "scratch"])
def test_only_what_is_open_changes_and_all_of_it_does(frozen, series_task, strategy):
    rows = np.arange(60)
    with seeded(0):
        network, true = _lesson(frozen, series_task, strategy).network(rows)
    before = {name: part.clone() for name, part in network.named_parameters()}
    loss = ValueTarget().loss(series_task.target[rows])
    train(network, rows, true, loss, rate=1e-2, n_epochs=3, seed=0)
    for name, part in network.named_parameters():
        if "dw_embed" in name:
            continue  # the land cover classes that our samples do not have
        assert torch.equal(part, before[name]) != part.requires_grad, name


@pytest.mark.parametrize(
    ("strategy", "options", "expected"),
    [
        # Down and up with their biases, in two blocks.
        ("adapter", {"rank": 4}, 2 * (128 * 4 + 4 + 4 * 128 + 128)),
        ("adapter", {"rank": 4, "last": 1}, 128 * 4 + 4 + 4 * 128 + 128),
        # qkv 128 -> 384, proj 128 -> 128.
        ("lora", {"rank": 2, "placement": "attention"}, 2 * 2 * (128 + 384 + 128 + 128)),
        # fc1 128 -> 512, fc2 512 -> 128.
        ("lora", {"rank": 2, "placement": "mlp", "last": 1}, 2 * 2 * (128 + 512)),
        # All but the two tables of sines: 24 positions x 64 and 12 months x 32.
        ("full", {}, 404_160 - 24 * 64 - 12 * 32),
    ],
)
def test_the_number_of_trained_parameters_is_that_counted_by_hand(
    frozen, strategy, options, expected
):
    encoder = frozen.copy()
    open_encoder(encoder, strategy, {**STRATEGIES[strategy].options, **options})
    assert count(encoder, only_trained=True) == expected


def test_more_blocks_than_there_are_is_refused(frozen):
    encoder = frozen.copy()
    with pytest.raises(SettingsError, match="last 3 blocks; the network has 2"):
        open_encoder(encoder, "lora", {**STRATEGIES["lora"].options, "last": 3})


def test_training_leaves_the_frozen_encoder_alone(frozen, series_task):
    before = {name: part.clone() for name, part in frozen.encoder.state_dict().items()}
    rows = np.arange(60)
    network, true = _lesson(frozen, series_task, "full").network(rows)
    loss = ValueTarget().loss(series_task.target[rows])
    train(network, rows, true, loss, rate=1e-2, n_epochs=2, seed=0)
    for name, part in frozen.encoder.state_dict().items():
        assert torch.equal(part, before[name]), name
