"""What methods cost: the figure of cost against score, and the tables."""

import math
from collections.abc import Sequence

from bocage.core import mean_count
from bocage.report._content import MethodCost, ReportContent
from bocage.report._format import NOTHING, count, seconds, size
from bocage.report._frontier import AXES, cost_figure, frontier, placed
from bocage.report._parts import (
    Collapsible,
    FigureBox,
    HtmlTable,
    Paragraph,
    Part,
    Section,
    TableCell,
    name,
    num,
    table,
)


def cost_section(content: ReportContent) -> Section:
    """Draw cost against score, and tabulate all costs."""
    parts: list[Part] = []
    drawn = cost_figure(content)
    if drawn is not None:
        points = placed(content)
        free = [
            c.method
            for c in content.costs
            if c.budget == str(content.at) and float(getattr(c, content.cost_axis)) <= 0
        ]
        left_out = f" Not shown, as their cost is 0: {', '.join(free)}." if free else ""
        parts.append(
            FigureBox(
                drawn,
                f"Place {content.place}, {content.at.label}: score "
                f"against {AXES[content.cost_axis][0]}, with 95 % confidence intervals. No method "
                f"is both better and cheaper than those in bold: "
                f"{', '.join(p.method for p in frontier(points, content.sign))}.{left_out}",
            )
        )
    if content.costs:
        last = [c for c in content.costs if c.budget == str(content.at)]
        if any(c.n_parameters > c.n_trainable for c in content.costs):
            parts.append(
                Paragraph(
                    "Frozen networks ran once for all methods and budgets; the time that this "
                    "takes "
                    "on one thread for the samples of a run is included in its seconds. The cost "
                    "of computing published embeddings is not known here. Memory is that of the "
                    "whole process.",
                    "quiet",
                )
            )
        if last:
            made = _cost_table(last, content.label_word)
            # What a figure shows needs no room on paper a second time.
            title = f"Costs at {content.at.label}"
            parts.append(made if drawn is None else Collapsible(title, made))
        if len(last) < len(content.costs):
            parts.append(
                Collapsible("Costs at every budget", _cost_table(content.costs, content.label_word))
            )
    return Section("costs", "Cost", tuple(parts))


def _cost_table(costs: Sequence[MethodCost], labels: str) -> HtmlTable:
    head = [
        "method", "budget", labels, "parameters", "trained", "fit", "predict 1,000",
        "memory", "size", "device",
    ]  # fmt: skip
    rows = [
        [
            name(c.method),
            name(c.budget),
            num(mean_count(c.n_labels)),
            num(count(c.n_parameters)),
            num(count(c.n_trainable)),
            num(seconds(c.fit_seconds)),
            num(seconds(c.predict_seconds)),
            num(NOTHING if math.isnan(c.peak_mebibytes) else f"{c.peak_mebibytes:,.0f} MiB"),
            num(size(c.artifact_bytes)),
            TableCell(c.device or NOTHING, tone="keep"),
        ]
        for c in costs
    ]
    if len({c.budget for c in costs}) == 1:
        del head[1]
        for row in rows:
            del row[1]
    return table(head, rows)
