"""A study: prepared from settings, run, and read back from its folder."""

import json
import math
import platform
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from yaml import YAMLError

from bocage.core import SettingsError, Workers, parse_yaml, release_of, write_atomic
from bocage.features import COORDINATES
from bocage.methods import BACKBONES, HEADS, Method
from bocage.metrics import Metric, find_metric
from bocage.splits import (
    Area,
    Budget,
    Split,
    save_split,
)
from bocage.study._area import area_of, save_area
from bocage.study._choose_budgets import scarce_classes
from bocage.study._context import Context
from bocage.study._engine import execute, missing
from bocage.study._file_names import SAMPLES_FILE, SETTINGS_FILE
from bocage.study._label_counts import Drawn, drawn
from bocage.study._load import label_settings
from bocage.study._margin import choose_margin
from bocage.study._plan import Plan, Protocol
from bocage.study._record_checks import Planned
from bocage.study._recorded_choices import Chosen, save_chosen
from bocage.study._results import Results
from bocage.study._settings import StudySettings
from bocage.study._store import Store
from bocage.study._story import Noun, where_in_words
from bocage.study._unfinished import Unfinished, unfinished
from bocage.study._verdict import HERE
from bocage.tasks import Task, is_stored_task, save_task, stored_key, task_key

if TYPE_CHECKING:
    import pandas as pd

MOST_BYTES = 2**31
"""Samples that are larger are not copied into a study: chips of a whole collection."""


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
        planned = Planned.of(self.task, self.split, self.methods, self.plan)
        return Store(self.folder, planned.check)

    def run(
        self,
        workers: Workers,
        *,
        started: Callable[[], None] = lambda: None,
        passed: Callable[[], None] = lambda: None,
        first_only: bool = False,
    ) -> None:
        """Run what is missing, then write ``scores.parquet``.

        Parameters
        ----------
        workers : Workers
        started : callable
            Called when the workers are there and the work begins.
        passed : callable
            Called when the runs of a first answer are done, and those of all budgets.
        first_only : bool
            Whether to end with those of a first answer.

        Raises
        ------
        BocageError
            If a network can't read its input or its weights can't be had (nothing is written
            then), or a file can't be written.
        """
        context = Context(self.task, self.split, self.methods, self.protocol)
        # A study that is only looked at needs neither weights nor the libraries for networks.
        if self.n_missing:
            context.check()
        self.save()
        if self.n_missing:
            context.encode()
        execute(
            context,
            self.plan,
            self.store,
            workers,
            started=started,
            passed=passed,
            first_only=first_only,
        )
        self.save_scores()

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be known of the labels, and of budgets that they can't fill."""
        return (*self.task.notes, *scarce_classes(self.task, self.budgets))

    @cached_property
    def drawn(self) -> Mapping[tuple[str, str], Drawn]:
        """How many labels every budget got, by domain and name of the budget."""
        return drawn(self.task, self.split, self.plan, self.budgets)

    @property
    def n_missing(self) -> int:
        """Number of runs still to do."""
        return sum(len(batch.runs) for batch in missing(self.plan, self.store))

    @property
    def unfinished(self) -> Unfinished | None:
        """How many of the planned runs are missing, and the command that makes them."""
        left = missing(self.plan, self.store)
        command = shlex.join(["bocage", "compare", str(self.folder / SETTINGS_FILE)])
        where = where_in_words(self.where, self.noun)
        if len(self.split.groups) == 1:
            where = "in the labelled area"
        return unfinished(self.plan, left, self.budgets, where, command)

    def save(self) -> None:
        """Write settings, environment and split."""
        # By the environment a folder is known as a study's: settings alone may be a user's own.
        write_atomic(
            self.folder / "environment.json", json.dumps(environment(self.methods), indent=2) + "\n"
        )
        # Settings of a study whose labels are in memory name this file.
        samples = self.folder / SAMPLES_FILE
        told = label_settings(self.settings)
        if self.n_bytes <= MOST_BYTES or Path(str(self.settings.task)) == samples:
            save_task(self.task, samples, told)
        elif is_stored_task(samples) and stored_key(samples) != task_key(self.task, told):
            # Those of a former, smaller table: what is too large to be kept is read again.
            samples.unlink()
        file = self.folder / SETTINGS_FILE
        # What says the same may hold a user's comments.
        if not (file.is_file() and _says(file, self.settings)):
            write_atomic(file, self.settings.to_yaml(self.folder))
        if not (self.folder / "splits" / f"{self.split.key}.parquet").exists():
            save_split(self.split, self.task, self.folder / "splits")
        if self.area is not None and self.area.extent is not None:
            save_area(self.area, self.folder)
        resolved = {
            "leave": self.settings.leave if self.split.given else self.split.leave,
            "where": self.where,
            "margin": choose_margin(self.metric, self.settings.margin),
            "metric": self.metric.name,
        }
        chosen = Chosen(tuple(self.methods), tuple(self.budgets), self.split.key)
        save_chosen(self.folder, chosen, self.settings.model_copy(update=resolved), file)

    @property
    def n_bytes(self) -> int:
        """Bytes of the samples' features in memory."""
        return sum(item.values.nbytes for item in self.task.inputs.values())  # noqa: PD011 - ndarrays

    @cached_property
    def area(self) -> Area | None:
        """Where a map is wanted; None where nothing was said."""
        return area_of(self.settings, self.folder)

    def save_scores(self) -> "pd.DataFrame":
        """Write all scores as one tidy table."""
        import io

        table = self.results().score_table(self.settings.by, self.where)
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
            object_hectares=self.settings.object_hectares,
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
            elif method.is_control and method.inputs:
                found[method.name] = "random-weights"
        return found

    def controls_at(self, where: str) -> Mapping[str, str]:
        """Return the controls at a place: on surveyed ground, interpolation may win."""
        here = where in HERE
        return {n: k for n, k in self.controls.items() if not (here and k == "coordinates")}

    @property
    def noun(self) -> Noun:
        """What a left-out group is called, in sentences."""
        split = self.split
        special = split.share or split.forward or split.fixed or split.given
        return Noun(split.noun, split.nouns, split.question if special else "")

    @property
    def n_folds(self) -> int:
        """Number of folds that whole groups are left out in."""
        return len({fold.held_out for fold in self.split.folds if fold.regime == "out"}) or 1

    @property
    def twins(self) -> Mapping[str, str]:
        """Controls with random weights, and the methods that differ from them by these alone."""
        known = {method.name for method in self.methods}
        every = {method.name: method.pretrained_name for method in self.methods}
        return {name: twin for name, twin in every.items() if twin in known and twin != name}

    @property
    def alone(self) -> str:
        """``event`` where all chips show one event: nothing follows for another."""
        events = self.task.groups.get("event")
        one = self.task.kind.has_masks and events is not None and len(set(events)) == 1
        return "event" if one else ""

    @property
    def counted(self) -> str:
        """What is counted: ``labels``, ``polygons``, ``chips`` or ``labelled pixels``."""
        if self.task.polygon is not None:
            return "polygons"
        if not self.task.kind.has_masks:
            return "labels"
        pixels = any(budget.unit == "pixel" for budget in self.budgets)
        return "labelled pixels" if pixels else "chips"

    @property
    def where(self) -> str:
        """Place that the verdict is asked for: somewhere new if there are groups, else here."""
        return self.settings.place_of(self.split.domains)


def _says(file: Path, settings: StudySettings) -> bool:
    """Whether a file of settings says what is to be written, in whatever words."""
    try:
        found = parse_yaml(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, YAMLError):
        return False
    return bool(found == parse_yaml(settings.to_yaml(file.parent)))


def environment(methods: Sequence[Method] = ()) -> dict[str, str]:
    """Name the versions that a result depends on, with the packages that brought its methods."""
    heads = dict.fromkeys(name for spec in HEADS.own.values() for name in spec.libraries)
    libraries = ("bocage", "numpy", "scipy", *heads, "pyproj", "torch", "peft", "rslearn")
    releases = {name: release_of(name) for name in libraries}
    packages = {
        *(HEADS.package(method.model) for method in methods),
        *(BACKBONES.package(item.backbone) for method in methods for item in method.encoded),
    }
    releases |= dict(package.rsplit(" ", 1) for package in sorted(packages - {""}))
    return {
        "python": platform.python_version(),
        "platform": f"{sys.platform} {platform.machine()}",
        **{name: release for name, release in releases.items() if release},
    }
