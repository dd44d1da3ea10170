"""A claim, what was found of it, and what simulated worlds of claims share."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.study import Cost, UnitCounts, Verdict, verdict

Floats = NDArray[np.float64]

MARGIN = 0.02


@dataclass(frozen=True)
class Claim:
    """What is promised, and what was found."""

    name: str
    low: float
    high: float
    found: float
    n: int

    @property
    def holds(self) -> bool:
        """Whether the share lies within what is promised, or outside by the luck of n worlds."""
        edge = min(max(self.found, self.low), self.high)
        luck = 2.6 * np.sqrt(max(edge * (1 - edge), 0.25 / self.n) / self.n)
        return abs(self.found - edge) <= luck

    @property
    def is_inside(self) -> bool:
        return self.low <= self.found <= self.high

    def __str__(self) -> str:
        mark = "holds" if self.is_inside else "holds by chance" if self.holds else "FAILS"
        promised = f"{100 * self.low:.0f} to {100 * self.high:.0f} %"
        return f"{mark:13s}  {100 * self.found:5.1f} %  ({promised}, {self.n} worlds)  {self.name}"


def ask(tally: UnitCounts, **more: Any) -> Verdict:
    """Ask for the verdict of a tally; later methods are dearer."""
    settings: dict[str, Any] = {"where": "out", "budget": "10 labels a class", **more}
    return verdict(tally, prices(tally), **settings)


def prices(tally: UnitCounts) -> dict[str, Cost]:
    """Give every method a price; later ones are dearer."""
    return {name: Cost(10, 1 + at, 1) for at, name in enumerate(tally.methods)}


def mean(values: list[float] | list[bool]) -> float:
    return float(np.mean(values))
