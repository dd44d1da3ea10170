"""The page of an explanation of a number."""

from collections import Counter

from bocage.dimensions import NUMBER_ROLES, Dimension, NumberExplanation, Piece, ValueMap
from bocage.report._explain_figures import MOST_BANDS
from bocage.report._explain_telling import Lines, Telling, UseSection, learned, redundancy_section
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
from bocage.report._parts import (
    Collapsible,
    FigureBox,
    Paragraph,
    Section,
    TableCell,
    name,
    num,
    table,
)

SHOWN = 20
"""Dimensions in the table that stands open, and in a terminal."""


class NumberTelling(Telling):
    """A number: which dimensions tell it."""

    title = "which dimensions predict the target"

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
            return "A few dimensions are enough"
        if found.is_told or found.curved.is_told:
            return "No small subset"
        alone = any(d.tells for d in found.dimensions)
        return "Single dimensions" if alone else "Nothing found"

    def piece(self, maps: ValueMap) -> Piece:
        """Return the piece of raster that is drawn on."""
        return maps.piece

    def sections(
        self, found: NumberExplanation, maps: ValueMap | None, use: UseSection
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
    cut = (
        f" The {MOST_BANDS} of {n} dimensions with the highest R² alone are shown."
        if n > MOST_BANDS
        else ""
    )
    caption = (
        f"Above: R² of a linear regression on each dimension alone, {place(found)}; line: its 95 "
        "% interval, where R² exceeds chance (dashed), the value that randomised targets exceed "
        f"for any dimension in 1 of 20 cases; values below {number(LEAST_ALONE)} are truncated. "
        "Below: Spearman's correlation with the target within places, mean over places; a dot: "
        f"the sign is the same in three quarters of the places, and {_reach(found)}.{cut}"
    )
    text = (
        "A dimension is needed if the smallest subset is shown to lose accuracy without it (with "
        "95 % confidence for all of its dimensions simultaneously; the model is refitted on the "
        "others; the subset is selected, on each fold, without the test labels). It helps if it "
        "is in that subset, predicts the target alone better than chance, or correlates with it "
        f"consistently across places. {told}. Many subsets perform equally well: a dimension that "
        "is not needed may still predict the target. Correlations are Spearman's, within places, "
        "mean over places. A weight is the dimension's share of the absolute weights of a ridge "
        f"regression on all standardised dimensions, fitted to all labels.{learned(found)}"
    )
    ranked = by_rank(found)
    parts: list[Paragraph | FigureBox | Collapsible] = [
        Paragraph(text, "quiet"),
        FigureBox(dimension_chart(found), caption),
    ]
    head = (
        "dimension", "rank", f"R² alone, {found.where}", "chance", "correlation",
        "same sign in", "weight", "lost without it", "at least", "role",
    )  # fmt: skip
    best = table(head, [_row(d) for d in ranked[:SHOWN]])
    if n <= SHOWN:
        return Section("dimensions", "What each dimension predicts alone", (*parts, best))
    rest = Collapsible("The others", table(head, [_row(d) for d in ranked[SHOWN:]]))
    return Section("dimensions", "What each dimension predicts alone", (*parts, best, rest))


def _row(d: Dimension) -> list[TableCell]:
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
        TableCell(d.role),
    ]


def _reach(found: NumberExplanation) -> str:
    if found.followed.over_places:
        return (
            "over places, its size exceeds what chance reaches for any dimension in 1 of 20 cases"
        )
    return (
        "its size exceeds chance in these places, which are too few to conclude anything for other "
        "places"
    )


def _curves(found: NumberExplanation) -> Section:
    figure = gradient_curves(found)
    title = "R² by number of dimensions"
    if figure is None:
        return Section("curves", title)
    text = (
        "R² of ridge regression by number of dimensions, with equal weights for all places; "
        "band: 95 % interval; dot: the smallest subset; grey: R² under randomised targets. "
        "'Forward selection': each step adds the dimension that improves R² most, without the "
        "test labels; 'ranked by weight': in decreasing order of the absolute standardised "
        "weights of a model of all dimensions; 'selected elsewhere': dimensions selected in "
        "other places, weights fitted here. An R² below 0 is worse than predicting the mean "
        "label of the other places."
    )
    return Section("curves", title, (FigureBox(figure, text),))


def _trees(found: NumberExplanation) -> Section:
    trees = found.curved
    ends = bounds(trees.more)
    text = (
        f"Boosted trees (LightGBM) on all dimensions have an R² of {number(trees.score)} "
        f"{place(found)}, and ridge regression on the same folds {number(trees.line)}: a "
        f"difference of {number(trees.more.value)}" + (f" ({ends})" if ends else "") + "."
    )
    if found.is_told:
        text += (
            " So a linear model misses part of the information in the dimensions."
            if trees.is_more
            else " The trees are not shown to be better."
        )
    elif trees.is_told:
        by = f" With {', '.join(trees.bands)} alone they keep 98 % of it." if trees.bands else ""
        text += (
            f" Trees fitted to randomised targets reached at most {number(trees.chance)} in 19 "
            f"runs.{by}"
        )
        text += (
            "" if trees.is_more else " The trees are not shown to be better than the linear model."
        )
    elif trees.score > 0:
        text += (
            f" Trees fitted to randomised targets reached at most {number(trees.chance)} in 19 "
            "runs: those fitted to the target are not shown to be better."
        )
    return Section("trees", "What a linear model misses", (Paragraph(text),))


def _maps(drawn: ValueMap | None) -> Section:
    if drawn is None:
        return Section("maps", "Maps of a piece of the raster")
    piece = drawn.piece
    text = (
        f"The target on {piece.n_pixels:,} pixels of {piece.source}, as predicted by ridge "
        "regression fitted to all labels, with the few dimensions and with all (the colour scale "
        f"covers the middle 96 % of the values). The predictions differ by {number(drawn.apart)} "
        "(root mean square); their spread on this piece is "
        f"{number(drawn.spread)}.{nobody_knows(piece)}"
    )
    return Section("maps", "Maps of a piece of the raster", (FigureBox(value_panels(drawn), text),))
