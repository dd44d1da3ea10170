"""Loops over pixels as machine code."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar, cast

from numba import njit
from numba.core.caching import FunctionCache
from numba.extending import intrinsic

F = TypeVar("F", bound=Callable[..., Any])


class _Kept(FunctionCache):
    """Machine code kept on disk, which never stops a map: a file that can't be used is not."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return cast("Any", super()).load_overload(sig, target_context)
        except Exception:  # noqa: BLE001 - a damaged file may fail in any way
            with suppress(Exception):
                # Starts an empty index, which new code can be added to.
                cast("Any", self).flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        try:
            cast("Any", super()).save_overload(sig, data)
        except Exception:  # noqa: BLE001 - a full disk, a folder that went away
            cast("Any", self).disable()


def compiled(function: F) -> F:
    """Compile a function when it is first called with some types.

    It runs without Python's lock, so windows can be worked on by threads; arithmetic is IEEE's,
    operation by operation (no `fastmath`), so that what a pixel gives does not depend on the place
    where it stands in an array, nor on the width of this processor's vectors.

    Compiling takes seconds, so the machine code is kept: in the folder of compiled Python files
    beside the source, or else in the user's cache folder, under the hash of the source file, the
    processor and the release of numba. It is as trustworthy as those compiled files are: who can
    write there can change the program itself. Where neither can be written, nothing is kept.

    A function and all that it calls must stand in one file, since that file's hash is what tells
    whether kept code is stale.
    """
    dispatcher: Any = njit(nogil=True, error_model="numpy")(function)
    # What `cache=True` does, but forgiving; the error says that no folder can be written.
    with suppress(RuntimeError):
        dispatcher._cache = cast("Any", _Kept)(function)  # noqa: SLF001
    return cast("F", dispatcher)


def emitted(function: Callable[..., Any]) -> Any:
    """Make a function, for compiled ones to call, of one that emits its instructions."""
    return intrinsic(function)
