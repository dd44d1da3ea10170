"""Where labels lie, as a map's land goes."""

import numpy as np
import shapely

from bocage.mapping import n_within
from bocage.sources import Grid


def test_places_in_a_map_are_counted():
    # A degree in ten by ten pixels, and its western half as the area.
    grid = Grid("EPSG:4326", (0.1, 0.0, 10.0, 0.0, -0.1, 46.0), 10, 10)
    places = np.array([[10.2, 45.5], [10.7, 45.5], [10.7, 45.01], [11.5, 45.5], [10.2, 47.0]])
    assert n_within(grid, None, places) == 3
    assert n_within(grid, shapely.box(10, 45, 10.5, 46), places) == 1
    metric = Grid("EPSG:32632", (1000.0, 0.0, 578_000.0, 0.0, -1000.0, 5_100_000.0), 120, 90)
    assert n_within(metric, None, places) == 3
