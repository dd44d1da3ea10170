"""What turns stored pixels into results."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bocage.core import SettingsError


class Kernel(Protocol):
    """A fitted head, ready for stored pixels.

    Pixels come as they lie in a file of separate bands: shape (n_bands, n_pixels), contiguous, in
    the file's own type, with the bands that the kernel names and in that order. A pixel's result
    depends on its own numbers alone, bit by bit, and not on where it stands. A pixel without data
    gets some result, which is the caller's to mask.

    All methods may run in several threads at once, and start no threads of their own, save those
    that a library starts by itself: the caller limits these once, for the whole process
    (`threadpoolctl`).
    """

    @property
    def bands(self) -> tuple[int, ...]:
        """Places of the bands that are read, among those that the head was fitted on."""

    @property
    def n_classes(self) -> int:
        """Classes of the task, also those that were not learned; 0 of a regression."""

    def classes(self, stored: NDArray[Any]) -> NDArray[np.uint8]:
        """Return codes of the most probable classes, shape (n_pixels,)."""

    def confident(self, stored: NDArray[Any]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Return the same codes and their probabilities, both of shape (n_pixels,)."""

    def probabilities(self, stored: NDArray[Any]) -> NDArray[np.float32]:
        """Return probabilities of all classes, shape (n_classes, n_pixels)."""

    def values(self, stored: NDArray[Any]) -> NDArray[np.float32]:
        """Return values of a regression, shape (n_pixels,)."""


def check_stored(
    stored: NDArray[Any], bands: tuple[int, ...], dtype: np.dtype[Any], kind: str, asked: str
) -> None:
    """Refuse pixels, or a question, that a kernel is not made for.

    Raises
    ------
    SettingsError
    """
    if kind != asked:
        raise SettingsError(
            f"the model is a {kind}, and the result of a {asked} was requested; request that "
            f"of a {kind}"
        )
    if stored.ndim != 2 or len(stored) != len(bands) or stored.dtype != dtype:  # noqa: PLR2004
        raise SettingsError(
            f"the pixels have shape {stored.shape} and type {stored.dtype}; expected shape "
            f"({len(bands)} bands, any number of pixels) and type {dtype}"
        )
