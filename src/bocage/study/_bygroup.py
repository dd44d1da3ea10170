"""Two methods compared in every held-out group."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bocage.study._metric import Metric
from bocage.study._resample import Draws, Estimate, resample
from bocage.study._tally import Tally, group_scores


@dataclass(frozen=True, slots=True)
class GroupDifference:
    """`method` minus `other` in one group, signed so that above zero `method` is better.

    The interval comes from the group's blocks; NaN where it has one block only.
    """

    group: str
    method: str
    other: str
    difference: Estimate


def group_differences(
    tally: Tally, metric: Metric, pair: tuple[str, str], names: Sequence[str], draws: Draws
) -> tuple[GroupDifference, ...]:
    """Compare two methods in every group; `names` are those of the groups by number.

    R2 stands on the spread of the target over all groups: within one group of a few samples it may
    be next to nothing, and the figure then says nothing about errors.
    """
    method, other = pair
    if not other:
        return ()
    two = tally.take_methods(pair)
    if metric.name == "r2":
        two = _with_common_spread(two)
    table = metric.sign * group_scores(two, metric)
    made = []
    for at, number in enumerate(two.groups.tolist()):
        value = float(table[0, at] - table[1, at])
        low = high = float("nan")
        part = two.take_blocks(two.group == number)
        if np.isfinite(value) and len(set(part.block)) > 1:
            values = metric.sign * resample(part, metric, unit="blocks", draws=draws).values
            low, high = np.percentile(values[:, 0] - values[:, 1], [2.5, 97.5]).tolist()
        name = names[number] if names else str(number)
        made.append(GroupDifference(name, method, other, Estimate(value, low, high)))
    return tuple(made)


def _with_common_spread(tally: Tally) -> Tally:
    """Put the variance over all samples in the place of each block's own."""
    n, y, y2 = np.moveaxis(tally.counts[..., :3], -1, 0)
    mean = y.sum(axis=2) / n.sum(axis=2)
    variance = y2.sum(axis=2) / n.sum(axis=2) - np.square(mean)
    counts = tally.counts.copy()
    counts[..., 1] = 0.0
    counts[..., 2] = n * variance[..., None]
    return replace(tally, counts=counts)
