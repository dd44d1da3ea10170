"""Words of an explanation of a number, for its page and for the terminal."""

from bocage.core import counted, listed, part_of
from bocage.dimensions import NEEDED, Curved, Dimension, NumberExplanation
from bocage.report._explain_words import MOST, how_few, one_more, place
from bocage.report._format import bounds, number

REGIMES = ("out", "local", "random")


def sentence(found: NumberExplanation) -> str:
    """Say how many dimensions do for the target, and where."""
    if found.is_told:
        return how_few(found)
    trees, d = found.curved, len(found.problem.bands)
    curve = found.curve(found.where, "forward")
    if trees.is_told:
        line = f" (R² {number(curve.full)}, chance {number(curve.chance)})" if curve else ""
        return (
            f"A linear model of all {d} dimensions does not predict the target better than chance "
            f"{place(found)}{line}; {_by_trees(trees)}."
        )
    said = ""
    if curve is not None:
        said = (
            f": all {d} dimensions have an R² of {number(curve.full)}, and randomised targets "
            f"reach {number(curve.chance)}"
        )
    if any(d.tells for d in found.dimensions):
        # More dimensions than help: each makes the line less sure.
        return (
            f"Single dimensions predict the target better than chance {place(found)}, but all "
            f"together do not{said}."
        )
    return f"The target is not predicted better than by chance {place(found)}{said}."


def _by_trees(trees: Curved) -> str:
    """Say by what trees tell the target; to pass a lower chance is not to know more."""
    by = f", with {', '.join(trees.bands)}" if trees.bands else ""
    said = f"boosted trees do{by} (R² {number(trees.score)}, chance {number(trees.chance)})"
    return (
        said if trees.is_more else f"{said}, but are not shown to be better than the linear model"
    )


def beside(found: NumberExplanation) -> tuple[str, ...]:
    """Say what single dimensions do, what trees know, and how it is in the other regime."""
    parts = (_alone(found), _steady(found), _needed(found), _trees(found), _elsewhere(found))
    return (*one_more(found), *filter(None, parts))


def by_rank(found: NumberExplanation) -> list[Dimension]:
    """Order dimensions by what each tells by itself, the best first."""
    return sorted(found.dimensions, key=lambda d: d.rank)


def _alone(found: NumberExplanation) -> str:
    first = by_rank(found)[0]
    n = sum(d.tells for d in found.dimensions)
    best = next((d for d in by_rank(found) if d.tells), first)
    score = number(best.alone.value)
    if not n:
        return (
            f"no dimension alone predicts the target better than chance {place(found)}: the best, "
            f"{best.band}, has an R² of {score}, and chance reaches {number(best.chance)}"
        )
    ends = bounds(best.alone)
    said = part_of(n, len(found.dimensions), "dimension", "alone predicts", "alone predict")
    if n == len(found.dimensions) > 1:
        said = f"each of the {n} dimensions alone predicts"
    most = f"; {best.band} predicts it best: R²" if n > 1 else f": {best.band}, with an R² of"
    more = ""
    if best is not first:
        more = (
            f"; {first.band} has {number(first.alone.value)}, and chance reaches "
            f"{number(first.chance)} there"
        )
    return (
        f"{said} the target by linear regression better than chance{most} {score}"
        + (f" ({ends})" if ends else "")
        + f", chance {number(best.chance)}{more}"
    )


def _steady(found: NumberExplanation) -> str:
    told = []
    for sign, one, many in ((1, "rises", "rise"), (-1, "falls", "fall")):
        bands = [d.band for d in by_rank(found) if d.is_steady and d.follows * sign > 0]
        if bands:
            verb = counted(len(bands), f"dimension {one}", f"dimensions {many}")
            told.append(f"{verb} with it ({listed(bands, MOST)})")
    where = (
        "within this place"
        if len(found.problem.split.groups) == 1
        else "consistently across places"
    )
    return f"{where}, {' and '.join(told)}" if told else ""


def _needed(found: NumberExplanation) -> str:
    k = found.together.k
    needed = [band for band in found.together.bands if role(found, band) == NEEDED]
    if k < 2:  # noqa: PLR2004 - one alone has no others
        return ""
    if not needed:
        return (
            f"none of the {k} is shown to be needed: without any one of them, the others may "
            "do as well"
        )
    if len(needed) == k:
        return f"each of the {k} is shown to be needed: without it, the others lose accuracy"
    names = f"({listed(needed, MOST)})"
    if len(needed) == 1:
        return f"1 of the {k} is shown to be needed {names}: without it, the others lose accuracy"
    return (
        f"{len(needed)} of the {k} are shown to be needed {names}: without any one of them, "
        "the others lose accuracy"
    )


def role(found: NumberExplanation, band: str) -> str:
    """Return the role of one dimension."""
    return next(d.role for d in found.dimensions if d.band == band)


def _trees(found: NumberExplanation) -> str:
    trees = found.curved
    if not (found.is_told and trees.is_more):
        return ""
    where = "in places like these" if trees.over_places else "in these places"
    return (
        "a linear model misses part of the information: boosted trees have an R² of "
        f"{number(trees.score)}, the linear model {number(trees.line)}; with 95 % confidence, "
        f"{where}, that is at least {number(trees.more.low)} more; the subsets here are those of "
        "linear models and do not use it"
    )


def _elsewhere(found: NumberExplanation) -> str:
    regime = found.elsewhere_regime
    curve = found.curve(regime, "forward")
    if curve is None:
        return ""
    told = "" if curve.is_known else ", no better than chance"
    return (
        f"{place(found, regime)}, all {len(found.problem.bands)} dimensions have an R² of "
        f"{number(curve.full)} (chance {number(curve.chance)}){told}"
    )


def sign_text(dimension: Dimension) -> str:
    """Write in how many places the correlation has its sign."""
    return f"{dimension.n_same} of {dimension.n_places}" if dimension.n_places > 1 else ""
