"""From a study to the values that its page shows."""

import math
from collections.abc import Sequence
from statistics import fmean

import numpy as np

from bocage.core import counted, listed
from bocage.methods import Method
from bocage.metrics import chance_level, too_good
from bocage.report._content import MethodRow, ReportContent, Score
from bocage.report._evidence import PlaceScores
from bocage.report._study_agreement import confusion_of, observed_of, ranking_of
from bocage.report._study_evidence import (
    block_sizes_of,
    class_scores_of,
    errors_of,
    fold_rows,
    object_scores_of,
    reliability_of,
    split_panels,
    value_scores_of,
)
from bocage.report._study_facts import blanks_of, costs_of, drawn_of, recipe_of
from bocage.report._study_use import held_out_words, split_words, use_of
from bocage.splits import Budget
from bocage.stats import Estimate
from bocage.study import (
    Answer,
    BudgetLine,
    Study,
    all_figures,
    answer,
    group_scores,
    protocol_points,
)


def content_of(study: Study, *, command: str = "") -> ReportContent:
    """Gather what the page of a study shows.

    Parameters
    ----------
    study : Study
        With some of its runs done; cells without results stay blank.
    command : str
        Command line that repeats it.
    """
    found = answer(study)
    task, split = study.task, study.split
    place = study.where
    lines = found.lines.get(place, ())
    chosen = _asked(study, lines)
    shown = _shown_method(study, chosen)
    full = _largest(study, found, place)
    at = _budget_of(study, chosen) if chosen else full
    return ReportContent(
        title=task.title,
        kind=task.kind,
        figure=study.metric,
        methods=tuple(
            MethodRow(m.name, "+".join(m.inputs), m.model, m.strategy, m.is_control)
            for m in study.methods
        ),
        budgets=study.budgets,
        scores=_scores(study, found),
        recipe=recipe_of(study, command),
        summary=f"{_summary(study)}; {counted(len(study.methods), 'method')}",
        synthetic=task.synthetic,
        unfinished=study.unfinished,
        # What limits the answer stands first: many notes are folded.
        notes=(
            *_nothing_to_advise(study),
            *_chosen(study),
            *_too_good(chosen),
            *_random_only(study),
            *_modalities(study),
            *study.notes,
        ),
        classes=task.classes,
        groups=split.groups,
        noun=study.noun,
        place=place,
        asked=chosen,
        lines=(*found.lines.get("out", ()), *found.lines.get("local", ())),
        label_word=study.counted,
        shown=shown.name,
        chance=chance_level(study.metric.name, np.full(task.n_classes, 1 / task.n_classes))
        if task.kind.classifies_samples and study.metric.index < 0
        else math.nan,
        drops=found.drops,
        worth=found.worth,
        costs=costs_of(study, found, place),
        reliability=reliability_of(study, found, place, at),
        class_scores=class_scores_of(study, found, shown, place, at),
        confusion=confusion_of(study, found, shown, place, at),
        ranking=ranking_of(study, found, shown, place, at),
        observed=observed_of(study, found, shown, place, at),
        by=study.settings.by,
        value_scores=value_scores_of(study, found, place),
        object_scores=object_scores_of(study, found, place, at),
        errors=errors_of(study, found, shown, place, at),
        split_name=split_words(study),
        folds_given=bool(study.split.given),
        use=use_of(study),
        split_panels=split_panels(study),
        folds=fold_rows(study),
        degraded=split.degraded,
        split_notes=split.notes,
        block_sizes=block_sizes_of(study, found),
        protocol=protocol_points(study, found),
        blanks=blanks_of(study, found),
        drawn=drawn_of(found),
        largest=full,
        by_place=_by_place(study, found, place, chosen),
    )


def _largest(study: Study, found: Answer, place: str) -> Budget:
    """Return the largest budget with finished runs; the largest of all where there are none."""
    done = [budget for budget in study.budgets if (place, str(budget)) in found.tallies]
    return done[-1] if done else study.budgets[-1]


def _by_place(
    study: Study, found: Answer, place: str, line: BudgetLine | None
) -> tuple[PlaceScores, ...]:
    tally = found.tallies.get((place, str(_budget_of(study, line))))
    if tally is None or len(tally.groups) < len(study.split.groups):
        return ()
    table = group_scores(tally, study.metric)
    return tuple(
        PlaceScores(method, tuple(row))
        for method, row in zip(tally.methods, table.tolist(), strict=True)
    )


def split_content(study: Study, *, command: str = "") -> ReportContent:
    """Gather what the page of a split shows: its map and its diagnostics, before any run."""
    return ReportContent(
        title=f"Split of {study.task.title}",
        kind=study.task.kind,
        figure=study.metric,
        methods=(),
        budgets=(),
        scores=(),
        recipe=recipe_of(study, command),
        summary=_summary(study),
        synthetic=study.task.synthetic,
        notes=study.notes,
        classes=study.task.classes,
        groups=study.split.groups,
        noun=study.noun,
        split_name=split_words(study),
        folds_given=bool(study.split.given),
        use=use_of(study),
        split_panels=split_panels(study),
        folds=fold_rows(study),
        degraded=study.split.degraded,
        split_notes=study.split.notes,
    )


def _asked(study: Study, lines: Sequence[BudgetLine]) -> BudgetLine | None:
    """Choose the verdict that is drawn large: the budget asked for, else the largest."""
    if study.settings.at:
        wanted = [b.label for b in study.budgets if str(b) == study.settings.at]
        return next((line for line in lines if line.budget in wanted), None)
    return lines[-1] if lines else None


def _budget_of(study: Study, line: BudgetLine | None) -> Budget:
    return next((b for b in study.budgets if line and b.label == line.budget), study.budgets[-1])


def _shown_method(study: Study, line: BudgetLine | None) -> Method:
    name = line.method if line else ""
    heads = [m for m in study.methods if not m.is_control] or list(study.methods)
    return next((m for m in study.methods if m.name == name), heads[0])


def _scores(study: Study, found: Answer) -> tuple[Score, ...]:
    """Give every figure of every method that has all its runs, the main one with its interval."""
    made = []
    results, main = found.results, study.metric.name
    named = {str(budget): budget for budget in study.budgets}
    for (domain, size), resamples in found.resamples.items():
        if domain.startswith("local-"):
            continue
        budget = named[size]
        figures = all_figures(results, study.floors, domain, budget)
        repeats = results.n_repeats(domain, budget)
        for method in (m for m in study.methods if m.name in resamples.methods):
            name = method.name
            labels = fmean(record.n_labels for record in results.records(method, domain, budget))
            about = labels, repeats
            head = resamples.estimate(name)
            if main not in figures[name]:
                made.append(Score(name, size, domain, main, head, *about))
            for metric, figure in figures[name].items():
                value = head if metric == main else Estimate(figure.value)
                made.append(Score(name, size, domain, metric, value, *about, figure.by_fold))
    return tuple(made)


def _summary(study: Study) -> str:
    task = study.task
    what = counted(len(task.classes), "class") if task.classes else "a number"
    return f"{len(task):,} {task.kind.units}, {what}, {held_out_words(study)}"


def _modalities(study: Study) -> tuple[str, ...]:
    used = {name for method in study.methods for name in method.inputs}
    kinds = {item.modality for name, item in study.task.inputs.items() if name in used}
    if len(kinds) < 2:  # noqa: PLR2004
        return ()
    listed = ", ".join(sorted("other" if kind == "unknown" else kind for kind in kinds))
    text = (
        f"methods differ in the inputs that they read ({listed}), and with these in sensors and "
        "perhaps in years: a difference between such methods can't be attributed to the "
        "architecture of their models"
    )
    return (text,)


def _nothing_to_advise(study: Study) -> tuple[str, ...]:
    """Say why there is no verdict where all methods are floors and controls."""
    barred = {*study.floors, *study.controls_at(study.where)}
    if any(method.name not in barred for method in study.methods):
        return ()
    names = listed([method.name for method in study.methods], 4)
    text = (
        f"no verdict: only baselines and controls were run ({names}), which are never recommended; "
        "add a method that uses features with --methods"
    )
    return (text,)


def _chosen(study: Study) -> tuple[str, ...]:
    """Name inputs whose columns have seen labels, perhaps those that are tested here."""
    return tuple(
        f"the columns of {name} were selected using labels ({file}): if these include the "
        f"labels of "
        "this study, its scores are optimistic everywhere"
        for name, file in study.settings.chosen.items()
    )


def _random_only(study: Study) -> tuple[str, ...]:
    """Name the networks of which nothing here has ever been pretrained."""
    frozen = [e for m in study.methods if m.training != "scratch" for e in m.encoded]
    found = {
        weights: {e.backbone for e in frozen if e.weights == weights}
        for weights in ("random", "pretrained")
    }
    names = sorted(found["random"] - found["pretrained"])
    words = "its scores say nothing about the published, pretrained network"
    return tuple(f"{name} was run with random weights only: {words}" for name in names)


def _too_good(line: BudgetLine | None) -> tuple[str, ...]:
    if line is None or line.verdict.metric != "balanced_accuracy":
        return ()
    return too_good(line.score.value)
