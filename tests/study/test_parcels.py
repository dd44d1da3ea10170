"""Parcels in a study: each judged by the vote of its labelled pixels, beside the pixels."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score
from tests.data.chips import make_chip_task
from tests.data.studies import make_study

from bocage.methods import Recipe, Views
from bocage.methods.chips import fit_pixels
from bocage.report import content_of, render
from bocage.splits import SplitSettings
from bocage.study import Workers, all_figures
from bocage.study._plan import Protocol
from bocage.study._store import Store
from bocage.study.scoring import SCORINGS

METHODS = ("prior", "s2:logistic:C=1")


def _with_parcels(task):
    """Squares of 8 pixels; two chips of an event share theirs, and a fifth is in no parcel."""
    side = task.masks.shape[1]
    square = (np.arange(side) // 8)[:, None] * (side // 8) + np.arange(side) // 8
    event = task.groups["event"]
    turn = np.array([np.flatnonzero(event == event[i]).tolist().index(i) for i in range(len(task))])
    number = np.unique(event, return_inverse=True)[1] * 100 + turn // 2
    parcels = number[:, None, None] * 1000 + square
    return replace(task, parcels=np.where(square % 5 == 4, -1, parcels).astype(np.int32))


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    made = make_study(
        tmp_path_factory.mktemp("parcels"), _with_parcels(make_chip_task(20)), METHODS,
        ("4", "all"), SplitSettings("event", sensitivity=False),
        Protocol(trials=1, recipe=Recipe(2, 2)),
    )  # fmt: skip
    made.run(Workers(1))
    return made


def _by_hand(study, fold):
    """True and predicted class of each parcel of the tests, counted pixel by pixel."""
    task = study.task
    record = next(
        r for r in study.store.refresh().values()
        if (r.method, r.fold, r.budget) == (METHODS[1], fold.name, "all")
    )  # fmt: skip
    fitted = fit_pixels(
        study.methods[1], Views(task).chips(["s2"]), fold.pool, None, n_classes=2, trials=1,
        seed=int(record.key[:7], 16),
    )  # fmt: skip
    rows = fold.tests["out"]
    made = fitted.learner.predict_masks(rows)
    votes = {}
    for parcel, true, guess in zip(
        task.parcels[rows].ravel(), task.masks[rows].ravel(), made.ravel(), strict=True
    ):
        if parcel >= 0 and true >= 0:
            one, other = votes.setdefault(int(parcel), (Counter(), Counter()))
            one[int(true)] += 1
            other[int(guess)] += 1
    # Of equal votes the lower code.
    best = [[min(v, key=lambda c: (-v[c], c)) for v in pair] for pair in votes.values()]
    return np.array(best).T


def test_parcels_are_scored_by_the_vote_of_their_pixels(study):
    table = study.results().score_table()
    for fold in (f for f in study.split.folds if f.regime == "out"):
        true, made = _by_hand(study, fold)
        assert 20 < len(true) < 60
        here = table[
            (table["method"] == METHODS[1]) & (table["group"] == fold.held_out)
            & (table["domain"] == "out") & (table["budget"] == "all")
        ].set_index("metric")["value"]  # fmt: skip
        assert here["parcel_accuracy"] == pytest.approx(accuracy_score(true, made))
        assert here["parcel_balanced_accuracy"] == pytest.approx(
            balanced_accuracy_score(true, made)
        )
        each = f1_score(true, made, labels=[0, 1], average=None)
        assert here["parcel_macro_f1"] == pytest.approx(each.mean())
        assert here["parcel_f1:water"] == pytest.approx(each[1])
        assert here["accuracy"] != here["parcel_accuracy"]


def test_votes_survive_the_store_and_decide_the_key(study, tmp_path):
    read = Store(study.folder).refresh()
    assert all(len(record.array("parcels")) for record in read.values())
    parcels = study.task.parcels.copy()
    parcels[parcels == parcels.max()] = -1
    other = make_study(
        tmp_path, replace(study.task, parcels=parcels), METHODS, ("4", "all"),
        SplitSettings("event", sensitivity=False), study.protocol,
    )  # fmt: skip
    assert other.n_missing > 0


def test_the_page_shows_parcels_beside_pixels(study):
    page = render(content_of(study))
    assert "parcel accuracy" in page
    assert "parcel macro-F1" in page


def test_parcels_cannot_be_told_apart_by_column(study):
    # A parcel's chips may differ in it: these scores are left out, not guessed.
    task = replace(study.task, groups={**study.task.groups, "soil": np.repeat(["a", "b"], 10)})
    settings = study.settings.model_copy(update={"by": "soil"})
    table = replace(study, task=task, settings=settings).save_scores()
    parts = table[table["by"] == "soil"]
    assert len(parts)
    assert not parts["metric"].str.startswith("parcel").any()


def test_a_task_without_parcels_says_nothing_of_them(study):
    assert make_chip_task(8).parcels is None
    plain = replace(study.task, parcels=None)
    assert (plain.label_digests() != study.task.label_digests()).all()


def test_where_events_are_merged_parcels_are_of_folds_and_pixels_of_events(tmp_path):
    made = make_study(
        tmp_path, _with_parcels(make_chip_task(20)), METHODS[:1], ("all",),
        SplitSettings("event", group_folds=2, sensitivity=False),
        Protocol(trials=1, recipe=Recipe(2, 2)),
    )  # fmt: skip
    made.run(Workers(1))
    budget, split = made.budgets[-1], made.split
    assert len(split.groups) > len([fold for fold in split.folds if fold.regime == "out"]) == 2
    found = all_figures(made.results(), (), "out", budget)["prior"]
    by_fold = {name for name, figure in found.items() if figure.by_fold}
    assert by_fold == {"parcel_accuracy", "parcel_balanced_accuracy", "parcel_macro_f1"}
    whole = made.results().whole(made.methods[0], "out", budget, 0)
    event = split.group[whole.rows]
    edges = [
        SCORINGS[made.task.kind].figures(made.task, whole.take(event == number))
        for number in np.unique(event)
    ]
    for name in ("boundary_f1@20m", "boundary_iou@20m"):
        assert found[name].value == pytest.approx(np.nanmean([one[name] for one in edges]))
    counts = [whole.counts[event == number].sum(axis=0) for number in np.unique(event)]
    right = np.mean([np.trace(count) / count.sum() for count in counts])
    assert found["accuracy"].value == pytest.approx(right)
    assert {s.metric for s in content_of(made).scores if s.by_fold} == by_fold
