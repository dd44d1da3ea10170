"""A buffer keeps training away from every test sample, whatever the regime."""

import numpy as np
import pytest
from pyproj import Geod

from bocage.core import SplitError
from bocage.splits import SplitSettings, make_split

GEOD = Geod(a=6_371_008.8, b=6_371_008.8)


def _distances(lonlat, a, b):
    i, j = (part.ravel() for part in np.meshgrid(a, b, indexing="ij"))
    return GEOD.inv(*lonlat[i].T, *lonlat[j].T)[2].reshape(len(a), len(b))


@pytest.fixture(scope="module")
def pair(toy):
    settings = SplitSettings("region", sensitivity=False)
    near = make_split(toy, settings)
    return near, make_split(toy, SplitSettings("region", sensitivity=False, buffer_metres=4000.0))


def test_no_training_sample_stands_within_the_buffer_and_no_other_is_lost(toy, pair):
    for before, after in zip(*(split.folds for split in pair), strict=True):
        assert before.name == after.name
        tested = np.concatenate(list(after.tests.values()))
        for old, new in ((before.pool, after.pool), (before.always, after.always)):
            if not len(old):
                continue
            far = _distances(toy.lonlat, old, tested).min(axis=1) >= 4000
            if before.regime.startswith("random"):
                np.testing.assert_array_equal(new, old)
            else:
                np.testing.assert_array_equal(new, old[far])


def test_a_buffer_is_said_and_is_part_of_the_key(toy, pair):
    near, far = pair
    lost = [
        len(a.pool) + len(a.always) - len(b.pool) - len(b.always)
        for a, b in zip(near.folds, far.folds, strict=True)
        if not a.regime.startswith("random")
    ]
    words = f"a test sample are not used for training, {min(lost)} to {max(lost)} per fold"
    assert any(words in note for note in far.notes)
    assert not any("buffer" in note for note in near.notes)
    # One that leaves nobody out is another split all the same.
    none = make_split(toy, SplitSettings("region", sensitivity=False, buffer_metres=0.01))
    assert len({near.key, far.key, none.key}) == 3


def test_a_buffer_that_leaves_nothing_is_refused(toy):
    with pytest.raises(SplitError, match=r"a buffer of 60000 m leaves out/east 0 of .*smaller"):
        make_split(toy, SplitSettings("region", buffer_metres=60_000.0))
