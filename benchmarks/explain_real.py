"""What `explain` says of two numbers on real inputs.

    python benchmarks/explain_real.py

Four regions, a number made of AlphaEarth's A12 and noise of 0.7 of its spread (synthetic), whole
regions left out; and live fuel moisture, band means of the last three months, five strips of
longitude with as many sites each left out. Reads the folder that BOCAGE_DATA names.
"""

import numpy as np

from bocage.core import Input
from bocage.datasets import load_task
from bocage.dimensions import NumberExplanation, Problem, explain_number
from bocage.splits import SplitSettings, make_split
from bocage.tasks import Samples, build_task

MONTHS = 3
STRIPS = 5


def made_of_one() -> NumberExplanation:
    """Explain a number made of one dimension of AlphaEarth."""
    task = load_task("four-regions")
    values = task.inputs["aef"].values[:, task.inputs["aef"].bands.index("A12")]
    noise = np.random.default_rng(12).normal(size=len(values))
    samples = Samples(
        "a12", "regression", values + 0.7 * values.std() * noise, task.lonlat,
        {"aef": task.inputs["aef"]}, {"region": task.groups["region"]}, leave="region",
        synthetic=True,
    )  # fmt: skip
    return _explained(samples, "aef")


def fuel_moisture() -> NumberExplanation:
    """Explain the moisture of living plants by means of bands."""
    task = load_task("fuel-moisture")
    item = task.inputs["series"]
    means = Input("means", item.values[:, -MONTHS:].mean(axis=1), item.bands)
    edges = np.quantile(task.lonlat[:, 0], np.linspace(0, 1, STRIPS + 1)[1:-1])
    strip = np.array([f"strip{at}" for at in range(STRIPS)])[
        np.searchsorted(edges, task.lonlat[:, 0])
    ]
    samples = Samples(
        "moisture", "regression", task.target, task.lonlat, {"means": means}, {"strip": strip},
        leave="strip",
    )  # fmt: skip
    return _explained(samples, "means")


def _explained(samples: Samples, name: str) -> NumberExplanation:
    task = build_task(samples)
    split = make_split(task, SplitSettings(samples.leave, sensitivity=False))
    return explain_number(Problem.of(task, split, name), "out")


def show(name: str, found: NumberExplanation) -> None:
    """Print how few are enough, and what else is known."""
    together = found.together
    chosen = together.chosen
    print(f"{name}: {together.k} of {len(found.dimensions)} enough {together.bands}")
    if chosen is not None:
        print(f"  R2 {chosen.found.score:.3f}, with all {chosen.found.full:.3f}")
    for trial in together.trials:
        print(f"  {trial.k}: loses {trial.found.loss.value:.3f}, at most {trial.found.bound:.3f}")
    print(f"  trees {found.curved.score:.3f}, line {found.curved.line:.3f}")


if __name__ == "__main__":
    show("made of A12", made_of_one())
    show("fuel moisture", fuel_moisture())
