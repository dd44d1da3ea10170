"""How sure each comparison is, and what every place gave."""

import math

from bocage.core import rounded_up
from bocage.report._content import ReportContent
from bocage.report._format import NOTHING, first_upper, metric_name, number
from bocage.report._parts import Paragraph, Section, name, num, span, table
from bocage.stats import Estimate
from bocage.study import against

MOST = 12
"""Places that have a column of their own."""


def method_section(content: ReportContent) -> Section:
    """Say of every method how probable it is that it is better, as good, or worse."""
    verdict = content.verdict
    losses = verdict.losses if verdict else ()
    shown = [loss for loss in losses if not math.isnan(loss.alike_share)]
    if verdict is None or len(shown) < 2:  # noqa: PLR2004
        return Section("methods", "Comparison with the best")
    best, margin = verdict.best, verdict.margin
    ahead = any(not math.isnan(loss.next_place.low) for loss in shown)
    rows = [
        [
            name(loss.method, strong=loss.method == best),
            span(loss.score),
            num(_bound(loss.lower, loss.upper)),
            *(
                num(NOTHING if loss.method == best else f"{100 * share:.0f} %")
                for share in (loss.better_share, loss.alike_share, loss.worse_share)
            ),
            *([num(_range(loss.next_place))] if ahead else []),
        ]
        for loss in shown
    ]
    head = (
        "method", metric_name(content.metric), "loss (simultaneous bounds)", "better",
        "equal", "worse", *([f"new {content.noun.one} (95 %)"] if ahead else []),
    )  # fmt: skip
    beaten = any(loss.loss < 0 for loss in shown)
    what = "the best that can be recommended" if beaten else "the highest score"
    text = (
        f"{content.place}, {content.at.label}. Against {best}, {what}: the "
        f"probability that a method is better by more than the margin ({number(margin)}), "
        "within it, or worse by more, each method taken by itself. The bounds of the loss hold for "
        "all methods at once with 95 % confidence and are wider for it: they may reach 0 where a "
        "method, taken by itself, is most probably worse. Verdicts go by the bounds."
    )
    if ahead:
        text += (
            f" The last column is the 95 % prediction interval for a new {content.noun.one}, "
            f"assuming that it is drawn like these {verdict.n_groups}"
            f"{against(content.metric, content.noun)}."
        )
    return Section("methods", "Comparison with the best", (Paragraph(text, "quiet"),
                   table(head, rows)))  # fmt: skip


def place_section(content: ReportContent) -> Section:
    """Tabulate the main score of every method in every place."""
    title = f"Score by {content.noun.one}"
    if not content.by_place or len(content.groups) < 2:  # noqa: PLR2004
        return Section("places", title)
    groups = content.groups[:MOST]
    rows = [
        [name(row.method), *(num(number(value)) for value in row.scores[:MOST])]
        for row in content.by_place
    ]
    more = len(content.groups) - len(groups)
    text = f"{first_upper(metric_name(content.metric))}; {content.place}, {content.at.label}."
    if content.metric == "r2":
        text += " R² relates errors to the variance over all places tested."
    if more > 0:
        text += f" The first {MOST} of {len(content.groups)} are shown."
    made = table(("method", *groups), rows)
    return Section("places", title, (Paragraph(text, "quiet"), made))


def _bound(low: float, high: float) -> str:
    if math.isnan(high):
        return NOTHING
    if high < 0:
        return f"better by {number(-high)} or more"
    return f"{number(max(low, 0.0))} to {number(rounded_up(high))}"


def _range(found: Estimate) -> str:
    if math.isnan(found.low):
        return NOTHING
    low = f"below {number(-1)}" if found.low < -1 else number(found.low)
    return f"{low} to {number(found.high)}"
