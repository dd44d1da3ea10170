"""What stands behind the answer: calibration, classes, places and the split."""

from dataclasses import dataclass

from bocage.splits import SplitAdvice
from bocage.stats import Estimate
from bocage.study import BlockRange


@dataclass(frozen=True, slots=True)
class ReliabilityCurve:
    """Stated confidence against the share that was right, of one method.

    Attributes
    ----------
    method : str
    confidence, accuracy, counts : tuple of float
        Mean confidence, accuracy and samples of each bin (those of `metrics.Reliability`; bins
        without samples are skipped, so NaN is fine).
    ece, brier : float
    """

    method: str
    confidence: tuple[float, ...]
    accuracy: tuple[float, ...]
    counts: tuple[float, ...]
    ece: float = float("nan")
    brier: float = float("nan")


@dataclass(frozen=True, slots=True)
class ClassScore:
    """Recall and F1 of one class in one left-out group; NaN where the class is absent."""

    group: str
    class_name: str
    recall: float
    f1: float
    n: int


@dataclass(frozen=True, slots=True)
class ConfusionMatrix:
    """What was predicted of the held-out samples of each class, by one method.

    Attributes
    ----------
    method : str
    counts : tuple of tuple of float
        Samples, or pixels of chips, by true class (rows) and predicted class; the mean over draws.
    draws : int
        Draws of the labels that were averaged.
    """

    method: str
    counts: tuple[tuple[float, ...], ...]
    draws: int = 1


@dataclass(frozen=True, slots=True)
class Ranking:
    """How well the probabilities of one method rank the held-out samples of two classes.

    Attributes
    ----------
    method : str
    roc_auc : float
        The same for both classes.
    average_precision, share : tuple of float
        Of each class as the positive one, and its share of the samples: what blind guessing has.
    draws : int
        Draws of the labels that were averaged.
    """

    method: str
    roc_auc: float
    average_precision: tuple[float, float]
    share: tuple[float, float]
    draws: int = 1


@dataclass(frozen=True, slots=True)
class Observed:
    """Truth and prediction of each held-out sample, by one method.

    Attributes
    ----------
    method : str
    observed, predicted : tuple of float
        Predictions are means over draws of the labels.
    draws : int
    """

    method: str
    observed: tuple[float, ...]
    predicted: tuple[float, ...]
    draws: int = 1


@dataclass(frozen=True, slots=True)
class ValueScore:
    """Main score of one method at one budget over the `n` test samples with one value."""

    method: str
    budget: str
    value: str
    score: Estimate
    n: int


@dataclass(frozen=True, slots=True)
class ObjectScore:
    """Share found of the pixels of the true objects of one class and size, by one method.

    Attributes
    ----------
    method, class_name, size : str
    recall : float
        NaN where there are no such objects.
    n, n_cut : int
        Objects, and those that reach the edge of their chip.
    """

    method: str
    class_name: str
    size: str
    recall: float
    n: int
    n_cut: int


@dataclass(frozen=True, slots=True)
class PlaceScores:
    """Main score of one method in every place, in the order of the groups; NaN without."""

    method: str
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ErrorPanel:
    """Test samples of one group on the map.

    Attributes
    ----------
    group : str
    lon, lat : tuple of float
        Degrees (WGS84).
    right : tuple of bool
        Classification: whether the prediction was right (in most repeats). Else empty.
    residual : tuple of float
        Regression: prediction minus truth. Else empty.
    """

    group: str
    lon: tuple[float, ...]
    lat: tuple[float, ...]
    right: tuple[bool, ...] = ()
    residual: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class SplitPanel:
    """Samples of one group with the block and the local fold they lie in.

    Attributes
    ----------
    group : str
    lon, lat : tuple of float
        Degrees (WGS84).
    block : tuple of int
        Block numbers; any numbering.
    fold : tuple of int
        Local test fold of each sample, from 0; -1 where the group was not cut.
    block_metres : float
        Side of the blocks; 0 or NaN where the group was not cut.
    """

    group: str
    lon: tuple[float, ...]
    lat: tuple[float, ...]
    block: tuple[int, ...]
    fold: tuple[int, ...]
    block_metres: float = float("nan")


@dataclass(frozen=True, slots=True)
class DistanceCurve:
    """Distances to the nearest label, or to the nearest training sample.

    Attributes
    ----------
    title : str
    role : {"map", "labels", "test"}
    metres : tuple of float
        Quantiles in equal steps from the smallest to the largest.
    off : float
        How far the distribution lies from the map's (Wasserstein), in metres; NaN without a map.
    """

    title: str
    role: str
    metres: tuple[float, ...]
    off: float = float("nan")


@dataclass(frozen=True, slots=True)
class SplitUse:
    """What a map is for, and which split fits.

    Attributes
    ----------
    area : str
        Name of the area to be mapped; empty if none was given.
    advice : bocage.splits.SplitAdvice
        What to give to ``--leave``, and why.
    leave : str
        What was given.
    curves : tuple of DistanceCurve
    ranges : tuple of bocage.study.BlockRange
        How far errors are alike in each group that was cut into blocks.
    blocks : str
        How large blocks are, why, and what they are for; empty without.
    given : bool
        Whether the user set their side.
    """

    area: str
    advice: SplitAdvice
    leave: str
    curves: tuple[DistanceCurve, ...]
    ranges: tuple[BlockRange, ...] = ()
    blocks: str = ""
    given: bool = False


@dataclass(frozen=True, slots=True)
class BlockSize:
    """Main score of one method with blocks of half, full or double the size."""

    method: str
    budget: str
    scale: float
    score: Estimate
    metres: str = ""
