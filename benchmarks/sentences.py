"""Every sentence that the product can print, from its sources; or the words that they are made of.

    python benchmarks/sentences.py [--words] [--room ROOM]

Literals of more than two words, f-strings with `{...}` where values stand, literals that follow one
another joined; docstrings are left out, but for those of commands, which are their help. `--words`
counts words that stand in no word list of the system's, if there is one, and not in the glossary.
"""

import argparse
import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

SOURCES = Path(__file__).parents[1] / "src" / "bocage"
GLOSSARY = Path(__file__).parents[1] / "docs" / "glossary.md"
LISTS = (Path("/usr/share/dict/words"),)
WORD = re.compile(r"[A-Za-z][A-Za-z'-]+")
FEWEST = 3


def text_of(node: ast.expr) -> str | None:
    """Return what a literal prints, with `{...}` for values; None where it is no text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{...}" for part in node.values
        )
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [text_of(side) or "{...}" for side in (node.left, node.right)]
        return None if set(parts) == {"{...}"} else "".join(parts)
    return None


def _docstrings(tree: ast.Module) -> set[ast.expr]:
    """Find the texts that stand alone; those of commands (they have a typer option) are help."""
    alone: set[ast.expr] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and text_of(node.value) is not None:
            alone.add(node.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and "typer.Option" in ast.unparse(node.args):
            first = node.body[0]
            if isinstance(first, ast.Expr):
                alone.discard(first.value)
    return alone


def sentences(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and text of what a file can print."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    left_out = _docstrings(tree)
    inside: set[ast.AST] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.expr) or node in left_out or node in inside:
            continue
        said = text_of(node)
        if said is None:
            continue
        inside.update(ast.walk(node))
        said = " ".join(said.split())
        if len(WORD.findall(said.replace("{...}", " "))) >= FEWEST:
            yield node.lineno, said


def unknown(texts: list[str]) -> Counter[str]:
    """Count words that no list has."""
    known = {
        word.casefold()
        for path in (*LISTS, GLOSSARY)
        if path.exists()
        for word in WORD.findall(path.read_text(encoding="utf-8"))
    }
    words = (word.casefold() for text in texts for word in WORD.findall(text))
    return Counter(word for word in words if word not in known)


def main() -> int:
    """Print the table, or the words."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--words", action="store_true")
    parser.add_argument("--room", default="", help="such as report")
    asked = parser.parse_args()
    found = [
        (f"{path.relative_to(SOURCES)}:{line}", said)
        for path in sorted((SOURCES / asked.room).rglob("*.py"))
        for line, said in sentences(path)
    ]
    if asked.words:
        for word, count in sorted(unknown([said for _, said in found]).items()):
            print(f"{count:5d}  {word}")
        return 0
    for where, said in found:
        print(f"{where}\t{said}")
    print(f"{len(found)} sentences", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
