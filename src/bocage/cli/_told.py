"""Options that are settings: each panel is written once, and commands take it whole."""

import inspect
from collections.abc import Callable, Collection, Mapping
from functools import wraps
from types import ModuleType
from typing import Annotated, Any, get_origin

Told = Mapping[str, Any]
"""What was typed of the settings, by name; None for what was not."""


def with_settings(
    *panels: ModuleType, without: Collection[str] = ()
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of some panels, in place of its parameter `told`.

    Parameters
    ----------
    *panels : module
        Each of its annotated types is an option: ``MinClass`` is the setting ``min_class``. They
        stand in the help in the order of the file.
    without : collection of str
        Settings of those panels that the command has no use for.

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
            command(told=told, **typed)

        signature = inspect.signature(command)
        run.__signature__ = signature.replace(  # type: ignore[attr-defined]
            parameters=[
                parameter
                for one in signature.parameters.values()
                for parameter in (_parameters(options) if one.name == "told" else [one])
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
