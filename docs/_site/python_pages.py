"""Pages of the Python interface, made from what the packages say they offer."""

import inspect
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import bocage

INSIDE = frozenset({"bocage.cli"})
"""Rooms that offer nothing to call."""

FACE = """# Python interface

`import bocage` is enough for a study, a model and a map; names are loaded when they are first used.
The [tutorial](../tutorial/forty-points.md) shows them at work. What lies below them is listed
[room by room](rooms/index.md).
"""

# scikit-learn adds these to every estimator.
METHODS = ("fit", "partial_fit", "predict", "predict_proba", "score", "split", "transform")
ROUTING = ", ".join(["get_metadata_routing", *(f"set_{name}_request" for name in METHODS)])


def pages() -> dict[str, str]:
    """Write a page of the public face, and one a room; by path below `reference`."""
    rooms = [m.name for m in iter_modules(bocage.__path__, "bocage.") if m.ispkg]
    rooms = [name for name in rooms if name not in INSIDE]
    face = getattr(bocage, "__all__", ())
    # What a study is made with stands first.
    first = [name for name in face if getattr(bocage, name).__module__.startswith("bocage.api.")]
    rest = [name for name in face if name not in first]
    parts = [("Study, model and map", first), ("Labels, splits, rasters, areas, errors", rest)]
    made = {
        "python.md": "\n".join(
            [FACE, *(line for title, names in parts for line in _section(title, names))]
        )
    }
    lines, names = [], []
    for name in rooms:
        module = import_module(name)
        about = (inspect.getdoc(module) or "").split("\n\n", 1)[0]
        own = [n for n in getattr(module, "__all__", ()) if _is_own(module, n)]
        if not own:
            continue
        short = name.removeprefix("bocage.")
        made[f"rooms/{short}.md"] = "\n".join(
            [f"# {name}\n", about, "", *_entries(name, own, face)]
        )
        lines.append(f"| [`{name}`]({short}.md) | {' '.join(about.split())} |")
        names.append(short)
    made["rooms/index.md"] = "\n".join(
        [
            "# Rooms\n",
            "The packages below the public face.\n",
            "| room | what it is |\n|---|---|",
            *lines,
            "\n```{toctree}\n:hidden:",
            *names,
            "```\n",
        ]
    )
    return made


def _section(title: str, names: list[str]) -> list[str]:
    return [f"## {title}\n", *_entries("bocage", names, ())] if names else []


def _is_own(module: ModuleType, name: str) -> bool:
    """Whether a name is defined in a room, and not passed on from another one."""
    found = getattr(module, name)
    if not (inspect.isclass(found) or inspect.isfunction(found)):
        # Constants, and types that are put together from others, do not say where they come from.
        return True
    return f"{found.__module__}.".startswith(f"{module.__name__}.")


def _entries(package: str, names: Any, skipped: Any) -> list[str]:
    module, made = import_module(package), ["```{eval-rst}"]
    for name in names:
        found = getattr(module, name)
        # An object has one entry: of what the face offers, there.
        again = "   :no-index:\n" if name in skipped else ""
        if inspect.isclass(found):
            made.append(f".. autoclass:: {package}.{name}\n{again}   :members:")
            made.append(f"   :exclude-members: {ROUTING}\n")
        elif inspect.isfunction(found):
            made.append(f".. autofunction:: {package}.{name}\n{again}")
    constants = [n for n in names if not callable(getattr(module, n))]
    constants += [n for n in names if _is_alias(getattr(module, n))]
    if constants:
        made.append("Constants and types: " + ", ".join(f"``{n}``" for n in sorted(constants)))
    return [*made, "```", ""]


def _is_alias(found: Any) -> bool:
    return callable(found) and not (inspect.isclass(found) or inspect.isfunction(found))
