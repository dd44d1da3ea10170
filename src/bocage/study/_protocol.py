"""The ten points of a fair comparison, each checked on the study as it was run."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bocage.core import Input, counted, listed
from bocage.features import COORDINATES, INDICES, parse_input
from bocage.methods import HEADS, Method, Recipe, ShallowMethod
from bocage.study._answer import Answer
from bocage.study._plan import Protocol
from bocage.study._record import Record
from bocage.study._study import Study
from bocage.study._waits import Outcome, Waits, waits_of

ENOUGH_BUDGETS = 3
"""Two points are a line, and say nothing of where a curve flattens."""

EFFORT = Protocol(trials=4, recipe=Recipe(epochs=20, steps=100))
"""What a network gets at least, lest the comparison favour frozen methods: the defaults."""

STRONG = frozenset({"unet", "segformer"})
"""Networks that a traditional baseline is fair with, beside the heads that maps are made with."""


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the protocol.

    Attributes
    ----------
    number : int
    name : str
        What was tested.
    outcome : {"pass", "partly", "fail", "does not apply", "not yet run"}
        The last of a study that is under way, where what was run so far can't tell.
    why : str
    """

    number: int
    name: str
    outcome: Outcome
    why: str

    @property
    def passed(self) -> bool:
        """Whether the point is met in full."""
        return self.outcome == "pass"


def protocol_points(study: Study, found: Answer) -> tuple[Point, ...]:
    """Check the ten points of the protocol on what was planned and run.

    Parameters
    ----------
    study : Study
    found : Answer

    Returns
    -------
    tuple of Point
    """
    records = [r for m in study.methods for d in study.split.domains for b in study.budgets
               for r in found.results.records(m, d, b)]  # fmt: skip
    waits = waits_of(study, found, records)
    checks = (
        ("fixed label budgets", _budgets(study, records, waits)),
        ("fixed spatial split, random split only as a check", _split(study)),
        (
            "fixed preprocessing, as inputs declare it (units, years, patch size)",
            _inputs(study),
        ),
        ("equal and sufficient hyperparameter tuning on a validation region", _tuning(study)),
        ("parameters and cost", _costs(records, waits)),
        (
            "a traditional baseline: bands and indices with a strong model",
            _traditional(study),
        ),
        ("a hybrid baseline: an embedding combined with other measurements", _hybrid(study)),
        ("a few-shot curve for every method", _curves(study, found, waits)),
        ("drop in score out of domain", _drop(study, found, waits)),
        ("errors on a map", _errors(study, found, waits)),
    )
    return tuple(Point(n, name, *outcome) for n, (name, outcome) in enumerate(checks, 1))


def _budgets(study: Study, records: Sequence[Record], waits: Waits) -> tuple[Outcome, str]:
    counted: dict[tuple[str, str, int], set[int]] = {}
    for r in records:
        counted.setdefault((r.fold, r.budget, r.repeat), set()).add(r.n_train)
    if not counted:
        return waits.unless("fail", "no run is finished")
    uneven = [key for key, sizes in counted.items() if len(sizes) > 1]
    if uneven:
        fold, budget, _ = uneven[0]
        return "fail", f"methods saw different numbers of labels in {fold} at {budget}"
    seen = {r.budget for r in records}
    shown = ", ".join(str(b) for b in study.budgets if not waits.going or str(b) in seen)
    return waits.instead("pass", f"{shown}; every method saw the same labels")


def _split(study: Study) -> tuple[Outcome, str]:
    regimes = {fold.regime for fold in study.split.folds}
    if not regimes & {"out", "local"}:
        return "fail", "nothing is held out in space"
    key = study.split.key[:8]
    if study.split.leave == "none":
        return (
            "partly",
            f"split {key} for all methods; random folds, for a probability sample",
        )
    if study.split.given:
        return (
            "partly",
            (
                f"split {key} for all methods; its folds were given by {study.split.given}, and "
                "the notes of the split say whether they are apart in space"
            ),
        )
    if "random" not in regimes:
        return "partly", f"split {key} for all methods; no random split for comparison"
    return "pass", f"split {key} for all methods; random split as a sanity check"


def _used(study: Study) -> dict[str, Input]:
    """Return the inputs that some method reads, coordinates apart."""
    names = {parse_input(name).source for method in study.methods for name in method.inputs}
    return {name: item for name, item in study.task.inputs.items() if name in names}


def _inputs(study: Study) -> tuple[Outcome, str]:
    used = _used(study)
    if not used:
        return "fail", "no method reads an input"
    sides = {item.values.shape[-2:] for item in used.values() if item.form == "chips"}
    if len(sides) > 1:
        return "fail", f"chips of different sizes: {listed([f'{h} x {w}' for h, w in sides])}"
    years = {name: item.years for name, item in used.items() if item.years}
    if len(set(years.values())) > 1:
        told = [f"{name} {min(y)} to {max(y)}" for name, y in years.items()]
        return "fail", f"inputs describe different years: {listed(told)}"
    silent = sorted(name for name, item in used.items() if not item.years)
    unknown = sorted(name for name, item in used.items() if item.modality == "unknown")
    scaled = "scaling is fitted on training samples only"
    if silent or unknown:
        parts = ["years"] * bool(silent) + ["what was measured"] * bool(unknown)
        names = listed(sorted({*silent, *unknown}))
        return "partly", f"{names}: {' and '.join(parts)} not declared; {scaled}"
    return "pass", f"{listed(sorted(used))}: declared and alike; {scaled}"


def _tuning(study: Study) -> tuple[Outcome, str]:
    tuned = [m for m in study.methods if not m.is_control and m.fixed is None]
    # Controls are there to be beaten: nobody gains by what they are told.
    fixed = [m.name for m in study.methods if m.fixed is not None and not m.is_control]
    asked = study.protocol
    words = (
        f"up to {counted(asked.trials, 'trial')} for each of {counted(len(tuned), 'method')} on "
        "grouped inner folds within the budget"
    )
    nets = any(m.trains_network for m in study.methods)
    recipe, least = asked.recipe, EFFORT.recipe
    if nets:
        words += (
            f"; networks: at most {recipe.epochs} epochs, with few labels the number that "
            f"gives {recipe.steps} batches; the number is chosen on the same inner folds"
        )
    if fixed:
        return "fail", f"{words}; fixed by the user: {listed(fixed)}"
    short = asked.trials < EFFORT.trials, recipe.epochs < least.epochs, recipe.steps < least.steps
    if nets and any(short):
        return "fail", (
            f"{words}; that is less than {EFFORT.trials} trials, {least.epochs} epochs and "
            f"{least.steps} batches: frozen methods are favoured"
        )
    return "pass", words


def _costs(records: Sequence[Record], waits: Waits) -> tuple[Outcome, str]:
    costed = bool(records) and all(r.n_bytes > 0 and r.fit_seconds >= 0 for r in records)
    words = "labels, parameters, seconds, memory, bytes to ship"
    if costed:
        return waits.instead("pass", words)
    lacking = f"some runs lack one of {words}"
    return ("fail", lacking) if records else waits.unless("fail", lacking)


def _traditional(study: Study) -> tuple[Outcome, str]:
    plain = [m for m in study.methods if _is_plain(study, m) and m.strategy != "floor"]
    if not plain:
        return "fail", "no method on plain measurements: add an input such as s2='B*'"
    strong = [m.name for m in plain if _is_strong(m)]
    indexed = [m.name for m in plain if _is_strong(m) and any(map(_is_index, m.inputs))]
    if indexed:
        return "pass", listed(indexed)
    if strong:
        return "partly", f"{listed(strong)}: bands without indices"
    return "partly", f"{listed([m.name for m in plain])}: no forest, boosting, U-Net or SegFormer"


def _is_strong(method: Method) -> bool:
    return method.model in STRONG or (
        isinstance(method, ShallowMethod) and HEADS[method.model].is_usual
    )


def _is_index(name: str) -> bool:
    return INDICES in parse_input(name).transforms


def _is_plain(study: Study, method: Method) -> bool:
    """Whether a method reads measurements that no network has seen before it."""
    names = [name for name in method.inputs if name != COORDINATES]
    return bool(names) and all(
        not (derived := parse_input(name)).network
        and (item := study.task.inputs.get(derived.source)) is not None
        and item.modality != "embedding"
        for name in names
    ) and method.strategy in {"shallow", "scratch"}  # fmt: skip


def _hybrid(study: Study) -> tuple[Outcome, str]:
    full: list[str] = []
    other: list[str] = []
    for method in study.methods:
        names = [name for name in method.inputs if name != COORDINATES]
        if len(names) < 2:  # noqa: PLR2004
            continue
        learned = [_is_learned(study, name) for name in names]
        (full if any(learned) and not all(learned) else other).append(method.name)
    if full:
        return "pass", listed(full)
    if other:
        return "partly", f"{listed(other)}: no embedding combined with other measurements"
    return "fail", "no method stacks two inputs (coordinates are none), such as aef+s2:logistic"


def _is_learned(study: Study, name: str) -> bool:
    derived = parse_input(name)
    item = study.task.inputs.get(derived.source)
    return bool(derived.network) or (item is not None and item.modality == "embedding")


def _curves(study: Study, found: Answer, waits: Waits) -> tuple[Outcome, str]:
    filled = all(
        any(found.results.records(m, d, b) for d in study.split.domains)
        for m in study.methods
        for b in study.budgets
    )
    words = counted(len(study.budgets), "budget")
    if len(study.budgets) < ENOUGH_BUDGETS:
        return "fail", f"{words}: a curve needs {ENOUGH_BUDGETS} or more"
    if not filled:
        return waits.unless(
            "partly", f"{words}; some methods have blank cells at every place of a budget"
        )
    return "pass", words


def _drop(study: Study, found: Answer, waits: Waits) -> tuple[Outcome, str]:
    if len(study.split.groups) < 2:  # noqa: PLR2004
        return "does not apply", "no groups are left out"
    kinds = {(d.start, d.end) for drops in found.drops.values() for d in drops}
    if ("in", "out") in kinds and ("local", "out") in kinds:
        return waits.instead("pass", "in - out and local - out, paired")
    if kinds:
        start, end = next(iter(kinds))
        return waits.unless("partly", f"{start} - {end} only, paired")
    why = f"nothing was tested within a {study.split.noun}: the notes of the split say why"
    return waits.unless("fail", why if not waits.going else "no drop is known")


def _errors(study: Study, found: Answer, waits: Waits) -> tuple[Outcome, str]:
    lonlat = study.task.lonlat
    if not np.isfinite(lonlat).all() or len(np.unique(lonlat, axis=0)) < 2:  # noqa: PLR2004
        return "fail", "samples have no distinct coordinates: no map can be drawn"
    full = study.budgets[-1]
    parts = (found.results.predictions(m, study.where, full, 0) for m in study.methods)
    drawn = next((part for part in parts if part), None)
    if drawn is None:
        return waits.unless("fail", f"no test predictions at {study.where}, {full.label}")
    n = sum(len(part.rows) for part in drawn.values())
    places = counted(len(study.split.groups), "place")
    return "pass", f"{counted(n, 'test sample')} of {len(drawn)} of {places}"
