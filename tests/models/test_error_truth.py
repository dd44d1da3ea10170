"""The expected error of pixels beside the truth of invented land."""

import numpy as np
from tests.data.scripts import load_script

land = load_script("claims_land")


def distances(design, split):
    """Stated minus true error by dissimilarity, mean over a few worlds, shape (bins,)."""
    made = [land.expected_errors(design, split, seed) for seed in range(72_000, 72_006)]
    return np.mean([stated - true for stated, true, _ in made], axis=0)


def test_folds_of_the_area_tell_the_error_of_pixels_as_unlike_the_training_data():
    assert np.abs(distances("uniform", "knndm")).max() <= 0.04


def test_what_no_fold_reaches_is_worse_than_it_says():
    """So docs and layer speak of held-out labels, not of all pixels as unlike."""
    assert distances("part", "knndm")[-2:].mean() < -0.05
    assert distances("clustered", "clusters")[:2].mean() > 0.05
