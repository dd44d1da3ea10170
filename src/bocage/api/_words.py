"""Messages name the arguments of Python, not the options of the command line."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from bocage.core import BocageError, in_python

P = ParamSpec("P")
R = TypeVar("R")


def speaks_python(function: Callable[P, R]) -> Callable[P, R]:
    """Let a function's errors name arguments where the rooms below name options."""

    @functools.wraps(function)
    def called(*args: P.args, **options: P.kwargs) -> R:
        try:
            return function(*args, **options)
        except BocageError as error:
            said = in_python(str(error))
            if said == str(error):
                raise
            raise type(error)(said) from error

    return called
