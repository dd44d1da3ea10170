"""Two methods compared in every held-out group."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bocage.metrics import Metric
from bocage.stats import Estimate
from bocage.study._resample import Draws, resample
from bocage.study._unit_counts import UnitCounts, group_scores


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
    tally: UnitCounts, metric: Metric, pair: tuple[str, str], names: Sequence[str], draws: Draws
) -> tuple[GroupDifference, ...]:
    """Compare two methods in every group; `names` are those of the groups by number.

    R2 stands on the spread of the target over all groups, as the score itself does: within one
    group it may be next to nothing, and the figure would then say nothing about errors.
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


def _with_common_spread(tally: UnitCounts) -> UnitCounts:
    """Put the mean spread of all places in the place of each block's own."""
    n, spread = tally.counts[..., 0], tally.counts[..., 2]
    member = (tally.groups[:, None] == tally.group).astype(np.float64)
    by_place = (spread @ member.T) / (n @ member.T)
    counts = tally.counts.copy()
    counts[..., 2] = n * by_place.mean(axis=2, keepdims=True)
    return replace(tally, counts=counts)
