"""The page of an explanation of a number."""

from collections import Counter

from bocage.explain import NUMBER_ROLES, Dimension, NumberExplanation, Piece, ValueMap
from bocage.report._explain_figures import MOST_BANDS
from bocage.report._explain_telling import Lines, Telling, Use, learned, redundancy_section
from bocage.report._explain_together import together_section
from bocage.report._explain_use import nobody_knows
from bocage.report._explain_words import place
from bocage.report._format import NOTHING, bounds, count, number
from bocage.report._number_figures import (
    LEAST_ALONE,
    dimension_chart,
    gradient_curves,
    value_panels,
)
from bocage.report._number_words import beside, by_rank, sentence, sign_text
from bocage.report._parts import Cell, FigureBox, Fold, Section, Words, name, num, table

SHOWN = 20
"""Dimensions in the table that stands open, and in a terminal."""


class NumberTelling(Telling):
    """A number: which dimensions tell it."""

    title = "which dimensions tell the target"

    def sentence(self, found: NumberExplanation) -> str:
        """Say how few do for the target, and where."""
        return sentence(found)

    def beside(self, found: NumberExplanation) -> tuple[str, ...]:
        """Say what single dimensions do, and what trees know."""
        return beside(found)

    def counts(self, found: NumberExplanation) -> tuple[str, ...]:
        """Count nothing: a number has no classes."""
        del found
        return ()

    def label(self, found: NumberExplanation) -> str:
        """Head the answer."""
        if found.together.bands:
            return "Few are enough"
        if found.is_told or found.curved.is_told:
            return "No small subset"
        alone = any(d.tells for d in found.dimensions)
        return "Single dimensions" if alone else "Nothing found"

    def piece(self, maps: ValueMap) -> Piece:
        """Return the piece of raster that is drawn on."""
        return maps.piece

    def sections(
        self, found: NumberExplanation, maps: ValueMap | None, use: Use
    ) -> tuple[Section, ...]:
        """Tell dimension by dimension."""
        return (
            together_section(found), _dimensions(found), _curves(found), _trees(found),
            redundancy_section(found), _maps(maps), use(""),
        )  # fmt: skip

    def lines(self, found: NumberExplanation) -> Lines:
        """Give a line for each of the best dimensions."""
        rows = [
            (
                d.band,
                f"{d.alone.value:.2f}",
                f"{d.chance:.2f}",
                "-" if d.follows != d.follows else f"{d.follows:+.2f}",
                sign_text(d) or "-",
                "-" if d.cost is None else f"{d.cost.loss:.3f}",
                d.role,
            )
            for d in by_rank(found)[:SHOWN]
        ]
        head = (
            "dimension", f"R² alone, {found.where}", "chance", "correlation", "same sign in",
            "lost without it", "role",
        )  # fmt: skip
        return Lines(head, tuple(rows))


def _dimensions(found: NumberExplanation) -> Section:
    roles = Counter(d.role for d in found.dimensions)
    told = ", ".join(f"{count(roles[role])} {role}" for role in NUMBER_ROLES)
    n = len(found.dimensions)
    cut = f" The {MOST_BANDS} that tell most of {n} dimensions are drawn." if n > MOST_BANDS else ""
    caption = (
        "Above: R² of a straight line on each dimension by itself, "
        f"{place(found)}; line: its 95 % interval, where it passes chance (dashed), which targets "
        "without meaning exceed for any dimension in 1 of 20 cases; what lies below "
        f"{number(LEAST_ALONE)} is cut. Below: Spearman's correlation "
        "with the target within places, mean over places; a dot: so in three quarters of the "
        f"places and {_reach(found)}.{cut}"
    )
    text = (
        "A dimension is needed if the smallest subset is shown to lose without it (with 95 % "
        "certainty for all of its dimensions at once; the others learned anew; chosen, on each "
        "fold, without the labels tested). It helps if it is in that subset, tells the target by "
        "itself better than chance, or follows it place after place. "
        f"{told}. Many subsets do equally well: what is not needed may still tell the target. "
        "Correlations are Spearman's, within places, mean over places. A weight is the share of "
        "all, in a ridge regression of all standardised dimensions, from all labels."
        f"{learned(found)}"
    )
    ranked = by_rank(found)
    parts: list[Words | FigureBox | Fold] = [
        Words(text, "quiet"),
        FigureBox(dimension_chart(found), caption),
    ]
    head = (
        "dimension", "rank", f"R² alone, {found.where}", "chance", "correlation",
        "same sign in", "weight", "lost without it", "at least", "role",
    )  # fmt: skip
    best = table(head, [_row(d) for d in ranked[:SHOWN]])
    if n <= SHOWN:
        return Section("dimensions", "What each dimension tells", (*parts, best))
    rest = Fold("The others", table(head, [_row(d) for d in ranked[SHOWN:]]))
    return Section("dimensions", "What each dimension tells", (*parts, best, rest))


def _row(d: Dimension) -> list[Cell]:
    cost = (
        (num(NOTHING), num(NOTHING))
        if d.cost is None
        else (num(number(d.cost.loss)), num(number(d.cost.least)))
    )
    return [
        name(d.band),
        num(str(d.rank)),
        num(number(d.alone.value), bounds(d.alone)),
        num(number(d.chance)),
        num(number(d.follows), "steady" if d.is_steady else ""),
        num(sign_text(d) or NOTHING),
        num(f"{d.weight:.1%}"),
        *cost,
        Cell(d.role),
    ]


def _reach(found: NumberExplanation) -> str:
    if found.followed.over_places:
        return "beyond what chance does for any dimension in 1 of 20 cases, over places"
    return "beyond chance in these places; nothing follows for others, of which too few are here"


def _curves(found: NumberExplanation) -> Section:
    figure = gradient_curves(found)
    title = "With one dimension, with two, with all"
    if figure is None:
        return Section("curves", title)
    text = (
        "R² of ridge regression by number of dimensions, the places weighing the same; band: 95 % "
        "interval; dot: the smallest subset; grey: what targets without meaning reach. 'One by "
        "one': each dimension the one that adds most, chosen without the labels tested; 'by "
        "weight': the largest standardised weights of a model of all dimensions come first; "
        "'chosen elsewhere': chosen in other places, weights learned here. An R² below 0 is worse "
        "than the mean label of the other places."
    )
    return Section("curves", title, (FigureBox(figure, text),))


def _trees(found: NumberExplanation) -> Section:
    trees = found.curved
    ends = bounds(trees.more)
    text = (
        f"Boosted trees (LightGBM) of all dimensions {place(found)} have an R² of "
        f"{number(trees.score)}, ridge regression on the same folds {number(trees.line)}: a "
        f"difference of {number(trees.more.value)}" + (f" ({ends})" if ends else "") + "."
    )
    if found.is_told:
        text += (
            " So a straight line misses a part of what the dimensions know."
            if trees.is_more
            else " The trees are not shown to know more."
        )
    elif trees.is_told:
        by = f" With {', '.join(trees.bands)} alone they keep 98 % of it." if trees.bands else ""
        text += (
            f" Trees that learned a target without meaning reached {number(trees.chance)} at best "
            f"in 19 tries.{by}"
        )
        text += "" if trees.is_more else " The trees are not shown to know more than the line."
    elif trees.score > 0:
        text += (
            f" Trees that learned a target without meaning reached {number(trees.chance)} in 19 "
            "tries: those of the target are not shown to do better."
        )
    return Section("trees", "What a straight line misses", (Words(text),))


def _maps(drawn: ValueMap | None) -> Section:
    if drawn is None:
        return Section("maps", "On the ground")
    piece = drawn.piece
    text = (
        f"The target on {piece.n_pixels:,} pixels of {piece.source}, as ridge regression of all "
        "labels says it with the few dimensions and with all (the middle 96 % of the values are "
        f"coloured). They differ by {number(drawn.apart)} (root mean square), beside a spread of "
        f"{number(drawn.spread)} on this piece.{nobody_knows(piece)}"
    )
    return Section("maps", "On the ground", (FigureBox(value_panels(drawn), text),))
