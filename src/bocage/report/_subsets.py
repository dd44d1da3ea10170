"""Sections on subsets of the tests: the values of a column, the sizes of objects."""

from collections.abc import Sequence

from bocage.report._answer import budget_label
from bocage.report._content import ReportContent
from bocage.report._evidence import ObjectScore, ValueScore
from bocage.report._format import NOTHING, count, first_upper, metric_name, number
from bocage.report._parts import (
    Collapsible,
    HtmlTable,
    Paragraph,
    Part,
    Section,
    name,
    num,
    span,
    table,
)

OPEN = 3
"""With more classes than that, a class's table of objects opens on request."""

MOST = 6
"""Values that the line in a terminal names."""


def value_section(content: ReportContent) -> Section:
    """Tabulate the main score by the values of a column, at every budget."""
    shown = str(content.at)
    found = [s for s in content.value_scores if s.budget == shown]
    others = list(dict.fromkeys(s.budget for s in content.value_scores if s.budget != shown))
    parts: list[Part] = []
    if content.value_scores:
        figure = first_upper(metric_name(content.metric))
        text = (
            f"{figure} over all test samples with the same {content.by}, regardless of the fold: "
            f"place {content.place}. In brackets: number of test samples; small figures: 95 % "
            "confidence intervals."
        )
        parts.append(Paragraph(text, "quiet"))
    if found:
        parts.append(_value_table(content, found, f"With {content.at.label}"))
    for budget in others:
        rows = [s for s in content.value_scores if s.budget == budget]
        parts.append(
            Collapsible(f"With {budget_label(content, budget)}", _value_table(content, rows))
        )
    return Section("by", f"By {content.by}", tuple(parts))


def object_section(content: ReportContent) -> Section:
    """Tabulate how much of the objects of each class and size is found."""
    scores = [s for s in content.object_scores if s.n]
    if not scores:
        return Section("objects", "Recall by object size")
    first = [s for s in scores if s.method == scores[0].method]
    share = sum(s.n_cut for s in first) / sum(s.n for s in first)
    text = (
        f"Place {content.place}, {content.at.label}: share of "
        "the objects' pixels that are recognised, by the size of the object; in brackets: "
        "number of "
        "objects. An object is a patch of one class whose pixels touch by side or corner, within "
        f"its chip: {100 * share:.0f} % of them touch the edge of their chip and may be larger. "
        "Compare with the scores above: predicting one class everywhere gives it a recall of 1."
    )
    parts: list[Part] = [Paragraph(text, "quiet")]
    classes = list(dict.fromkeys(s.class_name for s in scores))
    for class_name in classes:
        mine = [s for s in scores if s.class_name == class_name]
        if len(classes) > OPEN:
            parts.append(Collapsible(class_name, _object_table(content, mine)))
        else:
            parts.append(_object_table(content, mine, class_name))
    return Section("objects", "Recall by object size", tuple(parts))


def value_line(content: ReportContent) -> str:
    """Say in one line what the method to take, or the best, scores on each value."""
    shown = str(content.at)
    verdict = content.verdict
    method = (verdict.chosen or verdict.best) if verdict else ""
    found = [s for s in content.value_scores if (s.method, s.budget) == (method, shown)]
    if not found:
        return ""
    listed = ", ".join(f"{s.value} {number(s.score.value)} ({count(s.n)})" for s in found[:MOST])
    more = f" and {len(found) - MOST} more on the page" if len(found) > MOST else ""
    return (
        f"{metric_name(content.metric)} of {method} by {content.by} (test samples), "
        f"{content.place}, {content.at.label}: {listed}{more}"
    )


def _object_table(
    content: ReportContent, scores: Sequence[ObjectScore], caption: str = ""
) -> HtmlTable:
    number_of = {s.size: s.n for s in scores}
    found = {(s.method, s.size): s.recall for s in scores}
    rows = [
        [name(m.name), *(num(number(found[m.name, size])) for size in number_of)]
        for m in content.methods
        if any(key[0] == m.name for key in found)
    ]
    head = ("method", *(f"{_spaced(size)} ({count(n)})" for size, n in number_of.items()))
    return table(head, rows, caption)


def _spaced(size: str) -> str:
    return size.replace(">=", "≥ ").replace("<", "< ").replace("ha", " ha").replace("-", " to ")


def _value_table(
    content: ReportContent, scores: Sequence[ValueScore], caption: str = ""
) -> HtmlTable:
    number_of = {s.value: s.n for s in scores}
    found = {(s.method, s.value): s for s in scores}
    rows = [
        [
            name(m.name),
            *(
                span(found[m.name, value].score) if (m.name, value) in found else num(NOTHING)
                for value in number_of
            ),
        ]
        for m in content.methods
        if any(key[0] == m.name for key in found)
    ]
    head = ("method", *(f"{value} ({count(n)})" for value, n in number_of.items()))
    return table(head, rows, caption)
