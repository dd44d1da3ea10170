"""The ten points of a fair comparison, each checked on the study as it was run."""

from dataclasses import dataclass

from bocage.features import COORDINATES
from bocage.study._study import Answer, Study


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the protocol; `passed` is None where it does not apply."""

    number: int
    name: str
    passed: bool | None
    why: str


def protocol_points(study: Study, found: Answer) -> tuple[Point, ...]:
    """Check the ten points of the protocol on what was planned and run."""
    task, split = study.task, study.split
    records = [r for m in study.methods for d in split.domains for b in study.budgets
               for r in found.results.records(m, d, b)]  # fmt: skip
    counted = {(r.fold, r.budget, r.repeat): set[int]() for r in records}
    for r in records:
        counted[r.fold, r.budget, r.repeat].add(r.n_train)
    same = all(len(sizes) == 1 for sizes in counted.values())
    spatial = any(f.regime in {"out", "local"} for f in split.folds)
    random = any(f.regime == "random" for f in split.folds)
    costed = bool(records) and all(r.n_bytes > 0 and r.fit_seconds >= 0 for r in records)
    plain = [
        m.name
        for m in study.methods
        if m.strategy == "shallow"
        and m.inputs != (COORDINATES,)
        and all(n in task.inputs and task.inputs[n].modality != "embedding" for n in m.inputs)
    ]
    hybrid = [m.name for m in study.methods if len(m.inputs) > 1 and COORDINATES not in m.inputs]
    filled = all(
        any(found.results.records(m, d, b) for d in split.domains)
        for m in study.methods
        for b in study.budgets
    )
    curved = len(study.budgets) > 1 and filled
    drop = any(found.drops.values())
    tuned = [m for m in study.methods if not m.is_control and m.fixed is None]
    # Controls are there to be beaten: nobody gains by what they are told.
    fixed = [m.name for m in study.methods if m.fixed is not None and not m.is_control]
    groups = len(split.groups) > 1
    nets = any(m.trains_network for m in study.methods)
    recipe = (
        f"at most {study.protocol.recipe.epochs} epochs, with few labels as many as give "
        f"{study.protocol.recipe.steps} steps, the number chosen on the same folds"
    )
    return (
        Point(
            1,
            "fixed label budgets",
            same and bool(records),
            f"{', '.join(str(b) for b in study.budgets)}; every method saw the same labels"
            if same
            else "methods saw different numbers of labels in one cell",
        ),
        Point(
            2,
            "fixed spatial split, random only as a check",
            spatial and random,
            f"split {split.key[:8]} for all methods; random shown as a sanity check",
        ),
        Point(
            3,
            "fixed preprocessing",
            True,
            "scaling declared on each input and learned on training labels only",
        ),
        Point(
            4,
            "equal tuning on a validation region",
            not fixed,
            f"up to {_number(study.protocol.trials, 'trial')} for each of {len(tuned)} methods on "
            "grouped inner folds within the budget"
            + (f"; networks: {recipe}" if nets else "")
            + (f"; fixed by the user: {', '.join(fixed)}" if fixed else ""),
        ),
        Point(
            5, "parameters and cost", costed, "labels, parameters, seconds, memory, bytes to ship"
        ),
        Point(
            6,
            "a traditional baseline",
            bool(plain),
            ", ".join(plain) or "no head on plain measurements: add an input such as s2='B*'",
        ),
        Point(
            7,
            "a hybrid baseline",
            bool(hybrid),
            ", ".join(hybrid) or "no method stacks two inputs, such as aef+s2:logistic",
        ),
        Point(
            8,
            "a few-shot curve for every method",
            curved,
            _number(len(study.budgets), "budget")
            + ("" if filled else "; some methods have blank cells at every place of a budget"),
        ),
        Point(
            9,
            "drop out of domain",
            drop if groups else None,
            _drop_words(groups=groups, drop=drop),
        ),
        Point(10, "errors on a map", bool(records), "test samples of every place"),
    )


def _number(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def _drop_words(*, groups: bool, drop: bool) -> str:
    if drop:
        return "in - out and local - out, paired"
    if not groups:
        return "no groups are left out"
    return "groups are too small to be cut into blocks: nothing was tested within them"
