"""The first half of the page: the answer, the curves, the drops, what labels are worth."""

import math
from collections.abc import Mapping

from bocage.core import counted, listed, mean_count, rounded_up
from bocage.report._content import ReportContent, Score
from bocage.report._curves import curves
from bocage.report._drawn import labels_drawn
from bocage.report._drops import change, drop_budget, drops
from bocage.report._format import (
    BEFORE,
    DOMAINS,
    NOTHING,
    figure,
    first_upper,
    metric_name,
    number,
    size,
)
from bocage.report._loss_words import alike_in_words, lost
from bocage.report._parts import (
    Cell,
    FigureBox,
    Fold,
    Part,
    Section,
    Words,
    name,
    num,
    span,
    table,
)
from bocage.study import NEARLY, BudgetLine, Cost, Verdict

WHERE = {
    "out": "no labels of its own",
    "local": "labels of its own",
}
"""The places that a verdict can be asked for, in words."""


def budget_label(content: ReportContent, budget: str) -> str:
    """Write a budget in words."""
    return next((row.label for row in content.budgets if str(row) == budget), budget)


def verdict_facts(content: ReportContent, line: BudgetLine) -> list[tuple[str, str]]:
    """Say what a verdict stands on, as pairs of term and value."""
    verdict, metric = line.verdict, metric_name(content.metric)
    facts = [
        ("Place", f"{verdict.where}: {WHERE.get(verdict.where, verdict.where)}"),
        ("Budget", verdict.budget),
    ]
    if verdict.chosen:
        facts.append((metric[:1].upper() + metric[1:], figure(line.score)))
    if verdict.chosen in {"", verdict.best}:
        beaten = any(loss.loss < 0 for loss in verdict.losses)
        facts.append(("Best that may be advised" if beaten else "Best score", verdict.best))
        most = rounded_up(verdict.shown.upper)
        if math.isfinite(most) and sum(not loss.control for loss in verdict.losses) > 1:
            other = "Another that may be advised" if beaten else "Another"
            facts.append((f"{other} may be better by", f"at most {number(most)}"))
    else:
        facts.append((f"Loss against {verdict.best}", figure(lost(verdict.shown))))
    facts.append(("Margin", number(verdict.margin)))
    if line.cost:
        facts.append(("Cost", _cost(content, line.cost)))
    if verdict.ties:
        facts.append(("As cheap", ", ".join(verdict.ties)))
    facts.append(("95 % intervals", _speaks_of(content, verdict)))
    return facts


def _cost(content: ReportContent, cost: Cost) -> str:
    return (
        f"{mean_count(cost.labels)} {content.label_word}, {size(cost.size)}, {cost.seconds:.2g} s"
    )


def _speaks_of(content: ReportContent, verdict: Verdict) -> str:
    """Say which places the intervals speak of."""
    noun, n = content.noun, verdict.n_groups
    if not verdict.conditional:
        return f"for {noun.many} like these {n}"
    return f"conditional on {f'this {noun.one}' if n == 1 else f'these {n} {noun.many}'}"


def answers(content: ReportContent) -> Section:
    """Tabulate the verdict of every place and budget."""
    rows = []
    names = {budget.label: str(budget) for budget in content.budgets}
    for line in content.lines:
        v = line.verdict
        if v.status == "decided":
            answer = name(v.chosen, strong=True)
        elif v.status == "alike":
            answer = Cell(v.chosen, alike_in_words(v), tone="names")
        else:
            answer = Cell(v.status if v.status == "undecided" else "no verdict", tone="quiet")
        rows.append(
            [
                name(v.where),
                name(names[v.budget]),
                answer,
                span(line.score if v.chosen else None),
                Cell("is the best", tone="num quiet")
                if v.chosen == v.best
                else span(lost(v.shown) if v.chosen else None),
                Cell(", ".join(v.qualifiers) or NOTHING, tone="names"),
                Cell(_cost(content, line.cost) if line.cost else NOTHING, tone="keep"),
            ]
        )
    head = ("place", "budget", "take", metric_name(content.metric), "loss to the best")
    margin = next((line.verdict.margin for line in content.lines), math.nan)
    words = Words(
        "Take the cheapest method whose loss against the best has an upper 95 % bound below the "
        f"margin ({number(margin)}), all methods considered. That is not the best score itself as "
        "long as a cheaper method may do as well: then that one, as it can't be told apart, if its "
        f"bound is below {number(NEARLY * margin)}; else undecided.",
        "quiet",
    )
    made = table((*head, "within the margin, cheapest first", "cost of the one to take"), rows)
    return Section("budgets", "The answer at every budget", (words, made) if rows else ())


def curve_section(content: ReportContent) -> Section:
    """Draw the curves, and tabulate the main score of every method."""
    drawn = curves(content)
    if not drawn:
        return Section("curves", "Few-shot curves")
    caption = (
        f"{first_upper(metric_name(content.metric))} against the label budget, tuning "
        "included in the budget. Bands: 95 % intervals. Grey: floors and controls, there to "
        "be beaten. Random folds put neighbours on both sides: where labels stand in clusters that "
        "overstates a map, where they are a random sample of its area it does not; where places "
        "have several samples, these are dealt one by one as most papers do (random), and place by "
        "place (random-units)."
    )
    shown = [s for s in content.scores if s.metric == content.metric]
    sign = content.sign
    floor = min((sign * s.score.value for s in shown if s.method == "prior"), default=math.inf)
    if floor < sign * content.chance - 0.01:
        caption += (
            " The class prior falls below chance where blocks are held out that hold much of one "
            "class: the commonest class among the rest is then another one."
        )
    parts: list[Part] = [FigureBox(drawn, caption), *labels_drawn(content)]
    for domain in ("out", "local", "both", "in", "random", "random-units"):
        found = {(s.method, s.budget): s for s in shown if s.domain == domain}
        budgets = [b for b in map(str, content.budgets) if any(k[1] == b for k in found)]
        rows = [
            [
                name(m.name),
                *(
                    span(found[m.name, b].score) if (m.name, b) in found else num(NOTHING)
                    for b in budgets
                ),
            ]
            for m in content.methods
            if any(k[0] == m.name for k in found)
        ]
        if rows:
            made = table(("method", *budgets), rows)
            parts.append(Fold(f"Figures: {domain} ({DOMAINS[domain]})", made))
    return Section("curves", "Score against labels", tuple(parts))


def figures_section(content: ReportContent) -> Section:
    """Tabulate all figures at the verdict's place and budget."""
    verdict = content.verdict
    where, budget = content.place, str(content.at)
    shown = {
        (s.method, s.metric): s
        for s in content.scores
        if (s.domain, s.budget) == (where, budget) and ":" not in s.metric
    }
    metrics = list(dict.fromkeys(key[1] for key in shown))
    if len(metrics) < 2:  # noqa: PLR2004
        return Section("figures", "All figures")
    rows = [
        [
            name(m.name, strong=bool(verdict and m.name == verdict.chosen)),
            *(
                num(number(shown[m.name, x].score.value)) if (m.name, x) in shown else num(NOTHING)
                for x in metrics
            ),
        ]
        for m in content.methods
        if any(key[0] == m.name for key in shown)
    ]
    words = Words(f"Place {where}, {content.at.label}.{_averaged(content, shown)}", "quiet")
    made = table(("method", *(metric_name(x) for x in metrics)), rows)
    title = f"{counted(len(metrics), 'score')} of {counted(len(rows), 'method')}"
    return Section("figures", "All figures", (words, Fold(title, made)))


def _averaged(content: ReportContent, shown: Mapping[tuple[str, str], Score]) -> str:
    """Say what the figures are averaged over; nothing where all is one place."""
    if len(content.groups) < 2:  # noqa: PLR2004
        return ""
    named = (metric_name(s.metric.removesuffix(BEFORE)) for s in shown.values() if s.by_fold)
    folds = list(dict.fromkeys(named))
    text = f" Figures are averaged over {content.noun.many}, each of them once"
    if not folds:
        return f"{text}."
    return (
        f"{text}; {listed(folds, len(folds))} over the folds that {content.noun.many} are merged "
        "into, as these are of all samples of a fold."
    )


def drop_section(content: ReportContent) -> Section:
    """Draw how much worse scores get, and tabulate it for every budget."""
    drawn = drops(content)
    title = "How far the score falls" if content.sign > 0 else "How far the error rises"
    if not drawn:
        return Section("drops", title)
    largest = drop_budget(content)
    one_spread = ""
    if content.metric == "r2":
        one_spread = (
            " Errors of both ends are held against the spread of the places left out, so that a "
            "start may differ from the score above."
        )
    parts: list[Part] = [
        FigureBox(
            drawn,
            f"With {budget_label(content, largest)}. in → out: the same models, on what was held "
            f"back of places they know and in a left-out {content.noun.one}. local → out: the "
            "same place, with labels of its own and with labels from elsewhere. The first alone "
            "would confuse a hard place with a bad transfer. Open mark: start; right: change with "
            "its 95 % interval." + one_spread,
        )
    ]
    rows = [
        [
            name(d.method),
            name(budget),
            name(f"{d.start} → {d.end}"),
            span(d.start_score),
            span(d.end_score),
            span(change(d.drop, content.sign), sign=True),
        ]
        for budget, fallen in content.drops.items()
        for d in fallen
    ]
    head = ("method", "budget", "from → to", "start", "end", "change")
    parts.append(Fold("Figures at every budget", table(head, rows)))
    return Section("drops", title, tuple(parts))


def worth_section(content: ReportContent) -> Section:
    """Say how many local labels all labels from elsewhere are worth."""
    parts: list[Part] = []
    if content.worth_sentence:
        parts.append(Words(content.worth_sentence, "big"))
    if content.worth:
        rows = [
            [
                name(w.method),
                span(w.elsewhere),
                Cell(w.answer if w.is_open else f"{w.answer} {w.unit}", w.range),
            ]
            for w in content.worth
        ]
        head = (
            "method",
            "score with all labels from elsewhere",
            f"local {content.label_word} that reach it",
        )
        made = table(head, rows)
        parts.append(Fold("Method by method", made) if content.worth_sentence else made)
    return Section("worth", "What labels from elsewhere are worth", tuple(parts))
