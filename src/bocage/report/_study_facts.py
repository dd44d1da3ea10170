"""What a study cost, what stayed blank, and how to repeat it."""

import math
from collections import Counter
from collections.abc import Sequence
from statistics import fmean, median

from bocage.core import listed
from bocage.report._content import MethodCost
from bocage.report._format import DOMAINS
from bocage.report._reproduction import Blank, Reproduction
from bocage.splits import Budget, Fold
from bocage.study import Answer, Drawn, Study, environment


def costs_of(study: Study, found: Answer, place: str) -> tuple[MethodCost, ...]:
    made = []
    for method in study.methods:
        for budget in study.budgets:
            records = found.results.records(method, place, budget)
            if not records:
                continue
            made.append(
                MethodCost(
                    method=method.name,
                    budget=str(budget),
                    n_labels=fmean(r.n_train for r in records),
                    n_parameters=median(r.n_encoder + r.n_decoder + r.n_head for r in records),
                    n_trainable=median(r.n_trained for r in records),
                    fit_seconds=median(r.fit_seconds for r in records),
                    predict_seconds=median(
                        1000 * r.predict_seconds / max(1, sum(r.sizes)) for r in records
                    ),
                    peak_mebibytes=max(r.peak_megabytes for r in records),
                    artifact_bytes=median(r.n_bytes for r in records),
                    device="CPU" if all(math.isnan(r.gpu_megabytes) for r in records) else "GPU",
                )
            )
    return tuple(made)


def blank_cells(study: Study) -> tuple[Blank, ...]:
    """Put cells that can't be drawn together: a line for each budget and class that is short."""
    lines: dict[tuple[Budget, str, str], list[tuple[Fold, int]]] = {}
    for cell in study.plan.blanks:
        fold = study.split.folds[cell.fold]
        if cell.is_copy:
            lines.setdefault((cell.budget, cell.reason, "copy"), []).append((fold, 0))
        elif cell.short:
            for short in cell.short:
                lines.setdefault((cell.budget, short.name, "short"), []).append((fold, short.n))
        else:
            why = cell.reason.removesuffix(f" in {fold.name}")
            lines.setdefault((cell.budget, why, "other"), []).append((fold, 0))
    made = []
    for (budget, what, sort), cells in sorted(lines.items(), key=lambda pair: pair[0][0].amount):
        regimes = dict.fromkeys(fold.regime for fold, _ in cells)
        groups = sorted({fold.held_out for fold, _ in cells if fold.held_out})
        reason = _short(budget, what, [n for _, n in cells]) if sort == "short" else what
        # What no fold of a regime can fill is true of all groups.
        if groups and sort != "copy":
            reason += f" ({listed(groups)})"
        made.append(Blank("all methods", str(budget), ", ".join(regimes), reason, len(cells)))
    return tuple(made)


def blanks_of(study: Study, found: Answer) -> tuple[Blank, ...]:
    """List what stays blank: cells that can't be drawn, and runs that failed."""
    failed: Counter[tuple[str, str, str, str]] = Counter()
    for record in found.results.failed:
        failed[record.method, record.budget, record.fold, f"failed: {record.reason}"] += 1
    return (*blank_cells(study), *(Blank(*key, count=count) for key, count in failed.items()))


def _short(budget: Budget, name: str, there: Sequence[int]) -> str:
    least, most = min(there), max(there)
    span = "" if least == most else f"{least} to "
    of = f"{name}: " if name else ""
    return f"{of}{span}{budget.counted(most)} in a fold, not {budget.amount:g}"


def drawn_of(found: Answer) -> tuple[Drawn, ...]:
    """Choose the domains whose labels the page tabulates, where they have scores."""
    return tuple(
        drawn
        for (domain, budget), drawn in found.drawn.items()
        if domain in DOMAINS
        and domain != "in"
        and not drawn.n_blank
        # Of a study that is under way: what it has not come to says nothing yet.
        and (not found.tallies or (domain, budget) in found.tallies)
    )


def recipe_of(study: Study, command: str) -> Reproduction:
    return Reproduction(
        command=command or f"bocage compare {study.folder / 'study.yaml'}",
        settings=study.settings.to_yaml(),
        versions=tuple(environment(study.methods).items()),
        seeds=f"{study.protocol.seed}: draws, folds and models follow from it and from content",
        split_key=study.split.key,
        source=study.task.source,
        licence=study.task.licence,
    )
