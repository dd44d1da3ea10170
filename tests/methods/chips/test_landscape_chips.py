"""Every strategy on chips of the invented country: it learns, and beats its floor."""

import numpy as np
import pytest

from bocage.datasets import load_task
from bocage.methods import Effort, Recipe, Views, parse_method
from bocage.metrics import chip_confusion, mean_iou

pytestmark = pytest.mark.usefixtures("own_cache")

RECIPE = Recipe(3, 10, augment=False)
STRATEGIES = ("linear", "decoder", "adapter", "lora", "lora:head=unet", "full", "scratch")


@pytest.fixture(scope="module")
def country():
    return Views(load_task("landscape-chips"))


def _score(views, text):
    task, region = views.task, views.task.groups["region"]
    last = max(set(region.tolist()))
    method = parse_method(text)
    method.check(views)
    method.prepare(views, RECIPE)
    learner = method.fit(views, np.flatnonzero(region != last), None, Effort(1, RECIPE, 0)).learner
    tests = np.flatnonzero(region == last)
    counts = chip_confusion(task.masks[tests], learner.predict_masks(tests), task.n_classes)
    return float(mean_iou(counts.sum(axis=0)))


@pytest.fixture(scope="module")
def floor(country):
    return max(_score(country, "prior"), _score(country, "xy:forest:n_estimators=20"))


@pytest.mark.slow
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_strategy_of_a_pretrained_network_beats_the_floor_in_a_new_region(
    country, floor, real_data, strategy
):
    del real_data
    assert _score(country, f"s2:galileo:{strategy}") > floor + 0.1


@pytest.mark.slow
@pytest.mark.parametrize("net", ["conv1x1", "shallow-unet", "unet"])
def test_a_network_from_scratch_beats_the_floor_in_a_new_region(country, floor, net):
    assert _score(country, f"s2+aef:{net}:scratch") > floor + 0.05


def test_pixels_of_bands_and_embeddings_beat_the_floor_in_a_new_region(country, floor):
    assert _score(country, "s2+s2.indices:logistic:C=10") > floor + 0.1
