"""What the rest of a study asks of a kind of task."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.splits import Fold
from bocage.study._predictions import Predictions
from bocage.study._record import Record
from bocage.tasks import Task

if TYPE_CHECKING:
    from bocage.methods import Fitted


@dataclass(frozen=True, slots=True)
class Part:
    """The tests of one fold in one domain that are counted.

    Attributes
    ----------
    domain : str
    keep : ndarray of bool, shape (n_tests,)
        Which of the domain's tests.
    rows : ndarray of int64, shape (n,)
        Samples of the task: those kept.
    block : ndarray of int64, shape (n,)
        Where each is counted.
    n_blocks : int
    reference : ndarray of float64, shape (n,)
        What R2 holds errors against.
    """

    domain: str
    keep: NDArray[np.bool_]
    rows: NDArray[np.int64]
    block: NDArray[np.int64]
    n_blocks: int
    reference: NDArray[np.float64]


class Scoring(ABC):
    """How the runs of one kind of task are scored; it holds nothing itself."""

    @abstractmethod
    def store(self, task: Task, fold: Fold, fitted: "Fitted") -> Mapping[str, NDArray[Any]]:
        """Predict every test sample of a fold, and keep what its scores are made of.

        Returns
        -------
        mapping of str to ndarray
            See `Record.arrays`.

        Raises
        ------
        ValueError
            If predictions are not finite.
        """

    @abstractmethod
    def count(self, task: Task, record: Record, part: Part) -> NDArray[np.float64]:
        """Count what a run stored, by block, as in `UnitCounts.counts`: shape (n_blocks, ...)."""

    @abstractmethod
    def figures(
        self,
        task: Task,
        found: Predictions,
        prevalence: Sequence[float] = (),
        edges_hectares: Sequence[float] = (),
    ) -> dict[str, float]:
        """Score predictions that were put together.

        Parameters
        ----------
        task : Task
        found : Predictions
        prevalence : sequence of float
            Reference shares of the classes.
        edges_hectares : sequence of float
            Edges between the size classes of objects.
        """


def finite(values: NDArray[Any]) -> NDArray[Any]:
    """Return predictions, shape (n, ...), if they are numbers; raise ValueError else."""
    lost = ~np.isfinite(values.reshape(len(values), -1)).all(axis=1)
    if lost.any():
        raise ValueError(f"{int(lost.sum())} predictions are not finite")
    return values


def all_tests(fold: Fold) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the test samples of a fold, domain by domain, and where all but the last end."""
    tests = list(fold.tests.values())
    return np.concatenate(tests), np.cumsum([len(part) for part in tests])[:-1]
