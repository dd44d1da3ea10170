"""The score of the split that is advised is near the truth, where others are not (synthetic)."""

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier
from tests.data.scripts import load_script

truth = load_script("splits_truth")

WORLDS = 12


@pytest.mark.parametrize(
    ("design", "wrong", "sign"), [("uniform", "blocks", -1), ("clustered", "random", 1)]
)
def test_knndm_tells_how_good_the_map_is_where_the_usual_split_does_not(design, wrong, sign):
    models = {"knn": KNeighborsClassifier(5)}
    found = [
        list(truth.errors(seed, "smooth", design, models, 250, 15))
        for seed in range(84_000, 84_000 + WORLDS)
    ]
    off = {way: np.mean([row[i][2] for row in found]) for i, way in enumerate(truth.SPLITS)}
    assert abs(off["knndm"]) <= 0.02, off
    assert sign * off[wrong] > 0.08, off
    assert {row[0][3] for row in found} == {"knndm"}
