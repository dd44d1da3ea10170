"""What is explained: one input of a task, and who may learn from whom."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, SettingsError, content_key, row_digests
from bocage.dimensions._null import positions
from bocage.splits import Fold, Split
from bocage.tasks import Task

REGIMES = ("local", "out", "random")
"""Labels from the place itself, from other places, and from anywhere (a sanity check)."""

FEW = 10
"""A class with fewer samples in a place is not explained there."""


@dataclass(frozen=True)
class Problem:
    """Samples, what is told of them, and folds.

    Attributes
    ----------
    task : Task
    split : Split
    name : str
        The input.
    bands : tuple of str
        Its d dimensions.
    X : ndarray of float64, shape (n, d)
        Values less their mean, so that sums of squares lose no digits.
    """

    task: Task
    split: Split
    name: str
    bands: tuple[str, ...]
    X: NDArray[np.float64]

    @classmethod
    def of(cls, task: Task, split: Split, name: str) -> "Problem":
        """Take an input of a task.

        Raises
        ------
        SettingsError
            If there is no such input, it is no table, or the task has a class for each pixel.
        DataError
            If it has one dimension only, or nothing in it varies.
        """
        if task.kind.has_masks:
            raise SettingsError(
                f"{task.name} is a {task.kind}; dimensions are explained for samples: give a "
                "target with one class, or one number, per sample"
            )
        item = task.inputs.get(name)
        if item is None or item.form != "table":
            known = ", ".join(k for k, part in task.inputs.items() if part.form == "table")
            found = "no input" if item is None else f"{item.form}:"
            raise SettingsError(f"{found} {name!r}; expected a table: {known or 'there is none'}")
        X = np.asarray(item.values, dtype=np.float64)
        if item.has_gaps:
            raise DataError(
                f"input {name!r} keeps missing values; expected an input without gaps: set --gaps "
                "drop or fill in the study that names it"
            )
        if X.shape[1] < 2:  # noqa: PLR2004 - one dimension has no subset
            raise DataError(
                f"input {name!r} has only one dimension; expected at least 2 to choose from"
            )
        if not (X[0] != X).any():
            raise DataError(
                f"no column of input {name!r} varies; expected features that differ between "
                "samples: check its columns"
            )
        return cls(task, split, name, item.bands, X - X.mean(axis=0))

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes; none of a number."""
        return self.task.classes

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return len(self.task.classes)

    @property
    def is_embedding(self) -> bool:
        """Whether dimensions are coordinates that a model has learned."""
        return self.task.inputs[self.name].modality == "embedding"

    @property
    def codes(self) -> NDArray[np.int64]:
        """Class of each sample."""
        return self.task.target

    @property
    def target(self) -> NDArray[np.float64]:
        """Number of each sample."""
        return np.asarray(self.task.target, np.float64)

    @property
    def over(self) -> str:
        """What the places are: the column that is left out."""
        return self.split.leave

    @property
    def mean(self) -> NDArray[np.float64]:
        """What was taken off the values."""
        return np.asarray(self.task.inputs[self.name].values.mean(axis=0), np.float64)

    @cached_property
    def xy(self) -> NDArray[np.float64]:
        """Metres within each place, shape (n, 2)."""
        return positions(self.task.lonlat, self.split.group)

    @cached_property
    def folds(self) -> tuple[Fold, ...]:
        """Folds of the regimes that are explained."""
        return tuple(fold for fold in self.split.folds if fold.regime in REGIMES)

    @cached_property
    def key(self) -> str:
        """Content key of samples, labels and split."""
        digest = row_digests(self.X, self.codes).tobytes().hex()
        return content_key([self.split.key, list(self.bands), list(self.classes), digest])

    def known(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which classes have enough samples among some rows, and enough others beside them."""
        n = np.bincount(self.codes[rows], minlength=self.n_classes)
        return np.asarray((n >= FEW) & (n.sum() - n >= FEW))


def only_input(task: Task) -> str:
    """Name the one input of a task that can be meant.

    Raises
    ------
    SettingsError
        If there is none, or several.
    """
    tables = [name for name, item in task.inputs.items() if item.form == "table"]
    embeddings = [name for name in tables if task.inputs[name].modality == "embedding"]
    chosen = embeddings or tables
    if len(chosen) == 1:
        return chosen[0]
    if not chosen:
        raise SettingsError(f"{task.name} has no table of features to explain")
    raise SettingsError(
        f"several inputs can be explained; name one of {', '.join(chosen)} with --of"
    )
