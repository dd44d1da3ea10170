"""The house in figures: rooms, files, lines, names, circles.

    python benchmarks/house.py [--trace] [COMMIT ...]

Without a commit the working tree is counted; with some, a column each. Names that two modules
define as a class or type are listed. With ``--trace`` it also counts the files of Bocage that
are entered on the way from a label table to a verdict's page and from a raster to a map's files
(synthetic landscape, two methods, one budget).
"""

import argparse
import ast
import io
import subprocess
import sys
import tarfile
import tempfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]

LONG = 300

TRACE = """
import os, sys, tempfile
from pathlib import Path
os.chdir(tempfile.mkdtemp())
entered = set()
home = str(Path(sys.argv[1]) / "bocage") + "/"
def note(frame, event, arg):
    if event == "call" and frame.f_code.co_filename.startswith(home):
        if frame.f_code.co_name != "<module>":
            entered.add(frame.f_code.co_filename)
    return None
from bocage.cli._app import app
def run(*words):
    entered.clear()
    sys.setprofile(note)
    try:
        app(list(words), standalone_mode=False)
    finally:
        sys.setprofile(None)
    return len(entered)
import contextlib, io
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    import numpy as np, pandas as pd
    try:
        from bocage.datasets import load_task
        from bocage.datasets.landscape import write_landscape_tile
    except ImportError:
        from bocage.tasks import load_task
        from bocage.tasks.landscape import write_landscape_tile
    task = load_task("landscape")
    aef = task.inputs["aef"]
    table = pd.DataFrame(aef.values, columns=list(aef.bands)).iloc[::4]
    table["lon"], table["lat"] = task.lonlat[::4].T
    table["crop"] = np.array(task.classes)[task.target[::4]]
    table["region"] = task.groups["region"][::4]
    table.to_csv("t.csv", index=False)
    write_landscape_tile(Path("aef.tif"), side=64)
    asked = ["--target", "crop", "--leave", "region", "--input", "aef=A??", "--budgets", "5"]
    asked += ["--repeats", "1", "--methods", "prior,aef:logistic", "-j", "1", "-o", "s"]
    run("compare", "t.csv", *asked)
    import shutil
    shutil.rmtree("s")
    verdict = run("compare", "t.csv", *asked)
    run("map", "s", "--source", "aef.tif", "-o", "a.tif", "-j", "1")
    mapped = run("map", "s", "--source", "aef.tif", "-o", "b.tif", "-j", "1")
print(verdict, mapped)
"""


def unpacked(commit: str, folder: Path) -> Path:
    """Put the sources of a commit into a folder."""
    packed = subprocess.run(
        ["git", "archive", commit, "src"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder / "src"


def modules(source: Path) -> dict[str, ast.Module]:
    """Parse all modules, by dotted name."""
    found = {}
    for path in sorted((source / "bocage").rglob("*.py")):
        parts = path.relative_to(source).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def offered(tree: ast.Module) -> list[str]:
    """Read ``__all__``."""
    for node in tree.body:
        names = [t.id for t in getattr(node, "targets", []) if isinstance(t, ast.Name)]
        if isinstance(node, ast.Assign) and names == ["__all__"]:
            return list(ast.literal_eval(node.value))
    return []


def twice(parsed: dict[str, ast.Module]) -> dict[str, list[str]]:
    """Find names that several modules define as a class or a type."""
    found = defaultdict(list)
    for name, tree in parsed.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(name)
            if isinstance(node, ast.Assign) and _is_type(node.value):
                for target in node.targets:
                    if isinstance(target, ast.Name) and target.id[:1].isupper():
                        found[target.id].append(name)
    return {name: where for name, where in found.items() if len(where) > 1}


def _is_type(value: ast.expr) -> bool:
    """Whether an expression is a type: ``NDArray[...]``, ``Literal[...]``, ``a | b``."""
    return isinstance(value, ast.Subscript) and ast.unparse(value.value).split(".")[-1] in {
        "NDArray",
        "Literal",
        "Callable",
        "Mapping",
        "tuple",
        "dict",
    }


def circles(parsed: dict[str, ast.Module]) -> list[tuple[str, str]]:
    """Find pairs of modules of which each imports the other, whatever for."""
    imports = defaultdict(set)
    for name, tree in parsed.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and node.module in parsed:
                imports[name].add(node.module)
    leaves = {name for name in parsed if name.rpartition(".")[2].startswith("_")}
    return sorted((a, b) for a in leaves for b in imports[a] & leaves if a < b and a in imports[b])


def measured(source: Path, *, trace: bool) -> dict[str, object]:
    """Count everything of one state."""
    parsed = modules(source)
    lines = {
        path: len(path.read_text(encoding="utf-8").splitlines())
        for path in (source / "bocage").rglob("*.py")
    }
    rooms = [p for p in (source / "bocage").iterdir() if (p / "__init__.py").exists()]
    packages = [name for name in parsed if any(o.startswith(name + ".") for o in parsed)]
    longest = max(lines, key=lines.__getitem__)
    made: dict[str, object] = {
        "rooms": len(rooms),
        "packages": len(packages),
        "files": len(lines),
        "lines": sum(lines.values()),
        "longest file": f"{lines[longest]} ({longest.relative_to(source / 'bocage')})",
        f"files over {LONG} lines": sum(n > LONG for n in lines.values()),
        "names of `bocage` itself": len(offered(parsed["bocage"])),
        "names of all packages": sum(len(offered(tree)) for tree in parsed.values()),
        "class or type names defined twice": len(twice(parsed)),
        "circles of two files": len(circles(parsed)),
    }
    if trace:
        run = [sys.executable, "-c", TRACE, str(source)]
        said = subprocess.run(
            run, env={"PYTHONPATH": str(source), "PATH": "/usr/bin:/bin"}, capture_output=True,
            text=True, check=True,
        ).stdout.split()  # fmt: skip
        made["files entered, label table to page"] = said[-2]
        made["files entered, raster to map"] = said[-1]
    return made


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("commits", nargs="*")
    parser.add_argument("--trace", action="store_true", help="also count files that are entered")
    asked = parser.parse_args()
    columns = {}
    with tempfile.TemporaryDirectory() as folder:
        for commit in asked.commits:
            source = unpacked(commit, Path(folder) / commit)
            columns[commit[:7]] = measured(source, trace=asked.trace)
        columns["now"] = measured(ROOT / "src", trace=asked.trace)
    print("| |", " | ".join(columns), "|\n|---|" + "---:|" * len(columns))
    for row in columns["now"]:
        print(f"| {row} |", " | ".join(str(column[row]) for column in columns.values()), "|")
    print()
    for name, where in sorted(twice(modules(ROOT / "src")).items()):
        print(f"{name}: {', '.join(where)}")
    for pair in circles(modules(ROOT / "src")):
        print("circle:", *pair)
    return 0


if __name__ == "__main__":
    sys.exit(main())
