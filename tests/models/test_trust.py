"""Distances are taken between what the folds of the score learned from and what they tested."""

import numpy as np

from bocage.models._trust import _held
from bocage.splits import Fold


def _rows(*numbers):
    return np.array(numbers, dtype=np.int64)


def test_what_is_always_learned_from_is_near_and_what_is_held_back_is_not():
    fold = Fold("both/a/1", "both", "a", _rows(4), _rows(1, 2), {"both": _rows(0, 3)})
    (found,) = _held([fold], "both")
    assert found.learned.tolist() == [1, 2, 4]
    assert found.tested.tolist() == [0, 3]


def test_pixels_go_with_their_chip():
    folds = [
        Fold("out/a", "out", "a", _rows(1, 2), _rows(), {"out": _rows(0)}),
        Fold("out/b", "out", "b", _rows(0, 2), _rows(), {"out": _rows(1)}),
        # Chip 3 has no labelled pixel: nothing is tested there.
        Fold("out/c", "out", "c", _rows(0, 1, 2), _rows(), {"out": _rows(3)}),
    ]
    found = _held(folds, "out", _rows(0, 0, 1, 2, 2))
    assert [held.learned.tolist() for held in found] == [[2, 3, 4], [0, 1, 3, 4]]
    assert [held.tested.tolist() for held in found] == [[0, 1], [2]]
