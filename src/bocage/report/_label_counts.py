"""How many labels each budget really got."""

import math

from bocage.core import counted, mean_count
from bocage.report._content import ReportContent
from bocage.report._format import NOTHING
from bocage.report._parts import Collapsible, Part, Points, TableCell, name, num, table

_FEW = 2
"""Lines that stand open."""


def labels_drawn(content: ReportContent) -> list[Part]:
    """Say which budgets got less than they asked for, and tabulate what all of them got."""
    if not content.drawn:
        return []
    rows = [
        [
            name(d.domain),
            name(str(d.budget)),
            num(mean_count(d.mean), "" if d.low == d.high else f"{d.low:,.0f} to {d.high:,.0f}"),
            num(NOTHING if math.isnan(d.a_class) else mean_count(d.a_class)),
            TableCell(d.shortfall),
        ]
        for d in content.drawn
    ]
    head = ("place", "budget", content.label_word, "a class", "fewer labels than the budget")
    made = Collapsible("Mean number of labels drawn per budget", table(head, rows))
    short = short_of(content)
    if len(short) <= _FEW:
        return [Points(short), made] if short else [made]
    line = f"{counted(len(short), 'budget')} got fewer labels than asked for"
    return [Collapsible(line, Points(short)), made]


def short_of(content: ReportContent) -> tuple[str, ...]:
    """Say in a line each which budgets got less than they asked for."""
    # What `both` adds is what `local` has.
    return tuple(d.sentence for d in content.drawn if d.lacks and d.domain != "both")


def with_drawn(content: ReportContent, domain: str, budget: str) -> str:
    """Name a budget, and where it got less than it asked for, what it got: ``100 (38 drawn)``.

    What it got is a mean over folds and draws: of labels of a class, where the budget counts them.
    """
    for d in content.drawn:
        if (d.domain, str(d.budget)) == (domain, budget) and d.lacks:
            got = d.mean if math.isnan(d.a_class) else d.a_class
            return f"{budget} ({mean_count(got)} drawn)"
    return budget
