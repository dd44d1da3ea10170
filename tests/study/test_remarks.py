"""What a verdict can't be better than, and what can't be mapped, stands beside it."""

from dataclasses import replace

import numpy as np
import pytest
from tests.data.studies import make_study

from bocage.splits import SplitSettings
from bocage.study import Protocol, Workers, answer
from bocage.study._remarks import remarks


def ran(folder, task, methods, settings):
    study = make_study(folder, task, methods, ("all",), settings, Protocol())
    study.run(Workers())
    return study


def told(folder, task, methods, settings):
    return answer(ran(folder, task, methods, settings)).lines


@pytest.fixture(scope="module")
def split_settings():
    return SplitSettings("region", sensitivity=False, local_folds=2, random_folds=2)


def test_a_class_of_one_region_bounds_every_score(toy, tmp_path, split_settings):
    # Class 2 stands in the east alone, where it is half of all: two classes of three are learned.
    east = toy.groups["region"] == "east"
    target = np.where(east & (np.arange(len(toy)) % 2 == 0), 2, toy.target % 2)
    methods = ("prior", "good:logistic:C=1")
    lines = told(tmp_path, replace(toy, target=target), methods, split_settings)
    name = toy.classes[2]
    [reason] = [r for r in lines["out"][0].verdict.reasons if "no method can score" in r]
    assert reason == (
        "no method can score higher than 0.67 over these 3 regions: "
        f"{name!r} cannot be learned from other regions"
    )
    assert max(loss.score.value for loss in lines["out"][0].verdict.losses) <= 2 / 3
    # In the east it stands in many blocks, and elsewhere it is not tested.
    assert not any("no method can" in r for line in lines["local"] for r in line.verdict.reasons)


def test_a_class_of_one_block_bounds_the_scores_of_blocks(toy, tmp_path, split_settings):
    study = make_study(tmp_path / "a", toy, ("prior",), ("all",), split_settings, Protocol())
    split, target = study.split, toy.target % 2
    east = split.group == split.groups.index("east")
    target[split.block == split.block[east][0]] = 2
    task = replace(toy, target=target)
    lines = told(tmp_path / "b", task, ("prior", "good:logistic:C=1"), split_settings)
    [line] = lines["local"]
    [reason] = [r for r in line.verdict.reasons if "no method can score" in r]
    name = toy.classes[2]
    assert reason.startswith("no method can score higher than 0.67 over these 3 regions: ")
    assert f"{name!r} cannot be learned from other blocks" in reason


def test_no_bound_is_named_where_every_class_can_be_learned(toy, tmp_path, split_settings):
    lines = told(tmp_path, toy, ("prior", "good:logistic:C=1"), split_settings)
    assert not any("no method can" in r for line in lines["out"] for r in line.verdict.reasons)


def test_advice_that_can_not_be_mapped_names_what_can(toy, tmp_path, split_settings):
    # Classes are stripes of ground: coordinates tell them, the bands of `noise` do not.
    lon = toy.lonlat[:, 0]
    group = np.unique(toy.groups["region"], return_inverse=True)[1]
    target = np.zeros(len(toy), int)
    for region in range(group.max() + 1):
        rows = np.flatnonzero(group == region)
        target[rows[np.argsort(lon[rows])]] = np.arange(len(rows)) * 3 // len(rows)
    methods = ("prior", "noise:logistic:C=1", "xy:knn1")
    lines = told(tmp_path / "noise", replace(toy, target=target), methods, split_settings)
    [line] = lines["local"]
    assert line.verdict.chosen == "xy:knn1"
    [reason] = [r for r in line.verdict.reasons if "cannot apply it" in r]
    assert reason.endswith("no method that uses features is shown to beat the baseline")
    assert not any("cannot apply" in r for r in lines["out"][0].verdict.reasons)
    # Where the bands tell something, the best that reads some is named.
    study = ran(tmp_path / "good", toy, ("prior", "good:logistic:C=1", "xy:knn1"), split_settings)
    found = answer(study).lines["local"][0].verdict
    [reason] = remarks(study, replace(found, chosen="xy:knn1"))
    score = found.loss_of("good:logistic:C=1").score
    assert f"the best method that uses features is good:logistic:C=1, {score}" in reason
    assert remarks(study, replace(found, chosen="good:logistic:C=1")) == ()
