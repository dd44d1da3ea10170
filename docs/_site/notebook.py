"""Notebooks without a notebook server: run their cells here, and show them as a page.

    python docs/_site/notebook.py docs/tutorial/forty-points.ipynb

runs the cells in an empty folder and stores what they print, show and draw in the file.
"""

import ast
import base64
import contextlib
import io
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

Notebook = dict[str, Any]


def read(path: Path) -> Notebook:
    """Read a notebook (JSON, format 4)."""
    made: Notebook = json.loads(path.read_text(encoding="utf-8"))
    return made


def run(notebook: Notebook, folder: Path) -> Notebook:
    """Run the cells of code one after another in a folder; give the notebook with their outputs.

    As in a notebook server, the value of a last line that is an expression is shown: as HTML or a
    picture, where the object has such a face, otherwise as text.

    Raises
    ------
    Exception
        Whatever a cell raises.
    """
    given: dict[str, Any] = {"__name__": "__main__"}
    here, cells, count = Path.cwd(), [], 0
    os.chdir(folder)
    try:
        for cell in notebook["cells"]:
            if cell["cell_type"] != "code":
                cells.append(cell)
                continue
            count += 1
            outputs = _run_cell("".join(cell["source"]), given, count)
            cells.append({**cell, "execution_count": count, "outputs": outputs})
    finally:
        os.chdir(here)
    return {**notebook, "cells": cells}


def _run_cell(source: str, given: dict[str, Any], count: int) -> list[dict[str, Any]]:
    tree = ast.parse(source)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";"):
        last = ast.Expression(tree.body.pop().value)  # type: ignore[attr-defined]
    printed = io.StringIO()
    name = f"<cell {count}>"
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, name, "exec"), given)  # noqa: S102 - our own
        value = None if last is None else eval(compile(last, name, "eval"), given)  # noqa: S307
    outputs: list[dict[str, Any]] = []
    if printed.getvalue():
        text = printed.getvalue().splitlines(keepends=True)
        outputs.append({"output_type": "stream", "name": "stdout", "text": text})
    if value is not None:
        data = _faces(value)
        shown = {"output_type": "execute_result", "metadata": {}, "execution_count": count}
        outputs.append({**shown, "data": data})
    return outputs


def _faces(value: Any) -> dict[str, Any]:
    """Give what a notebook server would show of a value."""
    data: dict[str, Any] = {}
    figure = getattr(value, "figure", value)
    if hasattr(figure, "savefig"):
        picture = io.BytesIO()
        figure.savefig(picture, format="png", dpi=72, bbox_inches="tight", facecolor="white")
        return {
            "image/png": base64.b64encode(picture.getvalue()).decode(),
            "text/plain": ["A figure"],
        }
    for kind, face in (("text/html", "_repr_html_"), ("image/svg+xml", "_repr_svg_")):
        if callable(getattr(value, face, None)):
            said = getattr(value, face)()
            if said:
                data[kind] = said.splitlines(keepends=True)
    data["text/plain"] = repr(value).splitlines(keepends=True)
    return data


def to_markdown(notebook: Notebook) -> str:
    """Show a notebook with its stored outputs as a page."""
    made: list[str] = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] != "code":
            made += [source, ""]
            continue
        made += [f"```python\n{source}\n```", ""]
        shown = "\n\n".join(_output(one) for one in cell["outputs"])
        if shown:
            made += ['<div class="output">\n', shown, "\n</div>\n"]
    return "\n".join(made)


def _output(output: dict[str, Any]) -> str:
    if output["output_type"] == "stream":
        return f"```text\n{''.join(output['text']).rstrip()}\n```"
    data = output["data"]
    if "image/png" in data:
        return f'<img alt="What the cell draws" src="data:image/png;base64,{data["image/png"]}">'
    for kind in ("text/html", "image/svg+xml"):
        if kind in data:
            # A blank line would end the block of HTML.
            return "\n".join(line for line in "".join(data[kind]).splitlines() if line.strip())
    return f"```text\n{''.join(data['text/plain'])}\n```"


def main() -> int:
    """Run a notebook and store its outputs in it."""
    for name in sys.argv[1:]:
        path = Path(name).resolve()
        with tempfile.TemporaryDirectory() as folder:
            made = run(read(path), Path(folder))
        path.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
