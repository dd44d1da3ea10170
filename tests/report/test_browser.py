"""The page in a real browser: it shows, it stays at home, and hostile names do nothing."""

import dataclasses
import functools
import shutil

import pytest

from bocage.core import Kind
from bocage.report import render

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
    pytest.mark.slow,
]

HOSTILE = "<script>alert(1)</script>"
WORSE = "\"><img src=x onerror=\"document.title='owned'\"><a href='javascript:alert(1)'>"


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            # A window has them, and they take room from the page.
            ignore_default_args=["--hide-scrollbars"],
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def page_of():
    """Render each content once."""
    return functools.cache(render)


@pytest.fixture
def visit(browser, page_of, tmp_path):
    """Open a content's page; return it with what it asked for, said and popped up."""
    opened = []

    def go(content, width=1000):
        path = tmp_path / "report.html"
        path.write_text(page_of(content), encoding="utf-8")
        page = browser.new_page(viewport={"width": width, "height": 900})
        opened.append(page)
        seen = {"requests": [], "console": [], "errors": [], "dialogs": []}
        page.on("request", lambda r: seen["requests"].append(r.url))
        page.on("console", lambda m: seen["console"].append(m.text))
        page.on("pageerror", lambda e: seen["errors"].append(str(e)))
        page.on("dialog", lambda d: (seen["dialogs"].append(d.message), d.dismiss()))
        page.goto(path.as_uri(), wait_until="networkidle")
        return page, seen, path.as_uri()

    yield go
    for page in opened:
        page.close()


def quiet(seen, address):
    outside = [r for r in seen["requests"] if r != address and not r.startswith("data:")]
    return (outside, seen["console"], seen["errors"], seen["dialogs"]) == ([], [], [], [])


@pytest.mark.parametrize("name", ["content", "regression", "minimal"])
def test_page_shows_its_figures_and_asks_for_nothing(name, visit, request):
    page, seen, address = visit(request.getfixturevalue(name))
    assert quiet(seen, address)
    figures = page.query_selector_all("figure svg")
    assert len(figures) == {"content": 7, "regression": 4, "minimal": 1}[name]
    for figure in figures:
        box = figure.bounding_box()
        assert box["width"] > 400
        assert box["height"] > 100
        assert figure.query_selector_all("path, use")
    assert page.query_selector("#verdict .sentence").is_visible()


@pytest.mark.parametrize("width", [1600, 1100, 960, 700, 390])
def test_only_wide_tables_scroll_sideways(visit, content, width):
    page, _, _ = visit(content, width)
    assert _too_wide(page) == 0


@pytest.mark.parametrize("width", [1100, 700, 390])
def test_long_names_do_not_make_the_page_wider_than_the_window(visit, content, width):
    long = "a_very_long_name_of_an_embedding_without_any_blank_in_it"

    def lengthen(value):
        if isinstance(value, str):
            return value.replace("aef", long).replace("Amazon", f"Amazon_{long}")
        if isinstance(value, tuple):
            return tuple(lengthen(item) for item in value)
        if isinstance(value, dict):
            return {lengthen(key): lengthen(item) for key, item in value.items()}
        if dataclasses.is_dataclass(value) and not isinstance(value, Kind):
            fields = {f.name: lengthen(getattr(value, f.name)) for f in dataclasses.fields(value)}
            return dataclasses.replace(value, **fields)
        return value

    page, _, _ = visit(lengthen(content), width)
    assert long in page.inner_text("body")
    assert _too_wide(page) == 0
    box = page.query_selector(".scroll").bounding_box()
    assert box["x"] + box["width"] <= width


def _too_wide(page):
    """Pixels by which a page is wider than the window, its scroll bar left out."""
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def test_a_map_of_one_place_has_no_giant_words(visit, content):
    one = dataclasses.replace(content, split_panels=content.split_panels[:1])
    for width in (1100, 390):
        page, _, _ = visit(one, width)
        tall = page.evaluate(
            "Math.max(...[...document.querySelectorAll('#split figure svg text')]"
            ".map(t => t.getBoundingClientRect().height))"
        )
        assert 0 < tall < 25


def test_text_of_figures_is_large_enough_to_read(visit, content):
    page, _, _ = visit(content)
    smallest = page.evaluate(
        "Math.min(...[...document.querySelectorAll('figure svg text')]"
        ".filter(t => t.textContent.trim()).map(t => t.getBoundingClientRect().height))"
    )
    assert smallest >= 9


def test_names_beside_curves_do_not_overlap(visit, content):
    page, _, _ = visit(content)
    boxes = page.evaluate(
        """names => [...document.querySelectorAll('#curves figure svg text')]
        .filter(t => names.includes(t.textContent.trim()))
        .map(t => t.getBoundingClientRect()).map(b => [b.left, b.top, b.right, b.bottom])""",
        [m.name for m in content.methods],
    )
    assert len(boxes) == 4 * len(content.methods)
    # Boxes hold room for accents: one may reach into its neighbour's by less than a stroke.
    slack = 3
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] + slack or b[3] <= a[1] + slack
            assert apart, (a, b)


def test_print_opens_the_folded_tables(visit, content):
    page, _, _ = visit(content)
    table = page.query_selector("details table")
    assert not table.is_visible()
    page.emulate_media(media="print")
    assert table.bounding_box()["height"] > 100
    assert not page.query_selector("nav").is_visible()


@pytest.mark.parametrize("bad", [HOSTILE, WORSE])
def test_hostile_names_are_inert_text(bad, visit, content, make):
    def evil(value):
        """Put the hostile text before every string of the content."""
        if isinstance(value, str):
            return value if not value or value in KEEP else bad + value
        if isinstance(value, tuple):
            return tuple(evil(item) for item in value)
        if isinstance(value, dict):
            return {key: evil(item) for key, item in value.items()}
        if dataclasses.is_dataclass(value) and not isinstance(value, Kind):
            fields = {f.name: evil(getattr(value, f.name)) for f in dataclasses.fields(value)}
            return dataclasses.replace(value, **fields)
        return value

    from bocage import metrics

    figures = metrics.score_names("classification")
    KEEP = {
        "classification", *make.DOMAINS, "decided", "undecided", "artifact_bytes", *figures,
        # Budgets are numbers, whose words are ours.
        "class", *map(str, make.BUDGETS), *(budget.label for budget in make.BUDGETS),
    }  # fmt: skip
    page, seen, address = visit(evil(content))
    assert quiet(seen, address)
    assert page.title() != "owned"
    assert page.query_selector_all("script, img, iframe") == []
    assert page.query_selector_all("a[href^='javascript']") == []
    assert bad + content.title in page.inner_text("h1")
    assert len(page.query_selector_all("figure svg")) == 7


def test_script_that_slipped_in_would_still_not_run(browser, page_of, minimal, tmp_path):
    path = tmp_path / "report.html"
    path.write_text(
        page_of(minimal).replace(
            "</main>",
            "<script>document.title='owned'</script>"
            "<img src='http://127.0.0.1:9/x.png' onerror=\"document.title='owned'\"></main>",
        ),
        encoding="utf-8",
    )
    page = browser.new_page()
    page.goto(path.as_uri(), wait_until="load")
    assert page.title() == "One place"
    page.close()
