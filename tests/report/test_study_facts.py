"""Blanks of a study, put together."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.conftest import make_samples

from bocage.core import mean_count
from bocage.report import content_of
from bocage.report._answer import verdict_facts
from bocage.report._study_facts import blanks_of, drawn_of
from bocage.study import Workers, answer, make_settings, prepare


@pytest.fixture(scope="module")
def rare(tmp_path_factory):
    """Studies, not run, of three regions: 3 labels of water in each, 4 of tree in the east."""
    samples = make_samples()
    frame = pd.DataFrame(samples.inputs["good"].values, columns=["g1", "g2", "g3"])
    frame["lon"], frame["lat"] = samples.lonlat.T
    frame["region"], frame["cover"] = samples.groups["region"], "crop"
    for region, trees in (("east", 4), ("north", 40), ("south", 40)):
        rows = frame.index[frame["region"] == region]
        frame.loc[rows[:trees], "cover"] = "tree"
        frame.loc[rows[trees : trees + 3], "cover"] = "water"
    folder = tmp_path_factory.mktemp("rare")
    frame.to_csv(folder / "rare.csv", index=False)

    def make(**changes):
        values = {
            "task": str(folder / "rare.csv"),
            "target": "cover",
            "leave": "region",
            "inputs": {"good": "g?"},
            "methods": ["good:logistic:C=10"],
            "budgets": ["5", "500", "all"],
            "repeats": 3,
        }
        study = prepare(make_settings(values | changes), folder / "study")
        return study, answer(study)

    return make


def test_a_rare_class_adds_a_line_a_budget_and_not_one_a_fold(rare):
    study, found = rare(exact=True)
    blanks = blanks_of(study, found)
    folds, codes = study.split.folds, study.task.target
    for name in study.task.classes:
        code = study.task.classes.index(name)
        lines = [b for b in blanks if b.reason.startswith(f"{name}: ") and b.budget == "5"]
        short = {
            fold.name: (fold, n)
            for cell in study.plan.blanks
            if (fold := folds[cell.fold]) and str(cell.budget) == "5"
            if 0 < (n := int((codes[fold.pool] == code).sum())) < 5
        }
        if not short:
            assert lines == []
            continue
        [line] = lines
        counts = [n for _, n in short.values()]
        span = f"{min(counts)} to {max(counts)}" if min(counts) < max(counts) else f"{min(counts)}"
        groups = sorted({fold.held_out for fold, _ in short.values()})
        assert line.reason == f"{name}: {span} labels in a fold, not 5 ({', '.join(groups)})"
        assert line.where == ", ".join(dict.fromkeys(fold.regime for fold, _ in short.values()))
    assert {b.reason.split(":")[0] for b in blanks if b.budget == "5"} == {"tree", "water"}
    # Two budgets, three classes.
    assert len(blanks) <= 2 * 3
    assert len(study.plan.blanks) > 100


def test_what_no_fold_can_fill_is_said_once(rare):
    study, found = rare()
    words = "exceeds the number of labels in every fold"
    copies = [b for b in blanks_of(study, found) if words in b.reason]
    assert [(b.budget, b.where) for b in copies] == [("500", "out, local, both, random")]
    assert copies[0].count == len(study.plan.blanks)


def test_what_budgets_got_is_shown_where_there_are_scores(rare):
    found = rare()[1]
    rows = {(r.domain, str(r.budget)): r for r in drawn_of(found)}
    assert ("out", "500") not in rows
    assert "water" in rows["local", "5"].shortfall
    found = rare(exact=True)[1]
    assert ("local", "5") not in {(r.domain, str(r.budget)) for r in drawn_of(found)}


def test_labels_on_average_read_the_same_in_every_sentence(rare, tmp_path):
    """Places of uneven size: the mean over folds and the median differ."""
    table = pd.read_csv(rare()[0].settings.task)
    table[~(table["region"].eq("east") & (table.index % 3 > 0))].to_csv(tmp_path / "uneven.csv")
    settings = {
        "task": str(tmp_path / "uneven.csv"),
        "target": "cover",
        "leave": "region",
        "inputs": {"good": "g?"},
        "methods": ["good:logistic:C=10"],
        "budgets": ["5", "all"],
        "repeats": 1,
    }
    study = prepare(make_settings(settings), tmp_path / "study")
    study.run(Workers())
    sizes = [len(fold.pool) for fold in study.split.folds if fold.regime == "out"]
    text = mean_count(float(np.mean(sizes)))
    assert text != mean_count(float(np.median(sizes)))
    content = content_of(study)
    line = next(x for x in content.lines if (x.verdict.where, x.budget) == ("out", "all labels"))
    assert f"all labels (on average {text} per fold)" in line.verdict.sentence
    assert {mean_count(c.n_labels) for c in content.costs if c.budget == "all"} == {text}
    cost = answer(study).results.cost(study.methods[-1], "out", study.budgets[-1])
    told = dict(verdict_facts(content, replace(line, cost=cost)))
    assert told["Cost"].startswith(f"{text} labels, ")
    assert content.worth
    assert all(f"({text} on average)" in w.sentence for w in content.worth)
    drawn = next(d for d in content.drawn if (d.domain, str(d.budget)) == ("out", "all"))
    assert f"labels, {text} on average" in drawn.sentence


def test_the_best_is_not_held_against_itself(rare):
    study, _ = rare(budgets=["all"], methods=["good:logistic:C=10", "good:knn3"], repeats=1)
    study.run(Workers())
    content = content_of(study)
    line = next(x for x in content.lines if x.verdict.where == "out")
    able = tuple(loss for loss in line.verdict.losses if not loss.control)
    line = replace(line, verdict=replace(line.verdict, losses=able))
    rival = next(m for m in ("good:knn3", "good:logistic:C=10") if m != line.verdict.best)
    for chosen in ("", line.verdict.best):
        made = replace(line, verdict=replace(line.verdict, chosen=chosen))
        told = dict(verdict_facts(content, made))
        assert told["Highest score"] == line.verdict.best
        upper = line.verdict.loss_of(line.verdict.best).upper
        assert told["Another method may be better by"] == f"at most {upper:.3f}"
        assert not any(term.startswith("Loss") for term in told)
        own = line.verdict.loss_of(line.verdict.best)
        ahead = replace(own, method="xy:knn1", loss=-0.2, control="coordinates")
        one = replace(line.verdict, chosen=chosen, losses=(ahead, own))
        told = dict(verdict_facts(content, replace(line, verdict=one)))
        assert told["Best that can be recommended"] == line.verdict.best
        assert "Another method may be better by" not in told
        both = replace(line.verdict, chosen=chosen, losses=(ahead, *able))
        told = dict(verdict_facts(content, replace(line, verdict=both)))
        # Coordinates are better by more: what is said is of those that may be advised.
        assert told["Another that can be recommended may be better by"] == f"at most {upper:.3f}"
    told = dict(verdict_facts(content, replace(line, verdict=replace(line.verdict, chosen=rival))))
    assert f"Loss against {line.verdict.best}" in told
    assert "Highest score" not in told


def test_floors_and_controls_alone_give_no_verdict_and_the_page_says_so(rare):
    study, _ = rare(budgets=["all"], methods=["xy:knn1"], repeats=1)
    study.run(Workers())
    assert study.where == "out"
    content = content_of(study)
    assert content.verdict is None
    [note] = [note for note in content.notes if note.startswith("no verdict")]
    assert "only baselines and controls were run (prior, xy:knn1)" in note
    study, _ = rare(budgets=["all"], methods=["xy:knn1", "good:knn3"], repeats=1)
    assert not any(note.startswith("no verdict") for note in content_of(study).notes)
