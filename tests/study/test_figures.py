"""All figures of one table go over the same places, also where folds are merged groups."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr
from tests.conftest import make_samples

from bocage.metrics import summed_figures
from bocage.report import content_of
from bocage.report._answer import figures_section
from bocage.study import Workers, all_figures, make_settings, prepare
from bocage.study._unit_counts import scores

BY_FOLD = {
    "brier", "log_loss", "ece", "ece_equal_mass",
    "brier_before", "log_loss_before", "ece_before",
}  # fmt: skip


def _study(folder, kind, folds, methods, **more):
    """Twelve villages of very different size."""
    samples = make_samples(kind=kind)
    frame = pd.DataFrame(samples.inputs["good"].values, columns=["g1", "g2", "g3"])
    frame["lon"], frame["lat"] = samples.lonlat.T
    frame["target"] = samples.target
    rank = np.arange(len(frame)) % 120
    frame["village"] = [
        f"{region} {np.searchsorted([6, 16, 40], place, side='right')}"
        for region, place in zip(samples.groups["region"], rank, strict=True)
    ]
    if kind == "regression":
        # Small villages are hard: their errors weigh little in what is summed over samples.
        frame.loc[rank < 16, "target"] *= 3
    frame.to_csv(folder / "table.csv", index=False)
    values = {
        "task": str(folder / "table.csv"),
        "target": "target",
        "leave": "village",
        "inputs": {"good": "g?"},
        "methods": methods,
        "budgets": ["all"],
        "repeats": 1,
        "folds": folds,
    }
    study = prepare(make_settings(values | more), folder / "study")
    study.run(Workers())
    return study


@pytest.fixture(scope="module")
def numbers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("numbers")
    return _study(folder, "regression", 4, ["good:ridge:alpha=1", "good:knn3"])


@pytest.fixture(scope="module")
def classes(tmp_path_factory):
    return _study(tmp_path_factory.mktemp("classes"), "classification", 4, ["good:knn3"])


def _out(study):
    return all_figures(study.results(), study.floors, "out", study.budgets[-1])


def _villages(study, name):
    """Truth and predictions, village by village."""
    method = next(m for m in study.methods if m.name == name)
    made = study.results().whole(method, "out", study.budgets[-1], 0)
    village = study.task.groups["village"][made.rows]
    true = study.task.target[made.rows]
    return [(true[village == v], made.predicted[village == v]) for v in np.unique(village)]


def test_errors_of_numbers_are_averaged_over_groups_as_r2_is(numbers):
    folds = [fold for fold in numbers.split.folds if fold.regime == "out"]
    assert (len(folds), len(numbers.split.groups)) == (4, 12)
    for name, found in _out(numbers).items():
        parts = _villages(numbers, name)
        assert len(parts) == 12
        squared = [np.mean((p - t) ** 2) for t, p in parts]
        ranks = [spearmanr(t, p)[0] for t, p in parts if np.ptp(p)]
        expected = {
            "rmse": np.sqrt(np.mean(squared)),
            "mae": np.mean([np.abs(p - t).mean() for t, p in parts]),
            "bias": np.mean([(p - t).mean() for t, p in parts]),
            "spearman": np.mean(ranks) if ranks else np.nan,
        }
        for figure, value in expected.items():
            assert found[figure].value == pytest.approx(value, nan_ok=True), (name, figure)
        assert not any(figure.by_fold for figure in found.values())
        # Over merged folds it would be another figure.
        table = numbers.results().score_table()
        rows = table[(table["method"] == name) & (table["domain"] == "out")]
        merged = rows.loc[rows["metric"] == "rmse", "value"].mean()
        assert abs(merged - found["rmse"].value) > 0.05 * merged


def test_methods_stand_in_one_order_by_r2_and_by_rmse(numbers):
    found = _out(numbers)
    spread = [f["rmse"].value ** 2 / (1 - f["r2"].value) for f in found.values()]
    # One mean squared error, one spread of the target.
    assert spread == pytest.approx([spread[0]] * len(spread))


def test_a_figure_is_the_same_whether_methods_are_compared_by_it_or_not(numbers, classes):
    for study in (numbers, classes):
        tally = study.results().tally("out", study.budgets[-1])
        found = _out(study)
        for name in summed_figures(study.task.kind):
            metric = type(study.metric)(name)
            for method, score in zip(tally.methods, scores(tally, metric), strict=True):
                if name == "balanced_accuracy" and method in study.floors:
                    assert found[method][name].value == pytest.approx(1 / 3)
                else:
                    assert found[method][name].value == pytest.approx(score)


def test_figures_of_classes_are_averaged_over_groups_and_those_of_probabilities_say_folds(classes):
    for name, found in _out(classes).items():
        parts = _villages(classes, name)
        assert found["accuracy"].value == pytest.approx(
            np.mean([(t == p).mean() for t, p in parts])
        )
        assert {key for key, figure in found.items() if figure.by_fold} == BY_FOLD
        table = classes.results().score_table()
        rows = table[(table["method"] == name) & (table["domain"] == "out")]
        for key in BY_FOLD:
            by_hand = rows.loc[rows["metric"] == key, "value"]
            assert len(by_hand) == 4
            assert found[key].value == pytest.approx(by_hand.mean())


def test_where_no_group_is_merged_all_figures_are_of_groups(tmp_path):
    study = _study(tmp_path, "classification", 12, ["good:knn3"], leave="village")
    assert len([fold for fold in study.split.folds if fold.regime == "out"]) == 12
    table = study.results().score_table()
    for name, found in _out(study).items():
        assert not any(figure.by_fold for figure in found.values())
        rows = table[(table["method"] == name) & (table["domain"] == "out")]
        for key in (*BY_FOLD, "accuracy"):
            expected = rows.loc[rows["metric"] == key, "value"].mean()
            assert found[key].value == pytest.approx(expected), key


def test_the_page_says_what_its_figures_are_averaged_over(numbers, classes):
    content = content_of(numbers)
    shown = {(s.method, s.metric): s for s in content.scores if s.domain == "out"}
    for name, found in _out(numbers).items():
        for key, figure in found.items():
            assert shown[name, key].score.value == pytest.approx(figure.value, nan_ok=True)
    words = figures_section(content).parts[0].text
    assert words == "Place out, all labels. Scores are averaged over villages with equal weight."
    words = figures_section(content_of(classes)).parts[0].text
    assert words == (
        "Place out, all labels. Scores are averaged over villages with equal weight; Brier "
        "score, log loss, ECE, ECE (equal mass) over the folds into which villages are "
        "merged, as these are computed from all samples of a fold."
    )


def test_a_score_of_one_class_is_on_the_page(tmp_path):
    study = _study(tmp_path, "classification", 4, ["good:knn3"], metric="f1:water")
    content = content_of(study)
    main = [s for s in content.scores if (s.metric, s.domain) == (content.metric, "out")]
    assert {s.method for s in main} == {"prior", "good:knn3"}
