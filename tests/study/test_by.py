"""Scores by a column that is not the one left out, from runs that are there already."""

import io
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console
from tests.conftest import make_samples
from tests.data.chips import make_chip_task
from tests.data.studies import make_study

from bocage.core import BocageError
from bocage.methods import Recipe
from bocage.metrics import balanced_accuracy, confusion, mean_iou
from bocage.report import content_of, render, terminal
from bocage.splits import SplitSettings
from bocage.study import Workers, make_settings, prepare
from bocage.study._plan import Protocol

METHODS = ("prior", "s2:logistic:C=1")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Fires left out, biomes reported; the runs know nothing of biomes."""
    task = make_chip_task(36, side=16)
    # Chips of a fire stand in several blocks, so that there are intervals.
    task = replace(task, unit=np.arange(len(task)))
    split = SplitSettings("event", sensitivity=False)
    protocol = Protocol(trials=1, recipe=Recipe(2, 2))
    made = make_study(tmp_path_factory.mktemp("by"), task, METHODS, ("4", "all"), split, protocol)
    made.run(Workers(1))
    biome = np.where(np.arange(36) % 3 == 0, "forest", "shrub & <grass>")
    with_biome = replace(task, groups={**task.groups, "biome": biome})
    settings = made.settings.model_copy(update={"by": "biome"})
    return replace(made, task=with_biome, settings=settings)


def _by_hand(study, value, budget, domain="out"):
    total = 0
    for fold in study.split.folds:
        if domain not in fold.tests:
            continue
        record = next(
            r for r in study.store.refresh().values()
            if (r.method, r.fold, r.budget) == (METHODS[1], fold.name, budget)
        )  # fmt: skip
        rows = np.concatenate([fold.tests[d] for d in record.domains])
        where = np.concatenate([np.full(len(fold.tests[d]), d) for d in record.domains])
        keep = (where == domain) & (study.task.groups["biome"][rows] == value)
        total = total + record.array("counts").reshape(-1, 2, 2)[keep].sum(axis=0)
    return float(mean_iou(total))


def test_the_table_holds_each_value_at_the_place_of_the_verdict(study):
    assert study.n_missing == 0
    table = study.save_scores()
    plain = study.results().score_table()
    assert (plain["by"] == "").all()
    rows = table[table["by"] == "biome"]
    assert len(table) == len(plain) + len(rows)
    assert set(rows["domain"]) == {"out"}
    assert set(rows["budget"]) == {"4", "all"}
    assert set(rows["group"]) == {""}
    for value, n in (("forest", 12), ("shrub & <grass>", 24)):
        for budget in ("4", "all"):
            here = rows[
                (rows["by_value"] == value) & (rows["budget"] == budget)
                & (rows["method"] == METHODS[1])
            ].set_index("metric")  # fmt: skip
            assert (here["n"] == n).all()
            assert here["value"]["miou"] == pytest.approx(_by_hand(study, value, budget))
            assert 0 <= here["value"]["boundary_f1@20m:water"] <= 1


def test_the_page_and_one_line_in_the_terminal_show_them(study):
    content = content_of(study)
    assert content.by == "biome"
    last = {s.value: s for s in content.value_scores if (s.method, s.budget) == (METHODS[1], "all")}
    assert [(s.value, s.n) for s in last.values()] == [("forest", 12), ("shrub & <grass>", 24)]
    score = last["forest"].score
    assert score.value == pytest.approx(_by_hand(study, "forest", "all"))
    assert score.low < score.value < score.high
    page = render(content)
    assert '<section id="by">' in page
    assert "shrub &amp; &lt;grass&gt; (24)" in page
    console = Console(file=io.StringIO(), width=400)
    console.print(terminal(content))
    said = [line for line in console.file.getvalue().splitlines() if "by biome" in line]
    assert len(said) == 1
    assert f"forest {score.value:.3f} (12)" in said[0]


def test_scores_of_other_places_are_as_they_were(study):
    without = replace(study, settings=study.settings.model_copy(update={"by": ""}))
    a, b = content_of(study), content_of(without)
    assert repr(a.scores) == repr(b.scores)
    assert b.value_scores == ()
    assert '<section id="by">' not in render(b)


def _table(folder, seed=0):
    import pandas as pd

    samples = make_samples(seed)
    good = samples.inputs["good"]
    frame = pd.DataFrame(good.values, columns=[f"good_{b}" for b in good.bands])
    frame["lon"], frame["lat"] = samples.lonlat.T
    frame["region"], frame["cover"] = samples.groups["region"], samples.target
    frame["soil"] = np.where(np.arange(len(frame)) % 2, "clay", "sand")
    frame.loc[frame.index % 7 == 0, "soil"] = None
    frame.to_csv(folder / "toy.csv", index=False)
    return {
        "task": str(folder / "toy.csv"), "target": "cover", "leave": "region",
        "inputs": {"good": "good_?"}, "methods": ["prior", "good:logistic:C=10"],
        "budgets": ["all"], "sensitivity": False,
    }  # fmt: skip


def test_a_column_of_a_table_that_nobody_named_before_changes_no_run(tmp_path):
    values = _table(tmp_path)
    before = prepare(make_settings(values), tmp_path / "study")
    before.run(Workers())
    after = prepare(make_settings(values | {"by": "soil"}), tmp_path / "study")
    assert after.plan == before.plan
    assert after.n_missing == 0
    task, results = after.task, after.results()
    column = task.groups["soil"]
    assert set(column) == {"clay", "sand", "not given"}
    assert (column == "not given").sum() == np.ceil(len(task) / 7)
    table = after.save_scores()
    found = results.predictions(after.methods[1], "out", after.budgets[0], 0)
    rows = np.concatenate([part.rows for part in found.values()])
    predicted = np.concatenate([part.predicted for part in found.values()])
    for value in ("clay", "sand", "not given"):
        keep = column[rows] == value
        here = table[
            (table["by_value"] == value) & (table["method"] == "good:logistic:C=10")
        ].set_index("metric")  # fmt: skip
        expected = balanced_accuracy(confusion(task.target[rows][keep], predicted[keep], 3))
        assert here["value"]["balanced_accuracy"] == pytest.approx(float(expected))
        assert here["n"].iloc[0] == keep.sum()
        # Known only as sums over all samples of a fold.
        assert "brier" not in here.index
        assert np.isfinite(here["value"]["ece"])


def test_a_column_that_is_not_there_is_refused(tmp_path):
    values = _table(tmp_path)
    with pytest.raises(BocageError, match="soul"):
        prepare(make_settings(values | {"by": "soul"}), tmp_path / "study")
    with pytest.raises(BocageError, match=r"by 'biome'; the groups of landscape are"):
        prepare(make_settings({"task": "landscape", "by": "biome"}), tmp_path / "study")
