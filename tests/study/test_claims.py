"""The fast part of `benchmarks/claims.py`: what is printed holds at its level (synthetic)."""

import pytest
from tests.data.scripts import load_script

claims = load_script("claims")

SEEDS = {
    "these_places": 25,
    "next_places": 25,
    "equal_inputs": 12,
    "missing_classes": 40,
    "explained_places": 60,
    "handful": 40,
    "told_apart": 6,
    "next_values": 60,
    "only_here": 6,
    "nothing_explained": 20,
}
"""Worlds of the fast part; others have a small case beside what they are about."""

MANY = 60


@pytest.mark.slow
@pytest.mark.parametrize("check", [c for c in claims.CLAIMS if c.__name__ in SEEDS],
                         ids=lambda check: check.__name__)  # fmt: skip
def test_a_claim_holds_at_its_level(check):
    found = list(check(range(claims.FIRST, claims.FIRST + SEEDS[check.__name__])))
    assert found
    assert [str(claim) for claim in found if not claim.holds] == []


@pytest.mark.truth
@pytest.mark.parametrize("check", claims.CLAIMS, ids=lambda check: check.__name__)
def test_every_claim_holds_at_its_level(check):
    found = list(check(range(claims.FIRST + 1000, claims.FIRST + 1000 + MANY)))
    assert found
    assert [str(claim) for claim in found if not claim.holds] == []


def test_a_claim_can_fail():
    assert not claims.Claim("equal inputs", 0.0, 0.1, 0.45, 40).holds
    assert claims.Claim("equal inputs", 0.0, 0.1, 0.1, 40).holds
    assert not claims.Claim("an interval", 0.93, 0.97, 0.7, 40).holds
