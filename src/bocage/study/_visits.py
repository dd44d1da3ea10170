"""What labels of the rarest class take in the field."""

from dataclasses import dataclass
from statistics import median

import numpy as np

from bocage.splits import Split
from bocage.tasks import Task


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
    name: str
    share: float
    group: str

    @property
    def sentence(self) -> str:
        """The whole in plain English."""
        middle, most = _two_digits(self.middle), _two_digits(self.most)
        visits = f"about {most} random visits"
        if self.group and middle == most:
            visits += f" in {self.group}"
        elif self.group:
            visits = (
                f"about {middle} random visits in the middle {self.unit} and about {most} in "
                f"{self.group}"
            )
        return (
            f"In the field, {self.labels} labels of the rarest class take {visits}, where "
            f"{self.name} is {100 * self.share:.2g} % of the labels."
        )


def field_visits(task: Task, split: Split, labels: int, unit: str = "place") -> Visits | None:
    """Count the visits that k labels of the rarest class take, if classes are met by chance.

    The mean of a negative binomial variable: k / p visits for a class of share p. Shares are those
    among the labels of a group, the only ones known; labels that were collected by class look
    cheaper than they will be.

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
    for number, group in enumerate(split.groups):
        counts = np.bincount(task.target[split.group == number], minlength=task.n_classes)
        there = np.flatnonzero(counts)
        if len(there) > 1:
            rarest = there[counts[there].argmin()]
            share = counts[rarest] / counts.sum()
            found.append((labels / share, task.classes[int(rarest)], float(share), group))
    if not found:
        return None
    most, name, share, group = max(found)
    return Visits(
        labels=labels,
        unit=unit,
        middle=float(median(visits for visits, *_ in found)),
        most=float(most),
        name=name,
        share=share,
        group=group if len(split.groups) > 1 else "",
    )


def _two_digits(number: float) -> str:
    """More digits would claim too much."""
    return f"{float(f'{number:.2g}'):,.0f}"
