"""What a study cost, what stayed blank, and how to repeat it."""

import math
from collections import Counter
from statistics import median

from bocage.report._content import Cost
from bocage.report._recipe import Blank, Recipe
from bocage.study import Answer, Study, environment


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
    counts: Counter[tuple[str, str, str, str]] = Counter()
    for cell in study.plan.blanks:
        regime = study.split.folds[cell.fold].regime
        counts["all methods", str(cell.budget), regime, cell.reason] += 1
    for record in found.results.failed:
        counts[record.method, record.budget, record.fold, f"failed: {record.reason}"] += 1
    return tuple(Blank(*key, count=count) for key, count in counts.items())


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
