"""The first half of the page: the answer, the curves, the drops, what labels are worth."""

import math
from collections.abc import Mapping

from bocage.core import counted, listed, mean_count, rounded_up
from bocage.report._content import ReportContent, Score
from bocage.report._curves import curves
from bocage.report._drops import change, drop_budget, drops
from bocage.report._format import (
    BEFORE,
    NOTHING,
    domain_words,
    figure,
    first_upper,
    metric_name,
    number,
    size,
)
from bocage.report._label_counts import labels_drawn
from bocage.report._loss_words import alike_in_words, lost
from bocage.report._parts import (
    Collapsible,
    FigureBox,
    Paragraph,
    Part,
    Section,
    TableCell,
    name,
    num,
    span,
    table,
)
from bocage.study import NEARLY, BudgetLine, Cost, Verdict

WHERE = {
    "out": "no labels from the place itself",
    "local": "labels from the place itself",
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
        facts.append(("Best that can be recommended" if beaten else "Highest score", verdict.best))
        most = rounded_up(verdict.shown.upper)
        if math.isfinite(most) and sum(not loss.control for loss in verdict.losses) > 1:
            other = "Another that can be recommended" if beaten else "Another method"
            facts.append((f"{other} may be better by", f"at most {number(most)}"))
    else:
        facts.append((f"Loss against {verdict.best}", figure(lost(verdict.shown))))
    facts.append(("Margin", number(verdict.margin)))
    if line.cost:
        facts.append(("Cost", _cost(content, line.cost)))
    if verdict.ties:
        facts.append(("Equally cheap", ", ".join(verdict.ties)))
    facts.append(("Confidence intervals (95 %)", _speaks_of(content, verdict)))
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
    return f"for {f'this {noun.one}' if n == 1 else f'these {n} {noun.many}'} only"


def answers(content: ReportContent) -> Section:
    """Tabulate the verdict of every place and budget."""
    rows = []
    names = {budget.label: str(budget) for budget in content.budgets}
    for line in content.lines:
        v = line.verdict
        if v.status == "decided":
            answer = name(v.chosen, strong=True)
        elif v.status == "alike":
            answer = TableCell(v.chosen, alike_in_words(v), tone="names")
        else:
            answer = TableCell(v.status if v.status == "undecided" else "no verdict", tone="quiet")
        rows.append(
            [
                name(v.where),
                name(names[v.budget]),
                answer,
                span(line.score if v.chosen else None),
                TableCell("highest score", tone="num quiet")
                if v.chosen == v.best
                else span(lost(v.shown) if v.chosen else None),
                TableCell(", ".join(v.qualifiers) or NOTHING, tone="names"),
                TableCell(_cost(content, line.cost) if line.cost else NOTHING, tone="keep"),
            ]
        )
    head = ("place", "budget", "recommended", metric_name(content.metric), "loss against the best")
    margin = next((line.verdict.margin for line in content.lines), math.nan)
    words = Paragraph(
        "The cheapest method whose loss against the best has an upper 95 % bound below the margin "
        f"({number(margin)}), simultaneously over all methods, is recommended. The method with the "
        "highest score is not, while a cheaper one may do as well: the cheaper one is, if it is "
        "not "
        f"shown to lose more than the margin and its bound is below {number(NEARLY * margin)}; "
        "otherwise the verdict is undecided.",
        "quiet",
    )
    made = table((*head, "within the margin, cheapest first", "its cost"), rows)
    return Section("budgets", "Verdict at every budget", (words, made) if rows else ())


def curve_section(content: ReportContent) -> Section:
    """Draw the curves, and tabulate the main score of every method."""
    drawn = curves(content)
    if not drawn:
        return Section("curves", "Learning curves")
    caption = (
        f"{first_upper(metric_name(content.metric))} against the label budget, which includes the "
        "labels for hyperparameter tuning. Shaded: 95 % confidence intervals. Grey: baselines and "
        "controls. Random folds put neighbouring samples on both sides of the split: for clustered "
        "labels this is too optimistic about a map, for a random sample of its area it is not. If "
        "places have several samples, these are assigned to folds one by one, as is usual "
        "(random), and place by place (random-units)."
    )
    shown = [s for s in content.scores if s.metric == content.metric]
    sign = content.sign
    floor = min((sign * s.score.value for s in shown if s.method == "prior"), default=math.inf)
    if floor < sign * content.chance - 0.01:
        caption += (
            " The class prior scores below chance if the held-out blocks contain much of one "
            "class: "
            "the most frequent class of the training samples is then another one."
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
            words = domain_words(domain, folds_given=content.folds_given)
            parts.append(Collapsible(f"Scores: {domain} ({words})", made))
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
        return Section("figures", "All scores")
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
    words = Paragraph(f"Place {where}, {content.at.label}.{_averaged(content, shown)}", "quiet")
    made = table(("method", *(metric_name(x) for x in metrics)), rows)
    title = f"{counted(len(metrics), 'score')} of {counted(len(rows), 'method')}"
    return Section("figures", "All scores", (words, Collapsible(title, made)))


def _averaged(content: ReportContent, shown: Mapping[tuple[str, str], Score]) -> str:
    """Say what the figures are averaged over; nothing where all is one place."""
    if len(content.groups) < 2:  # noqa: PLR2004
        return ""
    named = (metric_name(s.metric.removesuffix(BEFORE)) for s in shown.values() if s.by_fold)
    folds = list(dict.fromkeys(named))
    text = f" Scores are averaged over {content.noun.many} with equal weight"
    if not folds:
        return f"{text}."
    return (
        f"{text}; {listed(folds, len(folds))} over the folds into which {content.noun.many} are "
        "merged, as these are computed from all samples of a fold."
    )


def drop_section(content: ReportContent) -> Section:
    """Draw how much worse scores get, and tabulate it for every budget."""
    drawn = drops(content)
    title = "Drop in score" if content.sign > 0 else "Increase in error"
    if not drawn:
        return Section("drops", title)
    largest = drop_budget(content)
    one_spread = ""
    if content.metric == "r2":
        one_spread = (
            " R² at both ends relates errors to the variance over the places left out, so that a "
            "start may differ from the score above."
        )
    parts: list[Part] = [
        FigureBox(
            drawn,
            f"With {budget_label(content, largest)}. in → out: the same models, tested on held-out "
            f"blocks of the {content.noun.many} they were trained on and on a left-out "
            f"{content.noun.one}. local → out: the same {content.noun.one}, with labels from the "
            f"{content.noun.one} itself and with labels from elsewhere. The first alone would not "
            f"distinguish a difficult {content.noun.one} from a poor transfer. Open mark: start; "
            "right: change with its 95 % confidence interval." + one_spread,
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
    parts.append(Collapsible("Drops at every budget", table(head, rows)))
    return Section("drops", title, tuple(parts))


def worth_section(content: ReportContent) -> Section:
    """Say how many local labels all labels from elsewhere are worth."""
    parts: list[Part] = []
    if content.worth_sentence:
        parts.append(Paragraph(content.worth_sentence, "big"))
    if content.worth:
        rows = [
            [
                name(w.method),
                span(w.elsewhere),
                TableCell(w.answer if w.is_open else f"{w.answer} {w.unit}", w.range),
            ]
            for w in content.worth
        ]
        head = (
            "method",
            "score with all labels from elsewhere",
            f"equivalent number of local {content.label_word}",
        )
        made = table(head, rows)
        parts.append(Collapsible("Method by method", made) if content.worth_sentence else made)
    return Section("worth", "Value of labels from elsewhere", tuple(parts))
