"""The second half of the page: calibration, classes, places, the split, how to repeat it."""

from bocage.core import CLASSIFICATION, REGRESSION, SEGMENTATION, counted, listed
from bocage.report import _forest, _maps, _reliability
from bocage.report._content import ReportContent
from bocage.report._format import NOTHING, count, metres
from bocage.report._parts import (
    Code,
    Collapsible,
    FigureBox,
    HtmlTable,
    Paragraph,
    Part,
    Points,
    Section,
    TableCell,
    name,
    num,
    span,
    table,
)
from bocage.report._use import split_lines

_ABREAST = 4
"""Small figures of a row; of reliability diagrams, more are folded."""

SPREAD = (
    " R² relates errors to the variance of the target over all places here, the same for every "
    "difference: that of a place with few samples is poorly known."
)


def _more(shown: int, total: int, what: str) -> str:
    return f" The first {shown} of {total} {what} are shown." if total > shown else ""


def _where(content: ReportContent) -> str:
    return f"{content.place}, {content.at.label}"


def reliability_section(content: ReportContent) -> Section:
    """Draw reliability diagrams."""
    drawn = _reliability.reliability_figures(content)
    if not drawn:
        return Section("reliability", "Reliability")
    shown, rest = drawn[:_ABREAST], drawn[_ABREAST:]
    text = (
        f"{_where(content)}. On the dashed line, predictions with a confidence of 80 % are "
        f"correct in "
        "80 % of the cases; below it, the method is overconfident. Grey bars: share of the "
        "samples. "
        "ECE and Brier score are computed over all places together here; the table above gives "
        "means over places."
    ) + _more(_reliability.MOST, len(content.reliability), "methods")
    parts: list[Part] = [FigureBox(shown, text)]
    if rest:
        more = FigureBox(rest, f"{_where(content)}; as above.")
        parts.append(Collapsible(f"{counted(len(rest), 'more method')}", more))
    return Section("reliability", "Calibration of the confidence", tuple(parts))


def difference_section(content: ReportContent) -> Section:
    """Draw differences group by group."""
    drawn = _forest.forest(content)
    if drawn is None:
        return Section("differences", "Differences by place")
    word = content.noun.one
    text = (
        f"{content.place}, {content.at.label}. Filled mark: above zero, the first method is "
        f"better; open mark: below. A difference whose sign changes between {content.noun.many} is "
        f"no guide to a new {word}."
    )
    spread = SPREAD if content.metric == "r2" else ""
    text += spread + _more(_forest.MOST, len(_forest.shown(content)), "rows")
    return Section("differences", f"Differences by {word}", (FigureBox(drawn, text),))


_MARKS = {
    CLASSIFICATION: "Dots: correct; crosses: wrong.",
    REGRESSION: "Triangles up: predicted too high; down: too low; larger: larger error.",
    SEGMENTATION: "Dots: the most frequent class of the chip is correct; crosses: wrong.",
}


def error_section(content: ReportContent) -> Section:
    """Draw the map of errors."""
    drawn = _maps.error_maps(content)
    listed = (Paragraph(content.errors_note, "quiet"),) if content.errors_note else ()
    if not drawn:
        return Section("errors", "Map of errors", listed)
    text = f"{content.shown}, {_where(content)}. {_MARKS[content.kind]}" + _more(
        _maps.MOST, len(content.errors), "places"
    )
    return Section("errors", "Map of errors", (FigureBox(drawn, text), *listed))


def split_section(content: ReportContent) -> Section:
    """Draw and diagnose the split; say loudly what was relaxed."""
    parts: list[Part] = []
    if content.split_name:
        parts.append(Paragraph(content.split_name))
    parts += [
        Paragraph(line[:1].upper() + line[1:].rstrip(".") + ".") for line in split_lines(content)
    ]
    if content.degraded:
        parts.append(Points(("Criteria that had to be relaxed:", *content.degraded), "warn"))
    drawn = _maps.split_maps(content)
    if drawn:
        parts.append(
            FigureBox(
                drawn,
                "Colour and mark: local test fold"
                + (
                    "; frames: blocks (drawn around their samples), which are held out whole."
                    if any(panel.block_metres > 0 for panel in content.split_panels)
                    else "."
                )
                + _more(_maps.MOST, len(content.split_panels), "places"),
            )
        )
    if content.folds:
        head = (
            "fold", "regime", "training samples", "test samples", "blocks", "classes not trained",
            "classes not tested", "nearest training sample", "median distance",
        )  # fmt: skip
        rows = [
            [
                name(f.fold),
                name(f.domain),
                num(count(f.n_train)),
                num(count(f.n_test)),
                num(count(f.n_blocks)),
                TableCell(
                    ", ".join(f.untrained) or NOTHING, tone="bad" if f.untrained else "quiet"
                ),
                TableCell(", ".join(f.untested) or NOTHING, tone="quiet"),
                num(metres(f.nearest_metres)),
                num(metres(f.median_metres)),
            ]
            for f in content.folds
        ]
        parts.append(Collapsible(_fold_line(content), table(head, rows)))
    if content.block_sizes:
        parts.append(_block_sizes(content))
    return Section("split", "Spatial split", tuple(parts))


def _fold_line(content: ReportContent) -> str:
    """Say in one line what there is to know of the folds."""
    never = {f.fold for f in content.folds if f.untrained}
    line = f"Diagnostics of {counted(len({f.fold for f in content.folds}), 'fold')}"
    if not never:
        return f"{line}: each trains on every class that it is tested on"
    return (
        f"{line}: {counted(len(never), 'lacks', 'lack')} training samples of a class that is tested"
    )


def _block_sizes(content: ReportContent) -> HtmlTable:
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
    return table(head, rows, "Sensitivity to the block size (local)")


def protocol_section(content: ReportContent) -> Section:
    """Tabulate the points of the protocol."""
    tones = {"pass": "good", "fail": "bad"}
    rows = [
        [
            num(str(p.number)),
            name(p.name),
            TableCell(p.outcome, tone=tones.get(p.outcome, "quiet")),
            TableCell(p.why),
        ]
        for p in content.protocol
    ]
    made = table(("", "point", "", "why"), rows)
    passed = sum(p.passed for p in content.protocol)
    partly = sum(p.outcome == "partly" for p in content.protocol)
    later = sum(p.outcome == "not yet run" for p in content.protocol)
    waits = f"; {later} not yet run" if later else ""
    text = f"{passed} of {len(rows)} points pass, {partly} partly{waits}; all are checked by code."
    # What is not met is named; the rest is in the table.
    unmet = tuple(
        f"{p.outcome}: {p.name} ({p.why})"
        for p in content.protocol
        if p.outcome in {"fail", "partly"}
    )
    parts = (
        Paragraph(text),
        *((Points(unmet),) if unmet else ()),
        Collapsible("All points, and why", made),
    )
    return Section("protocol", "Protocol", parts if rows else ())


def blank_section(content: ReportContent) -> Section:
    """Tabulate cells without a figure, and why, folded away: they may be many."""
    rows = [
        [name(b.method), name(b.budget), name(b.where), num(count(b.count)), TableCell(b.reason)]
        for b in content.blanks
    ]
    if not rows:
        return Section("blanks", "Missing scores")
    made = table(("method", "budget", "where", "cells", "why"), rows)
    return Section("blanks", "Missing scores", (Collapsible(blank_line(content), made),))


def blank_line(content: ReportContent) -> str:
    """Say in one line which budgets stay blank, for what reason, and what that means."""
    blank = {b.budget for b in content.blanks}
    budgets = [b for b in map(str, content.budgets) if b in blank]
    failed = sum(b.count for b in content.blanks if b.reason.startswith("failed"))
    undrawn = sum(b.count for b in content.blanks) - failed
    first = max(content.blanks, key=lambda b: b.count)
    what = [counted(undrawn, "cell can't be drawn", "cells can't be drawn")] * (undrawn > 0)
    what += [f"{counted(failed, 'run')} failed"] * (failed > 0)
    reasons = len({b.reason for b in content.blanks}) - 1
    others = f", and {counted(reasons, 'other reason')}" if reasons else ""
    return (
        f"{' and '.join(what)} at budget {listed(budgets)} ({first.reason}{others}); scores there "
        "are left out, never filled with those of fewer labels"
    )


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
    rows = [[name(term), TableCell(value)] for term, value in facts if value]
    if rows:
        parts.append(HtmlTable((), tuple(tuple(row) for row in rows)))
    if recipe.settings:
        parts.append(Collapsible("study.yaml, resolved", Code(recipe.settings)))
    return Section("repeat", "How to reproduce it", tuple(parts))
