"""Where labels of one class are all there is, every method answers that class, and is scored."""

from dataclasses import replace

import numpy as np
from tests.data.studies import make_study

from bocage.splits import SplitSettings
from bocage.study import Protocol, Workers


def test_a_pool_of_one_class_is_scored_for_every_method(toy, tmp_path):
    target = np.where(toy.groups["region"] == "east", toy.target, 1)
    task = replace(toy, target=target)
    methods = ("prior", "good:logistic:C=1", "noise:knn3:metric=euclidean")
    settings = SplitSettings("region", sensitivity=False, local_folds=2, random_folds=2)
    study = make_study(tmp_path, task, methods, ("5", "all"), settings, Protocol())
    assert not study.plan.blanks
    study.run(Workers())
    results = study.results()
    assert not results.failed
    for budget in study.budgets:
        assert len(results.complete("out", budget)) == len(methods)
    for method in study.methods:
        made = results.predictions(method, "out", study.budgets[-1], 0)
        assert set(made) == {"east", "north", "south"}
        assert set(made["east"].predicted.tolist()) == {1}
        assert set(made["east"].confidence.tolist()) == {1.0}
    # Elsewhere the other classes are known, and answered.
    made = results.predictions(study.methods[1], "out", study.budgets[-1], 0)
    assert set(made["north"].predicted.tolist()) == {0, 1, 2}
