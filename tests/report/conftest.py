"""Synthetic contents of a page: made up, but shaped like those of a real study."""

import dataclasses
import importlib.util
from pathlib import Path

import numpy as np
import pytest
from tests.conftest import make_samples
from tests.data.studies import make_study

from bocage.splits import SplitSettings
from bocage.study import Protocol, Workers
from bocage.tasks import build_task

_spec = importlib.util.spec_from_file_location("made_up", Path(__file__).with_name("made_up.py"))
made_up = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(made_up)


@pytest.fixture(scope="session")
def make():
    """Return the module that makes contents."""
    return made_up


@pytest.fixture(scope="session")
def content():
    return made_up.classification()


@pytest.fixture(scope="session")
def regression():
    return made_up.regression()


@pytest.fixture(scope="session")
def minimal():
    return made_up.minimal()


@pytest.fixture(scope="session")
def toy_study(tmp_path_factory):
    """A finished study of the toy samples, some of whose labels were replaced (synthetic)."""
    samples = make_samples()
    rng = np.random.default_rng(1)
    names = np.array(["crop", "tree", "water"])
    code = np.searchsorted(names, samples.target)
    off = names[(code + rng.integers(1, 3, len(code))) % 3]
    wrong = rng.random(len(code)) < 0.05
    task = build_task(dataclasses.replace(samples, target=np.where(wrong, off, samples.target)))
    return finished_study(task, "good:logistic:C=10", tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="session")
def toy_number_study(toy_regression, tmp_path_factory):
    """A finished study of the toy samples with a number as target (synthetic)."""
    return finished_study(toy_regression, "good:ridge", tmp_path_factory.mktemp("number"))


def finished_study(task, method, folder):
    settings = SplitSettings("region", sensitivity=False)
    study = make_study(folder, task, ("prior", method), ("all",), settings, Protocol())
    study.run(Workers())
    return study
