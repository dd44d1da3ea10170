"""Words and numbers of an explanation, for its page and for the terminal."""

import math

from bocage.explain import Explanation, Few, Role
from bocage.report._format import NOTHING, number

WAY_NAMES = {
    "forward": "one by one",
    "ranked": "by weight",
    "elsewhere": "chosen elsewhere",
    "pooled": "chosen with all",
    "random": "at random",
    "pca": "PCA",
}
"""Short names of the ways to order dimensions; see `bocage.explain.HOW`."""

PLACES = {
    "local": "inside these places",
    "out": "in a place left out",
    "random": "with a random split",
}

MOST = 12
"""Names that a line lists, and panels of a figure."""


def sentence(found: Explanation) -> str:
    """Say how many dimensions are enough, and where."""
    d = len(found.problem.bands)
    if not found.together.bands:
        known = [c for c in found.curves if c.regime == found.where and c.is_known]
        if not known:
            return f"Nothing is told from anything better than by chance {PLACES[found.where]}."
        return f"No part of the {d} dimensions keeps 98 % of the score {PLACES[found.where]}."
    k, interval = few_text(found.together.few)
    told = f" ({interval})" if interval else ""
    return (
        f"{k}{told} of {d} dimensions keep 98 % of the score of all {PLACES[found.where]}: "
        f"{number(found.together.score)} of {number(found.together.full)}."
    )


def beside(found: Explanation) -> tuple[str, ...]:
    """Say what holds in the other regime, and whether a choice made elsewhere holds here."""
    lines = []
    other = "local" if found.where == "out" else "out"
    if found.elsewhere.bands:
        (k, interval), d = few_text(found.elsewhere.few), len(found.problem.bands)
        told = f" ({interval})" if interval else ""
        lines.append(
            f"{PLACES[other]}, it takes {k}{told} of {d}: {number(found.elsewhere.score)} of "
            f"{number(found.elsewhere.full)}"
        )
    pairs = [
        (found.curve(found.where, "forward", c), found.curve(found.where, "elsewhere", c))
        for c in found.problem.classes
    ]
    both = [(a.few.k, b.few.k) for a, b in pairs if a and b and a.few.k and b.few.k]
    if both:
        own, theirs = (sum(part) / len(both) for part in zip(*both, strict=True))
        lines.append(
            f"a class takes {own:.1f} dimensions that are chosen in the place itself, and "
            f"{theirs:.1f} that are chosen in other places"
            + (": a choice does not travel for free" if theirs > own else "")
        )
    if found.together.bands and found.left_out:
        listed = ", ".join(found.left_out[:MOST])
        more = f" and {len(found.left_out) - MOST} more" if len(found.left_out) > MOST else ""
        lines.append(
            f"not among these: {listed}{more}, which are told from the others no better than by "
            "chance, or have too few samples"
        )
    return tuple(lines)


def few_text(few: Few) -> tuple[str, str]:
    """Write a number of dimensions and its interval."""
    if few.k is None:
        return "undefined", ""
    return str(few.k), interval_text(few.low, few.high)


def interval_text(low: float | None, high: float | None) -> str:
    """Write an interval of numbers of dimensions; infinite where none is enough."""
    if low is None or high is None or math.isnan(low):
        return ""
    if math.isinf(low):
        return "none enough"
    return f"{low:.0f} or more" if math.isinf(high) else f"{low:.0f} to {high:.0f}"


def agreement_text(role: Role) -> str:
    """Write how many places, years or models agree."""
    known = {over: part for over, part in role.agreement.items() if not math.isnan(part)}
    return ", ".join(f"{part:.0%} ({over})" for over, part in known.items()) or NOTHING
