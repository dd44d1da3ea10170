"""Words and numbers of an explanation, for its page and for the terminal."""

import math

from bocage.core import listed
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

CLEARLY = 0.01
"""A smaller gain is not worth a word."""

MOST = 12
"""Names that a line lists, and panels of a figure."""


def sentence(found: Explanation) -> str:
    """Say how many dimensions are enough, and where."""
    d = len(found.problem.bands)
    if not found.together.bands:
        known = [c for c in found.curves if c.regime == found.where and c.is_known]
        if not known:
            return f"Nothing is told from anything better than by chance {place(found)}."
        return f"No part of the {d} dimensions keeps 98 % of the score {place(found)}."
    k, interval = few_text(found.together.few)
    told = f" ({interval})" if interval else ""
    m, n = found.problem.n_classes - len(found.left_out), found.problem.n_classes
    some = f" ({m} of {n} classes)" if m < n else ""
    return (
        f"{k}{told} of {d} dimensions keep 98 % of the score of all {place(found)}{some}: "
        f"{number(found.together.score)} of {number(found.together.full)}."
    )


def place(found: Explanation, regime: str = "") -> str:
    """Say where labels are tested."""
    one = len(found.problem.split.groups) == 1
    return "inside this place" if one else PLACES[regime or found.where]


def beside(found: Explanation) -> tuple[str, ...]:
    """Say what holds in the other regime, and whether a choice made elsewhere holds here."""
    lines = []
    if found.together.bands:
        lines.append(
            "the score is that of one class against all others, mean over classes: a single class "
            "may need more than all do on average"
        )
    other = "local" if found.where == "out" else "out"
    if found.elsewhere.bands:
        lines.append(_other(found, other))
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
            + (": a choice does not travel for free" if theirs > 1.5 * own else "")
        )
    if found.together.bands and found.left_out:
        lines.append(
            f"not among these: {listed(found.left_out, MOST)}, told from the others no better than "
            "by chance, or with too few samples"
        )
    return tuple(lines)


def _other(found: Explanation, regime: str) -> str:
    """Say what it takes in the other regime."""
    part, d = found.elsewhere, len(found.problem.bands)
    k, interval = few_text(part.few)
    low, high = part.few.low, part.few.high
    if low is not None and high is not None and high - low > d / 2:
        return (
            f"{place(found, regime)}, how many it takes is not known ({interval} of {d}): all "
            f"reach {number(part.full)}"
        )
    told = f" ({interval})" if interval else ""
    if part.score - part.full > CLEARLY:
        return (
            f"{place(found, regime)}, {k}{told} reach {number(part.score)}, and all {d} only "
            f"{number(part.full)}: more do not help there"
        )
    return (
        f"{place(found, regime)}, it takes {k}{told} of {d}: {number(part.score)} of "
        f"{number(part.full)}"
    )


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
