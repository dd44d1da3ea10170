"""What a method costs."""

from dataclasses import dataclass

ORDER = ("labels", "size", "seconds")
"""What makes a method cheap, most important first."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a method costs at one budget.

    Attributes
    ----------
    labels : float
        Labels that it learned from.
    size : float
        Bytes of what must be kept to predict.
    seconds : float
        To fit and to predict.
    """

    labels: float = 0.0
    size: float = 0.0
    seconds: float = 0.0
