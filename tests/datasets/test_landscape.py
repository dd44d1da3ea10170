"""The landscape as a task: shapes, units, options, and the same on every machine."""

import hashlib
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bocage.core import SettingsError, row_digests
from bocage.datasets.landscape import LandscapeSettings, landscape, landscape_samples
from bocage.datasets.landscape._fields import generator, rotation, waves, weights
from bocage.datasets.landscape._parcels import COVER, parcels
from bocage.datasets.landscape._sensors import quantise
from bocage.tasks import Samples, build_task


def _key(samples: Samples) -> str:
    columns = [samples.lonlat, samples.target, samples.area]
    columns += [samples.groups[name] for name in sorted(samples.groups)]
    columns += [samples.inputs[name].values for name in sorted(samples.inputs)]
    return hashlib.blake2b(row_digests(*columns).tobytes(), digest_size=8).hexdigest()


@pytest.fixture(scope="module")
def samples() -> Samples:
    return landscape_samples()[0]


def test_default_is_balanced_and_says_that_it_is_synthetic(samples):
    regions, classes = np.unique(samples.groups["region"]), samples.groups["region"]
    assert len(samples.target) == 1216
    assert len(regions) == 4
    assert samples.synthetic
    assert "synthetic" in samples.notes[0]
    assert samples.leave == "region"
    _, n = np.unique(np.char.add(classes, samples.target), return_counts=True)
    # 76 of each before 3 % of the labels are replaced
    assert len(n) == 16
    assert n.min() >= 66
    assert n.max() <= 86
    assert sorted(np.unique(samples.groups["year"])) == ["2022", "2023", "2024"]
    assert set(samples.inputs) == {"aef", "s2", "elevation"}


def test_embedding_is_on_the_int8_lattice_with_unit_length(samples):
    aef = samples.inputs["aef"]
    steps = 127.5 * np.sqrt(np.abs(aef.values))
    np.testing.assert_allclose(steps, np.round(steps), atol=1e-9)
    assert steps.max() <= 127
    norm = np.linalg.norm(aef.values, axis=1)
    assert abs(np.median(norm) - 1) < 0.002
    assert np.abs(norm - 1).max() < 0.02
    assert aef.bands[0] == "A00"
    assert aef.bands[-1] == "A63"
    assert (aef.scaling, aef.modality) == ("keep", "embedding")


def test_quantise_rounds_on_the_square_root_scale_and_clips():
    values = np.array([[0.0, 1.0, -1.0, (10.4 / 127.5) ** 2, -((10.6 / 127.5) ** 2)]])
    expected = [[0.0, (127 / 127.5) ** 2, -((127 / 127.5) ** 2), (10 / 127.5) ** 2]]
    expected[0].append(-((11 / 127.5) ** 2))
    np.testing.assert_allclose(quantise(values), expected, rtol=1e-12)
    np.testing.assert_array_equal(quantise(quantise(values)), quantise(values))


def test_other_inputs_have_plausible_units(samples):
    light, height = samples.inputs["s2"], samples.inputs["elevation"]
    assert light.bands == ("B02", "B03", "B04", "B8A", "B11", "B12")
    assert light.values.min() > 0
    assert light.values.max() <= 1
    assert (light.scaling, light.modality) == ("standardise", "optical")
    assert (height.units, height.modality) == ("m", "elevation")
    vegetation = light.values[samples.target == "trees"].mean(axis=0)
    assert vegetation[3] > 2 * vegetation[2]  # near infrared over red


def test_regions_are_a_degree_wide_and_far_apart(samples):
    boxes = []
    for name in np.unique(samples.groups["region"]):
        here = samples.lonlat[samples.groups["region"] == name]
        assert (np.ptp(here, axis=0) > 0.4).all()
        assert (np.ptp(here, axis=0) < 1.6).all()
        boxes.append(here.mean(axis=0))
    for a, b in itertools.combinations(boxes, 2):
        assert np.abs(a - b).max() > 2


def test_same_settings_same_bytes_on_every_machine():
    made = landscape_samples(LandscapeSettings(per_class=12, n_regions=2))[0]
    again = landscape_samples(LandscapeSettings(per_class=12, n_regions=2))[0]
    assert _key(made) == _key(again)
    # Changes only with the generator; a machine that gets another one makes another country.
    assert _key(made) == "936e691c2580f777"


def test_country_and_draw_are_seeded_apart():
    base = landscape_samples(LandscapeSettings(per_class=10))
    redrawn = landscape_samples(LandscapeSettings(per_class=10, draw=1))
    other = landscape_samples(LandscapeSettings(per_class=10, seed=6))
    assert _key(base[0]) != _key(redrawn[0])
    np.testing.assert_array_equal(base[1].loadings, redrawn[1].loadings)
    np.testing.assert_array_equal(base[1].outside, redrawn[1].outside)
    assert not np.array_equal(base[1].loadings, other[1].loadings)


def test_more_regions_leave_the_first_ones_as_they_were():
    few = landscape_samples(LandscapeSettings(per_class=5, label_noise=0))[0]
    many = landscape_samples(LandscapeSettings(per_class=5, label_noise=0, n_regions=12))[0]
    n = len(few.target)
    np.testing.assert_array_equal(few.inputs["aef"].values, many.inputs["aef"].values[:n])
    np.testing.assert_array_equal(few.target, many.target[:n])
    assert len(np.unique(many.groups["region"])) == 12


def test_visits_to_one_parcel_share_its_area_and_unit_but_not_the_year(samples):
    task = build_task(samples)
    parcel, inverse, count = np.unique(
        task.groups["parcel"], return_inverse=True, return_counts=True
    )
    twice = np.flatnonzero(count > 1)
    assert len(twice) > 100
    assert len(parcel) < len(task)
    visits = []
    for number in twice:
        rows = np.flatnonzero(inverse == number)
        assert len(np.unique(task.unit[rows])) == 1
        assert len(np.unique(task.area[rows])) == 1
        visits.append(len(np.unique(task.groups["year"][rows])))
    # Some are seen again in another year, and never in more years than there are.
    assert 1 < max(visits) <= len(np.unique(task.groups["year"]))


def test_single_year_and_no_second_visits():
    made = landscape_samples(LandscapeSettings(per_class=10, years=(2020,), revisit=0.3))[0]
    assert set(made.groups["year"]) == {"2020"}
    assert made.inputs["aef"].years == (2020,)
    assert len(landscape_samples(LandscapeSettings(per_class=10, revisit=0))[0].target) == 160


def test_places_of_clusters_stand_close_together():
    def nearest(clusters: int) -> float:
        made = landscape_samples(LandscapeSettings(clusters=clusters, revisit=0))[0]
        here = made.lonlat[made.groups["region"] == made.groups["region"][0]]
        gap = np.linalg.norm(here[:, None] - here[None], axis=2)
        return float(np.median(np.sort(gap, axis=1)[:, 1]))

    assert nearest(8) < 0.5 * nearest(0)


def test_any_classes_and_sizes_work():
    names = tuple(f"class {i}" for i in range(16))
    task = landscape(LandscapeSettings(classes=names, per_class=4, n_regions=3))
    assert task.n_classes == 16
    assert len(task) == 192
    assert landscape(LandscapeSettings(classes=("a", "b"), per_class=3)).classes == ("a", "b")
    assert len(landscape(LandscapeSettings(per_class=1, n_regions=40))) == 160


@pytest.mark.slow
def test_a_hundred_thousand_samples_come_with_balanced_classes():
    made = landscape_samples(LandscapeSettings(per_class=6250, label_noise=0))[0]
    assert len(made.target) == 100_000
    assert set(np.unique(made.target, return_counts=True)[1]) == {25_000}


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"seed": -1}, "seed, draw = -1"),
        ({"target": "price"}, "'cover' or 'yield'"),
        ({"classes": ("a",)}, "2 to 16 different names"),
        ({"classes": ("a", "a")}, "2 to 16 different names"),
        ({"n_regions": 1}, "n_regions = 1; expected 2 to 40"),
        ({"per_class": 0}, "per_class = 0"),
        ({"years": ()}, "years = ()"),
        ({"years": (2022, 2022)}, "no repeats"),
        ({"revisit": 0.9}, "revisit = 0.9"),
        ({"shift": -1.0}, "shift, strength"),
        ({"strength": float("nan")}, "shift, strength"),
        ({"label_noise": 1.0}, "label_noise = 1.0"),
        ({"clusters": -2}, "clusters = -2"),
        ({"mixing": "none"}, "'rotated' or 'planted'"),
    ],
)
def test_bad_settings_say_what_was_expected(bad, said):
    with pytest.raises(SettingsError) as error:
        LandscapeSettings(**bad)
    assert said in str(error.value)


def test_parcels_cover_the_plane_and_their_areas_are_exact():
    rng = generator(3)
    land = parcels(rng, 6_000.0)
    xy = rng.uniform(-3_000, 3_000, (200_000, 2))
    number = land.locate(xy)
    found, count = np.unique(number, return_counts=True)
    # Parcels wholly inside the square get their share of the points.
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
    inside = np.ones(len(found), dtype=bool)
    for corner in corners:
        at = np.tile(corner, (len(found), 1))
        inside &= (np.abs(land.point(found, at)) < 3_000).all(axis=1)
    assert inside.sum() > 150
    guess = count[inside] / len(xy) * 6_000.0**2
    assert np.corrcoef(guess, land.area(found[inside]))[0, 1] > 0.99
    assert guess.sum() == pytest.approx(land.area(found[inside]).sum(), rel=0.01)
    whole = land.area(np.arange(land.row.size - len(land.row))).sum()
    assert whole > (COVER * 6_000) ** 2 * 0.8


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_a_point_of_a_parcel_lies_in_that_parcel(seed, a, b):
    land = parcels(generator(seed), 5_000.0)
    number = np.arange(land.row.size - len(land.row))
    at = np.tile([a, b], (len(number), 1))
    np.testing.assert_array_equal(land.locate(land.point(number, at)), number)


def test_fields_have_the_exponential_covariance_they_promise():
    rng = generator(7)
    xy = np.array([[0.0, 0.0], [500.0, 0.0], [0.0, 1000.0], [3000.0, 0.0]])
    values = np.concatenate(
        [waves(rng, 1000.0, 128)(xy) @ weights(rng, 128, 50) for _ in range(200)], axis=1
    )
    expected = np.exp(-np.array([0.0, 0.5, 1.0, 3.0]))
    np.testing.assert_allclose(values @ values[0] / values.shape[1], expected, atol=0.05)


def test_rotation_is_orthogonal():
    turned = rotation(generator(1), 64)
    np.testing.assert_allclose(turned @ turned.T, np.eye(64), atol=1e-12)
