"""Visits that labels of the rarest class take."""

from dataclasses import replace

import numpy as np
import pytest
from tests.data.scripts import load_script

from bocage.splits import SplitSettings, make_split
from bocage.study import field_visits
from bocage.study._visits import enough_visits

claims = load_script("claims_answers")


@pytest.fixture(scope="module")
def rare(toy):
    """Of 120 labels a region: 3 of water in the east, 12 in the north, none in the south."""
    target = np.zeros(len(toy), dtype=np.int64)
    for region, kept in (("east", 3), ("north", 12), ("south", 0)):
        rows = np.flatnonzero(toy.groups["region"] == region)
        target[rows[:40]] = 1
        target[rows[40 : 40 + kept]] = 2
    return replace(toy, target=target)


def test_visits_are_labels_over_the_share_of_the_rarest_class(rare):
    found = field_visits(rare, make_split(rare, SplitSettings("region")), 5, "region")
    assert (found.name, found.group, found.share) == ("water", "east", pytest.approx(3 / 120))
    assert found.most == pytest.approx(5 * 120 / 3)
    # North: 5 * 120 / 12 = 50; south: its rarest class is a third.
    assert found.middle == pytest.approx(50)
    assert found.sentence == (
        "In the field, collecting 5 labels of the rarest class takes about 50 visits to random "
        "locations in the median region and about 200 in east, where water accounts for 2.5 % of "
        "the labels; 620 visits suffice with a probability of 95 %."
    )


def test_places_that_are_alike_are_not_told_apart(toy):
    found = field_visits(toy, make_split(toy, SplitSettings("region")), 5, "region")
    assert found.middle < found.most
    assert found.sentence == (
        "In the field, collecting 5 labels of the rarest class takes about 18 visits to random "
        "locations in east, where tree accounts for 28 % of the labels; 33 visits suffice with a "
        "probability of 95 %."
    )


def test_chance_takes_so_many_visits(rare):
    found = field_visits(rare, make_split(rare, SplitSettings("region")), 5)
    rng = np.random.default_rng(0)
    # Misses before the fifth hit, and the hits.
    visits = rng.negative_binomial(5, found.share, 20_000) + 5
    assert visits.mean() == pytest.approx(found.most, rel=0.02)


@pytest.mark.parametrize(("hits", "n"), [(1, 40), (3, 120), (33, 120)])
def test_what_is_enough_is_the_least_that_gives_the_labels_in_19_of_20_cases(hits, n):
    """The mean number of visits gives them in about half of the cases."""
    rng = np.random.default_rng(hits)
    share = rng.beta(hits + 0.5, n - hits + 0.5, 100_000)
    enough = int(enough_visits(5, hits, n))
    assert (rng.binomial(enough, share) >= 5).mean() == pytest.approx(0.95, abs=0.02)
    assert (rng.binomial(round(5 * n / hits), share) >= 5).mean() < 0.65
    assert enough_visits(5, n, n) >= 5


def test_worlds_whose_shares_are_not_known_give_the_labels_at_that_level():
    found = list(claims.visits(range(830_000, 830_300)))
    assert [str(claim) for claim in found if not claim.holds] == []


def test_one_place_is_here(rare):
    found = field_visits(rare, make_split(rare, SplitSettings("blocks")), 5)
    assert found.sentence == (
        "In the field, collecting 5 labels of the rarest class takes about 120 visits to random "
        "locations, where water accounts for 4.2 % of the labels; 250 visits suffice with a "
        "probability of 95 %."
    )


def test_a_number_has_no_rarest_class(toy_regression):
    split = make_split(toy_regression, SplitSettings("region"))
    assert field_visits(toy_regression, split, 5) is None
