"""The page of the commands and their exit codes, made from the program itself."""

from collections.abc import Iterator
from typing import Any

import typer

from bocage.cli._app import app
from bocage.cli._exit_codes import EXIT_CODES
from bocage.cli._help import _is_argument, _line

FIRST = """# Commands

This page is made from the program's own help (`bocage COMMAND --help`). Every example is run in the
tests.
"""

CODES = """## Exit codes

| code | meaning |
|---:|---|
"""


def commands() -> Iterator[tuple[str, Any]]:
    """Go through the commands of the program, groups opened, with their full names."""
    group: Any = typer.main.get_command(app)
    for name, one in group.commands.items():
        inner = getattr(one, "commands", None)
        if inner is None:
            yield f"bocage {name}", one
        else:
            yield from ((f"bocage {name} {last}", each) for last, each in inner.items())


def page() -> str:
    """Write the page."""
    made = [FIRST]
    made += [_command(name, one) for name, one in commands()]
    rows = "".join(f"| {code} | {said} |\n" for code, said in EXIT_CODES.items())
    return "\n".join([*made, CODES + rows])


def _command(name: str, one: Any) -> str:
    usage = " ".join(one.collect_usage_pieces(_context(one)))
    made = [f"## {name}\n", f"{' '.join((one.help or '').split())}\n"]
    made.append(f"```text\n{name} {usage}\n```\n")
    panels: dict[str, list[str]] = {}
    for param in one.params:
        if getattr(param, "hidden", False) or param.name == "help":
            continue
        title = getattr(param, "rich_help_panel", None) or "Options"
        title = "Arguments" if _is_argument(param) else title
        names, said = _line(param)
        named = names.replace("|", "\\|")
        panels.setdefault(title, []).append(f"| `{named}` | {_cell(said)} |")
    for title, rows in panels.items():
        head = "argument" if title == "Arguments" else "option"
        made += [f"**{title}**\n", f"| {head} | meaning |\n|---|---|", *rows, ""]
    if one.epilog:
        made += ["**Examples**\n", f"```bash\n{one.epilog}\n```\n"]
    return "\n".join(made)


def _context(one: Any) -> Any:
    return one.make_context(one.name, [], resilient_parsing=True)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")
