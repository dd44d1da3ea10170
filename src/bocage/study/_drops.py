"""How far scores fall from one domain to another."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bocage.metrics import Metric, find_metric
from bocage.stats import Estimate, interval
from bocage.study._resample import ENOUGH_GROUPS, Draws, Resamples, resample
from bocage.study._unit_counts import UnitCounts, in_common, place_sums
from bocage.study._units import ResamplingUnit

PAIRS = (("in", "out"), ("local", "out"))
"""One model in two places, and one place with two kinds of labels."""


@dataclass(frozen=True, slots=True)
class Drop:
    """Fall of one method's score between two domains.

    Attributes
    ----------
    method : str
    start, end : str
        Domains.
    start_score, end_score : Estimate
    drop : Estimate
        What is lost from start to end; above zero the end is worse, whichever way the figure
        runs.
    conditional : bool
        Whether the intervals speak of the places tested alone.
    """

    method: str
    start: str
    end: str
    start_score: Estimate
    end_score: Estimate
    drop: Estimate
    conditional: bool


def drops(
    tallies: Mapping[str, UnitCounts],
    *,
    metric: Metric | None = None,
    draws: Draws = "expected",
    resamples: Mapping[str, Resamples] | None = None,
) -> tuple[Drop, ...]:
    """Compare `in` with `out` and `local` with `out`, method by method.

    Parameters
    ----------
    tallies : mapping of str to UnitCounts
        By domain, all at one budget; domains that are missing are left out.
    metric : Metric, optional
        The primary figure of the task's kind unless given.
    draws : {"expected", "single", "given"}
        As in `resample`.
    resamples : mapping of str to Resamples, optional
        Of the tallies, where they are at hand.

    Returns
    -------
    tuple of Drop
        Methods in the order of the first domain, ``in - out`` before ``local - out``.

    Notes
    -----
    Both domains get the same weights by name, so what they share cancels and nothing else does.

    ``local - out`` scores the same test samples of the same places by two sets of models: fully
    paired. Groups that only one of the two has (too small to be cut, for instance) are dropped
    from both.

    ``in - out`` scores the same models in two sets of places: in fold f, `out` tests the
    left-out group f, and `in` blocks held back from the *other* groups. Over all folds each group
    serves on both sides, and a place that is hard as a whole pulls both down: one weight by name
    carries this over. Groups that hold nothing back stay in `out`. Each class is averaged over
    the places that hold it (`bocage.metrics.Metric`), so a class that stands in some groups only
    has the same say at both ends. In R2 the errors of both ends are held against one spread, that
    of the places left out: with spreads of their own, equal errors would look like a fall or a
    rise. The luck of a draw is paired by the number of the repeat;
    draws of `local` and `out` come from different pools, and their covariance is about zero
    without being told so.
    """
    made: list[Drop] = []
    for start, end in PAIRS:
        if start not in tallies or end not in tallies:
            continue
        first, second = in_common(tallies[start], tallies[end], places=start != "in")
        figure = metric or find_metric(first.kind)
        if figure.name == "r2":
            first, second = _against_one_spread(first, second, figure)
            resamples = None
        # One choice for both, else their weights have different names.
        enough = len(second.groups) >= ENOUGH_GROUPS
        unit: ResamplingUnit = "groups" if enough else "blocks"
        a, b = (
            known
            if (known := (resamples or {}).get(domain)) and known.fits(tally, unit)
            else resample(tally, figure, unit=unit, draws=draws)
            for domain, tally in ((start, first), (end, second))
        )
        fall = figure.sign * (a.values - b.values)
        for at, method in enumerate(first.methods):
            value = figure.sign * float(a.point[at] - b.point[at])
            made.append(
                Drop(
                    method=method,
                    start=start,
                    end=end,
                    start_score=a.estimate(method),
                    end_score=b.estimate(method),
                    drop=interval(value, fall[:, at]),
                    conditional=b.conditional,
                )
            )
    return tuple(made)


def _against_one_spread(
    first: UnitCounts, second: UnitCounts, metric: Metric
) -> tuple[UnitCounts, UnitCounts]:
    """Hold the errors of both against the spread of the second: its mean over places."""
    top, bottom = place_sums(second, metric)
    spread = (top[0, 0, :, 1] / bottom[:, 1]).mean()
    made = []
    for tally in (first, second):
        counts = tally.counts.copy()
        counts[..., 2] = spread * counts[..., 0]
        made.append(replace(tally, counts=counts))
    return made[0], made[1]
