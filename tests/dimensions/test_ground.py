"""Maps of labels that are moved within places, and dealt among them."""

import numpy as np

from bocage.dimensions._null import Neighbours


def _places(n=4, each=200):
    rng = np.random.default_rng(0)
    return rng.random((n * each, 2)) * [300.0, 200.0], np.repeat(np.arange(n), each)


def test_dealt_maps_are_as_smooth_as_the_truth():
    xy, place = _places()
    values = np.sin(xy[:, 0] / 60) + np.cos(xy[:, 1] / 40) + 0.3 * place
    ground, rng = Neighbours(xy, place), np.random.default_rng(1)
    made = np.array([ground.exchange(values, rng) for _ in range(20)])
    for own in (np.flatnonzero(place == number) for number in range(4)):
        apart = np.linalg.norm(xy[own][:, None] - xy[own], axis=2) + np.diag(np.full(len(own), 1e9))
        near = apart.argmin(axis=1)
        truth = np.square(values[own] - values[own][near]).mean()
        found = np.square(made[:, own] - made[:, own][:, near]).mean()
        assert 0.6 < found / truth < 1.4


def test_each_place_gets_any_map_with_equal_chances():
    xy, place = _places(3, 30)
    ground, rng = Neighbours(xy, place), np.random.default_rng(2)
    given = np.array([ground.exchange(place.astype(float), rng)[::30] for _ in range(600)])
    share = np.array([(given == number).mean(axis=0) for number in range(3)])
    assert abs(share - 1 / 3).max() < 0.07
    assert all(len(set(row)) == 3 for row in given.tolist())


def test_samples_on_one_line_take_the_nearest():
    xy = np.column_stack([np.arange(20.0), np.zeros(20)])
    place = np.repeat([0, 1], 10)
    values = np.arange(20.0)
    made = Neighbours(xy, place).exchange(values, np.random.default_rng(3))
    assert set(made) <= set(values)
