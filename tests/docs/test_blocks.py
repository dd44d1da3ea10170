"""Every block of code in the documents is run by a test, or says why it is not."""

import re
from pathlib import Path

import pytest
import yaml
from tests.data.scripts import load_script

from bocage.methods.backbones._declared import Declaration
from bocage.study import make_settings

ROOT = Path(__file__).parents[2]
PAGES = load_script("links", "docs/_site").documents()
BLOCK = re.compile(r"(?P<before>[^\n]*)\n```(?P<language>\w*)\n(?P<code>.*?)```", re.DOTALL)
EXCERPT = re.compile(r"<!-- excerpt: .{8,} -->")
RUN_BY_TESTS = {"README.md", "extend.md", "map.md", "python.md"}
"""Pages whose Python is no session of doctest: `test_snippets` and `test_plugged_in` run it."""


def blocks():
    for page in PAGES:
        for found in BLOCK.finditer("\n" + page.read_text(encoding="utf-8")):
            if not EXCERPT.search(found["before"]):
                yield pytest.param(
                    page, found["language"], found["code"], id=f"{page.name}-{found.start()}"
                )


@pytest.mark.parametrize(("page", "language", "code"), list(blocks()))
def test_a_block_is_run_or_says_why_not(page, language, code):
    if language == "console":
        _check_commands(code)
    elif language == "python":
        # Sessions are run as doctests, by the settings of pytest.
        assert ">>> " in code or page.name in RUN_BY_TESTS
    elif language == "yaml":
        _check_yaml(code)
    elif language == "toml":
        # The package that the tests install says the same.
        offered = (ROOT / "tests" / "data" / "plugin" / "pyproject.toml").read_text()
        assert code in offered
    else:
        pytest.fail(f"{language or 'a block of no language'} is run by no test: mark it as excerpt")


def test_there_are_blocks_of_every_kind():
    assert {found.values[1] for found in blocks()} == {"console", "python", "toml", "yaml"}


def _check_commands(code):
    """Commands of Bocage are run by `test_commands`; others must be targets of make."""
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for line in code.splitlines():
        program, _, rest = line.removeprefix("$ ").partition(" ")
        assert line.startswith("$ ")
        if program == "make":
            assert rest.split()[0] in targets
        else:
            assert program.split("/")[-1] == "bocage"


def _check_yaml(code):
    values = yaml.safe_load(code)
    if "registry" in values:
        assert Declaration.model_validate(values).bands
    else:
        assert make_settings({"task": "landscape", **values})
