"""Grids of both hemispheres and both row orders, and maps on them."""

import resource
from contextlib import contextmanager

import numpy as np
import pytest

from bocage.colours import legend_for
from bocage.mapping.outputs import class_layer
from bocage.sources import Grid

PLACES = {
    "north": ("EPSG:32633", 500_000.0, 5_000_000.0, 10.0),
    "south": ("EPSG:32720", 480_000.0, 8_100_000.0, 10.0),
    "degrees": ("EPSG:4326", -58.5, -12.25, 0.0001),
}


def make_grid(place="north", height=700, width=900, *, bottom_up=False):
    crs, x, y, size = PLACES[place]
    if bottom_up:
        return Grid(crs, (size, 0.0, x, 0.0, size, y - height * size), height, width)
    return Grid(crs, (size, 0.0, x, 0.0, -size, y), height, width)


@pytest.fixture
def grid():
    return make_grid()


@pytest.fixture
def layer():
    return class_layer(legend_for(["water", "tree", "crop", "built", "type 7"]))


def make_classes(grid, classes=5, seed=0):
    """Patches of classes, with a corner and single pixels without data."""
    rng = np.random.default_rng(seed)
    rows, columns = -(-grid.height // 16), -(-grid.width // 16)
    stored = np.kron(rng.integers(0, classes, (rows, columns)), np.ones((16, 16)))
    stored = stored[: grid.height, : grid.width].astype(np.uint8)
    stored[: grid.height // 4, : grid.width // 3] = 255
    stored[rng.random(stored.shape) < 0.01] = 255
    return stored


def cut(grid, stored, size=(512, 512), seed=None):
    """Cut an array into windows, in a random order if there is a seed."""
    windows = list(grid.tiles(size))
    if seed is not None:
        np.random.default_rng(seed).shuffle(windows)
    return [(window, stored[..., *window.slices]) for window in windows]


@contextmanager
def longest_file(size):
    """Let no file grow beyond some bytes, as a disk does that fills up."""
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, old[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)


def listing(folder):
    """Names of what lies in a folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir())
