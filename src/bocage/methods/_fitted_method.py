"""A method that has learned, apart from the samples that it learned from."""

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, Kind, listed, rows_of, table_names
from bocage.features import COORDINATES, parse_input
from bocage.methods._encoded import Encoded
from bocage.methods._input_facts import InputFacts
from bocage.methods._method import Method
from bocage.methods._views import Views
from bocage.methods.backbones import BACKBONES, scale_known
from bocage.tasks import Task

if TYPE_CHECKING:
    from bocage.methods._head import Head
    from bocage.methods._learner import Learner

N_ROWS = 512
"""Samples whose answers tell heads apart."""

N_CHIPS = 2


@dataclass(frozen=True, eq=False)
class FittedMethod:
    """What a method learned, and what it must be fed elsewhere.

    Public weights are no part of it: they are found by their hash.

    Attributes
    ----------
    method : Method
    inputs : tuple of InputFacts
        What it reads, apart from coordinates.
    task_kind : Kind
    classes : tuple of str
        Empty for regression.
    chip : tuple of int
        Height and width of the chips that it reads; (1, 1) for one that reads single samples.
    pixel_metres : float
        Side of their pixels; NaN where it does not matter.
    encoders : tuple of str
        Key of the weights of each frozen or fine-tuned network that it stands on.
    fitted_head : Head, optional
        Of a method without a network of its own.
    weights : mapping of str to ndarray
        What a network learned, by the names of its parameters.
    """

    method: Method
    inputs: tuple[InputFacts, ...]
    task_kind: Kind
    classes: tuple[str, ...]
    chip: tuple[int, int]
    pixel_metres: float
    encoders: tuple[str, ...]
    fitted_head: "Head | None" = None
    weights: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    _open: dict[str, Any] = field(default_factory=dict, init=False, repr=False)
    _lock: Any = field(default_factory=threading.Lock, init=False, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        # Networks are built anew in each process.
        return {key: value for key, value in self.__dict__.items() if key not in _OWN}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _open={}, _lock=threading.Lock())

    @classmethod
    def of(
        cls, method: Method, learner: "Learner", task: Task, inputs: tuple[InputFacts, ...]
    ) -> Self:
        """Take what a method learned from a task.

        Parameters
        ----------
        method : Method
        learner : Learner
        task : Task
        inputs : tuple of InputFacts
            Of what `read_inputs` names.
        """
        head, weights = learner.learned()
        masks = task.masks
        return cls(
            method,
            inputs,
            task.kind,
            task.classes,
            (1, 1) if masks is None else (int(masks.shape[1]), int(masks.shape[2])),
            task.pixel_metres,
            tuple(_keys(method)),
            head,
            weights,
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all bands, the inputs one after the other."""
        plain = [name for item in self.inputs for name in item.columns]
        if len(set(plain)) == len(plain):
            return tuple(plain)
        return tuple(f"{item.name}.{name}" for item in self.inputs for name in item.columns)

    @property
    def is_chips(self) -> bool:
        """Whether it reads chips."""
        return self.task_kind.has_masks

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of columns of each input."""
        return tuple(len(item.columns) for item in self.inputs)

    @property
    def kind(self) -> str:
        """``classification``, of samples or pixels, or ``regression``."""
        return self.task_kind.head.name

    @property
    def has_classes(self) -> bool:
        """Whether it tells classes apart; else it predicts values."""
        return self.task_kind.has_classes

    @property
    def n_classes(self) -> int:
        """Number of classes; 0 for regression."""
        return len(self.classes)

    @property
    def mean(self) -> NDArray[np.float64]:
        """Mean of each column in training; it stands in for pixels without data."""
        return np.concatenate([np.zeros(0), *(item.mean for item in self.inputs)])

    @property
    def limits(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Smallest and largest value of each column in training."""
        low = np.concatenate([np.zeros(0), *(item.low for item in self.inputs)])
        return low, np.concatenate([np.zeros(0), *(item.high for item in self.inputs)])

    @property
    def key(self) -> str:
        """Content key of everything that decides a prediction."""
        facts = (self.method.name, self.task_kind.name, self.classes, self.chip, self.pixel_metres)
        digest = hashlib.sha256(repr((*facts, self.encoders)).encode())
        for item in self.inputs:
            digest.update(repr(item.said).encode())
            for numbers in (item.mean, item.low, item.high):
                digest.update(numbers.tobytes())
        for name in sorted(self.weights):
            digest.update(name.encode() + np.ascontiguousarray(self.weights[name]).tobytes())
        if self.fitted_head is not None:
            # A head is what it answers.
            digest.update(np.ascontiguousarray(self.predict(*self.probes(N_ROWS))).tobytes())
        return digest.hexdigest()

    def probes(self, n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Make up samples, or two chips, within the range of training, with their places.

        Parameters
        ----------
        n : int
            Number of samples.

        Returns
        -------
        values : ndarray of float64, shape (n, n_columns) or (2, n_columns, height, width)
        lonlat : ndarray of float64, shape (n, 2) or (2, 2)
        """
        rng = np.random.default_rng(0)
        low, high = self.limits
        shape = (N_CHIPS, len(low), *self.chip) if self.is_chips else (n, len(low))
        tall = (-1, 1, 1) if self.is_chips else (-1,)
        middle, reach = np.reshape(self.mean, tall), np.reshape((high - low) / 6, tall)
        values = middle + reach * rng.normal(size=shape)
        values = np.clip(values, np.reshape(low, tall), np.reshape(high, tall))
        return values, rng.uniform(-60, 60, (len(values), 2))

    def predict(self, values: Any, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Predict for samples or chips; any number of threads may ask at once.

        Parameters
        ----------
        values : ndarray of float64, shape (n, n_columns) or (n, n_columns, height, width)
            Finite, in the units of training. Or a table, whose columns are taken by name
            (`columns`).
        lonlat : ndarray of float64, shape (n, 2)
            Degrees; of the centres of chips.

        Returns
        -------
        ndarray of float64
            Probabilities, shape (n, n_classes) or (n, n_classes, height, width), or values of a
            regression, shape (n, 1).

        Raises
        ------
        BocageError
            If public weights that it stands on are not there, or are others; if a table lacks a
            column, or an array has another width.
        """
        columns = self.columns
        if not self.is_chips or table_names(values):
            values = rows_of(values, columns, len(columns), self.method.name)
        elif values.shape[1:] != (len(columns), *self.chip):
            raise DataError(
                f"{self.method.name} is given chips of shape {values.shape[1:]}; expected "
                f"{(len(columns), *self.chip)}: bands {listed(columns)}, rows, columns"
            )
        if len(values) != len(lonlat):
            raise DataError(
                f"{self.method.name} is given {len(values)} samples and {len(lonlat)} pairs of "
                "coordinates; expected equal numbers"
            )
        task = self._task(values, lonlat)
        with scale_known():
            views, learner = self._opened(task)
            mine = self.method.on(learner, Views.passing(task, views))
            rows = np.arange(len(task))
            if self.is_chips:
                return np.asarray(mine.predict_shares(rows), dtype=np.float64)
            if self.has_classes:
                return np.asarray(mine.predict_proba(rows), dtype=np.float64)
            return np.asarray(mine.predict(rows), dtype=np.float64)[:, None]

    def _opened(self, task: Task) -> "tuple[Views, Learner]":
        """Build the network once in each process: how depends on what it shall read."""
        with self._lock:
            if "learner" not in self._open:
                views = Views.passing(task)
                found = tuple(_keys(self.method))
                if found != self.encoders:
                    raise DataError(
                        f"{self.method.name} was trained with other pretrained weights than those "
                        "on this machine (their hash differs); install the same weights, or fit "
                        "the model again"
                    )
                learner = self.method.restore(views, self.fitted_head, self.weights)
                for item in self.method.encoded:
                    # Built here, once, and not by the first of several threads.
                    _ = views.frozen(item).encoder
                self._open.update(views=views, learner=learner)
            return self._open["views"], self._open["learner"]

    def _task(self, values: NDArray[np.float64], lonlat: NDArray[np.float64]) -> Task:
        n, inputs, start = len(values), {}, 0
        for item in self.inputs:
            stop = start + len(item.columns)
            inputs[item.name] = item.input(values[:, start:stop])
            start = stop
        masks = None
        if self.is_chips:
            masks = np.full((n, *self.chip), -1, dtype=np.int16)
        rows = np.arange(n)
        return Task(
            name="map",
            title="",
            kind=self.task_kind,
            target=np.zeros(n, dtype=np.int64 if self.has_classes else np.float64),
            classes=self.classes,
            lonlat=lonlat,
            groups={},
            inputs=inputs,
            unit=rows,
            digests=np.zeros(n, dtype="V16"),
            row=rows,
            masks=masks,
            pixel_metres=self.pixel_metres,
        )


_OWN = ("_open", "_lock")


def read_inputs(method: Method) -> tuple[str, ...]:
    """Name the inputs of a task that a method reads, each once, coordinates left out."""
    names = []
    for part in method.parts:
        name = parse_input(part.source if isinstance(part, Encoded) else part).source
        if name != COORDINATES and name not in names:
            names.append(name)
    return tuple(names)


def _keys(method: Method) -> "list[str]":
    return [BACKBONES[item.backbone].weights_key(item.weights) for item in method.encoded]
