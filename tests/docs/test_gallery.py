"""The gallery says what its script printed, and no other figure."""

import re
from pathlib import Path

import pytest
from tests.data.scripts import load_script

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "gallery.md").read_text(encoding="utf-8")
NAMES = load_script("gallery").NAMES
FIGURE = re.compile(r"\d\.\d+")


@pytest.mark.parametrize("name", NAMES)
def test_figures_of_a_study_were_printed(name):
    first, last = f"<!-- printed: {name} -->", "<!-- end -->"
    printed, _, said = PAGE.partition(first)[2].partition(last)
    said = said.partition("\n## ")[0]
    assert FIGURE.findall(said)
    assert set(FIGURE.findall(said)) <= set(FIGURE.findall(printed))


@pytest.mark.parametrize("name", NAMES)
def test_a_study_has_its_verdict_its_file_and_a_small_picture(name):
    printed = PAGE.partition(f"<!-- printed: {name} -->")[2].partition("<!-- end -->")[0]
    assert re.search(r"^> (Use|Undecided|No verdict|No method)", printed, re.MULTILINE)
    assert f"docs/studies/gallery-{name}.yaml" in PAGE
    assert (DOCS / "studies" / f"gallery-{name}.yaml").is_file()
    assert (DOCS / "gallery" / f"{name}.svg").stat().st_size < 100_000
    assert f"(gallery/{name}.svg)" in printed
