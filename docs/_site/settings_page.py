"""The page of the settings of a study, made from their definition and the command line."""

import json
from typing import Any

import typer
import yaml

from bocage.cli._app import app
from bocage.cli._help import _line
from bocage.study import StudySettings, settings_schema

ALIKE = {"task": "sources", "only_plan": "dry_run"}
"""Settings whose parameter of the command has another name."""

FIRST = """# Settings of a study

A study is decided by its settings. They are lines of `study.yaml`, options of `bocage compare`, and
keyword arguments in Python. A file of settings holds only what differs from the defaults; for an
unknown name the nearest known one is suggested. This page is made from the definition of the
settings; `bocage study schema` prints the same as a JSON schema.

```yaml
task: labels.gpkg
target: crop
leave: district
inputs: {aef: "A??"}
budgets: [5, 20, all]
```
"""


def options() -> dict[str, tuple[str, str]]:
    """Give heading and option of each parameter of `bocage compare`, by name."""
    group: Any = typer.main.get_command(app)
    found = {}
    for param in group.commands["compare"].params:
        title = getattr(param, "rich_help_panel", None) or "Data"
        found[param.name] = (title, _line(param)[0])
    return found


def page() -> str:
    """Write the page: settings under the headings that the command's help has."""
    known, schema = options(), settings_schema()["properties"]
    sections: dict[str, list[str]] = {}
    title = "Data"
    for name, field in StudySettings.model_fields.items():
        # What has no option stands with what is defined before it.
        title, option = known.get(ALIKE.get(name, name), (title, ""))
        sections.setdefault(title, []).append(_entry(name, field, schema[name], option))
    made = [FIRST]
    for title, entries in sections.items():
        made += [f"## {title}\n", *entries]
    return "\n".join(made)


def _entry(name: str, field: Any, about: dict[str, Any], option: str) -> str:
    facts = [f"Value: {_type(about)}."]
    if field.is_required():
        facts.append("Required.")
    else:
        default = field.get_default(call_default_factory=True)
        facts.append(f"Default: {_default(default)}.")
    if not option:
        facts.append("In files and in Python only.")
    elif option.startswith("--"):
        facts.append(f"Option: `{option}`.")
    else:
        facts.append("Arguments of the command.")
    lines = [f"### `{name}`\n", f"{field.description}\n", " ".join(facts) + "\n"]
    if field.examples:
        shown = "".join(f"{name}: {_flow(one)}\n" for one in field.examples)
        lines.append(f"```yaml\n{shown}```\n")
    return "\n".join(lines)


def _flow(value: Any) -> str:
    """Write a value as YAML in one line."""
    # The document's end is written behind a single word.
    made = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000)
    return made.removesuffix("...\n").strip()


def _default(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "none"
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def _type(about: dict[str, Any]) -> str:
    """Say in words what a part of the schema allows."""
    if "enum" in about or "const" in about:
        return "one of " + ", ".join(f"`{one}`" for one in about.get("enum", [about.get("const")]))
    if "anyOf" in about:
        words = [_type(part) for part in about["anyOf"]]
        return " or ".join(dict.fromkeys(word for word in words if word != "nothing"))
    kind = about.get("type")
    if isinstance(kind, list):
        return "text"
    if kind == "array":
        return f"list of {_type(about['items'])}"
    if kind == "object":
        return f"mapping of names to {_type(about['additionalProperties'])}"
    limits = [
        f"{word} {about[key]:g}"
        for key, word in (
            ("minimum", "from"), ("exclusiveMinimum", "above"), ("maximum", "up to"),
        )
        if key in about
    ]  # fmt: skip
    word = {
        "integer": "whole number", "number": "number", "boolean": "`true` or `false`",
        "null": "nothing", "string": "text",
    }[kind]  # fmt: skip
    return " ".join([word, *limits])
