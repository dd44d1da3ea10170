"""The loss that does not matter."""

from bocage.core import SettingsError
from bocage.metrics import Metric

MARGIN = 0.02
"""Loss against the best that is taken to be none, unless the user says otherwise."""


def choose_margin(metric: Metric, margin: float | None) -> float:
    """Return the margin that is given, or the usual one.

    Raises
    ------
    SettingsError
        If none is given and none fits every task, or no method could lose as much.
    """
    if margin is None and metric.has_unit:
        raise SettingsError(
            f"{metric.name} is in the unit of the target, so no margin fits every task; "
            "give the loss that is small enough for you with --margin"
        )
    if margin is not None and not margin > 0:
        raise SettingsError(f"margin {margin} can't be used; expected a number above zero")
    if margin is not None and margin >= metric.bounds[1]:
        raise SettingsError(
            f"--margin {margin:g} calls a perfect method and a useless one alike: {metric.name} is "
            f"at most {metric.bounds[1]:g}; expected a loss that is small, such as {MARGIN:g}"
        )
    return MARGIN if margin is None else margin
