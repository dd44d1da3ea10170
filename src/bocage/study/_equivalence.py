"""How many local labels are worth all the labels from elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bocage.core import Floats, mean_count
from bocage.metrics import Metric, find_metric
from bocage.stats import Estimate, isotonic
from bocage.study._resample import ENOUGH_GROUPS, Draws, Resamples, resample
from bocage.study._unit_counts import UnitCounts, in_common
from bocage.study._units import ResamplingUnit
from bocage.study._visits import Visits

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class LabelEquivalence:
    """Local labels that give the score of all labels from elsewhere, for one method.

    Attributes
    ----------
    method : str
    elsewhere : Estimate
        Score with all labels from elsewhere.
    labels, low, high : float
        Number of local labels and its 95 % interval. 0 stands for fewer than `smallest`,
        infinity for more than `largest`.
    smallest, largest : float
        Ends of the local curve.
    unit : str
        What is counted: ``labels``, of all classes together.
    conditional : bool
        Whether the interval speaks of the places tested alone.
    n_elsewhere : float
        Labels from elsewhere, on average over the folds; NaN if not known.
    n_classes : int
        Classes that every local fold holds; 0 where that differs, or without classes.
    filled : float
        Labels up to which each of them had as many as the others.
    visits : Visits or None
        What so many labels take in the field, where budgets count labels by class.
    """

    method: str
    elsewhere: Estimate
    labels: float
    low: float
    high: float
    smallest: float
    largest: float
    unit: str
    conditional: bool
    n_elsewhere: float = float("nan")
    n_classes: int = 0
    filled: float = 0.0
    visits: Visits | None = None

    @property
    def answer(self) -> str:
        """The number in words: ``about 18``, ``fewer than 5``, ``more than 80``."""
        if self.is_open:
            return "undetermined"
        if self.labels == 0 or np.isinf(self.labels):
            return self._end(self.labels)
        return f"about {_round(self.labels)}"

    @property
    def is_open(self) -> bool:
        """Whether an end of the curve is the answer, and the interval holds every number."""
        ends = self.labels == 0 or np.isinf(self.labels)
        return bool(ends and self.low == 0 and np.isinf(self.high))

    @property
    def range(self) -> str:
        """The interval in words; empty where it adds nothing to `answer`."""
        if np.isnan(self.low) or self.is_open:
            return ""
        low, high = self._end(self.low), self._end(self.high)
        return "" if low == high == self.answer else f"{low} to {high}"

    @property
    def sentence(self) -> str:
        """The answer in plain English."""
        range_ = f" ({self.range})" if self.range else ""
        end = "; all available local labels give a lower score" if np.isinf(self.labels) else ""
        many = "" if np.isnan(self.n_elsewhere) else f" ({mean_count(self.n_elsewhere)} on average)"
        visits = f" {self.visits.sentence}" if self.visits else ""
        if self.is_open:
            return (
                f"{self.method}: the number of local {self.unit} that is equivalent to all "
                f"{self.unit} from elsewhere{many} cannot be determined: the available ones "
                f"({mean_count(self.largest)} on average) may give a higher or a lower score."
            )
        return (
            f"{self.method}: {self.answer}{range_} local {self.unit}{self._each} are equivalent to "
            f"all {self.unit} from elsewhere{many}{end}.{visits}"
        )

    @property
    def _each(self) -> str:
        labels = self.labels or self.smallest
        return f", {_round(labels / self.n_classes)} per class," if labels <= self.filled else ""

    def _end(self, labels: float) -> str:
        if labels == 0:
            return f"fewer than {np.ceil(self.smallest):,.0f}"
        if np.isinf(labels):
            return f"more than {np.floor(self.largest):,.0f}"
        return _round(labels)


def worth(
    local: Mapping[float, UnitCounts],
    out: UnitCounts,
    *,
    unit: str = "labels",
    n_elsewhere: float = float("nan"),
    metric: Metric | None = None,
    draws: Draws = "expected",
    resamples: Sequence[Resamples] = (),
) -> tuple[LabelEquivalence, ...]:
    """Find where the curve of local labels crosses the score of all labels from elsewhere.

    Parameters
    ----------
    local : mapping of float to UnitCounts
        The `local` tallies by the mean number of labels that were really drawn, whatever the
        budgets are called: all are counted alike.
    out : UnitCounts
        The `out` tally at the budget ``all``.
    unit : str
        What is counted.
    n_elsewhere : float
        Mean number of labels that `out` learned from.
    metric : Metric, optional
        The primary figure of the task's kind unless given.
    draws : {"expected", "single", "given"}
        As in `resample`.
    resamples : sequence of Resamples
        Of `out` and of the local tallies, smallest first, where they are at hand.

    Returns
    -------
    tuple of LabelEquivalence
        One for every method that has results everywhere; groups likewise.

    Notes
    -----
    More labels should not hurt, so the curve is the isotonic (monotone least-squares) fit to
    the scores (Barlow et al. 1972, Statistical Inference under Order Restrictions), linear in
    the logarithm of the number of labels between budgets; the answer is the first point that
    reaches the score of `out`. Each resample has its own curve and its own crossing, paired by
    the names of groups or blocks; the interval is the percentiles of these crossings, none
    interpolated, as some lie beyond the ends of the curve.

    Raises
    ------
    DataError
        If no method or no group has results in all tallies.
    """
    counts = np.array(sorted(local), np.float64)
    elsewhere, *curve = in_common(out, *(local[float(k)] for k in counts))
    figure = metric or find_metric(out.kind)
    by: ResamplingUnit = "groups" if len(elsewhere.groups) >= ENOUGH_GROUPS else "blocks"
    kept: Sequence[Resamples | None] = list(resamples) or [None] * (1 + len(curve))
    target, *points = (
        known
        if known is not None and known.fits(tally, by)
        else resample(tally, figure, unit=by, draws=draws)
        for known, tally in zip(kept, (elsewhere, *curve), strict=True)
    )
    made = []
    for at, method in enumerate(elsewhere.methods):
        steps = figure.sign * np.stack([p.values[:, at] for p in points], axis=1)
        mean = figure.sign * np.array([[p.point[at] for p in points]])
        labels = float(crossings(counts, mean, figure.sign * np.array([target.point[at]]))[0])
        low = high = float("nan")
        if target.known and all(p.known for p in points):
            found = crossings(counts, steps, figure.sign * target.values[:, at])
            low, high = np.percentile(found, [2.5, 97.5], method="inverted_cdf").tolist()
        made.append(
            LabelEquivalence(
                method=method,
                elsewhere=target.estimate(method),
                labels=labels,
                low=min(low, labels),
                high=max(high, labels),
                smallest=float(counts[0]),
                largest=float(counts[-1]),
                unit=unit,
                conditional=target.conditional,
                n_elsewhere=n_elsewhere,
            )
        )
    return tuple(made)


def crossings(counts: Floats, curves: Floats, targets: Floats) -> Floats:
    """Find where rising curves reach their targets.

    Parameters
    ----------
    counts : ndarray of float64, shape (K,)
        Numbers of labels, ascending.
    curves : ndarray of float64, shape (n, K)
        Higher is better; made monotone here.
    targets : ndarray of float64, shape (n,)

    Returns
    -------
    ndarray of float64, shape (n,)
        0 where even the first point is above the target, infinity where the last is below it.
    """
    fit = isotonic(curves)
    # Means of pooled points miss a score they equal by a rounding error.
    reached = fit >= targets[:, None] - _ROUNDING
    first = reached.argmax(axis=1)
    rows = np.arange(len(fit))
    before = np.maximum(first - 1, 0)
    rise = fit[rows, first] - fit[rows, before]
    step = np.where(rise > 0, (targets - fit[rows, before]) / np.where(rise > 0, rise, 1.0), 0.0)
    log = np.log(counts)
    found = np.exp(log[before] + np.minimum(step, 1.0) * (log[first] - log[before]))
    exact = np.abs(fit[:, 0] - targets) <= _ROUNDING
    found = np.where((first == 0) & ~exact, 0.0, found)
    return np.asarray(np.where(reached.any(axis=1), found, np.inf), np.float64)


def _round(labels: float) -> str:
    """More than two digits would claim too much."""
    return f"{labels:.0f}" if labels < 100 else f"{float(f'{labels:.2g}'):,.0f}"  # noqa: PLR2004
