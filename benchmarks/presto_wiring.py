"""What are Presto's frozen features worth under plain scikit-learn?  Real data, no study.

    BOCAGE_DATA=... python benchmarks/presto_wiring.py [TASK ...]

Bocage reads the task and runs the network, so this checks how the two are wired. Splits and models
are scikit-learn's: ridge regression (penalty by leave-one-out on the training folds) on pooled,
standardised features, with the published weights and with random ones, with coordinates and
without, beside gradient-boosted trees on the bands themselves. R² of all predictions of a five-fold
split: rows shuffled, and whole sites or cells of one degree left out; then the least and the most
when those are dealt to the folds by chance.
"""

import sys
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from sklearn.base import RegressorMixin
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import RidgeCV
from sklearn.metrics import r2_score
from sklearn.model_selection import GroupKFold, KFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from bocage.datasets import load_task
from bocage.methods import Encoded, Views
from bocage.tasks import Task

TASKS = ("fuel-moisture", "algae-blooms")
ALPHAS = np.logspace(-3, 4, 15)
TREES = "boosted trees on the bands"
FROZEN = {
    "Presto": Encoded("series", "presto"),
    "Presto, random weights": Encoded("series", "presto", "random"),
    "Presto without coordinates": Encoded("series", "presto", place=False),
    "Presto, random weights, without coordinates": Encoded("series", "presto", "random", False),
}
N_FOLDS, OTHERS = 5, 5

Floats = NDArray[np.float64]


def features(task: Task, name: str) -> Floats:
    """What the model called `name` learns from, shape (n, d)."""
    if name == TREES:
        return np.asarray(task.inputs["series"].as_table().values, dtype=np.float64)
    return np.asarray(Views(task).frozen(FROZEN[name]).features(), dtype=np.float64)


def model(name: str) -> RegressorMixin:
    if name == TREES:
        return HistGradientBoostingRegressor(random_state=0)
    return make_pipeline(StandardScaler(), RidgeCV(ALPHAS))


def score(task: Task, name: str, *, leave: bool, seed: int | None = 0) -> float:
    """R² of the predictions of all folds together.

    `leave`: whole places are left out. A seed shuffles rows or places; None takes places by size.
    """
    # In the published order: shuffled folds depend on it.
    order = np.argsort(task.row)
    X, y = features(task, name)[order], task.target[order]
    folds = (GroupKFold if leave else KFold)(N_FOLDS, shuffle=seed is not None, random_state=seed)
    place = task.groups[task.leave][order] if leave else None
    found = cross_val_predict(model(name), X, y, cv=list(folds.split(X, y, place)))
    return float(r2_score(y, found))


def table(names: tuple[str, ...]) -> Iterator[str]:
    """Rows of a Markdown table."""
    yield f"| task | features | random folds | left out | {OTHERS} other divisions |"
    yield "|---|---|---:|---:|---:|"
    for task in map(load_task, names):
        for name in (*FROZEN, TREES):
            shuffled = score(task, name, leave=False)
            left = score(task, name, leave=True, seed=None)
            others = [score(task, name, leave=True, seed=seed) for seed in range(OTHERS)]
            cells = f"{shuffled:.2f} | {left:.2f} | {min(others):.2f} to {max(others):.2f}"
            yield f"| {task.name} | {name} | {cells} |"


if __name__ == "__main__":
    for line in table(tuple(sys.argv[1:]) or TASKS):
        print(line, flush=True)
