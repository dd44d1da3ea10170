"""Links of README and documents lead somewhere."""

from tests.data.scripts import load_script

links = load_script("links", "docs/_site")


def test_links_of_the_documents_lead_somewhere():
    assert links.markdown_problems() == []


def test_a_link_that_leads_nowhere_is_found(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "there.md").write_text("# Where it *is*\n")
    page = "[a](docs/there.md#where-it-is) [b](docs/there.md#else) [c](docs/lost.md) [d](#here)\n"
    (tmp_path / "README.md").write_text(page)
    assert links.markdown_problems(tmp_path) == [
        "README.md: docs/there.md#else has no such heading",
        "README.md: docs/lost.md is not there",
        "README.md: #here has no such heading",
    ]


def test_what_a_built_page_would_fetch_is_found(tmp_path):
    (tmp_path / "style.css").write_text("@import url('https://fonts.example/a.css');")
    (tmp_path / "index.html").write_text(
        '<link rel="stylesheet" href="style.css"><script src="https://example.org/a.js"></script>'
        '<a href="https://example.org">outside</a><a href="lost.html">lost</a>'
        '<a href="#here">here</a><p id="here">'
    )
    assert links.site_problems(tmp_path) == [
        "index.html: loads https://example.org/a.js from the network",
        "index.html: lost.html is not there",
        "style.css: loads https://fonts.example/a.css from the network",
    ]
