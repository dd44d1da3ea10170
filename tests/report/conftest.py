"""Synthetic contents of a page: made up, but shaped like those of a real study."""

import importlib.util
from pathlib import Path

import pytest

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
