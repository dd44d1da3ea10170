"""Tiles cover everything, lie the same for every window, and their weights sum to one."""

import numpy as np
import pytest

from bocage.core import SettingsError
from bocage.mapping.painters import Tiling
from bocage.sources import Grid, Window

PLACES = (10.0, 0.0, 500_000.0, 0.0, -10.0, 5_000_000.0)


def _grid(height, width):
    return Grid("EPSG:32633", PLACES, height, width)


@pytest.mark.parametrize("overlap", [0.0, 0.25, 0.5])
@pytest.mark.parametrize("shape", [(32, 32), (33, 70), (100, 20), (5, 200)])
def test_every_pixel_lies_in_a_tile(overlap, shape):
    tiling, grid = Tiling((32, 16), overlap), _grid(*shape)
    seen = np.zeros(shape, dtype=int)
    for tile in tiling.over(grid, grid.whole):
        assert (tile.height, tile.width) == (32, 16)
        assert tile.row >= 0
        assert tile.column >= 0
        seen[tile.meet(grid.whole).slices] += 1
    assert seen.min() >= 1


def test_a_window_sees_the_tiles_that_the_whole_has_there():
    tiling, grid = Tiling((16, 16), 0.25), _grid(90, 75)
    every = list(tiling.over(grid, grid.whole))
    window = Window(20, 31, 23, 17)
    touching = [tile for tile in every if tile.meet(window) is not None]
    assert list(tiling.over(grid, window)) == touching


@pytest.mark.parametrize(("size", "overlap"), [((32, 16), 0.25), ((10, 10), 0.5), ((7, 9), 0.4)])
def test_weights_of_neighbours_sum_to_one(size, overlap):
    tiling = Tiling(size, overlap)
    weights = tiling.weights
    assert weights.min() > 0
    assert weights.max() <= 1.0
    # Three tiles in a row, far from any edge.
    steps = [length - tiling.common(length) for length in size]
    total = np.zeros((size[0] + 2 * steps[0], size[1] + 2 * steps[1]))
    for i in range(3):
        for j in range(3):
            at = np.s_[i * steps[0] : i * steps[0] + size[0], j * steps[1] : j * steps[1] + size[1]]
            total[at] += weights
    inner = total[steps[0] : -steps[0], steps[1] : -steps[1]]
    np.testing.assert_allclose(inner, 1.0, atol=1e-12)


def test_too_much_overlap_is_refused():
    with pytest.raises(SettingsError, match="expected 0 to"):
        Tiling((8, 8), 0.75)
