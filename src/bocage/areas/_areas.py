"""Design-based estimates of areas and of a map's accuracy."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bocage.areas._design import NO_DESIGN, Design
from bocage.core import DataError, Floats


@dataclass(frozen=True, slots=True, eq=False)
class AreaEstimate:
    """Figures with their standard errors and intervals.

    Attributes
    ----------
    value : ndarray of float64, shape (n_classes,) or ()
    error : ndarray of float64
        Standard errors; NaN where the sample can't tell.
    low, high : ndarray of float64
        Interval: value minus and plus a normal quantile times the error, within what is possible.
    """

    value: Floats
    error: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class AreaEstimates:
    """What a probability sample of reference labels tells about a region and its map.

    Attributes
    ----------
    classes : tuple of str
    area : AreaEstimate
        True area of each class, in the unit of the region's area.
    users, producers : AreaEstimate
        Accuracy of what is mapped as a class, and of what is one; NaN for a class that was never
        mapped, or never found, in the sample.
    overall : AreaEstimate
        Share of the region that is mapped right.
    matrix : ndarray of float64, shape (n_classes, n_classes)
        Estimated shares of the region; rows are mapped, columns reference classes.
    counts : ndarray of int64, shape (n_classes, n_classes)
        Samples.
    level : float
        Of the intervals.
    notes : tuple of str
        What a reader must know beside the figures.
    """

    classes: tuple[str, ...]
    area: AreaEstimate
    users: AreaEstimate
    producers: AreaEstimate
    overall: AreaEstimate
    matrix: Floats
    counts: NDArray[np.int64]
    level: float
    notes: tuple[str, ...]


def estimate_areas(
    mapped: NDArray[Any],
    reference: NDArray[Any],
    design: Design,
    *,
    total: float,
    classes: Sequence[str],
    level: float = 0.95,
) -> AreaEstimates:
    """Estimate areas and accuracies from a probability sample with reference labels.

    With the classes of the map as strata these are the estimators of Olofsson et al. (2014,
    10.1016/j.rse.2014.02.015), with other strata those of Stehman (2014,
    10.1080/01431161.2014.930207); both are one: weighted shares, and ratios of them, with the
    variance of their linearised residuals. Unequal probabilities use Hajek's ratio with the
    variance of draws with replacement.

    Parameters
    ----------
    mapped, reference : ndarray of int, shape (n_samples,)
        Class of each sample on the map and in truth, 0 to n_classes - 1.
    design : Design
        How the samples were drawn.
    total : float
        Area of the mapped region, in the unit that areas are wanted in. Pixels without data don't
        count: nothing was sampled there.
    classes : sequence of str
        Names of the classes.
    level : float
        Of the intervals.

    Returns
    -------
    AreaEstimates
        Areas with standard errors and intervals, overall, user's and producer's accuracy.

    Raises
    ------
    DataError
        If there is no design, a sample has no label, or figures make no sense.

    Examples
    --------
    >>> mapped = np.repeat([0, 1], [50, 50])
    >>> reference = np.repeat([0, 1, 0, 1], [45, 5, 2, 48])
    >>> design = Design.by_map_class([200.0, 800.0], mapped)
    >>> found = estimate_areas(mapped, reference, design, total=1000.0, classes=["wet", "dry"])
    >>> found.area.value.round(1).tolist(), found.area.error.round(1).tolist()
    ([212.0, 788.0], [24.0, 24.0])
    """
    if not isinstance(design, Design):
        raise DataError(f"no sampling design was given: {NO_DESIGN}")
    n = len(classes)
    _check(mapped, reference, total, n, level)
    weight = design.weights(len(mapped))
    if design.is_by_map_class and not np.array_equal(design.stratum, mapped):
        raise DataError(
            "the strata are the map classes, but some samples are assigned to a stratum that "
            "is not their map class"
        )
    right, everywhere = (mapped == reference).astype(float), np.ones(len(mapped))
    flags = np.arange(n)[:, None]
    is_mapped, is_true = (mapped == flags).astype(float), (reference == flags).astype(float)
    # Within the stratum of another map class, nothing is mapped as this one: no doubt there.
    own = np.eye(n, len(design.names), dtype=bool) if design.is_by_map_class else [None] * n

    area = [_ratio(y, everywhere, design) for y in is_true]
    users = [_ratio(right * x, x, design, can) for x, can in zip(is_mapped, own, strict=True)]
    producers = [_ratio(right * x, x, design) for x in is_true]
    cells = mapped.astype(np.int64) * n + reference
    return AreaEstimates(
        classes=tuple(classes),
        area=_interval(np.array(area) * total, level, total),
        users=_interval(np.array(users), level),
        producers=_interval(np.array(producers), level),
        overall=_interval(np.array(_ratio(right, everywhere, design)), level),
        matrix=np.bincount(cells, weight, n * n).astype(np.float64).reshape(n, n),
        counts=np.bincount(cells, minlength=n * n).reshape(n, n),
        level=level,
        notes=_notes(design, np.array(area), np.array(users), classes),
    )


def estimate_areas_from_matrix(
    counts: ArrayLike,
    sizes: ArrayLike,
    *,
    total: float,
    classes: Sequence[str],
    level: float = 0.95,
) -> AreaEstimates:
    """Estimate areas from a published error matrix of a sample stratified by map class.

    Parameters
    ----------
    counts : array_like of int, shape (n_classes, n_classes)
        Samples; rows are mapped, columns reference classes.
    sizes : array_like of float, shape (n_classes,)
        Mapped size of each class, in pixels of equal area or in a unit of area.
    total, classes, level
        As in `estimate_areas`.
    """
    table = np.asarray(counts)
    if table.shape != (len(classes), len(classes)) or table.dtype.kind not in "iu":
        raise DataError(
            f"the error matrix has shape {table.shape} and type {table.dtype}; expected whole "
            f"numbers, with one row and one column for each of {len(classes)} classes"
        )
    mapped, reference = (
        np.repeat(index.ravel(), table.ravel()) for index in np.indices(table.shape)
    )
    design = Design.by_map_class(sizes, mapped)
    return estimate_areas(mapped, reference, design, total=total, classes=classes, level=level)


def _check(
    mapped: NDArray[Any], reference: NDArray[Any], total: float, n: int, level: float
) -> None:
    if mapped.shape != reference.shape or mapped.ndim != 1 or not len(mapped):
        raise DataError(
            f"{len(mapped)} map classes and {len(reference)} reference classes; expected one of "
            "each for every sample"
        )
    for codes, what in ((mapped, "mapped"), (reference, "reference")):
        if codes.dtype.kind not in "iu" or codes.min() < 0 or codes.max() >= n:
            raise DataError(
                f"{what} classes of samples must be whole numbers from 0 to {n - 1}, one per "
                "sample: leaving out samples without a label would change the sampling design"
            )
    if not (np.isfinite(total) and total > 0) or not 0 < level < 1:
        raise DataError(
            f"expected an area above 0 and a confidence level between 0 and 1; found {total} "
            f"and {level}"
        )


def _ratio(
    top: Floats, bottom: Floats, design: Design, can_vary: NDArray[np.bool_] | None = None
) -> tuple[float, float]:
    """Ratio of two weighted sums and its standard error; NaN where nothing is below the line."""
    weight = design.weights(len(top))
    below = float(weight @ bottom)
    if below <= 0:
        return np.nan, np.nan
    value = float(weight @ top) / below
    return value, float(np.sqrt(design.variance((top - value * bottom) / below, can_vary)))


def _interval(found: Floats, level: float, most: float = 1.0) -> AreaEstimate:
    value, error = found[..., 0], found[..., 1]
    margin = NormalDist().inv_cdf(0.5 + level / 2) * error
    low, high = np.maximum(value - margin, 0.0), np.minimum(value + margin, most)
    return AreaEstimate(value, error, low, high)


def _notes(design: Design, area: Floats, users: Floats, classes: Sequence[str]) -> tuple[str, ...]:
    notes = []
    if len(design.lonely):
        kind, names = "stratum", design.names
        if design.is_by_map_class:
            kind, names = "map class", tuple(classes)
        lonely = ", ".join(names[code] for code in design.lonely)
        notes.append(
            f"only one sample in {kind} {lonely}: its variance cannot be estimated, so standard "
            "errors that depend on it are unknown, not zero; at least 2 samples are needed"
        )
    certain = [name for name, (_, error) in zip(classes, users, strict=True) if error == 0]
    if certain:
        notes.append(
            f"user's accuracy of {', '.join(certain)}: all samples agree, so a standard error of "
            "0 only means that so few samples show no disagreement"
        )
    unseen = [name for name, (value, _) in zip(classes, area, strict=True) if value == 0]
    if unseen:
        notes.append(
            f"no reference sample is {', '.join(unseen)}: a rare class can be missed altogether"
        )
    return tuple(notes)
