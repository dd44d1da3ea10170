"""The second half of the page: calibration, classes, places, the split, how to repeat it."""

import math

from bocage.core import CLASSIFICATION, REGRESSION, SEGMENTATION, counted
from bocage.report import _forest, _maps, _reliability
from bocage.report._content import ReportContent
from bocage.report._format import NOTHING, count, metres
from bocage.report._parts import (
    Cell,
    Code,
    FigureBox,
    Fold,
    Part,
    Points,
    Section,
    Table,
    Words,
    name,
    num,
    span,
    table,
)
from bocage.report._style import heat
from bocage.report._use import split_lines

SPREAD = (
    " R2 stands here on the spread of the target over all places, which the differences share: a "
    "place with few samples has hardly one of its own."
)


def _more(shown: int, total: int, what: str) -> str:
    return f" The first {shown} of {total} {what} are shown." if total > shown else ""


def _full(content: ReportContent) -> str:
    return f"{content.place}, {content.full.label}"


def reliability_section(content: ReportContent) -> Section:
    """Draw reliability diagrams."""
    drawn = _reliability.reliability_figure(content)
    if drawn is None:
        return Section("reliability", "Reliability")
    text = (
        f"{_full(content)}. On the dashed line, what a method calls 80 % sure is right in 80 % of "
        "the cases; below it, the method is too sure of itself. Grey bars: share of the samples. "
        "ECE and Brier score are of all places together here; the table above gives means over "
        "places."
    ) + _more(_reliability.MOST, len(content.reliability), "methods")
    return Section("reliability", "Does its confidence come true?", (FigureBox(drawn, text),))


def class_section(content: ReportContent) -> Section:
    """Tabulate recall and F1 by class and left-out group, coloured by value."""
    if not content.class_scores:
        return Section("classes", "Class by class")
    return Section(
        "classes",
        f"Class by class, {content.noun.one} by {content.noun.one}",
        (
            Words(
                f"{content.shown}, {_full(content)}. Darker is better; a dash says that the "
                "class has no test sample there. Small: test samples.",
                "quiet",
            ),
            _class_table(content, "recall", "Recall: share of the class that is found"),
            _class_table(content, "f1", "F1: also counts what is wrongly called that class"),
        ),
    )


def _class_table(content: ReportContent, what: str, caption: str) -> Table:
    groups = list(dict.fromkeys(s.group for s in content.class_scores))
    classes = list(dict.fromkeys(s.class_name for s in content.class_scores))
    found = {(s.class_name, s.group): s for s in content.class_scores}
    rows = []
    for class_name in classes:
        row = [name(class_name)]
        for group in groups:
            score = found.get((class_name, group))
            value = math.nan if score is None else float(getattr(score, what))
            if score is None or math.isnan(value):
                row.append(num(NOTHING))
                continue
            colour, white = heat(value)
            note = count(score.n) if what == "recall" else ""
            row.append(Cell(f"{value:.2f}", note, "num heat", colour, white))
        rows.append(row)
    return table(("class", *groups), rows, caption)


def difference_section(content: ReportContent) -> Section:
    """Draw differences group by group."""
    drawn = _forest.forest(content)
    if drawn is None:
        return Section("differences", "Place by place")
    word = content.noun.one
    text = (
        f"{content.place}, {content.at.label}. Filled mark: above zero, the first method is "
        f"better; open mark: below. A difference that changes its sign from {word} to {word} says "
        "little about the next one."
    )
    spread = SPREAD if content.metric == "r2" else ""
    text += spread + _more(_forest.MOST, len(_forest.shown(content)), "rows")
    return Section("differences", "Is it so in every place?", (FigureBox(drawn, text),))


_MARKS = {
    CLASSIFICATION: "Dots: right; crosses: wrong.",
    REGRESSION: "Triangles up: predicted too high; down: too low; larger: further off.",
    SEGMENTATION: "Dots: the class of most pixels of the chip is right; crosses: wrong.",
}


def error_section(content: ReportContent) -> Section:
    """Draw the map of errors."""
    drawn = _maps.error_map(content)
    listed = (Words(content.errors_note, "quiet"),) if content.errors_note else ()
    if drawn is None:
        return Section("errors", "Where the errors lie", listed)
    text = f"{content.shown}, {_full(content)}. {_MARKS[content.kind]}" + _more(
        _maps.MOST, len(content.errors), "places"
    )
    return Section("errors", "Where the errors lie", (FigureBox(drawn, text), *listed))


def split_section(content: ReportContent) -> Section:
    """Draw and diagnose the split; say loudly what was relaxed."""
    parts: list[Part] = []
    if content.split_name:
        parts.append(Words(content.split_name))
    parts += [Words(line[:1].upper() + line[1:].rstrip(".") + ".") for line in split_lines(content)]
    if content.degraded:
        parts.append(Points(("What had to be relaxed:", *content.degraded), "warn"))
    drawn = _maps.split_map(content)
    if drawn is not None:
        parts.append(
            FigureBox(
                drawn,
                "Colour and mark: local test fold"
                + (
                    "; frames: blocks (drawn around their samples), which are never torn apart."
                    if any(panel.block_metres > 0 for panel in content.split_panels)
                    else "."
                )
                + _more(_maps.MOST, len(content.split_panels), "places"),
            )
        )
    if content.folds:
        head = (
            "fold", "tests", "to learn from", "tested", "blocks", "never learned", "never tested",
            "nearest label", "median",
        )  # fmt: skip
        rows = [
            [
                name(f.fold),
                name(f.domain),
                num(count(f.n_train)),
                num(count(f.n_test)),
                num(count(f.n_blocks)),
                Cell(", ".join(f.untrained) or NOTHING, tone="bad" if f.untrained else "quiet"),
                Cell(", ".join(f.untested) or NOTHING, tone="quiet"),
                num(metres(f.nearest_metres)),
                num(metres(f.median_metres)),
            ]
            for f in content.folds
        ]
        parts.append(
            Fold(f"Diagnostics of {counted(len(content.folds), 'fold')}", table(head, rows))
        )
    if content.block_sizes:
        parts.append(_block_sizes(content))
    return Section("split", "How the data were split", tuple(parts))


def _block_sizes(content: ReportContent) -> Table:
    scales = sorted({b.scale for b in content.block_sizes})
    found = {(b.method, b.budget, b.scale): b for b in content.block_sizes}
    keys = list(dict.fromkeys((b.method, b.budget) for b in content.block_sizes))
    words = {0.5: "half the block size", 1.0: "as used", 2.0: "double the block size"}
    rows = [
        [
            name(method),
            name(budget),
            *(
                span(found[method, budget, s].score)
                if (method, budget, s) in found
                else num(NOTHING)
                for s in scales
            ),
        ]
        for method, budget in keys
    ]
    head = ("method", "budget", *(words.get(s, f"{s:g} times the size") for s in scales))
    return table(head, rows, "How much the block size matters (local)")


def protocol_section(content: ReportContent) -> Section:
    """Tabulate the points of the protocol."""
    tones = {"pass": "good", "fail": "bad"}
    rows = [
        [
            num(str(p.number)),
            name(p.name),
            Cell(p.outcome, tone=tones.get(p.outcome, "quiet")),
            Cell(p.why),
        ]
        for p in content.protocol
    ]
    made = table(("", "point", "", "why"), rows)
    passed = sum(p.passed for p in content.protocol)
    partly = sum(p.outcome == "partly" for p in content.protocol)
    text = f"{passed} of {len(rows)} points pass, {partly} partly, as checked by code."
    return Section("protocol", "Was it a fair comparison?", (Words(text), made) if rows else ())


def blank_section(content: ReportContent) -> Section:
    """Tabulate cells without a figure, and why, folded away: they may be many."""
    rows = [
        [name(b.method), name(b.budget), name(b.where), num(count(b.count)), Cell(b.reason)]
        for b in content.blanks
    ]
    if not rows:
        return Section("blanks", "What is blank, and why")
    blank = {b.budget for b in content.blanks}
    shown = [b for b in map(str, content.budgets) if b in blank]
    made = table(("method", "budget", "where", "cells", "why"), rows)
    summary = f"{counted(len(rows), 'line')}, by budget and class"
    words = Words(f"Cells stay blank at budget {', '.join(shown)}.", "quiet")
    return Section("blanks", "What is blank, and why", (words, Fold(summary, made)))


def repeat_section(content: ReportContent) -> Section:
    """Give everything needed to repeat the study."""
    recipe = content.recipe
    facts = (
        ("data", recipe.source),
        ("licence", recipe.licence),
        ("attribution", recipe.attribution),
        ("seeds", recipe.seeds),
        ("split key", recipe.split_key),
        ("versions", ", ".join(f"{package} {version}" for package, version in recipe.versions)),
    )
    parts: list[Part] = [Code(recipe.command)]
    rows = [[name(term), Cell(value)] for term, value in facts if value]
    if rows:
        parts.append(Table((), tuple(tuple(row) for row in rows)))
    if recipe.settings:
        parts.append(Code(recipe.settings, "study.yaml, resolved"))
    return Section("repeat", "How to repeat it", tuple(parts))
