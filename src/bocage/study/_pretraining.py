"""What pretraining is worth: methods beside the same with random weights."""

from collections.abc import Mapping

import numpy as np

from bocage.stats import Estimate, at_once
from bocage.study._flags import pretraining_flag
from bocage.study._resample import Resamples

LEVEL = 0.95
"""Of all intervals together."""


def pretraining_flags(found: Resamples, twins: Mapping[str, str]) -> tuple[str, ...]:
    """Compare methods with what random weights do in their place, resample by resample.

    Intervals hold 95 % for all pairs at once, over whatever methods are compared by: asked of
    new places, two encoders that are equally good differ in each place that was seen.

    Parameters
    ----------
    found : Resamples
        What methods are compared by.
    twins : mapping of str to str
        Controls with random weights, and the methods that differ from them by these alone.
    """
    sign, at = found.metric.sign, {name: i for i, name in enumerate(found.methods)}
    pairs = [
        (at[method], at[control])
        for control, method in twins.items()
        if method in at and control in at
    ]
    if not pairs:
        return ()
    ones, others = (list(side) for side in zip(*pairs, strict=True))
    gain = sign * (found.point[ones] - found.point[others])
    away = (found.values - found.point) / found.scale[:, None]
    away = sign * (away[:, ones] - away[:, others])
    half = at_once(np.concatenate([away, -away], axis=1), found.df, LEVEL)
    reach = half * away.std(axis=0)
    return tuple(
        pretraining_flag(found.methods[one], Estimate(float(g), float(g - r), float(g + r)))
        for one, g, r in zip(ones, gain, reach, strict=True)
    )
