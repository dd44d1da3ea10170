"""Several studies on one page: what is set side by side, and what is compared at all."""

import re
import sys
from dataclasses import replace

import numpy as np
import pytest
from tests.conftest import make_samples

from bocage.cli import main
from bocage.report import content_of, studies_page
from bocage.study import (
    Workers,
    make_settings,
    open_study,
    paired_differences,
    prepare,
    shared,
)

METHODS = ["prior", "good:logistic:C=10", "noise:knn3:metric=euclidean"]

KNN = "good:knn3:metric=euclidean"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Four finished studies: two of one split, one of another split, one of other labels."""
    import pandas as pd

    root = tmp_path_factory.mktemp("studies")

    def written(name, samples, order):
        columns = {"lon": samples.lonlat[:, 0], "lat": samples.lonlat[:, 1]}
        for part, item in samples.inputs.items():
            bands = [f"{part}_{band}" for band in item.bands]
            columns |= dict(zip(bands, item.values.T, strict=True))
        columns |= {"region": samples.groups["region"], "year": samples.groups["year"]}
        columns["cover"] = [name.replace("crop", "crop <b>&</b>") for name in samples.target]
        path = root / f"{name}.csv"
        pd.DataFrame(columns).iloc[order].to_csv(path, index=False)
        return path

    def study(name, path, **changes):
        values = {
            "task": str(path), "target": "cover", "leave": "region",
            "inputs": {"good": "good_?", "noise": "noise_?"}, "methods": METHODS,
            "budgets": ["5", "all"], "repeats": 1, "sensitivity": False, "local_folds": 2,
        }  # fmt: skip
        made = prepare(make_settings(values | changes), root / name)
        made.run(Workers())
        return made

    samples = make_samples(n=180)
    one = written("labels", samples, np.arange(180))
    # The same labels in another order of the rows, and one more column.
    again = written("again", samples, np.random.default_rng(0).permutation(180))
    other = written("other", make_samples(seed=1, n=180), np.arange(180))
    return {
        "a": study("a", one),
        "b <i>": study(
            "b <i>",
            again,
            methods=["prior", "good:logistic:C=10", "good:knn3:metric=euclidean"],
            budgets=["all"],
        ),
        "years": study("years", one, leave="year", budgets=["all"]),
        "other": study("other", other, budgets=["10", "all"], trials=2, methods=METHODS[:2]),
    }


@pytest.fixture(scope="module")
def pair(world):
    return studies_page([world["a"], world["b <i>"]])


def test_labels_and_folds_are_known_by_what_they_are_and_not_by_their_order(world):
    a, b, years, other = world.values()
    assert shared(a, b) == "folds"
    assert shared(a, years) == "labels"
    assert shared(a, other) == shared(years, other) == "nothing"


def test_a_method_differs_from_itself_by_nothing_and_from_another_as_within_one_study(world):
    a, b = world["a"], world["b <i>"]
    budget = a.budgets[-1]
    same, knn = paired_differences(
        a,
        b,
        "out",
        budget,
        [("good:logistic:C=10", "good:logistic:C=10"), ("prior", "good:knn3:metric=euclidean")],
    )
    assert (same.value, same.low, same.high) == (0, 0, 0)
    scores = [
        {(s.method, s.domain, s.budget): s.score.value for s in content_of(study).scores
         if s.metric == "balanced_accuracy"} for study in (a, b)
    ]  # fmt: skip
    assert knn.low < knn.value < knn.high
    assert scores[1][KNN, "out", "all"] - 1 / 3 == pytest.approx(knn.value, abs=0.02)
    # Pairs are tighter than two intervals would be.
    alone = paired_differences(a, b, "out", budget, [("prior", "good:logistic:C=10")])[0]
    assert alone.low > 0


def test_studies_of_one_split_are_compared_in_pairs_on_one_page(world, pair):
    page = pair
    assert page.sentence.startswith("Yes: the studies test the same labels in the same folds")
    text = page.html
    assert "Differences, in pairs" in text
    assert "minus that in the first: above 0, the second is better" in text
    assert '<th scope="col">a</th><th scope="col">b &lt;i&gt;</th>' in text
    assert text.count('<td class="num">0.000 <small>0.000 to 0.000</small></td>') == 3
    # Names of folders and classes are text.
    assert "<i>" not in text
    assert "<b>" not in text
    assert "crop &lt;b&gt;&amp;&lt;/b&gt;" in text
    for study in (world["a"], world["b <i>"]):
        assert content_of(study).verdict.sentence.split(":")[0] in text


def test_the_scores_are_those_of_each_study_at_the_same_budget(world, pair):
    text = pair.html
    table = text[text.index('id="scores"') :]
    table = table[: table.index("</table>")]
    for study, column in ((world["a"], 1), (world["b <i>"], 2)):
        for s in content_of(study).scores:
            if (s.metric, s.domain, s.budget) == ("balanced_accuracy", "out", "all"):
                row = next(r for r in table.split("<tr>") if f">{s.method}<" in r)
                cell = re.findall(r"<td.*?</td>", row, re.DOTALL)[column]
                assert f"{s.score.value:.3f}" in cell
    row = next(r for r in table.split("<tr>") if ">noise:knn3:metric=euclidean<" in r)
    assert "\N{EN DASH}" in re.findall(r"<td.*?</td>", row, re.DOTALL)[2]


def test_no_difference_is_tested_where_labels_or_folds_differ(world):
    page = studies_page([world["a"], world["years"]])
    assert page.sentence.startswith(
        "Only informally: the studies have the same labels, in different"
    )
    assert "(a: leave region; years: leave year)" in page.sentence
    assert "Differences, in pairs" not in page.html
    page = studies_page([world["a"], world["b <i>"], world["other"]])
    assert page.sentence.startswith("In part: a and b <i> test the same labels in the same folds")
    assert (
        page.html.count('<th scope="col" class="num">difference</th>') == 3
    )  # out, local and both
    assert "Settings that differ" in page.html


def test_other_labels_are_said_and_what_differs_is_listed(world):
    page = studies_page([world["years"], world["other"]])
    assert page.sentence.startswith("Only informally: the studies have different labels")
    assert "Differences, in pairs" not in page.html
    settings = page.html[page.html.index('id="settings"') :]
    for said in ("task", "labels.csv", "other.csv", "10, all", "trials", "region"):
        assert said in settings
    assert "inner_folds" not in settings


def test_other_scores_can_not_be_set_side_by_side(world):
    a = world["years"]
    other = replace(a, settings=a.settings.model_copy(update={"metric": "macro_f1"}))
    page = studies_page([a, other])
    assert re.match(
        r"No: the studies have different scores \(.*: balanced accuracy; ", page.sentence
    )
    assert "there is no table" in page.html


@pytest.fixture
def call(monkeypatch, capfd, tmp_path):
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["bocage", *map(str, arguments)])
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        return code, *capfd.readouterr()

    return run


def test_the_command_writes_one_page_and_guards_what_is_there(world, call, tmp_path):
    a, other = world["a"].folder, world["other"].folder
    code, out, err = call("report", a, other)
    assert code == 0, err
    assert "Only informally" in out
    assert "page: comparison.html" in err
    assert (tmp_path / "comparison.html").read_text().startswith("<!DOCTYPE html>")
    before = (a / "report.html").exists()
    assert call("report", a, other, "-o", a / "study.yaml")[0] == 2
    (tmp_path / "mine.html").write_text("<html>mine</html>")
    code, _, err = call("report", a, other, "-o", "mine.html")
    assert code == 2
    assert "was not written by Bocage" in err
    code, _, err = call("report", a, a)
    assert code == 2
    assert "named twice" in err
    code, _, err = call("report", a, other, "--json")
    assert "apply to one study" in err
    code, _, err = call("report", a, tmp_path)
    assert "no study in" in err
    assert (a / "report.html").exists() == before
    assert open_study(a).n_missing == 0
