import dataclasses
import html.parser
import re
import stat
import subprocess
import sys

import pytest

from bocage.core import StoreError
from bocage.report import render, write

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Reader(html.parser.HTMLParser):
    """Collects ids, headings and text, and notices tags that are never closed."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.tags, self.headings, self.text, self.open = [], [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)
        if self.open and self.open[-1] in ("h1", "h2"):
            self.headings.append(data.strip())


@pytest.fixture(scope="module")
def page(content):
    return render(content)


@pytest.fixture(scope="module")
def read(page):
    return Reader(page)


def test_same_content_gives_the_same_bytes_in_another_process(page):
    code = (
        "import importlib.util, hashlib, sys\n"
        "spec = importlib.util.spec_from_file_location('made_up', sys.argv[1])\n"
        "made_up = importlib.util.module_from_spec(spec)\n"
        "spec.loader.exec_module(made_up)\n"
        "from bocage.report import render\n"
        "sys.stdout.buffer.write(render(made_up.classification()).encode())\n"
    )
    path = __file__.replace("test_page.py", "made_up.py")
    again = subprocess.run([sys.executable, "-c", code, path], capture_output=True, check=True)
    assert again.stdout.decode() == page


def test_users_own_matplotlib_settings_change_nothing_and_are_kept(content, page):
    import matplotlib as mpl

    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red"}):
        assert render(content) == page
        assert mpl.rcParams["font.size"] == 30


def test_html_is_well_formed_and_every_id_stands_once(read):
    assert read.open == []
    assert len(read.ids) == len(set(read.ids))


def test_every_reference_finds_its_target_on_the_page(page, read):
    wanted = set(re.findall(r'(?:href="#|url\(#)([^")]+)', page))
    assert wanted
    assert wanted <= set(read.ids)


def test_sections_stand_in_order(read):
    assert read.headings[1:] == [
        "Verdict",
        "Verdict at every budget",
        "Score against labels",
        "Drop in score",
        "Value of labels from elsewhere",
        "Cost",
        "All scores",
        "Calibration of the confidence",
        "Scores by class",
        "Differences by region",
        "Map of errors",
        "Spatial split",
        "Protocol",
        "Missing scores",
        "How to reproduce it",
    ]


def test_page_says_what_a_reader_must_not_miss(content, read):
    text = " ".join(read.text)
    assert "Synthetic data." in text
    for note in (*content.notes, *content.degraded, *content.split_notes, content.worth_sentence):
        assert note in text
    assert content.verdict.sentence in text
    assert "for these 4 regions only" in text
    assert "sanity check only" in text
    assert "0.740 [0.709 to 0.771]" in text
    assert content.recipe.command in text
    assert content.recipe.split_key in text
    assert content.blanks[0].reason in text
    assert "180 cells can't be drawn at budget 50 (class 'built' has 31 labels only); " in text


def test_page_says_what_budgets_got(content, make, read):
    text = " ".join(" ".join(read.text).split())
    assert make.SHORT in text
    assert "Mean number of labels drawn per budget" in text
    assert "181 173 to 200 45.2 built (23 in Iowa)" in text
    # A budget that got all it asked for needs no sentence.
    assert content.drawn[0].sentence not in text


def test_real_data_carry_no_synthetic_banner(content):
    assert "Synthetic data" not in render(dataclasses.replace(content, synthetic=False))


def test_figures_have_alternative_text_and_captions(read):
    figures = [attrs for tag, attrs in read.tags if tag == "svg"]
    assert len(figures) == 4 + 2 + 1 + 8 + 1 + 4 + 4
    assert all(a["role"] == "img" and len(a["aria-label"]) > 40 for a in figures)
    # Curves, drops, costs, reliability (folded ones too), differences, errors, the split.
    assert sum(tag == "figcaption" for tag, _ in read.tags) == 8


def test_page_holds_no_script_and_names_nothing_to_fetch(page, read):
    assert not any(tag in ("script", "iframe", "img", "object") for tag, _ in read.tags)
    assert not any(name.startswith("on") for _, attrs in read.tags for name in attrs)
    addresses = set(re.findall(r"https?://[^\"'\s<)]+", page))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "@import" not in page
    assert "@font-face" not in page


def test_page_of_a_regression(regression):
    text = " ".join(Reader(render(regression)).text)
    assert "Triangles up: predicted too high" in text
    assert "R²" in text
    assert regression.verdict.sentence in text
    assert "crosses" not in text
    assert "mean error" in text


def test_minimal_page_says_why_there_is_no_verdict_and_leaves_empty_sections_out(minimal):
    read = Reader(render(minimal))
    assert read.headings == [
        "One place",
        "No verdict",
        "Score against labels",
        "How to reproduce it",
    ]
    without = Reader(render(dataclasses.replace(minimal, asked=None, scores=())))
    assert without.headings == ["One place", "No verdict", "How to reproduce it"]


def test_undefined_figures_are_a_dash_and_never_nan(content, page):
    assert not re.search(r"\bnan\b", page, re.IGNORECASE)
    none = tuple(
        dataclasses.replace(s, score=type(s.score)(float("nan"))) if s.method == "aef:forest" else s
        for s in content.scores
    )
    assert not re.search(
        r"\bnan\b", render(dataclasses.replace(content, scores=none)), re.IGNORECASE
    )


def test_dollar_signs_are_text_and_not_mathematics(minimal):
    name = "$\\frac{a}{b}$ & <b>"
    methods = (dataclasses.replace(minimal.methods[0], name=name),)
    scores = (dataclasses.replace(minimal.scores[0], method=name),)
    text = render(dataclasses.replace(minimal, methods=methods, scores=scores))
    assert "$\\frac{a}{b}$ &amp; &lt;b&gt;" in text
    assert "<b>" not in text


def test_names_in_any_script_draw_without_a_warning(minimal, recwarn):
    methods = (dataclasses.replace(minimal.methods[0], name="水田:logistic"),)
    scores = (dataclasses.replace(minimal.scores[0], method="水田:logistic"),)
    assert "水田:logistic" in render(dataclasses.replace(minimal, methods=methods, scores=scores))
    assert not [w for w in recwarn if "Glyph" in str(w.message)]


def test_many_points_become_a_picture_inside_the_page(make, minimal):
    panel = make.errors()[0]
    many = dataclasses.replace(
        panel, lon=panel.lon * 20, lat=panel.lat * 20, right=panel.right * 20
    )
    text = render(dataclasses.replace(minimal, errors=(many,)))
    assert "data:image/png;base64," in text
    assert len(text) < 600_000


def test_written_page_is_whole_and_readable_by_others(minimal, tmp_path):
    path = write(minimal, tmp_path / "new" / "report.html")
    assert path.read_text(encoding="utf-8") == render(minimal)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    write(minimal, path)
    assert [p.name for p in path.parent.iterdir()] == ["report.html"]


def test_page_that_cannot_be_written_is_one_clear_line(minimal, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"is not a folder, so .* choose another folder"):
        write(minimal, tmp_path / "file" / "report.html")
