"""Objects by size in a study: stored as hits a true object, sorted by size when read."""

from dataclasses import replace

import numpy as np
import pytest
from tests.data.chips import make_chip_task
from tests.data.studies import make_study

from bocage import metrics
from bocage.core import SettingsError
from bocage.methods import Recipe, Views
from bocage.report import content_of, render
from bocage.splits import SplitSettings
from bocage.study import Store, Workers, make_settings, prepare
from bocage.study._plan import Protocol

METHODS = ("prior", "s2:logistic:C=1")
EDGES = [1.0, 2.0]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Discs of 0.5 to 3 ha; those at the edge of their chip are cut."""
    protocol = Protocol(trials=1, recipe=Recipe(2, 2))
    made = make_study(
        tmp_path_factory.mktemp("objects"), make_chip_task(20), METHODS, ("4", "all"),
        SplitSettings("event", sensitivity=False), protocol,
    )  # fmt: skip
    made.run(Workers(1))
    return _sorted_by(made, EDGES)


def _sorted_by(study, edges):
    settings = study.settings.model_copy(update={"object_hectares": edges})
    return replace(study, settings=settings)


def _by_hand(study, fold, edges):
    """Fit again, measure the objects of the tests."""
    from bocage.methods.chips import fit_pixels

    task = study.task
    record = next(
        r for r in study.store.refresh().values()
        if (r.method, r.fold, r.budget) == (METHODS[1], fold.name, "all")
    )  # fmt: skip
    fitted = fit_pixels(
        study.methods[1], Views(task).chips(["s2"]), fold.pool, None, n_classes=2, trials=1,
        seed=int(record.key[:7], 16),
    )  # fmt: skip
    tests = fold.tests["out"]
    made = fitted.learner.predict_masks(tests)
    return metrics.object_sizes(task.masks[tests], [0, 1], 10.0, edges, made)


@pytest.mark.parametrize("edges", [EDGES, [0.6], [500.0, 5000.0]])
def test_any_size_is_scored_from_the_same_runs(study, edges):
    study = _sorted_by(study, edges)
    assert study.n_missing == 0
    table = study.results().score_table()
    names = metrics.size_names(edges)
    for fold in (f for f in study.split.folds if f.regime == "out"):
        found = _by_hand(study, fold, edges)
        here = table[
            (table["method"] == METHODS[1]) & (table["group"] == fold.held_out)
            & (table["domain"] == "out") & (table["budget"] == "all")
        ].set_index("metric")["value"]  # fmt: skip
        for code, name in enumerate(("land", "water")):
            for at, size in enumerate(names):
                mine = (found.code == code) & (found.size == at)
                assert here[f"objects@{size}:{name}"] == mine.sum()
                if mine.any():
                    expected = found.right[mine].sum() / found.pixels[mine].sum()
                    assert here[f"object_recall@{size}:{name}"] == pytest.approx(expected)
                else:
                    assert np.isnan(here[f"object_recall@{size}:{name}"])


def test_hits_of_each_object_survive_the_store(study):
    read = Store(study.folder).refresh()
    for record in read.values():
        rows = np.concatenate([
            part for f in study.split.folds if f.name == record.fold for part in f.tests.values()
        ])  # fmt: skip
        found = metrics.object_sizes(study.task.masks[rows], [0, 1], 10.0, [])
        assert len(record.array("objects")) == len(found.pixels)
        # Chip by chip, the hits are those of the confusion counts.
        start = np.searchsorted(np.sort(found.chip), np.arange(len(rows)))
        hits = np.add.reduceat(record.array("objects"), start)
        counts = record.array("counts").reshape(-1, 2, 2)
        np.testing.assert_array_equal(hits, counts[:, 0, 0] + counts[:, 1, 1])


def test_objects_are_counted_by_column_too(study):
    biome = np.where(np.arange(20) % 3 == 0, "forest", "shrub")
    task = replace(study.task, groups={**study.task.groups, "biome": biome})
    settings = study.settings.model_copy(update={"by": "biome"})
    table = replace(study, task=task, settings=settings).save_scores()
    table = table[(table["metric"] == "objects@1-2ha:water") & (table["domain"] == "out")]
    table = table[(table["method"] == "prior") & (table["budget"] == "all")]
    parts = table[table["by"] == "biome"]
    assert set(parts["by_value"]) == {"forest", "shrub"}
    assert parts["value"].sum() == table[table["by"] == ""]["value"].sum() > 0


def test_the_page_tabulates_objects_by_size(study):
    content = content_of(study)
    water = [s for s in content.object_scores if (s.method, s.class_name) == (METHODS[1], "water")]
    found = [_by_hand(study, f, EDGES) for f in study.split.folds if f.regime == "out"]
    right, pixels, n, cut = np.zeros((4, 3))
    for part in found:
        mine = part.code == 1
        np.add.at(right, part.size[mine], part.right[mine])
        np.add.at(pixels, part.size[mine], part.pixels[mine])
        np.add.at(n, part.size[mine], 1)
        np.add.at(cut, part.size[mine], part.cut[mine])
    assert [(s.n, s.n_cut) for s in water] == list(zip(n, cut, strict=True))
    np.testing.assert_allclose([s.recall for s in water], right / pixels)
    page = render(content)
    assert '<section id="objects">' in page
    assert f"1 to 2 ha ({n[1]:.0f})" in page


@pytest.mark.parametrize("edges", [[5, 1], [0, 1], [-1]])
def test_edges_that_do_not_rise_are_refused_before_anything_runs(tmp_path, edges):
    settings = make_settings({
        "task": "landscape", "methods": ["prior"], "object_hectares": edges,
        "budgets": ["all"],
    })  # fmt: skip
    with pytest.raises(SettingsError, match="expected increasing values above 0"):
        prepare(settings, tmp_path / "study")
