"""The invented country in chips: true parcels, plausible pixels, and context that helps."""

import hashlib
import itertools

import numpy as np
import pytest
from scipy.ndimage import uniform_filter

from bocage.core import SettingsError, row_digests
from bocage.datasets import load_task
from bocage.datasets.landscape import LandscapeSettings, landscape_chips
from bocage.datasets.landscape._chips import BANDS, METRES
from bocage.datasets.landscape._country import METRES_PER_DEGREE, country
from bocage.datasets.landscape._places import cover_of
from bocage.methods.backbones._bands import arrange, sentinel2

SIDE = 32


@pytest.fixture(scope="module")
def task():
    return load_task("landscape-chips")


def test_the_default_is_a_segmentation_in_four_regions(task):
    assert (task.kind.name, task.leave, task.synthetic) == ("segmentation", "region", True)
    assert task.classes == ("built", "crops", "trees", "water")
    assert task.masks.shape == (120, SIDE, SIDE)
    assert task.pixel_metres == 10.0
    assert np.unique(task.groups["region"], return_counts=True)[1].tolist() == [30] * 4
    assert set(task.groups["year"]) == {"2022", "2023", "2024"}
    assert "synthetic" in task.notes[0]
    share = np.bincount(task.masks.ravel(), minlength=4) / task.masks.size
    assert share.min() > 0.1


def test_the_embedding_is_on_the_int8_lattice_with_unit_length(task):
    aef = task.inputs["aef"]
    assert aef.values.shape == (120, 64, SIDE, SIDE)
    assert (aef.values.dtype, aef.scaling, aef.modality) == (np.float32, "keep", "embedding")
    steps = 127.5 * np.sqrt(np.abs(aef.values[:10].astype(float)))
    np.testing.assert_allclose(steps, np.round(steps), atol=1e-4)
    norm = np.linalg.norm(aef.values, axis=1)
    assert abs(np.median(norm) - 1) < 0.002
    assert np.abs(norm - 1).max() < 0.03


def test_sentinel_bands_are_what_backbones_expect(task):
    s2 = task.inputs["s2"]
    assert (s2.values.dtype, s2.modality, s2.scaling) == (np.int16, "optical", "standardise")
    values, present = arrange(s2, sentinel2(*BANDS), "some network")
    assert all(present)
    np.testing.assert_array_equal(values, s2.values)
    assert s2.values.min() >= 1
    bands = {name: s2.values[:, i].astype(float) for i, name in enumerate(s2.bands)}
    trees, water = (task.masks == task.classes.index(name) for name in ("trees", "water"))
    assert np.median(bands["B8"][trees]) > 2 * np.median(bands["B4"][trees])
    # The red edge rises from red to near infrared.
    middle = [np.median(bands[name][trees]) for name in ("B4", "B5", "B6", "B7", "B8A")]
    assert middle == sorted(middle)
    assert np.median(bands["B11"][water]) < np.median(bands["B11"][trees])


def test_masks_are_the_classes_of_the_parcels():
    settings = LandscapeSettings(label_noise=0)
    made = landscape_chips(settings, chips=24)
    step = METRES * (np.arange(SIDE) + 0.5 - SIDE / 2)
    for region in country(settings).regions:
        scale = METRES_PER_DEGREE * np.array([np.cos(np.radians(region.centre[1])), 1.0])
        for row in np.flatnonzero(made.groups["region"] == region.name):
            centre = (made.lonlat[row] - region.centre) * scale
            # North is up, west is left.
            east, south = np.meshgrid(step, step)
            xy = centre + np.stack([east, -south], axis=-1).reshape(-1, 2)
            true = np.array(settings.classes)[cover_of(region, region.parcels.locate(xy))]
            found = np.array(made.classes)[made.masks[row].ravel()]
            # Degrees are rounded to a tenth of a metre: a pixel on an edge may differ.
            assert (true == found).mean() > 0.995


def test_label_noise_turns_whole_parcels():
    clean = landscape_chips(LandscapeSettings(label_noise=0), chips=80)
    noisy = landscape_chips(LandscapeSettings(label_noise=0.2), chips=80)
    assert (clean.digests == noisy.digests).all()
    wrong = clean.masks != noisy.masks
    assert 0.1 < wrong.mean() < 0.3
    # Edges between right and wrong are edges of parcels: few pixels of a chip stand at one.
    edges = (np.diff(wrong, axis=1) != 0).mean()
    assert edges < 0.02


def test_chips_do_not_overlap(task):
    for name in np.unique(task.groups["region"]):
        here = task.lonlat[task.groups["region"] == name]
        metres = here * METRES_PER_DEGREE * [np.cos(np.radians(here[:, 1].mean())), 1]
        for a, b in itertools.combinations(metres, 2):
            assert np.abs(a - b).max() > SIDE * METRES - 5


def test_most_chips_hold_an_edge(task):
    classes = np.array([len(np.unique(mask)) for mask in task.masks])
    assert (classes > 1).mean() > 0.5
    assert (classes == 1).any()


def test_pixels_say_much_and_their_neighbours_more(task):
    # A linear rule on pixels, then the mean of its scores around each pixel.
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    learn = rng.permutation(len(task)) < 80
    # The embedding says nearly all that its parcels do; single pixels of a sensor do not.
    for name, least, gain in (("aef", 0.8, 0.0), ("s2", 0.6, 0.05)):
        values = task.inputs[name].values.astype(float)
        if name == "s2":
            values = np.log(values) - 7
        X = np.moveaxis(values, 1, -1)
        flat, y = X[learn].reshape(-1, X.shape[-1]), task.masks[learn].ravel()
        some = rng.choice(len(y), 5000, replace=False)
        rule = LogisticRegression(max_iter=300).fit(flat[some], y[some])
        score = rule.predict_log_proba(X[~learn].reshape(-1, X.shape[-1]))
        score = score.reshape(-1, SIDE, SIDE, 4)
        around = uniform_filter(score, (0, 5, 5, 0))
        true = task.masks[~learn]
        pixels, context = (np.mean(s.argmax(axis=-1) == true) for s in (score, around))
        assert pixels > least
        assert context > pixels + gain


def test_nothing_is_learned_where_nothing_is():
    from sklearn.linear_model import LogisticRegression

    made = landscape_chips(LandscapeSettings(signal=False), chips=80)
    X = np.moveaxis(made.inputs["aef"].values, 1, -1)
    learn = np.arange(80) % 2 == 0
    some = np.random.default_rng(0).choice(40 * SIDE**2, 4000, replace=False)
    y = made.masks[learn].ravel()[some]
    rule = LogisticRegression(C=0.1, max_iter=200).fit(X[learn].reshape(-1, 64)[some], y)
    guess = rule.predict(X[~learn].reshape(-1, 64))
    assert np.mean(guess == made.masks[~learn].ravel()) < 0.4


def test_same_settings_same_bytes_on_every_machine():
    made = landscape_chips(chips=8, side=16)
    columns = [made.lonlat, made.masks, made.groups["region"], made.groups["year"]]
    columns += [made.inputs[name].values for name in ("aef", "s2")]
    key = hashlib.blake2b(row_digests(*columns).tobytes(), digest_size=8).hexdigest()
    # Changes only with the generator; a machine that gets another one makes another country.
    assert key == "012d4c35ad83a1cb"


def test_more_regions_leave_the_first_ones_as_they_were():
    few = landscape_chips(LandscapeSettings(), chips=8, side=16)
    many = landscape_chips(LandscapeSettings(n_regions=6), chips=12, side=16)
    assert set(few.digests.tolist()) < set(many.digests.tolist())
    assert not set(
        landscape_chips(LandscapeSettings(draw=1), chips=8, side=16).digests.tolist()
    ) & (set(few.digests.tolist()))


def test_other_countries_are_named_by_their_seed(task):
    other = load_task("landscape-chips:seed=6")
    assert not set(other.digests.tolist()) & set(task.digests.tolist())
    assert (load_task("landscape-chips:seed=5").digests == task.digests).all()


@pytest.mark.parametrize(
    ("settings", "options", "words"),
    [
        ({"target": "yield"}, {}, "expected target 'cover', found 'yield'"),
        ({}, {"chips": 3}, "3 chips of 32 x 32 pixels are requested; expected one or more"),
        ({}, {"side": 4}, "of 8 pixels or more"),
        ({}, {"chips": 400, "side": 1000}, "use fewer or smaller ones"),
    ],
)
def test_what_can_not_be_made_is_refused(settings, options, words):
    with pytest.raises(SettingsError, match=words):
        landscape_chips(LandscapeSettings(**settings), **options)


def test_every_parcel_has_one_class_and_one_region(task):
    for parcel in np.unique(task.parcels)[:200]:
        here = task.parcels == parcel
        assert len(np.unique(task.masks[here])) == 1
        assert len(np.unique(task.groups["region"][here.any(axis=(1, 2))])) == 1
