"""Real embeddings: the figures that a plain scikit-learn loop over four regions gives."""

import pytest

from bocage.study import Workers, answer, make_settings, prepare

METHODS = [
    "aef:logistic:C=10",
    "s1:logistic:C=1",
    "aef+s1:logistic:C=10",
    "xy:knn1:metric=euclidean",
]


@pytest.fixture(scope="module")
def study(request, real_data, tmp_path_factory):  # noqa: ARG001
    """All labels, heads fixed, four regions left out in turn."""
    settings = {"task": request.param, "leave": "region", "methods": METHODS, "repeats": 1}
    made = prepare(
        make_settings(settings | {"budgets": ["5", "all"]}),
        tmp_path_factory.mktemp("real") / "study",
    )
    made.run(Workers(2))
    return made


def _score(study, method, domain, budget="all"):
    """Mean of a figure over regions."""
    table = study.results().score_table()
    rows = table["metric"].eq("balanced_accuracy") & table["method"].eq(method)
    rows &= table["domain"].eq(domain) & table["budget"].eq(budget)
    return float(table[rows].groupby("group")["value"].mean().mean())


@pytest.mark.slow
@pytest.mark.real
@pytest.mark.parametrize(
    ("study", "random", "out"),
    [("four-regions", 0.73, 0.42), ("four-regions-clean", 0.94, 0.73)],
    indirect=["study"],
)
def test_scores_are_those_of_a_plain_loop_and_fall_in_a_new_region(study, random, out):
    best = METHODS[0]
    assert _score(study, best, "random") == pytest.approx(random, abs=0.03)
    assert _score(study, best, "out") == pytest.approx(out, abs=0.03)
    # Labels of the place itself: nearly as good as the random check flatters.
    assert _score(study, best, "local") > out + 0.15
    assert _score(study, best, "in") > out + 0.1
    # Radar alone is weaker; coordinates alone know neighbours and no other region.
    assert _score(study, METHODS[1], "out") < _score(study, best, "out") - 0.1
    chance = 1 / study.task.n_classes
    assert _score(study, METHODS[3], "random") > 2 * chance
    assert _score(study, METHODS[3], "out") == pytest.approx(chance, abs=0.02)
    # Few local labels do what all labels from elsewhere do, and the answer says how few.
    worth = {item.method: item for item in answer(study).worth}
    assert worth[best].answer == f"fewer than {5 * study.task.n_classes}"
    assert "output of a model" in " ".join(study.task.notes)
