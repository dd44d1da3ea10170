"""One state of PyTorch for all that networks compute: the same bits whatever ran before."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

State = tuple[int, str, bool, bool]
"""Threads, precision of products of float32, deterministic algorithms, and no more than a warning
where there is none."""

FIXED: State = (1, "highest", True, True)

_lock = Lock()
_inside = 0
_before = FIXED


@contextmanager
def fixed_numerics() -> Iterator[None]:
    """Compute on one thread, in whole float32 products and with deterministic algorithms.

    Libraries change the state of the whole process when they are imported (TerraTorch calls
    ``set_float32_matmul_precision("medium")``: other kernels everywhere, and 16-bit products on
    some processors), so it is set at every entry and at every exit but the last. The last to leave
    puts back what the first one found; threads may be inside together. Decorates functions too.
    """
    global _before, _inside  # noqa: PLW0603 - the state is that of the process
    with _lock:
        if not _inside:
            _before = (
                torch.get_num_threads(),
                torch.get_float32_matmul_precision(),
                torch.are_deterministic_algorithms_enabled(),
                torch.is_deterministic_algorithms_warn_only_enabled(),
            )
        _inside += 1
        _set(*FIXED)
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            _set(*(FIXED if _inside else _before))


def _set(threads: int, precision: str, deterministic: bool, warn_only: bool) -> None:
    torch.set_num_threads(threads)
    torch.set_float32_matmul_precision(precision)
    torch.use_deterministic_algorithms(deterministic, warn_only=warn_only)


def own_tensor(values: NDArray[Any]) -> Tensor:
    """Copy an array to where PyTorch keeps its own.

    Sums over memory that starts elsewhere than at a multiple of 64 bytes differ in the last bits
    for some shapes, and NumPy starts where it likes.
    """
    return torch.tensor(np.ascontiguousarray(values))
