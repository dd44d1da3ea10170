"""Kinds of task: one object each, in every process."""

import copy
import pickle

import pytest

from bocage.core import (
    CLASSIFICATION,
    KINDS,
    REGRESSION,
    Kind,
    SettingsError,
    find_kind,
)


def test_what_each_kind_is():
    facts = {
        name: (kind.has_classes, kind.has_masks, kind.classifies_samples, kind.head, kind.units)
        for name, kind in KINDS.items()
    }
    assert facts == {
        "classification": (True, False, True, CLASSIFICATION, "samples"),
        "regression": (False, False, False, REGRESSION, "samples"),
        "segmentation": (True, True, False, CLASSIFICATION, "chips"),
    }


@pytest.mark.parametrize("kind", KINDS.values(), ids=str)
def test_a_kind_stays_the_same_object_when_it_travels(kind):
    assert pickle.loads(pickle.dumps(kind)) is kind  # noqa: S301 - our own
    assert copy.deepcopy({"kind": kind})["kind"] is kind
    assert find_kind(kind.name) is find_kind(kind) is kind
    assert f"{kind}" == kind.name


def test_a_kind_made_by_hand_is_none_of_the_three():
    made = Kind("regression", "samples", has_classes=False, has_masks=False)
    assert made not in set(KINDS.values())


@pytest.mark.parametrize("name", ["", "regresion", "Regression", "semantic-segmentation"])
def test_an_unknown_kind_is_refused_with_those_there_are(name):
    with pytest.raises(SettingsError, match="expected one of classification, regression, segm"):
        find_kind(name)
