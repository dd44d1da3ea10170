"""What a study cost, what stayed blank, and how to repeat it."""

import math
from collections import Counter
from collections.abc import Sequence
from statistics import median

from bocage.report._content import Cost
from bocage.report._evidence import DrawnRow
from bocage.report._recipe import Blank, Recipe
from bocage.study import Answer, Cell, Study, environment


def costs_of(study: Study, found: Answer, place: str) -> tuple[Cost, ...]:
    made = []
    for method in study.methods:
        for budget in study.budgets:
            records = found.results.records(method, place, budget)
            if not records:
                continue
            made.append(
                Cost(
                    method=method.name,
                    budget=str(budget),
                    n_labels=median(r.n_train for r in records),
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


def blanks_of(study: Study, found: Answer) -> tuple[Blank, ...]:
    """Put blank cells together by group and budget, a line for each class that falls short."""
    cells: dict[tuple[str, str, str, str], list[Cell]] = {}
    for cell in study.plan.blanks:
        fold = study.split.folds[cell.fold]
        why = "" if cell.short and not cell.is_copy else cell.reason.replace(f" in {fold.name}", "")
        # What no fold of a regime can fill is said once, not group by group.
        group = "" if cell.is_copy else fold.held_out
        cells.setdefault((group, str(cell.budget), fold.regime, why), []).append(cell)
    # `local` and `both` draw from the same labels.
    regimes: dict[tuple[str, str, str], list[str]] = {}
    counts: Counter[tuple[str, str, str]] = Counter()
    for (group, budget, regime, why), some in cells.items():
        for reason in [why] if why else _lacking(some):
            regimes.setdefault((group, budget, reason), []).append(regime)
            counts[group, budget, reason] += len(some)
    made = [
        Blank("all methods", budget, f"{', '.join(names)} {group}".strip(), reason, n)
        for ((group, budget, reason), names), n in zip(
            regimes.items(), counts.values(), strict=True
        )
    ]
    failed: Counter[tuple[str, str, str, str]] = Counter()
    for record in found.results.failed:
        failed[record.method, record.budget, record.fold, f"failed: {record.reason}"] += 1
    return (*made, *(Blank(*key, count=count) for key, count in failed.items()))


def _lacking(cells: Sequence[Cell]) -> list[str]:
    """Say what the cells of one group and budget lack, class by class, the rarest first."""
    budget = cells[0].budget
    there: dict[str, list[int]] = {}
    for cell in cells:
        for short in cell.short:
            there.setdefault(short.name, []).append(short.n)
    return [
        f"{name}: " * bool(name)
        + f"{_from_to(min(n), max(n))} {budget.noun} in a fold, not {budget.amount:g}"
        for name, n in sorted(there.items(), key=lambda pair: min(pair[1]))
    ]


def _from_to(least: int, most: int) -> str:
    return f"{least}" if least == most else f"{least} to {most}"


def drawn_of(found: Answer) -> tuple[DrawnRow, ...]:
    """Tabulate how many labels every budget got."""
    return tuple(
        DrawnRow(domain, budget, d.mean, d.low, d.high, d.a_class, d.shortfall, d.sentence)
        for (domain, budget), d in found.drawn.items()
        if domain in {"out", "local", "both", "random"} and not d.n_blank
    )


def recipe_of(study: Study, command: str) -> Recipe:
    return Recipe(
        command=command or f"bocage compare {study.folder / 'study.yaml'}",
        settings=study.settings.to_yaml(),
        versions=tuple(environment().items()),
        seeds=f"{study.protocol.seed}: draws, folds and models follow from it and from content",
        split_key=study.split.key,
        source=study.task.source,
        licence=study.task.licence,
    )
