"""Several studies on one page: verdicts, scores side by side, and whether they can be compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from bocage.core import counted, listed
from bocage.report._content import ReportContent, Score
from bocage.report._format import NOTHING, count, domain_words, first_upper, metric_name, shorten
from bocage.report._from_study import content_of
from bocage.report._page import PageHead, fill
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
    span,
    table,
)
from bocage.report._studies_figure import curves_of
from bocage.splits import Budget
from bocage.study import Study, paired_differences, shared

PLACES = ("out", "local", "both")


@dataclass(frozen=True, slots=True)
class NamedStudy:
    """A study, what its page says, and how it is called beside others."""

    name: str
    study: Study
    content: ReportContent


@dataclass(frozen=True, slots=True)
class StudiesPage:
    """Several studies, side by side.

    Attributes
    ----------
    sentence : str
        Whether they can be compared.
    html : str
    """

    sentence: str
    html: str


def studies_page(studies: Sequence[Study]) -> StudiesPage:
    """Put several studies on one page.

    Parameters
    ----------
    studies : sequence of Study
        Two or more, with some of their runs done.
    """
    called = _names(studies)
    every = [NamedStudy(n, s, content_of(s)) for n, s in zip(called, studies, strict=True)]
    relations = {
        (i, j): shared(studies[i], studies[j]) for i, j in combinations(range(len(every)), 2)
    }
    one_score = len({one.content.metric for one in every}) == 1
    paired = [pair for pair, found in relations.items() if found == "folds"] if one_score else []
    sentence = _sentence(every, relations, paired, one_score=one_score)
    synthetic = [one.name for one in every if one.content.synthetic]
    notes = [
        f"{one.name} is unfinished: {one.content.unfinished.sentence}"
        for one in every
        if one.content.unfinished is not None
    ]
    if synthetic and len(synthetic) < len(every):
        notes.append(f"the data of {listed(synthetic)} are synthetic")
    head = PageHead(
        "studies side by side",
        " and ".join(called) if len(called) == 2 else counted(len(called), "study", "studies"),  # noqa: PLR2004
        "; ".join(f"{one.name}: {one.content.summary}" for one in every),
        tuple(notes),
        synthetic=len(synthetic) == len(every),
        sentence=sentence,
        box="Can they be compared?",
        status="decided" if paired else "undecided",
    )
    sections = (
        _verdicts(every),
        _figures(every, one_score=one_score),
        _scores(every, one_score=one_score),
        _differences(every, paired),
        _facts(every),
        _settings(every),
    )
    return StudiesPage(sentence, fill(head, [section for section in sections if section.parts]))


def _names(studies: Sequence[Study]) -> list[str]:
    """Call studies by their folders; by more of the path where two are called alike."""
    paths = [study.folder.resolve() for study in studies]
    for depth in range(1, max(len(path.parts) for path in paths) + 1):
        found = ["/".join(path.parts[-depth:]) for path in paths]
        if len(set(found)) == len(found):
            return found
    return [f"{path} ({at})" for at, path in enumerate(paths, 1)]


def _sentence(
    every: Sequence[NamedStudy],
    relations: Mapping[tuple[int, int], str],
    paired: Sequence[tuple[int, int]],
    *,
    one_score: bool,
) -> str:
    """Say whether scores can be compared, and what a difference would mean."""
    if not one_score:
        figures = "; ".join(f"{one.name}: {metric_name(one.content.metric)}" for one in every)
        return (
            f"No: the studies have different scores ({figures}), which can't be set side by side. "
            "No difference is tested."
        )
    if len(paired) == len(relations):
        return (
            "Yes: the studies test the same labels in the same folds, so that methods are compared "
            "on the same test samples, in pairs."
        )
    if paired:
        pairs = listed([f"{every[i].name} and {every[j].name}" for i, j in paired])
        return (
            f"In part: {pairs} test the same labels in the same folds, and are compared in pairs. "
            "Between the others no difference is tested."
        )
    if set(relations.values()) == {"labels"}:
        splits = "; ".join(f"{one.name}: {one.content.split_name}" for one in every)
        return (
            "Only informally: the studies have the same labels, in different folds "
            f"({splits}). Their scores answer different questions, and no difference is tested."
        )
    return (
        "Only informally: the studies have different labels. Each score is of different test "
        "samples, "
        "so that a difference may come from the labels as well as from the methods: none is tested."
    )


def _verdicts(every: Sequence[NamedStudy]) -> Section:
    rows = []
    for one in every:
        verdict = one.content.verdict
        said = verdict.sentence if verdict else "No verdict was asked for."
        rows.append([name(one.name, strong=True), TableCell(said)])
    return Section("verdicts", "The verdicts", (table(("study", "verdict"), rows),))


def _figures(every: Sequence[NamedStudy], *, one_score: bool) -> Section:
    title = "Scores against labels, on the same axes"
    named = {one.name: one.content for one in every}
    for place in PLACES:
        if not all(_budgets(one, place) for one in every):
            continue
        drawn = curves_of(named, place, same_axes=one_score)
        scale = "All figures have the same axes." if one_score else "Only labels have one scale."
        parts = [
            FigureBox(
                svg,
                f"{name}: {domain_words(place, folds_given=named[name].folds_given)}. {scale}",
            )
            for name, svg in zip(named, drawn, strict=True)
        ]
        return Section("curves", title, tuple(parts))
    return Section("curves", title)


def _budgets(one: NamedStudy, place: str) -> list[Budget]:
    """List the budgets with a main score in a place, the smallest first."""
    known = {s.budget for s in _main(one, place)}
    return [budget for budget in one.content.budgets if str(budget) in known]


def _main(one: NamedStudy, place: str) -> list[Score]:
    found = one.content
    return [s for s in found.scores if (s.metric, s.domain) == (found.metric, place)]


def _common(every: Sequence[NamedStudy], place: str) -> list[Budget]:
    """List the budgets that all studies have scores of in a place."""
    first, *others = (_budgets(one, place) for one in every)
    return [b for b in first if all(b.label in {c.label for c in other} for other in others)]


def _scores(every: Sequence[NamedStudy], *, one_score: bool) -> Section:
    title = "Methods and studies"
    if not one_score:
        return Section(
            "scores", title, (Paragraph("The studies have different scores: there is no table."),)
        )
    parts: list[Part] = []
    for place in PLACES:
        budgets = _common(every, place)
        if not budgets:
            continue
        parts.append(_score_table(every, place, budgets[-1]))
        parts += [
            Collapsible(f"{place}, {budget.label}", _score_table(every, place, budget))
            for budget in reversed(budgets[:-1])
        ]
    if not parts:
        parts.append(
            Paragraph("The studies have no place and budget in common: there is no table.")
        )
    else:
        given = all(one.content.folds_given for one in every)
        words = "; ".join(f"{p}: {domain_words(p, folds_given=given)}" for p in PLACES)
        metric = first_upper(metric_name(every[0].content.metric))
        parts.insert(0, Paragraph(f"{metric} with its 95 % interval. {words}.", "quiet"))
    return Section("scores", title, tuple(parts))


def _score_table(every: Sequence[NamedStudy], place: str, budget: Budget) -> HtmlTable:
    cells = {
        (one.name, s.method): s
        for one in every
        for s in _main(one, place)
        if s.budget == str(budget)
    }
    methods = dict.fromkeys(m.name for one in every for m in one.content.methods)
    rows = [
        [
            name(method),
            *(
                span(found.score) if (found := cells.get((one.name, method))) else num(NOTHING)
                for one in every
            ),
        ]
        for method in methods
        if any((one.name, method) in cells for one in every)
    ]
    used = [
        f"{one.name} {count(max(s.n_labels for (of, _), s in cells.items() if of == one.name))}"
        for one in every
    ]
    caption = f"{place}, {budget.label}; {every[0].content.label_word} per fold: {', '.join(used)}"
    return table(("method", *(shorten(one.name, 30) for one in every)), rows, caption)


def _differences(every: Sequence[NamedStudy], paired: Sequence[tuple[int, int]]) -> Section:
    parts: list[Part] = []
    for i, j in paired:
        one, other = every[i], every[j]
        for place in PLACES:
            budgets = _common([one, other], place)
            if budgets:
                parts.append(_difference_part(one, other, place, budgets[-1]))
    if parts:
        side = "above" if every[0].content.sign > 0 else "below"
        metric = first_upper(metric_name(every[0].content.metric))
        words = (
            f"{metric} of the method in the second column minus that in the first: {side} 0, the "
            "second is better. The 95 % intervals are not simultaneous: of many, some exclude 0 "
            "by chance."
        )
        parts.insert(0, Paragraph(words, "quiet"))
    return Section("differences", "Differences, in pairs", tuple(parts))


def _difference_part(one: NamedStudy, other: NamedStudy, place: str, budget: Budget) -> Part:
    def has(of: NamedStudy) -> set[str]:
        barred = {m.name for m in of.content.methods if m.is_control}
        return {s.method for s in _main(of, place) if s.budget == str(budget)} - barred

    mine, theirs = has(one), has(other)
    pairs = [(one.content.shown, other.content.shown)]
    pairs += [(m.name, m.name) for m in one.content.methods]
    pairs = [p for p in dict.fromkeys(pairs) if p[0] in mine and p[1] in theirs]
    found = paired_differences(one.study, other.study, place, budget, pairs) if pairs else None
    where = f"{place}, {budget.label}"
    if found is None:
        return Paragraph(
            f"{one.name} and {other.name}, {where}: no difference is tested, as they have no "
            "methods in common places, other draws of the labels, or not all of their runs.",
            "quiet",
        )
    rows = [
        [name(a), name(b), span(difference, sign=True)]
        for (a, b), difference in zip(pairs, found, strict=True)
    ]
    return table((one.name, other.name, "difference"), rows, where)


def _facts(every: Sequence[NamedStudy]) -> Section:
    def inputs(one: NamedStudy) -> str:
        items = one.study.task.inputs.values()
        return listed([f"{i.name} ({counted(len(i.bands), 'band')})" for i in items], 6)

    rows = [
        ("samples", [f"{len(one.study.task):,}" for one in every]),
        ("classes", [listed(one.content.classes, 6) or "a number" for one in every]),
        ("groups", [listed(one.content.groups, 6) for one in every]),
        ("split", [one.content.split_name for one in every]),
        ("budgets", [", ".join(map(str, one.content.budgets)) for one in every]),
        ("inputs", [inputs(one) for one in every]),
        ("methods", [str(len(one.content.methods)) for one in every]),
        ("score", [metric_name(one.content.metric) for one in every]),
    ]
    made = [
        [
            name(what),
            *(TableCell(value, tone="" if len(set(values)) == 1 else "strong") for value in values),
        ]
        for what, values in rows
    ]
    head = ("", *(shorten(one.name, 30) for one in every))
    return Section(
        "facts", "What was compared", (table(head, made, "What differs is set in bold"),)
    )


def _settings(every: Sequence[NamedStudy]) -> Section:
    dumped = [one.study.settings.model_dump(mode="json") for one in every]
    rows = [
        [name(key), *(TableCell(_value(values[key])) for values in dumped)]
        for key in dumped[0]
        if key != "name" and any(values[key] != dumped[0][key] for values in dumped)
    ]
    title = "Settings that differ"
    if not rows:
        return Section("settings", title, (Paragraph("All settings are the same."),))
    head = ("setting", *(shorten(one.name, 30) for one in every))
    return Section("settings", title, (table(head, rows),))


def _value(value: Any) -> str:
    if value in (None, "", [], {}):
        return NOTHING
    if isinstance(value, dict):
        value = [f"{key}={item}" for key, item in value.items()]
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
