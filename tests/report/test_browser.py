"""The page in a real browser: it shows, it stays at home, and hostile names do nothing."""

import dataclasses
import functools
import re
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
    seen = [figure for figure in figures if figure.is_visible()]
    assert len(seen) == {"content": 20, "regression": 15, "minimal": 1}[name]
    for figure in seen:
        box = figure.bounding_box()
        small = "small" in figure.get_attribute("class")
        assert 140 < box["width"] < 200 if small else 300 < box["width"] < 420
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
        assert page.query_selector("#split figure svg").bounding_box()["width"] > 300
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


def test_paper_shows_the_lines_of_folded_tables_and_what_a_reader_must_know(visit, content):
    notes = tuple(f"Note {i} on these data." for i in range(6))
    page, _, _ = visit(dataclasses.replace(content, notes=notes))
    table = page.query_selector("section details table")
    last = page.query_selector("aside details li:last-child")
    assert last.text_content() == notes[-1]
    assert not table.is_visible()
    assert not last.is_visible()
    page.emulate_media(media="print")
    assert not table.is_visible()
    assert page.query_selector("section details summary").is_visible()
    assert last.bounding_box()["height"] > 5
    assert not page.query_selector("nav").is_visible()


SHEET = re.compile(rb"/Type\s*/Page\b(?!s)")


@pytest.mark.parametrize("name", ["content", "regression"])
def test_a_study_is_six_sheets_of_paper_at_most(name, visit, request):
    content = request.getfixturevalue(name)
    # As long as a page of nine methods, two places and five budgets gets.
    blanks = tuple(
        dataclasses.replace(blank, reason=f"{blank.reason} ({i})")
        for blank in content.blanks
        for i in range(200)
    )
    page, _, _ = visit(dataclasses.replace(content, blanks=blanks))
    assert 3 <= len(SHEET.findall(page.pdf(prefer_css_page_size=True))) <= 6


def test_figures_stand_two_abreast_on_paper_and_on_one_sheet(visit, content):
    page, _, _ = visit(content, 700)
    page.emulate_media(media="print")
    first, second, third, _ = (
        figure.bounding_box() for figure in page.query_selector_all("#curves svg")
    )
    assert first["y"] == second["y"]
    assert first["x"] + first["width"] <= second["x"]
    assert third["y"] >= first["y"] + first["height"]
    inside = "getComputedStyle(document.querySelector('#curves svg')).breakInside"
    assert page.evaluate(inside) == "avoid"


READ = """() => {
  const linear = c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) =>
    0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  const behind = node => {
    for (let at = node; at; at = at.parentElement) {
      const found = rgb(getComputedStyle(at).backgroundColor);
      if (found.length === 3 || found[3] > 0) return found;
    }
  };
  const told = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !node.checkVisibility()) continue;
    const style = getComputedStyle(node), drawn = node.closest('svg');
    const a = light(rgb(drawn ? style.fill : style.color)), b = light(behind(node));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    told.push([ratio, node.textContent.trim().slice(0, 40)]);
  }
  return told;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["content", "regression"])
def test_words_have_the_contrast_that_wcag_asks_for(name, scheme, visit, request):
    page, _, _ = visit(request.getfixturevalue(name))
    page.emulate_media(color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    told = page.evaluate(READ)
    assert len(told) > 300
    # WCAG 2.2, 1.4.3: 4.5 to 1. Text on cells of the heat scale is checked in test_parts.
    assert [line for line in told if line[0] < 4.0] == []
    assert sum(line[0] < 4.5 for line in told) <= len(page.query_selector_all("td.heat"))
    # The page is dark, and it is not printed so.
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    dark = page.evaluate(paper) == "rgb(21, 24, 28)"
    assert dark == (scheme == "dark")
    page.emulate_media(media="print", color_scheme=scheme)
    assert page.evaluate(paper) == "rgb(255, 255, 255)"


def test_a_telephone_shows_figures_that_are_read_and_tables_that_scroll(visit, content):
    page, _, _ = visit(content, 360)
    assert _too_wide(page) == 0
    boxes = [f.bounding_box() for f in page.query_selector_all("#curves svg, #costs svg")]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 360 for box in boxes)
    smallest = page.evaluate(
        "Math.min(...[...document.querySelectorAll('#curves svg text, #costs svg text')]"
        ".filter(t => t.textContent.trim()).map(t => t.getBoundingClientRect().height))"
    )
    assert smallest >= 8
    # What scrolls has a shadow at the side where more is.
    wide = page.query_selector("#budgets .scroll")
    assert wide.evaluate("box => box.scrollWidth > box.clientWidth")
    assert "gradient" in wide.evaluate("box => getComputedStyle(box).backgroundImage")


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
    assert len(page.query_selector_all("figure svg")) == 24


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
