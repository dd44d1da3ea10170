"""A first answer, what would be run, and what is said meanwhile."""

import json

import pytest

from bocage import report
from bocage.cli import _so_far
from bocage.core import DataError
from bocage.study import open_study

ASK = [
    *("--target", "crop", "--leave", "district", "--methods", "prior,aef:logistic:C=10"),
    *("--budgets", "5,all", "--repeats", "2", "-j", "1"),
]


@pytest.fixture
def labels(frame, tmp_path):
    frame.to_csv(tmp_path / "labels.csv", index=False)
    return "labels.csv"


def test_a_quick_answer_says_what_it_lacks_and_the_same_command_goes_on(
    bocage, labels, tmp_path, monkeypatch
):
    folder = tmp_path / "studies" / "labels"
    code, out, err = bocage("compare", labels, *ASK, "--quick")
    assert code == 0, err
    plan = open_study(folder).plan
    lacks = (
        "The answer so far is based on one draw of the labels at budget 5, in districts without "
        f"labels; {plan.n_runs - plan.n_first} of {plan.n_runs} runs remain (other budgets, "
        "other places, more draws): "
    )
    assert " ".join(out.split()).startswith(lacks)
    assert "(aef:logistic:C=10) in districts" in " ".join(out.split())
    page = (folder / "report.html").read_text()
    assert lacks in page
    # No point of the protocol passes by runs that are to come.
    assert "not yet run" in page
    assert "5, all; every method saw the same labels" not in page
    monkeypatch.setattr(_so_far, "WORTH_SECONDS", float("inf"))
    first = {path: path.stat().st_mtime_ns for path in (folder / "runs").iterdir()}
    code, out, err = bocage("compare", labels, *ASK)
    assert code == 0, err
    assert f"{plan.n_runs} runs ({plan.n_runs - plan.n_first} to do)" in err
    assert "The answer so far is based on" not in out + (folder / "report.html").read_text()
    assert {path: path.stat().st_mtime_ns for path in first} == first
    # What is soon over is not interrupted.
    assert not [line for line in err.splitlines() if line.startswith("after ")]
    # Of a study that is done there is nothing quicker.
    code, out, err = bocage("compare", labels, *ASK, "--quick")
    assert code == 0, err
    assert "The answer so far is based on" not in out
    assert bocage("compare", labels, *ASK, "--dry-run")[1] == "nothing is left to run\n"


def test_while_runs_go_on_the_answer_so_far_is_said_and_its_page_written(
    bocage, labels, tmp_path, monkeypatch
):
    pages = []
    write = report.write

    def kept(content, path):
        pages.append(content)
        return write(content, path)

    monkeypatch.setattr(_so_far, "WORTH_SECONDS", 0.0)
    monkeypatch.setattr(report, "write", kept)
    code, out, err = bocage("compare", labels, *ASK)
    assert code == 0, err
    plan = open_study(tmp_path / "studies" / "labels").plan
    told = [line for line in err.splitlines() if line.startswith("after ")]
    assert len(told) == 3 == len(pages) - 1
    assert told[0].startswith(
        f"after {plan.n_first} of {plan.n_runs} runs: Use logistic regression on AlphaEarth (aef"
    )
    assert all(line.endswith("(page: studies/labels/report.html)") for line in told)
    # A verdict is written once, and again only where it has changed.
    sentences = [page.verdict.sentence for page in pages[:-1]]
    for at in (1, 2):
        same = sentences[at] == sentences[at - 1]
        assert ("the verdict is unchanged" in told[at]) == same
        assert (sentences[at] in told[at]) != same
    assert pages[0].unfinished.n_missing == plan.n_runs - plan.n_first
    assert pages[-1].unfinished is None
    assert "after" not in out


def test_a_verdict_that_has_not_changed_is_not_written_again(
    bocage, labels, tmp_path, monkeypatch, capfd
):
    code, _, err = bocage("compare", labels, *ASK, "--quick")
    assert code == 0, err
    so_far = _so_far.SoFar(open_study(tmp_path / "studies" / "labels"))
    monkeypatch.setattr(_so_far, "WORTH_SECONDS", 0.0)
    so_far.passed()
    so_far.passed()
    first, second = capfd.readouterr().err.splitlines()
    assert "runs: Use logistic regression on AlphaEarth (aef" in first
    assert "runs: the verdict is unchanged (page: " in second
    assert second.endswith("studies/labels/report.html)")


def test_a_first_answer_that_can_not_be_given_stops_nothing(
    bocage, labels, tmp_path, monkeypatch, capfd
):
    def refused(*_, **__):
        raise DataError("the score is not defined")

    code, _, err = bocage("compare", labels, *ASK, "--quick")
    assert code == 0, err
    study = open_study(tmp_path / "studies" / "labels")
    so_far = _so_far.SoFar(study)
    monkeypatch.setattr(_so_far, "WORTH_SECONDS", 0.0)
    monkeypatch.setattr(report, "content_of", refused)
    so_far.passed()
    said = capfd.readouterr().err
    assert said.endswith("runs: no answer yet (the score is not defined)\n")


def test_a_dry_run_tells_the_plan_and_writes_nothing(bocage, labels, tmp_path):
    code, out, err = bocage("compare", labels, *ASK, "--dry-run")
    assert code == 0, err
    said = " ".join(out.split())
    for words in (
        "start-up",
        "first answer",
        "all budgets",
        "all places",
        "all draws",
        "to do, about",
    ):
        assert words in said
    assert "which were not kept" in said
    assert {path.name for path in tmp_path.iterdir()} == {"labels.csv"}


def test_a_dry_run_for_machines_adds_up(bocage, labels, tmp_path):
    code, out, err = bocage(
        "compare", labels, *ASK, "--budgets", "5,1000,all", "--exact", "--dry-run", "--json"
    )
    assert code == 0, err
    made = json.loads(out)
    assert sum(stage["runs"] for stage in made["stages"]) == made["to_do"] == made["runs"] > 0
    assert all(stage["seconds"] > 0 for stage in made["stages"])
    assert made["startup_seconds"] > 0
    assert {blank["budget"] for blank in made["blank"]} == {"1000"}
    assert not (tmp_path / "studies").exists()
    # Some of it done, the rest is told.
    code, _, err = bocage("compare", labels, *ASK, "--quick")
    assert code == 0, err
    _, out, _ = bocage("compare", labels, *ASK, "--dry-run", "--json")
    left = json.loads(out)
    assert left["stages"][0]["name"] == "all budgets"
    assert left["to_do"] < left["runs"]


@pytest.mark.parametrize("more", [[], ["--quick"]])
def test_where_every_run_fails_there_is_nothing_to_compare(bocage, labels, more):
    fails = ["--methods", "prior,aef:knn1:metric=nonsense"]
    code, _, err = bocage("compare", labels, *ASK, *fails, *more)
    assert code == 2
    assert "there is nothing to compare: change their parameters with --methods" in err


def test_a_quick_dry_run_is_of_the_first_answer(bocage, labels):
    plan = json.loads(bocage("compare", labels, *ASK, "--dry-run", "--json")[1])
    quick = json.loads(bocage("compare", labels, *ASK, "--dry-run", "--quick", "--json")[1])
    assert quick["stages"][0]["name"] == plan["stages"][0]["name"] == "first answer"
    assert len(quick["stages"]) == 1 < len(plan["stages"])
    assert quick["to_do"] == plan["stages"][0]["runs"] < plan["to_do"]
    assert bocage("compare", labels, *ASK, "--quick")[0] == 0
    assert "nothing is left to run" in bocage("compare", labels, *ASK, "--dry-run", "--quick")[1]


def test_a_first_page_tells_of_no_labels_that_were_not_asked_for(bocage, labels):
    code, out, err = bocage("compare", labels, *ASK, "--quick", "--json")
    assert code == 0, err
    made = json.loads(out)
    scored = {(score["domain"], score["budget"]) for score in made["scores"]}
    drawn = {(one["domain"], one["budget"]["name"]) for one in made["drawn"]}
    assert ("local", "5") not in scored
    # Of `in` the labels are those of `out`.
    assert drawn == {(domain, budget) for domain, budget in scored if domain != "in"}
