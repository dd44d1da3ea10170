"""No module leads back to itself by what it imports, late or for its types alone."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import bocage

HOME = Path(bocage.__file__).parent


def _imported(path, modules):
    """Modules of ours that a file imports anywhere; of a package, what it takes from it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= names if names <= modules else {node.module, *names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found & modules


def _graph(home):
    files = {}
    for path in home.rglob("*.py"):
        parts = path.relative_to(home.parent).with_suffix("").parts
        files[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return {name: _imported(path, set(files)) - {name} for name, path in files.items()}


def _circle(graph):
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_no_module_leads_back_to_itself():
    graph = _graph(HOME)
    assert len(graph) > 500
    assert _circle(graph) == []


def test_a_circle_would_be_seen_however_late_it_is(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "__init__.py").write_text("")
    (tmp_path / "home" / "a.py").write_text("def f():\n    from home.b import g\n")
    (tmp_path / "home" / "b.py").write_text(
        "import typing\nif typing.TYPE_CHECKING:\n    import home.a\n"
    )
    assert set(_circle(_graph(tmp_path / "home"))) == {"home.a", "home.b"}
