"""Words and numbers of an explanation, for its page and for the terminal."""

import math

from bocage.core import counted, listed
from bocage.dimensions import AnyExplanation, Explanation, Few, Role, Trial
from bocage.report._explain_terms import terms_of
from bocage.report._format import NOTHING, number

WAY_NAMES = {
    "forward": "forward selection",
    "ranked": "ranked by weight",
    "elsewhere": "selected elsewhere",
    "pooled": "pooled selection",
    "random": "random order",
    "pca": "PCA",
}
"""Short names of the ways to order dimensions; see `bocage.dimensions.HOW`."""

PLACES = {
    "local": "within these places",
    "out": "in held-out places",
    "random": "with a random split",
}

CLEARLY = 0.01
"""A smaller gain is not worth a word."""

MOST = 12
"""Names that a line lists, and panels of a figure."""


def sentence(found: Explanation) -> str:
    """Say how many dimensions do for a model of all classes, and where."""
    if not found.is_told:
        if found.bent:
            return (
                f"No linear model distinguishes any class from the others {place(found)}; "
                f"{_trees(found)}."
            )
        return (
            "No class is distinguished from the others better than by chance "
            f"{place(found)}{_reach(found)}."
        )
    return how_few(found)


def _reach(found: Explanation) -> str:
    """Say what scores chance alone gives to labels that stand in patches."""
    limits = [
        curve.chance
        for label in found.problem.classes
        if (curve := found.curve(found.where, "forward", label)) is not None
    ]
    if not limits:
        return ""
    least, most = number(min(limits)), number(max(limits))
    ends = least if least == most else f"{least} to {most}"
    return (
        f": under randomised labels with the same spatial pattern, scores reach {ends} (2 x "
        "balanced accuracy - 1 of one class against all others; at most 1)"
    )


def how_few(found: AnyExplanation) -> str:
    """Say how many dimensions do for a target that is told."""
    d, whole, terms = len(found.problem.bands), found.together, terms_of(found)
    if not whole.trials:
        return f"No subset was searched for {place(found)}."
    chosen = whole.chosen
    if chosen is not None:
        verb = "is" if whole.k == 1 else "are"
        scores = f"{number(chosen.found.score)}, against {number(chosen.found.full)} with all"
        over, of_one = _of_one_class(found, chosen)
        return (
            f"{whole.k} of {d} dimensions {verb} enough {over} {terms.target} {place(found)}: "
            f"{terms.score} {scores}; {certain(found)} {_lost(chosen.found.bound)}{of_one}."
        )
    told = f" for {terms.target}" if found.left_out else ""
    failed = _failed(found, whole.closest)
    return (
        f"No small subset of the {d} dimensions is shown to be enough{told} {place(found)}: "
        f"{failed}."
    )


def _of_one_class(found: AnyExplanation, chosen: Trial) -> tuple[str, str]:
    """Say whether the few are enough for each class or for their mean, and what one may lose."""
    if not chosen.worst:
        return "for", ""
    bound, of = chosen.found.class_bound, "of these classes" if found.left_out else "class"
    if bound <= found.together.class_margin:
        none = f"none {of}" if found.left_out else f"no {of}"
        return "for", f", and {none} loses more than {number(max(bound, 0.0))} of its recall"
    if math.isnan(bound):
        return "on average over", f", and how much of its recall one {of} may lose is unknown"
    return "on average over", f", and one {of} may lose up to {number(bound)} of its recall"


def certain(found: AnyExplanation) -> str:
    """Say how sure bounds are, and for where."""
    here = "in this place" if len(found.problem.split.groups) == 1 else "in these places"
    where = "in places like these" if found.together.over_places else here
    return f"with 95 % confidence, {where},"


def _lost(bound: float) -> str:
    return "nothing is lost" if bound <= 0 else f"at most {number(bound)} is lost"


def _failed(found: AnyExplanation, tried: Trial) -> str:
    """Say why the first number that was tried does not do."""
    whole, loss = found.together, tried.found
    verb = "has" if tried.k == 1 else "have"
    scores = f"{number(loss.score)}, against {number(loss.full)} with all"
    told = f"{tried.k} {verb} {terms_of(found).have} {scores}"
    if math.isnan(loss.bound):
        return f"{told}, and the uncertainty of the loss is unknown (one block in each place)"
    if loss.bound >= whole.margin:
        return f"{told}, and the loss may be {number(loss.bound)} (margin {whole.margin:g})"
    if tried.worst_loss > whole.class_margin:
        return (
            f"{told}, but {tried.worst} loses {number(tried.worst_loss)} of its recall (at most "
            f"{whole.class_margin:g} may be lost)"
        )
    return (
        f"{told}, but the balanced accuracy of all {found.problem.n_classes} classes loses "
        f"{number(loss.of_all)} (margin {whole.margin:g})"
    )


def place(found: AnyExplanation, regime: str = "") -> str:
    """Say where labels are tested."""
    one = len(found.problem.split.groups) == 1
    return "within this place" if one else PLACES[regime or found.where]


def beside(found: Explanation) -> tuple[str, ...]:
    """Say which classes are not told, what each other loses, and what the published rule says."""
    lines = _not_told(found)
    chosen = found.together.chosen
    if chosen is not None:
        lost, allowed = chosen.worst_loss, found.together.class_margin
        one = "none of these classes" if found.left_out else "no class"
        seen = f"more than {number(lost)} of its recall ({chosen.worst}" if lost > 0 else "recall ("
        seen += f"{'; ' if lost > 0 else ''}{allowed:g} may be lost)"
        lines.append(f"{one} was observed to lose {seen}")
        lines += one_more(found)
    lines += _published(found)
    pairs = [
        (found.curve(found.where, "forward", c), found.curve(found.where, "elsewhere", c))
        for c in found.problem.classes
    ]
    both = [(a.few.k, b.few.k) for a, b in pairs if a and b and a.few.k and b.few.k]
    if both:
        own, theirs = (sum(part) / len(both) for part in zip(*both, strict=True))
        lines.append(
            f"by the same rule, a class needs {own:.1f} dimensions on average when they are "
            f"selected in the place itself, and {theirs:.1f} when they are selected in other "
            "places"
            + (": a selection does not transfer without loss" if theirs > 1.5 * own else "")
        )
    return tuple(lines)


def _not_told(found: Explanation) -> list[str]:
    """Name the classes that the headline claims nothing of, and why."""
    if not (found.is_told or found.bent):
        return []
    bent = [item.label for item in found.bent]
    chance = [c for c in found.left_out if c not in bent and c not in found.too_few]
    lines = []
    if bent and found.is_told:
        lines.append(
            "not distinguished by a linear model, and therefore by no subset here: "
            f"{listed(bent, MOST)}; {_trees(found)}"
        )
    if chance:
        lines.append(
            f"not distinguished: {listed(chance, MOST)}; neither a linear model nor boosted trees "
            "do better than chance"
        )
    if found.too_few:
        lines.append(f"not tested: {listed(found.too_few, MOST)}; too few samples")
    return lines


def one_more(found: AnyExplanation) -> list[str]:
    """Say what one more place may lose with the few, where that is known."""
    chosen, more = found.together.chosen, found.together.next_loss
    if chosen is None or math.isnan(more.low):
        return []
    seen = counted(len(chosen.found.by_place), "place")
    ends = f"{number(more.low)} to {number(more.high)}"
    return [f"the loss in a new place may be from {ends} (95 % prediction interval from {seen})"]


def _trees(found: Explanation) -> str:
    """Say which classes boosted trees tell, by what, and what a straight line does."""
    told = []
    for item in found.bent:
        by = f" with {', '.join(item.bands)}" if item.bands else ""
        scores = f"{number(item.score)}, chance {number(item.chance)}"
        line = found.curve(found.where, "forward", item.label)
        if line is not None:
            scores += f"; linear model {number(line.full)}, chance {number(line.chance)}"
        told.append(f"{item.label}{by} ({scores})")
    return f"boosted trees distinguish {listed(told, MOST)}"


def _published(found: Explanation) -> list[str]:
    """Name the published rule and what it says, here and in the other regime."""
    part = found.one_vs_rest
    if not part.bands:
        return []
    k, interval = few_text(part.few)
    told = f" ({interval})" if interval else ""
    rest = [label for label in found.problem.classes if label not in found.left_out]
    some = f", {len(rest)} of {found.problem.n_classes} classes" if found.left_out else ""
    rule = (
        "the published rule (Benavides-Martinez et al. 2026: 98 % of the score of one class "
        f"against all others, mean over classes{some}) needs {k}{told}, which reach "
        f"{number(part.score)}, against {number(part.full)} with all; it does not consider a "
        "model of all classes"
    )
    lines = [rule]
    if found.elsewhere.bands:
        lines.append("by the same rule, " + _other(found, found.elsewhere_regime))
    return lines


def _other(found: Explanation, regime: str) -> str:
    """Say what it takes in the other regime."""
    part, d = found.elsewhere, len(found.problem.bands)
    k, interval = few_text(part.few)
    low, high = part.few.low, part.few.high
    if low is not None and high is not None and high - low > d / 2:
        return (
            f"{place(found, regime)}, the number needed is not known ({interval} of {d}): all "
            f"dimensions reach {number(part.full)}"
        )
    told = f" ({interval})" if interval else ""
    if part.score - part.full > CLEARLY:
        return (
            f"{place(found, regime)}, {k}{told} reach {number(part.score)}, and all {d} only "
            f"{number(part.full)}: more dimensions do not help there"
        )
    return (
        f"{place(found, regime)}, {k}{told} of {d} are needed: {number(part.score)}, against "
        f"{number(part.full)} with all"
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
        return "none is enough"
    return f"{low:.0f} or more" if math.isinf(high) else f"{low:.0f} to {high:.0f}"


def agreement_text(role: Role) -> str:
    """Write how many places, years or models agree."""
    known = {over: part for over, part in role.agreement.items() if not math.isnan(part)}
    return ", ".join(f"{part:.0%} ({over})" for over, part in known.items()) or NOTHING
