"""Samples a few metres apart are one place where that is asked."""

from dataclasses import replace

import numpy as np
import pytest

from bocage.core import SettingsError
from bocage.tasks import join_places

METRE = 1 / 111_195


def test_chains_are_joined_and_units_stay_whole(toy):
    lonlat = toy.lonlat.copy()
    north = np.flatnonzero(toy.groups["region"] == "north")
    a, b, c, d, e = north[:5]
    # Three samples 4 m apart in a row; a fourth 6 m further on; a fifth of the third's parcel.
    for steps, row in enumerate((a, b, c)):
        lonlat[row] = [0.0, 60.0 + 4 * steps * METRE]
    lonlat[d] = [0.0, 60.0 + 14 * METRE]
    unit = toy.unit.copy()
    unit[e] = unit[c]
    task = join_places(replace(toy, lonlat=lonlat, unit=unit), 5.0)
    assert len(set(task.unit[[a, b, c, e]])) == 1
    assert task.unit[d] != task.unit[a]
    assert len(np.unique(task.unit)) == len(toy) - 3
    assert task.notes[-1] == "samples within 5 m count as one place: 357 places, 359 before merging"
    # Metres of longitude are metres.
    lonlat[d] = [9 * METRE, 60.0]
    assert len(np.unique(join_places(replace(toy, lonlat=lonlat, unit=unit), 5.0).unit)) == 356


def test_units_are_numbered_by_content(toy):
    task = join_places(toy, 1.0)
    np.testing.assert_array_equal(task.unit, toy.unit)


def test_a_distance_that_joins_everything_is_refused(toy):
    with pytest.raises(SettingsError, match="merges all 360 samples into one place"):
        join_places(toy, 2e7)
