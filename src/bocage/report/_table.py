"""The same answer as plain tables for a terminal, and as JSON for machines."""

import json
import math
from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from bocage.core import Kind, counted, printable
from bocage.report._content import ReportContent
from bocage.report._format import DOMAINS, NOTHING, domain_words, figure, metric_name, number
from bocage.report._label_counts import short_of, with_drawn
from bocage.report._loss_words import alike_in_words
from bocage.report._subsets import value_line
from bocage.report._use import split_lines
from bocage.splits import Budget
from bocage.study import Verdict

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

JSON_FORMAT = 3
"""Version of the layout of `to_json`; raised when a key changes its meaning."""


_SHORT = 3
"""Budgets that got too few labels, named one by one."""


def to_json(content: ReportContent) -> str:
    """Write all of the content as JSON; figures that are not defined are null.

    Parameters
    ----------
    content : ReportContent

    Returns
    -------
    str
        One object: the fields of `ReportContent`, and ``format``. What a value of the study says of
        itself in words (its properties) stands beside its fields.
    """
    value = {"format": JSON_FORMAT}
    value |= {field.name: _plain(getattr(content, field.name)) for field in fields(content)}
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def terminal(content: ReportContent, said: Collection[str] = ()) -> "RenderableType":
    """Make what a terminal shows: the verdict, the answer at every budget, the scores.

    Names are printed as they are: no markup and no control sequence in them takes effect. Notes of
    `said` are left out.
    """
    from rich.console import Group
    from rich.text import Text

    parts: list[Any] = []
    if content.unfinished is not None:
        parts.append(Text(f"{_clean(content.unfinished.sentence)}\n", "bold yellow"))
    parts.append(Text(_clean(content.title), style="bold"))
    if content.synthetic:
        parts.append(Text("Synthetic data: nothing here describes a real place.", "reverse"))
    parts += [
        Text(f"Note: {_clean(note)}", style="yellow") for note in content.notes if note not in said
    ]
    if content.verdict is not None:
        parts += [Text(), Text(_clean(content.verdict.sentence), style="bold green")]
        parts += [Text(f"- {_clean(reason)}") for reason in content.verdict.grounds]
        parts.append(Text())
    if content.lines:
        parts.append(_verdicts(content))
    domains = dict.fromkeys(s.domain for s in content.scores if s.metric == content.metric)
    for domain in domains:
        parts.append(_scores(content, domain))
        if domain in DOMAINS:
            words = domain_words(domain, folds_given=content.folds_given)
            parts += [Text(f"  {domain}: {words}", "dim"), Text()]
    short = short_of(content)
    parts += [Text(_clean(line)) for line in short[:_SHORT]]
    if len(short) > _SHORT:
        more = counted(len(short) - _SHORT, "more budget")
        parts.append(Text(f"{more} got fewer labels than asked for; the page lists them"))
    if line := value_line(content):
        parts.append(Text(_clean(line)))
    parts += [Text(f"Split: {_clean(line)}") for line in split_lines(content) if line not in said]
    parts += [
        Text(f"Relaxed criterion: {_clean(line)}", style="yellow")
        for line in content.degraded
        if line not in said
    ]
    return Group(*parts)


def _verdicts(content: ReportContent) -> "Table":
    made = _table("Verdict at every budget")
    for head in (
        "place",
        "budget",
        "recommended",
        metric_name(content.metric),
        "within the margin",
    ):
        made.add_column(head, overflow="fold")
    names = {budget.label: str(budget) for budget in content.budgets}
    for line in content.lines:
        v = line.verdict
        score = figure(line.score) if v.chosen else NOTHING
        qualifiers = ", ".join(v.qualifiers) or NOTHING
        budget = with_drawn(content, v.where, names[v.budget])
        made.add_row(*map(_text, (v.where, budget, _take(v), score, qualifiers)))
    return made


def _scores(content: ReportContent, domain: str) -> "Table":
    found = {
        (s.method, s.budget): s.score.value
        for s in content.scores
        if (s.metric, s.domain) == (content.metric, domain)
    }
    budgets = [b for b in map(str, content.budgets) if any(key[1] == b for key in found)]
    word = " (sanity check only)" if domain.startswith("random") else ""
    made = _table(f"{metric_name(content.metric)}, {domain}{word}")
    # Names are typed again: they are never broken.
    made.add_column("method", no_wrap=True, overflow="ellipsis")
    for budget in budgets:
        made.add_column(_text(with_drawn(content, domain, budget)), justify="right")
    for method in content.methods:
        if any(key[0] == method.name for key in found):
            cells = [number(found.get((method.name, b), math.nan)) for b in budgets]
            made.add_row(*map(_text, (method.name, *cells)))
    return made


def _take(verdict: Verdict) -> str:
    if verdict.status == "decided":
        return verdict.chosen
    if verdict.status == "alike":
        return f"{verdict.chosen} ({alike_in_words(verdict)})"
    return "undecided" if verdict.status == "undecided" else "no verdict"


def _table(title: str) -> "Table":
    from rich import box
    from rich.table import Table

    return Table(title=_text(title), box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")


def _clean(text: str) -> str:
    """Drop what a terminal would obey: control characters."""
    return printable(text.replace("\n", " ").replace("\t", " "))


def _text(text: str) -> "Text":
    """Make text whose brackets are brackets, not rich's markup."""
    from rich.text import Text

    return Text(_clean(text))


def _plain(value: Any) -> Any:
    if isinstance(value, Kind):
        return value.name
    if isinstance(value, Budget):
        return {"name": str(value), "label": value.label}
    if is_dataclass(value):
        said = [key for key, item in vars(type(value)).items() if isinstance(item, property)]
        names = [*(field.name for field in fields(value)), *said]
        return {key: _plain(getattr(value, key)) for key in names if not key.startswith("_")}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
