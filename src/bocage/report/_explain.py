"""The page of an explanation."""

import math
from collections import Counter

from bocage.explain import ENOUGH_PLACES, KEEP, ROLES, Curve, Explanation, Few
from bocage.report._explain_campaign import campaign_section
from bocage.report._explain_figures import ablation_curves, class_by_dimension, role_chart
from bocage.report._format import NOTHING, count, number
from bocage.report._page import Head, fill
from bocage.report._parts import Cell, Code, FigureBox, Fold, Section, Words, name, num, table

TITLES = {
    "forward": "enough",
    "elsewhere": "chosen elsewhere",
    "pooled": "chosen with all",
    "random": "at random",
    "pca": "PCA",
}
MOST = 12

PLACES = {
    "local": "inside these places",
    "out": "in a place left out",
    "random": "with a random split",
}


def explanation_page(found: Explanation, command: str = "") -> str:
    """Make one self-contained HTML page of an explanation.

    Parameters
    ----------
    found : Explanation
    command : str
        What was typed.
    """
    problem = found.problem
    summary = (
        f"{len(problem.task):,} samples, {problem.n_classes} classes, "
        f"{len(problem.split.groups)} places; {len(problem.bands)} dimensions of {problem.name}"
    )
    head = Head(
        "explanation",
        f"{problem.task.title}: which dimensions carry which class",
        summary,
        found.notes,
        problem.task.synthetic,
        sentence(found),
        "Few are enough" if found.together.bands else "No small subset",
        "decided" if found.together.bands else "none",
        reasons=_beside(found),
    )
    sections = (
        _few(found), _curves(found), _contrast(found), _roles(found), campaign_section(found),
        _redundancy(found),
        _use(found, command),
    )  # fmt: skip
    return fill(head, [section for section in sections if section.parts])


def sentence(found: Explanation) -> str:
    """Say how many dimensions are enough, and where."""
    d = len(found.problem.bands)
    if not found.together.bands:
        known = [c for c in found.curves if c.regime == found.where and c.is_known]
        if not known:
            return f"Nothing is told from anything better than by chance {PLACES[found.where]}."
        return f"No part of the {d} dimensions keeps 98 % of the score {PLACES[found.where]}."
    k = len(found.together.bands)
    return (
        f"{k} of {d} dimensions keep 98 % of the score of all {PLACES[found.where]}: "
        f"{number(found.together.score)} of {number(found.together.full)}."
    )


def _beside(found: Explanation) -> tuple[str, ...]:
    """Say what holds in the other regime, and whether a choice made elsewhere holds here."""
    lines = []
    other = "local" if found.where == "out" else "out"
    if found.elsewhere.bands:
        k, d = len(found.elsewhere.bands), len(found.problem.bands)
        lines.append(
            f"{PLACES[other]}, it takes {k} of {d}: {number(found.elsewhere.score)} of "
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
    return tuple(lines)


def few_text(few: Few) -> tuple[str, str]:
    """Write a number of dimensions and its interval."""
    if few.k is None:
        return "undefined", ""
    return str(few.k), "" if few.low is None else f"{few.low} to {few.high}"


def _few(found: Explanation) -> Section:
    where = found.where
    other = next((r for r in ("out", "local") if r != where and _has(found, r)), "")
    columns = [(where, way) for way in ("forward", "elsewhere", "pooled", "random", "pca")]
    columns = [(regime, way) for regime, way in columns if _has(found, regime, way)]
    if other:
        columns.append((other, "forward"))
    head = ["class", f"score of all, {where}", "chance"]
    head += [f"{TITLES[way]}, {regime}" for regime, way in columns]
    head += ["by accuracy", "dimensions, from all labels"]
    rows = []
    for subset in found.subsets:
        main = found.curve(where, "forward", subset.label)
        if main is None:
            rows.append([name(subset.label), *[num(NOTHING)] * (len(head) - 1)])
            continue
        cells = [
            num(*few_text(c.few)) if c else num(NOTHING) for c in _row(found, columns, subset.label)
        ]
        rows.append(
            [
                name(subset.label),
                num(number(main.full)),
                num(number(main.chance)),
                *cells,
                num(*few_text(main.few_published)),
                Cell(", ".join(subset.bands) or NOTHING, tone="names"),
            ]
        )
    text = (
        f"The smallest number of dimensions that keeps {KEEP:.0%} of the score of all, with its "
        f"95 % interval over places{_conditional(found)}. The score is 2 x balanced accuracy - 1 "
        "of one class against all others (0: chance, 1: perfect), of ridge classifiers; undefined "
        "where all dimensions are no better than what shuffled labels reach in 1 of 20 cases, or "
        "none of the first 128 subsets is enough. 'Enough': chosen anew in each place, without the "
        "labels tested; 'chosen with all': one choice from all labels but those tested, which is "
        "how the listed dimensions were chosen (with all labels). 'By accuracy' is the published "
        "rule, which follows the larger side. PCA keeps 98 % of its own full score."
    )
    return Section("few", "How many are enough", (Words(text, "quiet"), table(head, rows)))


def _conditional(found: Explanation) -> str:
    few = len(found.problem.split.groups) < ENOUGH_PLACES
    return (
        " (conditional on these places: with fewer than 8, nothing follows for others)"
        if few
        else ""
    )


def _row(found: Explanation, columns: list[tuple[str, str]], label: str) -> list[Curve | None]:
    return [found.curve(regime, way, label) for regime, way in columns]


def _curves(found: Explanation) -> Section:
    parts = []
    for regime in dict.fromkeys((found.where, "out")):
        drawn = ablation_curves(found, regime)
        if drawn is not None:
            parts.append(
                FigureBox(
                    drawn,
                    f"Score by number of dimensions, {PLACES[regime]}, mean over places; band: 95 "
                    "% interval over places; dot: enough; grey: what shuffled labels reach.",
                )
            )
    return Section("curves", "With one dimension, with two, with all", tuple(parts))


def _contrast(found: Explanation) -> Section:
    result = found.contrast
    chance = (
        "beyond what chance does anywhere in the table in 1 of 20 cases, over places"
        if result.over_places
        else "beyond chance in these places; nothing follows for others, of which too few are here"
    )
    text = (
        "Red: the class stands higher in that dimension than the typical other class; blue: lower "
        "(2 AUC - 1 by ranks within each place, mean over places). A dot: so in three quarters of "
        f"the places and {chance}."
    )
    figure = FigureBox(class_by_dimension(found), text)
    return Section("contrast", "Where each class stands apart", (figure,))


def _roles(found: Explanation) -> Section:
    needed, raised = (Counter(r.name for r in part) for part in (found.needed, found.raised))
    rows = [[name(role), num(count(needed[role])), num(count(raised[role]))] for role in ROLES]
    shown = [
        [
            name(a.band),
            Cell(a.name if a.classes else NOTHING),
            Cell(", ".join(a.classes), tone="names"),
            num(NOTHING if math.isnan(a.agreement) else f"{a.agreement:.0%}"),
            Cell(b.name if b.classes else NOTHING),
            Cell(", ".join(b.classes), tone="names"),
            num(NOTHING if math.isnan(b.agreement) else f"{b.agreement:.0%}"),
        ]
        for a, b in zip(found.needed, found.raised, strict=True)
        if a.classes or b.classes
    ]
    text = (
        "A dimension is a specialist if it serves one class, a low-, mid- or high-generalist if it "
        "serves two, three, or four and more. It is needed by a class whose smallest subset holds "
        "it, and raised in a class that stands apart by higher values. Many subsets do equally "
        "well: where few places agree, a needed role is one answer among several, and no property "
        "of the dimension. Dimensions are learned coordinates, not physical bands."
    )
    head = ["dimension", "needed: role", "by", "places agree", "raised: role", "in", "places agree"]
    return Section(
        "roles",
        "Roles",
        (
            Words(text, "quiet"),
            FigureBox(
                role_chart(found), "Paler: fewer places (of tree models: fewer models) agree."
            ),
            table(("role", "needed", "raised"), rows),
            Fold("Every dimension with a role", table(head, shown)),
        ),
    )


def _redundancy(found: Explanation) -> Section:
    bands, result = found.problem.bands, found.redundancy
    words = (
        f"Within places the {len(bands)} dimensions vary as {result.effective:.1f} independent "
        "ones of equal variance would (participation ratio)."
    )
    if result.groups:
        listed = "; ".join(", ".join(bands[at] for at in group) for group in result.groups[:8])
        words += f" Alike (correlation of 0.7 or more): {listed}."
    parts = [Words(words)]
    if found.shadows:
        pairs = [f"{band} by {other} ({label})" for (label, band), other in found.shadows.items()]
        more = f" and {len(pairs) - MOST} more" if len(pairs) > MOST else ""
        listed = ", ".join(pairs[:MOST])
        words = f"Stand apart, but say what a chosen dimension says already: {listed}{more}."
        parts.append(Words(words))
    return Section("redundancy", "How many there are in effect", tuple(parts))


def _use(found: Explanation, command: str) -> Section:
    parts: list[Code] = []
    if found.together.bands:
        k, d = len(found.together.bands), len(found.problem.bands)
        parts.append(
            Code(
                "bocage compare LABELS --input all='...' --input few=subset.yaml\n"
                "bocage sample LABELS --source RASTER --subset subset.yaml -o few.parquet",
                f"subset.yaml holds the {k} dimensions for all classes: {k / d:.0%} of the bytes. "
                "They were chosen with all labels: a comparison on the same labels flatters them.",
            )
        )
    if command:
        parts.append(Code(command, "This page was made by"))
    return Section("use", "Use the few", tuple(parts))


def _has(found: Explanation, regime: str, how: str = "forward") -> bool:
    return any(c.regime == regime and c.how == how for c in found.curves)
