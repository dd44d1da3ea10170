"""What a run stores gives the same figure counted by block and put together."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pytest
from tests.data.chips import make_chip_task

from bocage.core import KINDS
from bocage.methods import Fitted
from bocage.metrics import PRIMARY, find_metric
from bocage.splits import Fold
from bocage.study._objects import TrueObjects
from bocage.study._predictions import put_together
from bocage.study._record import Record
from bocage.study.scoring import SCORINGS, Part


@dataclass
class Noisy:
    """It knows the truth and misses some of it."""

    task: Any
    share: float = 0.3
    broken: int = 0

    def __post_init__(self):
        self.rng = np.random.default_rng(4)

    def predict(self, rows):
        made = self.task.target[rows] + self.rng.normal(size=len(rows))
        made[: self.broken] = np.nan
        return made

    def predict_proba(self, rows, *, raw=False):
        assert raw
        made = self.rng.dirichlet(np.ones(self.task.n_classes), len(rows)) * self.share
        made[np.arange(len(rows)), self.task.target[rows]] += (1 - self.share) / 3
        made[: self.broken] = np.nan
        return made / made.sum(axis=1, keepdims=True)

    def calibrated(self, proba):
        return proba

    def predict_masks(self, rows):
        true = np.maximum(self.task.masks[rows], 0)
        other = self.rng.integers(0, self.task.n_classes, true.shape)
        return np.where(self.rng.random(true.shape) < self.share, other, true).astype(np.int64)


@pytest.fixture
def task_of(toy, toy_regression):
    tasks = [toy, toy_regression, make_chip_task()]
    return {task.kind: task for task in tasks}


def _fold(task):
    half = np.arange(0, len(task), 2)
    return Fold("f", "out", "g", np.arange(1, len(task), 2), half[:0],
                {"out": half[5:], "in": half[:5]})  # fmt: skip


def _record(fold, arrays):
    blank = dict.fromkeys((field.name for field in fields(Record)), 0)
    sizes = tuple(map(len, fold.tests.values()))
    return Record(**blank | {"domains": tuple(fold.tests), "sizes": sizes, "arrays": arrays})


@pytest.mark.parametrize("kind", KINDS.values(), ids=str)
def test_counts_by_block_give_the_figure_of_all_together(kind, task_of):
    task, scoring = task_of[kind], SCORINGS[kind]
    fold = _fold(task)
    record = _record(fold, scoring.store(task, fold, Fitted(Noisy(task), {}, 0, "")))
    rows = fold.tests["out"]
    reference = np.full(len(rows), task.target[rows].mean())
    part = Part("out", np.ones(len(rows), bool), rows, np.arange(len(rows)) % 4, 4, reference)
    counts = scoring.count(task, record, part)
    assert counts.shape[0] == 4
    together = put_together([(fold, record)], "out", TrueObjects.of(task, ()), None)
    figure = scoring.figures(task, together)[PRIMARY[kind]]
    assert float(find_metric(kind)(counts.sum(axis=0))) == pytest.approx(figure)
    assert 0.2 < figure < 0.99
    # Samples that are left out count nowhere.
    keep = np.arange(len(rows)) % 4 != 1
    some = Part("out", keep, rows[keep], np.flatnonzero(keep) % 4, 4, reference[keep])
    fewer = scoring.count(task, record, some)
    np.testing.assert_array_equal(fewer[[0, 2, 3]], counts[[0, 2, 3]])
    assert not fewer[1].any()


@pytest.mark.parametrize("kind", [k for k in KINDS.values() if not k.has_masks], ids=str)
def test_predictions_that_are_no_numbers_are_refused(kind, task_of):
    task = task_of[kind]
    with pytest.raises(ValueError, match=r"^2 predictions are not finite$"):
        SCORINGS[kind].store(task, _fold(task), Fitted(Noisy(task, broken=2), {}, 0, ""))
