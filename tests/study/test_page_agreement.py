"""What the page counts of the predictions of a real study."""

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as oracle

from bocage.report import content_of
from bocage.report._classes import class_section
from bocage.study import Workers, prepare


def _shown(study, found):
    """All held-out predictions of the method that the page shows, draw by draw."""
    results = study.results()
    method = next(m for m in study.methods if m.name == found.shown)
    return [
        list(results.predictions(method, found.place, found.at, repeat).values())
        for repeat in range(results.n_repeats(found.place, found.at))
    ]


@pytest.fixture(scope="module")
def changed(settings, table, tmp_path_factory):
    """A finished study of the table with another target."""

    def make(target, **more):
        folder = tmp_path_factory.mktemp("changed")
        frame = pd.read_csv(table)
        frame["cover"] = target(frame)
        frame.to_csv(folder / "labels.csv", index=False)
        asked = {"task": str(folder / "labels.csv"), "budgets": ["20", "60"], "at": "20"}
        study = prepare(settings(**asked | more), folder / "study")
        study.run(Workers())
        return study

    return make


def test_the_matrix_is_of_all_held_out_samples_and_scikit_learn_agrees(finished):
    found = content_of(finished)
    draws = _shown(finished, found)
    true = np.concatenate([finished.task.target[part.rows] for parts in draws for part in parts])
    said = np.concatenate([part.predicted for parts in draws for part in parts])
    expected = oracle.confusion_matrix(true, said, labels=range(3)) / len(draws)
    np.testing.assert_allclose(found.confusion.counts, expected)
    assert np.sum(found.confusion.counts) == len(finished.task)
    assert (found.confusion.method, found.confusion.draws) == (found.shown, len(draws))
    section = class_section(found)
    told = " ".join(part.text for part in section.parts if hasattr(part, "text"))
    assert f"overall accuracy {100 * oracle.accuracy_score(true, said):.1f} %" in told
    assert f"kappa {oracle.cohen_kappa_score(true, said):.3f}" in told
    assert f"of {len(finished.task)} held-out samples, all regions together" in told
    users = oracle.precision_score(true, said, average=None)
    producers = oracle.recall_score(true, said, average=None)
    rows = section.parts[1].rows
    assert [row[-1].text for row in rows[:3]] == [f"{100 * share:.1f} %" for share in users]
    last = [cell.text for cell in rows[-1]]
    assert last[1:4] == [f"{100 * share:.1f} %" for share in producers]
    # Rows are what was said, columns what is true.
    assert rows[0][2].text == f"{expected[1, 0]:,.1f}".removesuffix(".0")
    assert found.ranking is found.observed is None


def test_two_classes_are_ranked_by_the_probabilities_of_all_draws(changed):
    study = changed(
        lambda frame: np.where(frame["cover"] == "water", "water", "land"),
        methods=["prior", "good:logistic:C=10"],
    )
    found = content_of(study)
    assert (found.shown, str(found.at), found.ranking.draws) == ("good:logistic:C=10", "20", 2)
    figures = []
    for parts in _shown(study, found):
        water = np.concatenate([study.task.target[part.rows] for part in parts])
        score = np.concatenate([part.probabilities[:, 1] for part in parts])
        figures.append(
            (
                oracle.roc_auc_score(water, score),
                oracle.average_precision_score(1 - water, -score),
                oracle.average_precision_score(water, score),
            )
        )
    auc, land, water = np.mean(figures, axis=0)
    assert found.ranking.roc_auc == pytest.approx(auc)
    assert found.ranking.average_precision == pytest.approx((land, water))
    assert found.ranking.share[1] == pytest.approx((study.task.target == 1).mean())


def test_numbers_are_predicted_by_the_mean_of_all_draws(changed):
    study = changed(
        lambda frame: frame["good_a"] + 2 * frame["good_b"],
        methods=["prior", "good:ridge:alpha=1"],
        kind="regression",
    )
    found = content_of(study)
    assert found.confusion is None
    assert (found.observed.draws, len(found.observed.observed)) == (2, len(study.task))
    draws = _shown(study, found)
    rows = np.concatenate([part.rows for part in draws[0]])
    np.testing.assert_allclose(found.observed.observed, study.task.target[rows])
    said = [np.concatenate([part.predicted for part in parts]) for parts in draws]
    assert not np.allclose(said[0], said[1])
    np.testing.assert_allclose(found.observed.predicted, np.mean(said, axis=0))
