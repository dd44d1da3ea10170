"""The score of the split that is advised is near the truth, where others are not (synthetic)."""

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier
from tests.data.scripts import load_script

from bocage.splits import SplitSettings, look_at_use, make_split

truth, land = load_script("splits_truth"), load_script("claims_land")

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


@pytest.mark.parametrize(
    ("design", "side"), [("roads", -1), ("part", -1), ("dense", 0), ("grid", 1)]
)
def test_in_other_designs_the_advised_split_is_near_and_what_is_said_of_folds_is_so(design, side):
    made = [land.scores_by_split(design, seed, n=250) for seed in range(85_000, 85_006)]
    off = {way: np.mean([one[way].off for one in made]) for way in made[0]}
    assert abs(off["knndm"]) <= 0.09, off
    assert abs(off["knndm"]) < abs(off["random"]), off
    sides = [one["random"].side for one in made]
    assert sides.count(side) >= 2
    assert side == 0 or sides.count(-side) == 0
    # Folds that test nearer make a map look better, whatever the design.
    said = [told.off * told.side < 0 for one in made for told in one.values() if told.side]
    assert side == 0 or np.mean(said) >= 0.75
    # No fold of a grid can test as near as the map: that is said of the advised split too.
    assert (design == "grid") == all(one["knndm"].side == 1 for one in made)


def test_what_lies_further_than_anything_tested_is_said_to_have_no_score():
    rng = np.random.default_rng(4)
    world = truth.make_world(rng, "smooth")
    for design, far in (("part", True), ("uniform", False)):
        task = truth.make_task(world, truth.choose_labels(rng, design, 250, 15))
        split = make_split(task, SplitSettings("knndm", area=truth.SQUARE))
        reason = look_at_use(task, split, truth.SQUARE, "").advice.reason
        assert ("no score covers that part" in reason) == far
        assert "kNNDM's folds test" in reason
