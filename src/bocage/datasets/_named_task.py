"""A task that is known by name: Bocage's own, or another package's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bocage.core import Plugin, SettingsError, plugins
from bocage.tasks import Samples, Task, build_task

GROUP = "bocage.tasks"
"""Entry points of packages: the name is the task's, the object a `NamedTask`, or a function
without arguments that returns one."""


@dataclass(frozen=True, slots=True)
class NamedTask:
    """A task that is known by name.

    Attributes
    ----------
    line : str
        What it is, for people.
    load : callable
        Takes the options as keywords, and returns `Samples`, or a `Task` that was built of some.
    options : mapping of str to callable
        What may stand behind the name, as in ``hls-burn-scars:side=128``, and how its value is
        read.
    """

    line: str
    load: Callable[..., Samples | Task]
    options: Mapping[str, Callable[[str], Any]] = field(default_factory=dict)


def task_names() -> tuple[str, ...]:
    """Return the names of tasks that other packages add, sorted; nothing is imported."""
    return tuple(plugins(GROUP))


def task_of(name: str) -> NamedTask:
    """Return a task of another package.

    Raises
    ------
    SettingsError
        If the package can't be imported, or holds something else.
    """
    plugin = plugins(GROUP)[name]
    found = plugin.made(NamedTask)

    def load(**options: Any) -> Task:
        return _built(plugin, plugin.guard("can't be loaded")(found.load, **options))

    return NamedTask(str(found.line), load, found.options)


def line_of(name: str) -> str:
    """Return what a task of another package is in words, or why it can't be had."""
    try:
        return task_of(name).line
    except SettingsError as error:
        return str(error)


def _built(plugin: Plugin, made: Any) -> Task:
    """Build the task of what a package returned."""
    if isinstance(made, Samples):
        made = plugin.guard("returns samples that don't fit together")(build_task, made)
    if not isinstance(made, Task):
        raise plugin.refused(f"returns a {type(made).__name__}, not Samples or a Task")
    return made
