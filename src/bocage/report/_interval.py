"""A figure with its interval."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with the bounds of its 95 % interval; NaN bounds where there is none."""

    value: float
    low: float = float("nan")
    high: float = float("nan")
