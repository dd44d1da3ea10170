"""The help of a command: its options under headings, and examples at its end."""

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from typer.core import TyperCommand, TyperGroup

DATA: Final = "Data"
SPLIT: Final = "Split"
BUDGET: Final = "Budget"
METHODS: Final = "Methods"
NETWORKS: Final = "Networks"
VERDICT: Final = "Verdict"
EXPLANATION: Final = "Explanation"
RASTER: Final = "Raster"
FEATURES: Final = "Features"
MODEL: Final = "Model"
MAP: Final = "Map"
EXECUTION: Final = "Execution and output"

STUDIES: Final = "Studies"
RASTERS: Final = "Rasters and maps"
LOOKING: Final = "Explanation and export"

Panels = dict[str, list[tuple[str, str]]]

FEW = 8
"""Options that need no headings, with --help."""

WIDEST = 120
"""Columns that help uses of a wide terminal; on a narrower one it is as wide as the terminal."""

NAMES_WIDTH = 28
"""Most columns for the names of options and what they take."""

FORMER: Final = {
    "--names": "--class-names",
    "--buffer": "--buffer-metres",
    "--steps": "--undated",
    "--unit": "--budget-unit",
}
"""Options that were called otherwise; the former names are still read, and shown nowhere."""


class Command(TyperCommand):
    """A command whose help has a heading for each kind of option."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read what was typed; former names of options are read as the present ones."""
        known = {name for param in self.params for name in param.opts}
        return super().parse_args(ctx, _in_present_names(args, known))

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Name the arguments as their help does."""
        return ["[OPTIONS]", *(_argument(p) for p in self.get_params(ctx) if _is_argument(p))]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write options under their headings, in the order in which the command names them."""
        panels: Panels = {"Arguments": []}
        for param in self.get_params(ctx):
            if getattr(param, "hidden", False):
                continue
            named = getattr(param, "rich_help_panel", None)
            if named is None:
                # --help comes last, and needs no heading of its own.
                named = "Arguments" if _is_argument(param) else next(reversed(panels))
            if named == "Arguments" and not _is_argument(param):
                named = "Options"
            panels.setdefault(named, []).append(_line(param))
        panels = _arranged(panels)
        names = [name for rows in panels.values() for name, _ in rows]
        # One column for all headings; where a name takes more, its help begins on the next line.
        width = max((len(name) for name in names if len(name) <= NAMES_WIDTH), default=0)
        for title, rows in panels.items():
            if rows:
                with formatter.section(title):
                    formatter.write_dl([(n.ljust(width), said) for n, said in rows], width)

    def format_epilog(self, _ctx: Any, formatter: Any) -> None:
        """Write examples as they are typed: a command is not wrapped anywhere."""
        if self.epilog:
            formatter.write(f"\nExamples:\n{textwrap.indent(self.epilog, '  ')}\n")


class Group(TyperGroup):
    """Commands under headings."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write commands under their headings, in the order in which they are used."""
        found = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        shown = {name: one for name, one in found.items() if one is not None and not one.hidden}
        width = formatter.width - 6 - max(map(len, shown))
        panels: Panels = {}
        for name, one in shown.items():
            title = getattr(one, "rich_help_panel", None)
            heading = title if isinstance(title, str) else "Commands"
            panels.setdefault(heading, []).append((name, one.get_short_help_str(width)))
        for title, rows in panels.items():
            with formatter.section(title):
                formatter.write_dl(rows)


def examples(*commands: tuple[str, str]) -> str:
    """Put examples together, each a comment and a command that can be pasted."""
    return "\n\n".join(f"# {comment}\n{command}" for comment, command in commands)


def _arranged(panels: Panels) -> Panels:
    """Put few options under one heading, and those of execution last, as they are of least say."""
    arguments = {"Arguments": panels["Arguments"]}
    rest = {title: rows for title, rows in panels.items() if title != "Arguments"}
    if sum(map(len, rest.values())) <= FEW:
        return arguments | {"Options": [row for rows in rest.values() for row in rows]}
    # --help is with the options that the command names last.
    last = rest.pop(EXECUTION, [])
    closing = next(reversed(rest.values()))
    if closing and closing[-1][0] == "--help":
        last = [*last, closing.pop()]
    return arguments | rest | {EXECUTION: last}


def _in_present_names(args: Sequence[str], known: set[str]) -> list[str]:
    """Put the present names of options in the place of former ones, before a bare ``--``."""
    end = list(args).index("--") if "--" in args else len(args)
    return [*(_present(word, known) for word in args[:end]), *args[end:]]


def _present(word: str, known: set[str]) -> str:
    name, sign, value = word.partition("=")
    present = FORMER.get(name, name)
    return f"{present}{sign}{value}" if name not in known and present in known else word


def _is_argument(param: Any) -> bool:
    return bool(param.param_type_name == "argument")


def _argument(param: Any) -> str:
    name = param.metavar or param.name.upper()
    name = name if param.required else f"[{name}]"
    return f"{name}..." if param.nargs == -1 else name


def _line(param: Any) -> tuple[str, str]:
    """Give the names of an option and its help."""
    said = [param.help or ""]
    if getattr(param, "multiple", False):
        said.append("Repeatable.")
    default = param.default
    if isinstance(default, int | float | str | Path) and not (default is True or default is False):
        said += [f"[default: {default}]"] if str(default) else []
    if _is_argument(param):
        return _argument(param), " ".join(said)
    if param.required:
        said.append("[required]")
    names = ", ".join([*sorted(param.opts, key=len)])
    if param.secondary_opts:
        names += f" / {param.secondary_opts[0]}"
    if not param.is_flag:
        names += f" {param.metavar or 'TEXT'}"
    return names, " ".join(said)
