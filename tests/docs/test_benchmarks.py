"""Scripts behind the figures of the docs take from Bocage what Bocage has."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

SCRIPTS = sorted((Path(__file__).parents[2] / "benchmarks").glob("*.py"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_what_a_script_imports_is_there(path):
    taken = [
        (node.module, name.name)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "bocage"
        for name in node.names
    ]
    lost = [f"{module}.{name}" for module, name in taken if not _is_there(module, name)]
    assert lost == []


def _is_there(module, name):
    try:
        getattr(import_module(module), name)
    except AttributeError:
        # A module of a package that was not imported yet.
        try:
            import_module(f"{module}.{name}")
        except ModuleNotFoundError:
            return False
    return True
