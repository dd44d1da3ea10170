"""The inputs of a task in the shapes that methods read."""

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from bocage.core import Input, SettingsError
from bocage.features import COORDINATES, Matrix, matrix, parse_input
from bocage.methods._encoded import Encoded
from bocage.methods.backbones import BACKBONES, Backbone, need_torch
from bocage.methods.chips import ChipGrid, ChipLayer, Chips, FrozenLayer, InputLayer, PlaceLayer
from bocage.tasks import Task

if TYPE_CHECKING:
    from bocage.methods.backbones import Frozen

Part = str | Encoded
"""An input by name, or as a frozen network sees it."""


class Views:
    """The inputs of a task as tables, through frozen networks, and as chips; each made once.

    Parameters
    ----------
    task : Task
    """

    def __init__(self, task: Task) -> None:
        self.task = task
        self._tables: dict[tuple[Part, ...], Matrix] = {}
        self._frozen: dict[Encoded, Frozen] = {}
        self._chips: dict[tuple[Part, ...], Chips] = {}
        self._like: Views | None = None
        self._is_passing = False

    @classmethod
    def passing(cls, task: Task, like: "Views | None" = None) -> Self:
        """Return the inputs of samples that are seen once: what networks give is not kept on disk.

        Parameters
        ----------
        task : Task
        like : Views, optional
            Of samples of the same shape, whose networks are taken.
        """
        made = cls(task)
        made._like, made._is_passing = like, True
        return made

    def with_masks(self, masks: NDArray[np.int16]) -> Self:
        """Return the same inputs, computed once for both, with other masks to learn from."""
        other = copy(self)
        other.task = replace(self.task, masks=masks)
        chips = {key: replace(item, masks=masks) for key, item in self._chips.items()}
        other._chips = chips  # noqa: SLF001 - of the same class
        return other

    def frozen(self, item: Encoded) -> "Frozen":
        """Return an input as a frozen network sees it; bands and scale are checked once.

        Raises
        ------
        BocageError
            If there is no such input, the network can't read it, or torch is not there.
        """
        if item not in self._frozen:
            need_torch()
            from bocage.methods.backbones import Frozen, Passing

            inputs, derived = self.task.inputs, parse_input(item.source)
            if derived.source not in inputs:
                raise SettingsError(
                    f"{item.name} needs input {derived.source!r}, which this task lacks; its "
                    f"inputs are: {', '.join(sorted(inputs))}"
                )
            backbone = BACKBONES[item.backbone]
            arrays = backbone.arrays(derived.make(inputs), self.task.lonlat, item.place)
            if self._is_passing:
                like = None if self._like is None else self._like.frozen(item)
                self._frozen[item] = Passing(backbone, item.weights, arrays, like)
            else:
                self._frozen[item] = Frozen(backbone, item.weights, arrays)
        return self._frozen[item]

    def find(self, item: Encoded) -> Backbone:
        """Check an input for a network and find its weights.

        Raises
        ------
        BocageError
            If the network can't read the input, or its weights are not there.
        """
        backbone = self.frozen(item).backbone
        backbone.find(item.weights)
        return backbone

    def table(self, parts: Sequence[Part]) -> Matrix:
        """Return one row of numbers a sample; zeros for a floor that reads no input."""
        key = tuple(parts)
        if key not in self._tables:
            self._tables[key] = self._table(key)
        return self._tables[key]

    def _table(self, parts: tuple[Part, ...]) -> Matrix:
        if not parts:
            return Matrix(np.zeros((len(self.task), 1)), np.zeros(1, dtype=bool), ("none",))
        inputs = dict(self.task.inputs)
        for item in parts:
            if isinstance(item, str) and not parse_input(item).is_plain:
                inputs[item] = parse_input(item).make(self.task.inputs)
            if isinstance(item, Encoded):
                values = np.asarray(self.frozen(item).features(), dtype=np.float64)
                bands = tuple(f"{item.backbone}_{i:03d}" for i in range(values.shape[1]))
                inputs[item.name] = Input(item.name, values, bands, modality="embedding")
        names = [part if isinstance(part, str) else part.name for part in parts]
        return matrix(inputs, self.task.lonlat, names)

    def chips(self, parts: Sequence[Part]) -> Chips:
        """Return the chips of a segmentation, some perhaps as a frozen network sees them.

        Raises
        ------
        SettingsError
            If the task has no masks, or an input is no stack of chips.
        """
        key, task = tuple(parts), self.task
        if task.masks is None:
            raise SettingsError(f"{task.name} is a {task.kind} and has no segmentation masks")
        if key not in self._chips:
            self._chips[key] = Chips(tuple(self._layer(part) for part in key), task.masks)
        return self._chips[key]

    def _layer(self, part: Part) -> ChipLayer:
        task = self.task
        assert task.masks is not None  # noqa: S101 - asked by `chips`
        height, width = task.masks.shape[1:]
        if isinstance(part, Encoded):
            return FrozenLayer(self.frozen(part), height, width)
        if part == COORDINATES:
            return PlaceLayer(ChipGrid(task.lonlat, height, width, task.pixel_metres))
        derived = parse_input(part)
        item = task.inputs.get(part) if derived.is_plain else derived.make(task.inputs)
        if item is None or item.form != "chips" or item.values.shape[-2:] != (height, width):
            found = "none" if item is None else f"{item.form} {item.values.shape}"
            raise SettingsError(
                f"input {part!r} ({found}) can't be segmented; expected chips of {height} x "
                f"{width} pixels in one of: {', '.join(sorted(task.inputs))}"
            )
        return InputLayer(item)
