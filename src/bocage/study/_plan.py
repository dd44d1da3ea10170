"""The plan of a study: every run, with the key of everything that decides its result."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from bocage.core import Kind, content_key
from bocage.methods import Method, Recipe
from bocage.splits import Budget, Fold, InnerMaker, LabelSampler, Short, Split
from bocage.study._stages import CHECKS, First, first_budgets
from bocage.tasks import Task

RESULT_VERSION = 6
"""Raised when code changes what a run gives or how it is stored: old runs are made again."""

SANITY_REPEATS = 2
"""Draws of a random split, whatever was asked for: it is a sanity check beside the answer."""

COPY = "exceeds the number of labels in every fold and equals 'all'"
"""Why a budget stays blank that would be ``all`` under another name."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """What is the same for every run of a study.

    Attributes
    ----------
    trials : int
        Settings tried for every method.
    inner_folds : int
    seed : int
    recipe : Recipe
        How long networks are trained.
    """

    trials: int = 4
    inner_folds: int = 3
    seed: int = 0
    recipe: Recipe = field(default_factory=Recipe)


@dataclass(frozen=True, slots=True)
class Cell:
    """Labels drawn once, for all methods: a fold, a budget and a repeat.

    Attributes
    ----------
    fold : int
        Position in `Split.folds`.
    budget : Budget
    repeat : int
    reason : str
        Why the cell stays blank; empty if it does not.
    digest : bytes
        Content of the labels, of the tests and of the inner folds.
    n_labels, n_train : int
        Labels paid for, and all that are learned from; see `bocage.splits.LabelSample`.
    short : tuple of Short
        What gave less than the budget asked for.
    """

    fold: int
    budget: Budget
    repeat: int
    reason: str
    digest: bytes
    n_labels: int = 0
    n_train: int = 0
    short: tuple[Short, ...] = ()

    @property
    def is_copy(self) -> bool:
        """Whether it stays blank as its labels would be those of ``all``, in every fold."""
        return self.reason == COPY


@dataclass(frozen=True, slots=True)
class Run:
    """One method on one cell."""

    key: str
    method: int
    cell: Cell


@dataclass(frozen=True, slots=True)
class Batch:
    """Runs of one method on one fold and of one stage: sent together, stored in one file."""

    name: str
    method: int
    fold: int
    runs: tuple[Run, ...]
    stage: int = 0

    def only(self, name: str, runs: Sequence[Run]) -> "Batch":
        """Return some of the runs under another name."""
        return replace(self, name=name, runs=tuple(runs))


@dataclass(frozen=True, slots=True)
class Plan:
    """All batches of a study in the order of their stages, and the cells that stay blank."""

    batches: tuple[Batch, ...]
    blanks: tuple[Cell, ...]

    @property
    def n_runs(self) -> int:
        """Number of runs; two that learn and are tested on the same samples are one."""
        return _n_keys(self.batches)

    @property
    def first(self) -> tuple[Batch, ...]:
        """The batches of the first stage: what a first answer needs."""
        stage = min((batch.stage for batch in self.batches), default=0)
        return tuple(batch for batch in self.batches if batch.stage == stage)

    @property
    def n_first(self) -> int:
        """Number of runs of the first stage."""
        return _n_keys(self.first)


def _n_keys(batches: Iterable[Batch]) -> int:
    return len({run.key for batch in batches for run in batch.runs})


def make_plan(
    task: Task,
    split: Split,
    methods: Sequence[Method],
    budgets: Sequence[Budget],
    protocol: Protocol,
    *,
    repeats: int | None = None,
    reference: int = 0,
    where: str = "out",
    at: str | None = None,
) -> Plan:
    """List every run of a study.

    Parameters
    ----------
    task, split, methods, budgets, protocol
    repeats : int, optional
        Draws of every budget but ``all``; see `Budget.repeats`.
    reference : int
        Position of the method that alone runs at half and double block size.
    where : str
        Place that the verdict is asked for: a first answer is of it.
    at : str, optional
        Name of the budget that it is asked for.
    """
    drawer = LabelSampler(task, split, protocol.seed)
    maker = InnerMaker(task, split, protocol.inner_folds)
    content = task.label_digests()
    cells = [
        _cell(number, fold, budget, repeat, drawer, maker, content)
        for number, fold in enumerate(split.folds)
        for budget in budgets
        if budget.is_all or fold.regime not in CHECKS
        for repeat in range(_repeats(fold, budget, repeats))
    ]
    cells = _without_copies(cells, split)
    first = First(where, first_budgets(budgets, at))
    usable: dict[tuple[int, int], list[Cell]] = {}
    for cell in cells:
        if not cell.reason:
            regime = split.folds[cell.fold].regime
            stage = first.stage_of(regime, cell.budget, cell.repeat)
            usable.setdefault((stage, cell.fold), []).append(cell)
    batches = [
        _batch(position, method, number, usable[stage, number], protocol, task.kind, stage)
        for stage, number in sorted(usable)
        for position, method in enumerate(methods)
        if position == reference or split.folds[number].regime not in CHECKS
    ]
    return Plan(tuple(batches), tuple(cell for cell in cells if cell.reason))


def _without_copies(cells: Sequence[Cell], split: Split) -> list[Cell]:
    """Blank budgets that draw, in all folds of a regime, the very labels of ``all``.

    They would stand on the page as a budget that nobody has seen.
    """
    every = {cell.fold: cell.n_labels for cell in cells if cell.budget.is_all and not cell.reason}
    less = {
        (split.folds[cell.fold].regime, cell.budget)
        for cell in cells
        if not cell.reason and not (cell.short and cell.n_labels == every.get(cell.fold))
    }
    return [
        cell
        if cell.budget.is_all or cell.reason or (split.folds[cell.fold].regime, cell.budget) in less
        else replace(cell, reason=COPY, digest=b"")
        for cell in cells
    ]


def _repeats(fold: Fold, budget: Budget, asked: int | None) -> int:
    usual = budget.repeats(asked)
    if fold.regime in {"random", "random-units"}:
        return min(usual, SANITY_REPEATS)
    if asked is not None or fold.regime == "out":
        return usual
    # All labels from elsewhere steady `both`: fewer draws do.
    # A repeat of `local` is already a mean over one draw a local fold.
    return (usual + 1) // 2 if fold.regime == "local" else min(usual, 3)


def _cell(
    number: int,
    fold: Fold,
    budget: Budget,
    repeat: int,
    drawer: LabelSampler,
    maker: InnerMaker,
    content: NDArray[np.void],
) -> Cell:
    draw = drawer.draw(fold, budget, repeat)
    if draw.reason:
        return Cell(number, budget, repeat, draw.reason, b"", short=draw.short)
    digest = hashlib.blake2b(digest_size=16)
    if draw.pixels is None:
        digest.update(content[draw.rows].tobytes())
    else:
        # Labels that are not seen decide nothing.
        digest.update(b"pixels" + draw.pixels.digest(drawer.task))
        digest.update(content[np.setdiff1d(draw.rows, draw.pixels.rows)].tobytes())
    for domain, rows in sorted(fold.tests.items()):
        digest.update(domain.encode() + len(rows).to_bytes(8, "little"))
        digest.update(content[rows].tobytes())
    for train, held in maker.make(fold, draw.rows, draw.pixels).folds:
        digest.update(b"inner" + held.astype("<i8").tobytes())
        digest.update(b"of" + train.astype("<i8").tobytes())
    return Cell(
        number, budget, repeat, "", digest.digest(), draw.n_labels, draw.n_train, draw.short
    )


def _batch(
    position: int,
    method: Method,
    fold: int,
    cells: Sequence[Cell],
    protocol: Protocol,
    kind: Kind,
    stage: int,
) -> Batch:
    about = [RESULT_VERSION, *method.decides(kind), protocol.trials, protocol.seed]
    if method.trains_network:
        about += [asdict(protocol.recipe)]
    decides = content_key(about).encode()
    runs = tuple(
        Run(hashlib.blake2b(decides + cell.digest, digest_size=16).hexdigest(), position, cell)
        for cell in cells
    )
    return Batch(content_key([run.key for run in runs]), position, fold, runs, stage)
