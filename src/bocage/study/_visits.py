"""What labels of the rarest class take in the field."""

from dataclasses import dataclass
from math import ceil, floor, log10
from statistics import median

import numpy as np

from bocage.core import counted
from bocage.splits import Split
from bocage.tables import label_rows
from bocage.tasks import Task

SURE = 0.95
"""How often the number of visits that is called enough gives the labels: 19 of 20."""


@dataclass(frozen=True, slots=True)
class Visits:
    """Visits to random places of a group until its rarest class has k labels.

    Attributes
    ----------
    labels : int
        k, the labels of each class.
    unit : str
        What a group is called: ``region``.
    middle, most : float
        Visits in the group with the median number, and in the group with the most.
    enough : float
        Visits in the latter that give the labels in 19 of 20 cases.
    name : str
        The rarest class of the group with the most.
    share : float
        Its share of that group's labels.
    group : str
        That group.
    """

    labels: int
    unit: str
    middle: float
    most: float
    enough: float
    name: str
    share: float
    group: str

    @property
    def sentence(self) -> str:
        """The whole in plain English."""
        middle, most = _two_digits(self.middle), _two_digits(self.most)
        visits = f"about {most} visits to random locations"
        if self.group and middle == most:
            visits += f" in {self.group}"
        elif self.group:
            visits = (
                f"about {middle} visits to random locations in the median {self.unit} and about "
                f"{most} in {self.group}"
            )
        return (
            f"In the field, collecting {counted(self.labels, 'label')} of the rarest class takes "
            f"{visits}, where {self.name} accounts for {100 * self.share:.2g} % of the labels; "
            f"{_two_digits_up(self.enough)} visits suffice with a probability of "
            f"{100 * SURE:.0f} %."
        )


def field_visits(task: Task, split: Split, labels: int, unit: str = "place") -> Visits | None:
    """Count the visits that k labels of the rarest class take, if classes are met by chance.

    About how many: the mean of a negative binomial variable, k / p visits for a class of share p.
    Shares are those among the labels of a group, the only ones known; labels that were collected
    by class look cheaper than they will be.

    How many are enough: the smallest number of visits that give k labels with a probability of
    `SURE`, where the share is as uncertain as x of n labels leave it (Jeffreys' prior; the number
    of labels is then beta-binomial). The rarest of several classes by the labels at hand is
    often one whose share they understate, which errs on the safe side.

    Parameters
    ----------
    task : Task
        A classification; None for any other kind.
    split : Split
        Its groups are what is visited; those of one class are left out.
    labels : int
        k, of each class.
    unit : str
        What a group is called.
    """
    if not task.kind.classifies_samples:
        return None
    found = []
    labels_of = label_rows(task)
    for number, group in enumerate(split.groups):
        inside = labels_of[split.group[labels_of] == number]
        counts = np.bincount(task.target[inside], minlength=task.n_classes)
        there = np.flatnonzero(counts)
        if len(there) > 1:
            rarest = there[counts[there].argmin()]
            share = counts[rarest] / counts.sum()
            seen = int(counts[rarest]), int(counts.sum())
            found.append((labels / share, task.classes[int(rarest)], float(share), group, seen))
    if not found:
        return None
    most, name, share, group, seen = max(found)
    return Visits(
        labels=labels,
        unit=unit,
        middle=float(median(visits for visits, *_ in found)),
        most=float(most),
        enough=enough_visits(labels, *seen),
        name=name,
        share=share,
        group=group if len(split.groups) > 1 else "",
    )


def enough_visits(labels: int, hits: int, n: int) -> float:
    """Find how many visits give so many labels of a class in 19 of 20 cases.

    Parameters
    ----------
    labels : int
        That are wanted of the class.
    hits, n : int
        Labels of the class, and all labels, of those at hand.
    """
    from scipy.stats import betabinom

    a, b = hits + 0.5, n - hits + 0.5

    def is_enough(visits: int) -> bool:
        return bool(betabinom.sf(labels - 1, visits, a, b) >= SURE)

    high = labels
    while not is_enough(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return float(high)


def _two_digits(number: float) -> str:
    """More digits would claim too much."""
    return f"{float(f'{number:.2g}'):,.0f}"


def _two_digits_up(number: float) -> str:
    """Round up, so that what is called enough is."""
    step = 10.0 ** max(0, floor(log10(number)) - 1)
    return f"{ceil(number / step) * step:,.0f}"
