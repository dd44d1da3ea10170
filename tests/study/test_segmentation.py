"""Segmentation in a study: counted by chip, left out by event, judged by mIoU."""

import numpy as np
import pytest
from tests.data.chips import make_chip_task
from tests.data.studies import make_study

from bocage.methods import Recipe, Views
from bocage.metrics import (
    boundary_counts,
    boundary_f1,
    boundary_iou,
    chip_confusion,
    mean_iou,
)
from bocage.report import content_of, write
from bocage.splits import SplitSettings, default_budgets, parse_budget
from bocage.study import Workers, answer
from bocage.study._plan import Protocol
from bocage.study.scoring._segmentation import boundary_distances

METHODS = ("prior", "s2:logistic:C=1", "s2:conv1x1:scratch")


def make_segmentation(folder, task=None, leave="event", methods=METHODS):
    settings = SplitSettings(leave, sensitivity=False)
    protocol = Protocol(trials=1, recipe=Recipe(2, 2))
    return make_study(folder, task or make_chip_task(), methods, ("4", "all"), settings, protocol)


@pytest.fixture(scope="module")
def segmented(tmp_path_factory):
    study = make_segmentation(tmp_path_factory.mktemp("chips"))
    study.run(Workers(1))
    return study


def test_scores_are_those_of_the_pixels(segmented):
    # Done again by hand: learn from three events, segment the fourth.
    from bocage.methods.chips import fit_pixels

    study, task = segmented, segmented.task
    fold = next(f for f in study.split.folds if f.regime == "out")
    chips = Views(task).chips(["s2"])
    record = next(
        r for r in study.store.refresh().values()
        if r.method == METHODS[1] and r.fold == fold.name and r.budget == "all"
    )  # fmt: skip
    seed = int(record.key[:7], 16)
    fitted = fit_pixels(study.methods[1], chips, fold.pool, None, n_classes=2, trials=1, seed=seed)
    tests = fold.tests["out"]
    expected = chip_confusion(task.masks[tests], fitted.learner.predict_masks(tests), 2)
    true, made = task.masks[tests], fitted.learner.predict_masks(tests)
    edges = boundary_counts(true, made, 2, boundary_distances(10.0), 10.0).sum(axis=0)
    table = study.results().score_table()
    chosen = table[
        (table["method"] == METHODS[1]) & (table["group"] == fold.held_out)
        & (table["domain"] == "out") & (table["budget"] == "all") & (table["metric"] == "miou")
    ]  # fmt: skip
    assert chosen["value"].item() == pytest.approx(float(mean_iou(expected.sum(axis=0))))
    by = ["method", "group", "domain", "budget"]
    here = table[by].eq(table.loc[chosen.index[0], by]).all(axis=1)
    same = table[here].set_index("metric")["value"]
    assert same["boundary_f1@20m:water"] == pytest.approx(float(boundary_f1(edges[1, 0])))
    assert same["boundary_iou@50m:water"] == pytest.approx(float(boundary_iou(edges[1, 1])))
    assert same["area_error:water"] == pytest.approx(
        float((made[true >= 0] == 1).sum() / (true == 1).sum() - 1)
    )


def test_events_never_stand_on_both_sides(segmented):
    event = segmented.task.groups["event"]
    for fold in segmented.split.folds:
        if fold.regime == "out":
            tested = np.concatenate(list(fold.tests.values()))
            assert not set(event[fold.pool]) & set(event[fold.tests["out"]])
            assert not set(fold.pool.tolist()) & set(tested.tolist())


def test_the_verdict_stands_on_miou_and_beats_the_floor(segmented):
    found = answer(segmented)
    line = found.lines["out"][-1]
    assert line.verdict.metric == "miou"
    scores = {loss.method: loss.score.value for loss in line.verdict.losses}
    assert scores["prior"] < scores["s2:logistic:C=1"]


def test_one_event_gives_scores_and_no_verdict(tmp_path):
    study = make_segmentation(tmp_path, make_chip_task(events=1), "blocks", METHODS[:2])
    study.run(Workers(1))
    lines = [line for found in answer(study).lines.values() for line in found]
    assert study.alone == "event"
    assert lines
    assert all(line.verdict.status == "none" for line in lines)
    assert all("there is only one event" in line.verdict.sentence for line in lines)


def test_counts_survive_the_store(segmented):
    again = make_segmentation(segmented.folder)
    assert again.n_missing == 0
    for record in again.store.refresh().values():
        assert record.array("counts").shape == (sum(record.sizes) * 4,)
        rows = np.concatenate(
            list(next(f for f in again.split.folds if f.name == record.fold).tests.values())
        )
        known = (again.task.masks[rows] >= 0).sum(axis=(1, 2))
        np.testing.assert_array_equal(record.array("counts").reshape(-1, 4).sum(axis=1), known)


def test_the_page_of_a_segmentation_is_made(segmented, tmp_path):
    page = write(content_of(segmented), tmp_path / "page.html").read_text()
    assert "mIoU" in page
    assert "made-up-chips" in page


def test_budgets_count_chips():
    assert [str(b) for b in default_budgets("segmentation")] == ["5", "10", "20", "50", "all"]
    assert parse_budget("8", "chip").label == "up to 8 chips"
