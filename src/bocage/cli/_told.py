"""Options that several commands have: each panel is written once, and commands take it whole."""

import inspect
from collections.abc import Callable, Collection, Mapping
from functools import wraps
from types import MappingProxyType, ModuleType
from typing import Annotated, Any, get_origin

Told = Mapping[str, Any]
"""What was typed of some panels, by name; None for what was not."""


NOTHING: Told = MappingProxyType({})


def with_options(
    parameter: str, *panels: ModuleType, without: Collection[str] = ()
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of some panels, in place of one parameter of it.

    Parameters
    ----------
    parameter : str
        What takes all of them, as `Told`.
    *panels : module
        Each of its annotated types is an option: ``MinClass`` is told as ``min_class``. They stand
        in the help in the order of the file.
    without : collection of str
        Options of those panels that the command has no use for.

    Returns
    -------
    callable
        What turns the command into one that typer reads.
    """
    options = {
        name: option
        for panel in panels
        for name, option in _options_of(panel).items()
        if name not in without
    }

    def given(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def run(**typed: Any) -> None:
            told = {name: typed.pop(name) for name in options}
            command(**{parameter: told}, **typed)

        signature = inspect.signature(command)
        run.__signature__ = signature.replace(  # type: ignore[attr-defined]
            parameters=[
                each
                for one in signature.parameters.values()
                for each in (_parameters(options) if one.name == parameter else [one])
            ]
        )
        return run

    return given


def _options_of(panel: ModuleType) -> dict[str, Any]:
    return {
        "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]: option
        for name, option in vars(panel).items()
        if get_origin(option) is Annotated
    }


def _parameters(options: Mapping[str, Any]) -> list[inspect.Parameter]:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return [
        inspect.Parameter(name, kind, default=None, annotation=option)
        for name, option in options.items()
    ]
