"""The tutorial runs from its first cell to its last, and what it says of its results is so."""

import json
import re
from pathlib import Path

import pytest
from tests.data.scripts import load_script

pytest.importorskip("rioxarray")
pytest.importorskip("dask")

FILE = Path(__file__).parents[2] / "docs" / "tutorial" / "forty-points.ipynb"
notebook = load_script("notebook", "docs/_site")


def _printed(made):
    outputs = [one for cell in made["cells"] for one in cell.get("outputs", ())]
    return "".join("".join(one["text"]) for one in outputs if one["output_type"] == "stream")


@pytest.mark.slow
def test_the_tutorial_runs_and_its_words_fit_its_figures(tmp_path):
    stored = notebook.read(FILE)
    made = notebook.run(stored, tmp_path)
    for printed in (_printed(stored), _printed(made)):
        study = re.search(r"the study: (\S+) \((\S+) to (\S+)\)", printed)
        score, low, high = map(float, study.groups())
        there = float(re.search(r"elsewhere: (\S+)", printed)[1])
        mapped = float(re.search(r"the map: +(\S+)", printed)[1])
        assert printed.startswith("Undecided with labels from the area itself")
        assert low <= mapped <= high
        assert there < mapped < score
    # Another processor may sum in another order.
    figures = [[float(x) for x in re.findall(r"\d\.\d\d\b", _printed(n))] for n in (stored, made)]
    assert figures[0] == pytest.approx(figures[1], abs=0.05)


def test_the_stored_notebook_shows_what_its_cells_give():
    stored = notebook.read(FILE)
    code = [cell for cell in stored["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert sum(bool(cell["outputs"]) for cell in code) == len(code)
    assert FILE.stat().st_size < 250_000


def test_a_cell_that_fails_is_no_page(tmp_path):
    cells = [{"cell_type": "code", "source": ["1 / 0"], "metadata": {}, "outputs": []}]
    with pytest.raises(ZeroDivisionError):
        notebook.run({"cells": cells}, tmp_path)


def test_outputs_are_shown_as_text_table_and_picture(tmp_path):
    source = "print('said')\nclass Face:\n    def _repr_html_(self): return '<b>bold</b>'\nFace()"
    cells = [
        {"cell_type": "markdown", "source": ["# Title"], "metadata": {}},
        {"cell_type": "code", "source": [source], "metadata": {}, "outputs": []},
    ]
    made = notebook.run({"cells": cells}, tmp_path)
    page = notebook.to_markdown(json.loads(json.dumps(made)))
    assert page.startswith("# Title")
    assert "```text\nsaid\n```" in page
    assert "<b>bold</b>" in page
