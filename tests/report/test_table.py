import dataclasses
import io
import json

from rich.console import Console

from bocage.report import terminal, to_json
from bocage.report._format import DOMAINS
from bocage.report._label_counts import labels_drawn, with_drawn
from bocage.report._parts import Collapsible, Points
from bocage.splits import Budget
from bocage.stats import Estimate


def show(content, width=110):
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    console.print(terminal(content))
    return console.file.getvalue()


def test_terminal_shows_the_same_answer_and_scores(content):
    text = show(content)
    assert content.verdict.sentence.split(",")[0] in text
    assert "Synthetic data" in text
    assert "0.740 [0.709 to 0.771]" in text
    row = next(
        line
        for line in text.splitlines()
        if line.strip().startswith("aef:logistic") and "0." in line
    )
    main = [s for s in content.scores if s.metric == content.metric]
    first = [s.score.value for s in main if (s.method, s.domain) == ("aef:logistic", "out")]
    assert row.split()[1:] == [f"{value:.3f}" for value in first]
    assert "sanity check only" in text
    assert f"Relaxed criterion: {content.degraded[0]}" in " ".join(text.split())
    assert f"Split: {content.split_notes[0]}" in " ".join(text.split())
    assert content.drawn[1].sentence in " ".join(text.split())
    assert content.drawn[0].sentence not in " ".join(text.split())


def test_a_budget_that_got_less_says_what_it_got(content):
    text = " ".join(show(content, 160).split())
    # In one domain it got all, in the other less, and all labels are all.
    assert content.drawn[1].budget == content.drawn[0].budget
    assert text.count("50 (45.2 drawn)") >= 1
    assert "all (" not in text.partition("balanced accuracy, out")[2]
    names = [with_drawn(content, d.domain, str(d.budget)) for d in content.drawn]
    assert names == ["50", "50 (45.2 drawn)", "all"]
    # Where labels are not counted by class, it is the mean of all.
    some = dataclasses.replace(content.drawn[1], a_class=float("nan"))
    content = dataclasses.replace(content, drawn=(some,))
    assert with_drawn(content, "local", "50") == "50 (181 drawn)"


def test_terminal_fits_its_width(content, minimal):
    for width in (80, 110):
        assert max(map(len, show(content, width).splitlines())) <= width
    assert "No" not in show(minimal).split("\n")[0]


def test_names_are_no_markup_and_no_control_sequence(minimal):
    name = "[red]x[/red]\x1b[2J"
    methods = (dataclasses.replace(minimal.methods[0], name=name),)
    scores = (dataclasses.replace(minimal.scores[0], method=name),)
    text = show(dataclasses.replace(minimal, methods=methods, scores=scores, title=name))
    assert "\x1b" not in text
    assert text.count("[red]x[/red]") == 2


def test_json_holds_all_and_is_strict(content):
    def refuse(name):
        raise AssertionError(name)

    found = json.loads(to_json(content), parse_constant=refuse)
    assert found["format"] == 3
    assert found["title"] == content.title
    assert found["kind"] == "classification"
    assert found["asked"]["verdict"]["chosen"] == "aef:logistic"
    assert found["figure"]["sign"] == 1
    assert len(found["scores"]) == len(content.scores)
    assert found["scores"][0]["score"]["value"] == content.scores[0].score.value
    assert set(found) == {f.name for f in dataclasses.fields(content)} | {"format"}
    # What a value says of itself in words stands beside its figures.
    assert found["drawn"][1]["budget"] == {"name": "50", "label": "up to 50 labels per class"}
    assert found["drawn"][1]["sentence"] == content.drawn[1].sentence
    # JSON has no infinity: that no number of local labels does as well is said in words.
    assert found["worth"][1]["high"] is None
    assert found["worth"][1]["range"] == "36 to more than 200"


def test_undefined_figures_are_null_in_json(minimal):
    scores = (dataclasses.replace(minimal.scores[0], score=Estimate(0.5)),)
    found = json.loads(to_json(dataclasses.replace(minimal, scores=scores)))
    assert found["scores"][0]["score"] == {"value": 0.5, "low": None, "high": None}


def test_every_table_of_scores_says_what_its_domain_is(content):
    text = show(content)
    for domain in dict.fromkeys(s.domain for s in content.scores if s.metric == content.metric):
        head = text.index(f"balanced accuracy, {domain}")
        gloss = text.index(f"  {domain}: {DOMAINS[domain][:40]}")
        # Before the next table begins.
        assert (
            head
            < gloss
            < (text[head + 1 :] + "balanced accuracy, ").index("balanced accuracy, ") + head + 1
        )


def test_a_long_list_of_budgets_that_got_too_little_is_cut_and_the_page_folds_it(content):
    few = tuple(
        dataclasses.replace(content.drawn[1], budget=Budget(n)) for n in (50, 60, 70, 80, 90)
    )
    long = dataclasses.replace(content, drawn=few)
    text = " ".join(show(long).split())
    assert few[2].sentence in text
    assert few[3].sentence not in text
    assert "2 more budgets got fewer labels than asked for; the page lists them" in text
    first, _ = labels_drawn(long)
    assert isinstance(first, Collapsible)
    assert first.summary == "5 budgets got fewer labels than asked for"
    assert first.parts[0].items == tuple(d.sentence for d in few)
    assert isinstance(labels_drawn(content)[0], Points)
