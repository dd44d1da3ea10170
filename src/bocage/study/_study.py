"""A study: prepared from settings, run, and read back from its folder."""

import json
import math
import platform
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bocage.core import SettingsError, StoreError, write_atomic
from bocage.features import COORDINATES
from bocage.methods import Method, default_methods, parse_method
from bocage.splits import (
    Budget,
    Split,
    SplitSettings,
    default_budgets,
    make_split,
    parse_budget,
    save_split,
)
from bocage.study._budgets import BudgetLine, verdicts
from bocage.study._drops import Drop, drops
from bocage.study._engine import Workers, execute, missing
from bocage.study._equivalence import Worth, worth
from bocage.study._metric import Metric, find_metric
from bocage.study._plan import Plan, Protocol, make_plan
from bocage.study._results import Results
from bocage.study._run import Context
from bocage.study._settings import StudySettings, read_settings
from bocage.study._store import Store
from bocage.study._tally import Tally
from bocage.tasks import Task, check_leave, load_task

if TYPE_CHECKING:
    import pandas as pd

SETTINGS_FILE = "study.yaml"


@dataclass(frozen=True)
class Study:
    """One comparison, in a folder.

    Attributes
    ----------
    settings : StudySettings
    folder : Path
    task : Task
    split : Split
    methods : tuple of Method
    budgets : tuple of Budget
    protocol : Protocol
    plan : Plan
    """

    settings: StudySettings
    folder: Path
    task: Task
    split: Split
    methods: tuple[Method, ...]
    budgets: tuple[Budget, ...]
    protocol: Protocol
    plan: Plan

    @cached_property
    def store(self) -> Store:
        """Finished runs."""
        return Store(self.folder)

    def run(self, workers: Workers, *, started: Callable[[], None] = lambda: None) -> None:
        """Run what is missing, then write ``scores.parquet``."""
        self.save()
        context = Context(self.task, self.split, self.methods, self.protocol)
        execute(context, self.plan, self.store, workers, started=started)
        self.save_scores()

    @property
    def n_missing(self) -> int:
        """Number of runs still to do."""
        return sum(len(batch.runs) for batch in missing(self.plan, self.store))

    def save(self) -> None:
        """Write settings, environment and split."""
        write_atomic(self.folder / SETTINGS_FILE, self.settings.to_yaml())
        write_atomic(self.folder / "environment.json", json.dumps(environment(), indent=2) + "\n")
        if not (self.folder / "splits" / f"{self.split.key}.parquet").exists():
            save_split(self.split, self.task, self.folder / "splits")

    def save_scores(self) -> "pd.DataFrame":
        """Write all scores as one tidy table."""
        import io

        table = self.results().score_table()
        buffer = io.BytesIO()
        table.to_parquet(buffer, index=False)
        write_atomic(self.folder / "scores.parquet", buffer.getvalue())
        return table

    def results(self) -> Results:
        """Read what the finished runs say."""
        return Results(
            self.task,
            self.split,
            self.methods,
            self.budgets,
            self.plan,
            self.store.refresh(),
            prevalence=self.metric.prevalence,
        )

    @property
    def metric(self) -> Metric:
        """The figure that methods are compared by."""
        shares = self.settings.prevalence
        unknown = set(shares) - set(self.task.classes)
        if shares and (unknown or set(shares) != set(self.task.classes)):
            raise SettingsError(
                f"prevalence names {', '.join(sorted(shares))}; expected a share for each class: "
                f"{', '.join(self.task.classes) or 'none, as this is a regression'}"
            )
        total = sum(shares.values())
        if shares and not (min(shares.values()) >= 0 and 0 < total < math.inf):
            raise SettingsError(
                f"prevalence adds up to {total:g} with a smallest share of "
                f"{min(shares.values()):g}; expected shares from 0 to 1"
            )
        prevalence = tuple(shares[name] / total for name in self.task.classes) if shares else ()
        return find_metric(
            self.task.kind, self.settings.metric, self.task.classes, prevalence=prevalence
        )

    @property
    def floors(self) -> tuple[str, ...]:
        """Methods that see no feature."""
        return tuple(method.name for method in self.methods if not method.inputs)

    @property
    def controls(self) -> Mapping[str, str]:
        """Other methods that are never recommended, with their kind."""
        found = {}
        for method in self.methods:
            if method.inputs == (COORDINATES,):
                found[method.name] = "coordinates"
            elif method.inputs and method.strategy == "floor":
                found[method.name] = "floor"
        return found

    @property
    def where(self) -> str:
        """Place that the verdict is asked for: somewhere new if there are groups, else here."""
        return self.settings.where or ("out" if "out" in self.split.domains else "local")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a study says.

    Attributes
    ----------
    results : Results
    tallies : mapping of (domain, budget) to Tally
        Of complete cells.
    lines : mapping of place to tuple of BudgetLine
        Verdicts at every budget.
    drops : mapping of budget to tuple of Drop
    worth : tuple of Worth
    """

    results: Results
    tallies: Mapping[tuple[str, str], Tally]
    lines: Mapping[str, tuple[BudgetLine, ...]]
    drops: Mapping[str, tuple[Drop, ...]]
    worth: tuple[Worth, ...]


def answer(study: Study) -> Answer:
    """Draw verdicts, drops and the worth of labels from elsewhere from the finished runs."""
    results, metric = study.results(), study.metric
    tallies = {
        (domain, str(budget)): tally
        for domain in study.split.domains
        for budget in study.budgets
        if (tally := results.tally(domain, budget)) is not None
    }
    barred = {*study.floors, *study.controls}
    lines = {}
    for where in ("out", "local", "both"):
        found = {
            budget: tallies[where, str(budget)]
            for budget in study.budgets
            if (where, str(budget)) in tallies
            and any(name not in barred for name in tallies[where, str(budget)].methods)
        }
        costs = {
            budget.label: {
                method.name: cost
                for method in study.methods
                if (cost := results.cost(method, where, budget)) is not None
            }
            for budget in found
        }
        lines[where] = verdicts(
            {budget.label: tally for budget, tally in found.items()},
            costs,
            where=where,
            floors=study.floors,
            controls=study.controls,
            margin=study.settings.margin,
            order=tuple(study.settings.cost),
            metric=metric,
            group_names=study.split.groups,
        )
    fallen = {
        str(budget): drops(
            {
                d: tallies[d, str(budget)]
                for d in ("in", "out", "local")
                if (d, str(budget)) in tallies
            },
            metric=metric,
        )
        for budget in study.budgets
    }
    return Answer(results, tallies, lines, fallen, _worth(study, tallies, results, metric))


def _worth(
    study: Study,
    tallies: Mapping[tuple[str, str], Tally],
    results: Results,
    metric: Metric,
) -> tuple[Worth, ...]:
    if ("out", "all") not in tallies:
        return ()
    per = study.task.n_classes if study.task.kind == "classification" else 1
    local = {}
    for budget in study.budgets:
        tally = tallies.get(("local", str(budget)))
        if tally is None:
            continue
        amount = budget.amount
        if budget.is_all or budget.unit == "fraction":
            used = [r.n_labels for m in study.methods for r in results.records(m, "local", budget)]
            amount = round(sum(used) / len(used) / per, 1)
        local[float(amount)] = tally
    unit = "labels a class" if study.task.kind == "classification" else "labels"
    return worth(local, tallies["out", "all"], unit=unit, metric=metric) if local else ()


def prepare(settings: StudySettings, folder: Path) -> Study:
    """Load the task, make the split and plan the runs; nothing is run or written yet.

    Raises
    ------
    BocageError
        If task, split, budgets or methods can't be used.
    """
    task = load(settings)
    leave = settings.leave or task.leave or "blocks"
    check_leave(task, leave)
    split = make_split(
        task,
        SplitSettings(
            leave,
            local_folds=settings.local_folds,
            n_clusters=settings.clusters,
            block_metres=settings.block_metres,
            sensitivity=settings.sensitivity,
        ),
    )
    methods = choose_methods(settings, task)
    budgets = choose_budgets(settings, task)
    protocol = Protocol(settings.trials, settings.inner_folds, settings.seed)
    plan = make_plan(
        task,
        split,
        methods,
        budgets,
        protocol,
        repeats=settings.repeats,
        reference=_reference(methods),
    )
    if not plan.n_runs:
        reasons = sorted({cell.reason for cell in plan.blanks})
        raise SettingsError(f"no budget can be met: {'; '.join(reasons[:3])}. Use smaller budgets")
    study = Study(settings, folder, task, split, methods, budgets, protocol, plan)
    _check_question(study)
    return study


def _check_question(study: Study) -> None:
    """Refuse a question that the finished runs could not answer, before any of them starts."""
    settings, split = study.settings, study.split
    _ = study.metric
    names = [str(budget) for budget in study.budgets]
    if settings.at is not None and settings.at not in names:
        raise SettingsError(
            f"the verdict is asked for at {settings.at!r}; the budgets are {', '.join(names)}"
        )
    if study.where not in split.domains:
        raise SettingsError(
            f"the verdict is asked for {study.where!r}; this split tests "
            f"{', '.join(split.domains)}: leave out a group with --leave, or ask for another place"
        )


def load(settings: StudySettings) -> Task:
    """Load the task that settings name."""
    source = settings.task
    if isinstance(source, list) and len(source) == 1:
        source = source[0]
    parts = [part.strip() for part in settings.leave.split("+")]
    is_file = settings.target is not None
    wanted = [p for p in parts if p and p not in {"blocks", "clusters"}] if is_file else []
    return load_task(
        source,
        target=settings.target,
        kind=settings.kind,
        groups=list(dict.fromkeys([*settings.groups, *wanted])),
        together=settings.together,
        inputs=settings.inputs or None,
        lon=settings.lon,
        lat=settings.lat,
        layer=settings.layer,
        dequantise=settings.dequantise,
        drop_incomplete=settings.drop_incomplete,
    )


def choose_methods(settings: StudySettings, task: Task) -> tuple[Method, ...]:
    """Read the methods asked for, or choose them; a floor is always among them."""
    if settings.methods is None:
        chosen = default_methods(task, every=settings.all_methods)
    else:
        chosen = tuple(parse_method(text) for text in settings.methods)
    more = tuple(parse_method(text) for text in settings.more_methods)
    methods = tuple({method.name: method for method in (*chosen, *more)}.values())
    known = {*task.inputs, COORDINATES}
    for method in methods:
        for name in method.inputs:
            if name not in known:
                raise SettingsError(
                    f"method {method.name!r}: no input {name!r}; this task has: "
                    f"{', '.join(sorted(known))}"
                )
        if task.kind not in method.spec.grid:
            raise SettingsError(
                f"method {method.name!r} can't do {task.kind}; try "
                f"{'ridge' if method.model == 'logistic' else 'logistic'} instead"
            )
    floor = () if any(not method.inputs for method in methods) else (parse_method("prior"),)
    return (*floor, *methods)


def choose_budgets(settings: StudySettings, task: Task) -> tuple[Budget, ...]:
    """Read the budgets asked for, smallest first, or take the default ones."""
    unit = settings.unit or ("class" if task.kind == "classification" else "label")
    if unit in {"class", "parcel"} and task.kind == "regression":
        raise SettingsError(
            f"budgets in labels a {unit} need classes; a regression counts labels: --unit label"
        )
    if settings.budgets is None:
        if settings.unit in {None, "class", "label"} and unit == (
            "class" if task.kind == "classification" else "label"
        ):
            return tuple(default_budgets(task.kind))
        shares = (
            ("1%", "5%", "20%", "all") if unit == "fraction" else ("5", "10", "20", "50", "all")
        )
        return tuple(parse_budget(text, unit) for text in shares)
    found = {str(b): b for b in (parse_budget(text, unit) for text in settings.budgets)}
    return tuple(sorted(found.values(), key=lambda b: (b.is_all, b.unit != "fraction", b.amount)))


def open_study(folder: Path) -> Study:
    """Open a study from its folder.

    Raises
    ------
    StoreError
        If there is no study.
    """
    path = folder / SETTINGS_FILE
    if not path.is_file():
        raise StoreError(
            f"no study in {folder} ({SETTINGS_FILE} is not there); expected a folder that "
            "'bocage compare' has made, such as studies/landscape"
        )
    return prepare(read_settings(path), folder)


def environment() -> dict[str, str]:
    """Name the versions that a result depends on."""
    from importlib.metadata import version

    libraries = ("bocage", "numpy", "scipy", "scikit-learn", "xgboost", "lightgbm", "pyproj")
    return {
        "python": platform.python_version(),
        "platform": f"{sys.platform} {platform.machine()}",
        **{name: version(name) for name in libraries},
    }


def _reference(methods: tuple[Method, ...]) -> int:
    """Choose the method that shows how much the block size matters: the first real head."""
    for number, method in enumerate(methods):
        if not method.is_control:
            return number
    return 0
