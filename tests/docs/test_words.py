"""No sentence, help text or document uses shorthand that only its authors understand."""

import re

import pytest
from tests.data.scripts import load_script

sentences = load_script("sentences")

SHORTHAND = (
    r"told apart|tells? apart",
    r"\b(its|by|be|pure|of) luck\b",
    r"torn apart",
    r"\bas many as\b",
    r"\bstands? (apart|beside|for nothing|still)\b",
    r"labels without meaning",
    r"one more (place|region|group) may",
    r"\bnext door\b",
    r"\bnobody\b",
    r"\bcome true\b",
)
PRINTED = [
    (f"{path.relative_to(sentences.SOURCES)}:{line}", said)
    for path in sorted(sentences.SOURCES.rglob("*.py"))
    for line, said in sentences.sentences(path)
]
DOCUMENTS = [
    (path.name, " ".join(path.read_text(encoding="utf-8").split()))
    for path in (
        sentences.GLOSSARY.parents[1] / "README.md",
        *sorted(sentences.GLOSSARY.parent.glob("*.md")),
    )
]


@pytest.mark.parametrize("pattern", SHORTHAND)
def test_shorthand_is_neither_printed_nor_written(pattern):
    found = re.compile(pattern, re.IGNORECASE)
    assert [where for where, said in [*PRINTED, *DOCUMENTS] if found.search(said)] == []


def test_sentences_are_found():
    assert len(PRINTED) > 2000
    assert any("it is the cheapest method of which this is true" in said for _, said in PRINTED)
