"""Areas and accuracies: published tables are met, and nothing is certain that can't be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bocage.areas import Design, estimate_areas, estimate_areas_from_matrix
from bocage.core import DataError

# Olofsson et al. 2014, Table 8: map classes as strata, 10 million pixels of 30 m.
COUNTS = np.array([[66, 0, 5, 4], [0, 55, 8, 12], [1, 0, 153, 11], [2, 1, 9, 313]])
PIXELS = np.array([200_000, 150_000, 3_200_000, 6_450_000])
CLASSES = ("deforestation", "forest gain", "stable forest", "stable non-forest")


def olofsson(total=900_000.0, counts=COUNTS):
    return estimate_areas_from_matrix(counts, PIXELS, total=total, classes=CLASSES)


def test_the_printed_areas_of_olofsson_2014_are_met():
    found = olofsson().area
    np.testing.assert_array_equal(found.value.round(), [21158, 11686, 285770, 581386])
    np.testing.assert_array_equal((1.96 * found.error).round(), [6158, 3756, 15510, 16282])
    in_pixels = olofsson(10_000_000.0).area
    assert round(in_pixels.value[0]) == 235_086
    np.testing.assert_allclose(in_pixels.error / 1e7, [0.0035, 0.0021, 0.0088, 0.0092], atol=5e-5)


def test_the_printed_accuracies_of_olofsson_2014_are_met():
    found = olofsson()
    np.testing.assert_allclose(found.users.value, [0.88, 0.73, 0.93, 0.96], atol=0.005)
    np.testing.assert_allclose(1.96 * found.users.error, [0.07, 0.10, 0.04, 0.02], atol=0.005)
    np.testing.assert_allclose(found.producers.value, [0.75, 0.85, 0.93, 0.96], atol=0.005)
    assert found.overall.value == pytest.approx(0.95, abs=0.005)
    assert 1.96 * found.overall.error == pytest.approx(0.02, abs=0.005)
    # Their Table 9.
    printed = [
        [0.0176, 0.0, 0.0013, 0.0011],
        [0.0, 0.0110, 0.0016, 0.0024],
        [0.0019, 0.0, 0.2967, 0.0213],
        [0.0040, 0.0020, 0.0179, 0.6212],
    ]
    np.testing.assert_allclose(found.matrix, printed, atol=5.1e-5)
    np.testing.assert_allclose(found.matrix.sum(axis=1), PIXELS / 1e7)
    np.testing.assert_array_equal(found.counts, COUNTS)
    assert found.notes == ()


def test_errors_of_producers_accuracy_follow_equation_7_of_olofsson_2014():
    # The text prints margins of 0.21, 0.23, 0.03 and 0.01; its own equation gives 0.25 for the
    # second and 0.02 for the last.
    n = COUNTS.sum(axis=1)
    q = COUNTS / n[:, None]
    total = (PIXELS[:, None] * q).sum(axis=0)
    producers = PIXELS * q.diagonal() / total
    spread = PIXELS[:, None] ** 2 * q * (1 - q) / (n - 1)[:, None]
    own = spread.diagonal()
    others = spread.sum(axis=0) - own
    expected = ((1 - producers) ** 2 * own + producers**2 * others) / total**2
    np.testing.assert_allclose(olofsson().producers.error, np.sqrt(expected), rtol=1e-12)


def test_strata_that_are_no_map_classes_meet_the_example_of_stehman_2014():
    stratum = np.repeat(list("ABCD"), 10)
    mapped = [*"AAAAAAABBB", *"ABBBBBBBBB", *"BBCCCCCCBB", *"DDDDDDDDDD"]
    truth = [*"AAAAACBABC", *"ABBBBBAABB", *"CCCCCDDBBA", *"DDDDDDDCCB"]
    sizes = {"A": 40_000, "B": 30_000, "C": 20_000, "D": 10_000}
    found = estimate_areas(
        *(np.array(["ABCD".index(name) for name in names]) for names in (mapped, truth)),
        Design.stratified(sizes, stratum),
        total=1.0,
        classes="ABCD",
    )
    np.testing.assert_allclose(found.area.value[[0, 2]], [0.35, 0.20])
    np.testing.assert_allclose(found.area.error[[0, 2]], [0.082, 0.064], atol=5e-4)
    assert found.overall.value == pytest.approx(0.63)
    assert found.overall.error == pytest.approx(0.085, abs=5e-4)
    np.testing.assert_allclose(found.users.value, [0.7419355, 0.5744681, 0.5, 0.7], atol=1e-7)
    np.testing.assert_allclose(found.users.error[:3], [0.1645627, 0.1248023, 0.2151657], atol=1e-7)
    np.testing.assert_allclose(found.producers.value[:3], [0.6571429, 0.7941176, 0.3], atol=1e-7)
    np.testing.assert_allclose(
        found.producers.error[:3], [0.1477318, 0.1165671, 0.1504438], atol=1e-7
    )
    assert found.matrix[1, 2] == pytest.approx(0.08)


def test_a_simple_random_sample_has_binomial_errors():
    mapped = np.repeat([0, 1], [30, 70])
    truth = np.r_[np.zeros(28, int), np.ones(72, int)]
    found = estimate_areas(mapped, truth, Design.simple(), total=50.0, classes="ab")
    assert found.area.value[0] == pytest.approx(50 * 0.28)
    assert found.area.error[0] == pytest.approx(50 * np.sqrt(0.28 * 0.72 / 99))
    assert found.users.value[0] == pytest.approx(28 / 30)


def test_equal_probabilities_are_a_simple_random_sample():
    rng = np.random.default_rng(0)
    mapped, truth = rng.integers(0, 3, (2, 60))
    one = estimate_areas(mapped, truth, Design.simple(), total=9.0, classes="abc")
    two = estimate_areas(mapped, truth, Design.unequal(np.full(60, 1e-6)), total=9.0, classes="abc")
    for name in ("area", "users", "producers", "overall"):
        np.testing.assert_allclose(getattr(one, name).value, getattr(two, name).value)
        np.testing.assert_allclose(getattr(one, name).error, getattr(two, name).error)


@pytest.mark.parametrize("kind", ["stratified", "unequal"])
def test_estimates_are_right_on_average_and_intervals_hold_the_truth(kind):
    rng = np.random.default_rng(1)
    n_pixels, n_draws = 20_000, 400
    mapped = (rng.random(n_pixels) < 0.2).astype(int)
    truth = np.where(rng.random(n_pixels) < np.where(mapped == 1, 0.1, 0.15), 1 - mapped, mapped)
    chance = np.where(mapped == 1, 80, 20) * rng.uniform(0.5, 1.5, n_pixels)
    chance *= 150 / chance.sum()
    values, hits = [], 0
    for _ in range(n_draws):
        if kind == "stratified":
            drawn = [rng.choice(np.flatnonzero(mapped == code), 75) for code in (0, 1)]
            rows = np.concatenate(drawn)
            design = Design.by_map_class(np.bincount(mapped), mapped[rows])
        else:
            rows = rng.choice(n_pixels, 150, p=chance / chance.sum())
            design = Design.unequal(chance[rows])
        found = estimate_areas(mapped[rows], truth[rows], design, total=1.0, classes="ab").area
        values.append(found.value[1])
        hits += found.low[1] <= truth.mean() <= found.high[1]
    assert np.mean(values) == pytest.approx(truth.mean(), abs=3 * np.std(values) / np.sqrt(n_draws))
    assert 0.91 <= hits / n_draws <= 0.98


def test_a_stratum_with_one_sample_makes_errors_unknown_and_never_zero():
    counts = COUNTS.copy()
    counts[1] = [0, 1, 0, 0]
    found = olofsson(counts=counts)
    assert np.isfinite(found.area.value).all()
    assert np.isnan(found.area.error).all()
    assert np.isnan(found.area.low).all()
    assert np.isnan(found.overall.error)
    # What is mapped as another class does not depend on that stratum.
    np.testing.assert_array_equal(np.isnan(found.users.error), [False, True, False, False])
    assert "one sample in map class forest gain" in found.notes[0]


def test_agreement_of_all_samples_is_said_to_be_no_proof():
    counts = COUNTS.copy()
    counts[0] = [20, 0, 0, 0]
    found = olofsson(counts=counts)
    assert found.users.error[0] == 0.0
    assert "user's accuracy of deforestation" in found.notes[0]


def test_a_class_that_was_never_mapped_or_found_has_no_accuracy():
    found = estimate_areas(
        np.array([0, 0, 1, 1]), np.array([0, 0, 0, 1]), Design.simple(), total=1.0, classes="abc"
    )
    assert found.area.value[2] == 0.0
    assert np.isnan([found.users.value[2], found.producers.value[2]]).all()
    assert "no reference sample is c" in found.notes[-1]


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=8, max_size=60),
    st.lists(st.floats(0.01, 1.0), min_size=60, max_size=60),
)
def test_areas_add_up_to_the_region_whatever_the_design(pairs, chances):
    mapped, truth = np.array(pairs).T
    stratum = np.arange(len(pairs)) % 2
    for design in (
        Design.simple(),
        Design.unequal(chances[: len(pairs)]),
        Design.stratified({"0": 7.0, "1": 5.0}, stratum.astype(str)),
    ):
        found = estimate_areas(mapped, truth, design, total=12.0, classes="abc")
        assert found.area.value.sum() == pytest.approx(12.0)
        assert (found.area.low <= found.area.value + 1e-9).all()
        assert (found.area.high <= 12.0).all()


def test_a_sample_without_a_design_is_refused_in_words():
    with pytest.raises(DataError, match="probability sample"):
        estimate_areas(np.array([0]), np.array([0]), None, total=1.0, classes="a")
    for kind in ("purposive", "convenience", "training"):
        with pytest.raises(DataError, match=f"{kind}.*probability sample"):
            Design(kind)


@pytest.mark.parametrize("chance", [[0.5, 0.0], [0.5, 1.5], [0.5, np.nan], []])
def test_what_is_no_probability_is_refused(chance):
    with pytest.raises(DataError, match="inclusion probabilities"):
        Design.unequal(chance)


def test_strata_that_can_t_be_estimated_are_refused():
    with pytest.raises(DataError, match="'b' has no sample"):
        Design.stratified({"a": 5.0, "b": 5.0}, ["a", "a"])
    with pytest.raises(DataError, match="'b' has samples but size 0"):
        Design.stratified({"a": 5.0, "b": 0.0}, ["a", "b"])
    with pytest.raises(DataError, match="stratum 'c', which has no size"):
        Design.stratified({"a": 5.0}, ["a", "c"])
    with pytest.raises(DataError, match="assigned to a stratum that is not their map class"):
        estimate_areas(
            np.array([0, 1]), np.array([0, 1]), Design.by_map_class([1.0, 1.0], np.array([1, 0])),
            total=1.0, classes="ab",
        )  # fmt: skip


def test_samples_without_a_label_are_refused_not_left_out():
    with pytest.raises(DataError, match="would change the sampling design"):
        estimate_areas(np.array([0, 1]), np.array([0, -1]), Design.simple(), total=1, classes="ab")
    with pytest.raises(DataError, match="3 samples were given, but the sampling design is of 2"):
        estimate_areas(
            np.zeros(3, int), np.zeros(3, int), Design.unequal([0.1, 0.2]), total=1, classes="ab"
        )


def test_sizes_of_map_classes_may_come_with_their_names():
    mapped, reference = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 1, 1, 1, 0])
    named = Design.by_map_class({"crop": 200.0, "other": 800.0}, mapped)
    listed = Design.by_map_class([200.0, 800.0], mapped)
    assert named.names == ("crop", "other")
    # Olofsson: two thirds of what is mapped as crop is crop, and a third of the rest.
    for design in (named, listed):
        made = estimate_areas(mapped, reference, design, total=1000, classes=("crop", "other"))
        assert made.area.value[0] == pytest.approx(200 * 2 / 3 + 800 / 3)
    with pytest.raises(DataError, match="stratum 'other' has no sample"):
        Design.by_map_class({"crop": 200.0, "other": 800.0}, np.array([0, 0]))
