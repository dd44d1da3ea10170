"""Chips as methods see them: inputs put together, with what to standardise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Input, SettingsError


@dataclass(frozen=True, slots=True)
class Chips:
    """The inputs of a method for all chips.

    Attributes
    ----------
    values : ndarray of float32, shape (n, bands, height, width)
    standardise : ndarray of bool, shape (bands,)
    masks : ndarray of int16, shape (n, height, width)
        Codes; -1 without a label.
    """

    values: NDArray[np.float32]
    standardise: NDArray[np.bool_]
    masks: NDArray[np.int16]

    @classmethod
    def of(
        cls, inputs: Mapping[str, Input], names: Sequence[str], masks: NDArray[np.int16]
    ) -> "Chips":
        """Stack the named inputs; a floor reads none and gets one empty band.

        Raises
        ------
        SettingsError
            If an input is unknown, is no stack of chips, or has another size than the masks.
        """
        parts: list[NDArray[Any]] = []
        flags: list[NDArray[np.bool_]] = []
        for name in names:
            item = inputs.get(name)
            if item is None or item.form != "chips" or item.values.shape[2:] != masks.shape[1:]:
                found = "none" if item is None else f"{item.form} {item.values.shape}"
                raise SettingsError(
                    f"input {name!r} ({found}) can't be segmented; expected chips of "
                    f"{masks.shape[1]} x {masks.shape[2]} pixels: {', '.join(sorted(inputs))}"
                )
            parts.append(item.values.astype(np.float32))
            flags.append(np.full(len(item.bands), item.scaling == "standardise"))
        if not parts:
            empty = np.zeros((len(masks), 1, *masks.shape[1:]), dtype=np.float32)
            return cls(empty, np.zeros(1, dtype=bool), masks)
        return cls(np.concatenate(parts, axis=1), np.concatenate(flags), masks)

    def scale(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return mean and spread of each band over some chips; 0 and 1 where it keeps its scale."""
        own = self.values[rows].astype(np.float64)
        mean, spread = own.mean(axis=(0, 2, 3)), own.std(axis=(0, 2, 3))
        still = spread <= np.finfo(np.float32).eps * np.abs(mean)
        mean = np.where(self.standardise, mean, 0.0)
        spread = np.where(self.standardise & ~still, spread, 1.0)
        return mean.astype(np.float32), spread.astype(np.float32)
