"""What a method said of labels that were held out, so that other decisions can be judged by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bocage.core import CLASSIFICATION, DataError, Floats
from bocage.metrics import brier_losses, confusion, ece, find_metric, log_losses
from bocage.stats import Estimate

if TYPE_CHECKING:
    from bocage.study import Study, Winner


TOO_FAR = 0.05
"""Held-out calibration errors above that of a perfectly calibrated method by more than this are
large. Shares that are estimated from such probabilities, or confidence that is weighed by shares,
can be off by as much and more, and a rare class is gone."""

N_PERFECT = 200
"""Simulated samples of a perfectly calibrated method."""

MOST = 2_000_000
"""Probabilities (draws x samples x classes) that a model keeps."""

_PARTS = 65_535

UNKNOWN = (float("nan"),) * 3


@dataclass(frozen=True, slots=True, eq=False)
class HeldOutPredictions:
    """What a method said of labels that were held out.

    Attributes
    ----------
    probabilities : ndarray of float32, shape (R, n, C)
        Of every draw of the labels, without noise: class shares may weigh them.
    noise : ndarray of float64, shape (R, n)
        Share of labels that may be of any class, whatever was seen, as each run had it.
    true : ndarray of int64, shape (n,)
        Codes.
    block, group : ndarray of int64, shape (n,)
        Number of each sample's block and place.
    metric : str
        The study's score, as its settings name it; empty for the usual one.
    prevalence : tuple of float
        Reference shares of the classes that the score is of; empty without.
    classes : tuple of str
    before : tuple of float
        ECE, Brier score and log loss before any calibration, mean over draws.
    crossed : float
        See `bocage.study.crossed`.
    """

    probabilities: NDArray[np.float32]
    noise: Floats
    true: NDArray[np.int64]
    block: NDArray[np.int64]
    group: NDArray[np.int64]
    metric: str
    prevalence: tuple[float, ...]
    classes: tuple[str, ...]
    before: tuple[float, float, float] = UNKNOWN
    crossed: float = 1.0

    @classmethod
    def of(cls, study: "Study", found: "Winner") -> Self | None:
        """Read what a study's winner said; None where the runs do not hold it."""
        from bocage.study import crossed

        if not study.task.kind.classifies_samples:
            return None
        results, split = study.results(), study.split
        budget = next((b for b in study.budgets if b.label == found.budget), None)
        if budget is None or found.method not in results.complete(found.where, budget):
            return None
        draws = [
            results.whole(found.method, found.where, budget, repeat)
            for repeat in range(results.n_repeats(found.where, budget))
        ]
        if not all(len(draw.probabilities) for draw in draws):
            return None
        rows = draws[0].rows
        draws = draws[: max(1, MOST // draws[0].probabilities.size)]
        sums = [(d.raw_ece, d.raw_brier / len(rows), d.raw_log_loss / len(rows)) for d in draws]
        before = tuple(np.mean(sums, axis=0).tolist())
        widened = crossed(study.task, [found.method], results.folds(found.where))
        return cls(
            np.stack([draw.probabilities for draw in draws]),
            np.stack([draw.noise for draw in draws]),
            study.task.target[rows],
            split.block[rows].astype(np.int64),
            split.group[rows].astype(np.int64),
            study.settings.metric,
            study.metric.prevalence,
            study.task.classes,
            before,
            widened[0],
        )

    def decided(self, weights: ArrayLike | None = None) -> NDArray[np.float32]:
        """Return probabilities when each class's is multiplied by a weight, shape (R, n, C).

        Without noise, which changes no decision.
        """
        if weights is None:
            return self.probabilities
        made = self.probabilities * np.asarray(weights, np.float32)
        total = made.sum(axis=2, keepdims=True)
        return np.asarray(np.divide(made, total, out=self.probabilities.copy(), where=total > 0))

    def score(self, weights: ArrayLike | None = None) -> Estimate:
        """Score the decision by weighted probabilities, as the study scores the method's own.

        Parameters
        ----------
        weights : array_like of float, shape (n_classes,), optional
            What each class's probability is multiplied by.
        """
        from bocage.study import UnitCounts, resample

        codes, n_classes = self.decided(weights).argmax(axis=2), len(self.classes)
        blocks, at = np.unique(self.block, return_inverse=True)
        counts = np.zeros((1, len(codes), len(blocks), n_classes, n_classes))
        for repeat, made in enumerate(codes):
            np.add.at(counts[0, repeat], (at, self.true, made), 1.0)
        group = np.zeros(len(blocks), np.int64)
        group[at] = self.group
        tally = UnitCounts(
            kind=CLASSIFICATION,
            methods=("map",),
            counts=counts,
            block=tuple(str(number) for number in blocks.tolist()),
            group=group,
            crossed=(self.crossed,),
        )
        metric = find_metric(CLASSIFICATION, self.metric, self.classes, prevalence=self.prevalence)
        found = resample(tally, metric)
        return found.estimate("map") if found.known else Estimate(float(found.point[0]))

    def accuracy_at(self, shares: ArrayLike, weights: ArrayLike | None = None) -> float:
        """Return the share of right decisions where classes are as frequent as `shares`.

        NaN where a class with a share was never held out.
        """
        codes = self.decided(weights).argmax(axis=2)
        n = len(self.classes)
        counts = sum(confusion(self.true, made, n) for made in codes)
        total = np.asarray(counts).sum(axis=1)
        share = np.asarray(shares, np.float64)
        if (total[share > 0] == 0).any():
            return float("nan")
        recall = np.diag(np.asarray(counts)) / np.maximum(total, 1)
        return float((recall * share).sum() / share.sum())

    @property
    def ece(self) -> float:
        """Expected calibration error; see `bocage.metrics.ece`."""
        stated, right = self._stated()
        return ece(stated, right)

    @property
    def now(self) -> tuple[float, float, float]:
        """ECE, Brier score and log loss of all that is stated."""
        flat, true = self._flat()
        losses = (brier_losses(true, flat).mean(), log_losses(true, flat).mean())
        return self.ece, float(losses[0]), float(losses[1])

    @property
    def perfect_ece(self) -> float:
        """Calibration error of a perfect method that states the same, mean over simulations."""
        stated, _ = self._stated()
        rng = np.random.default_rng(0)
        n = max(1, min(N_PERFECT, MOST // len(stated)))
        return float(np.mean([ece(stated, rng.random(len(stated)) < stated) for _ in range(n)]))

    def _stated(self) -> tuple[Floats, NDArray[np.bool_]]:
        flat, true = self._flat()
        # Stored parts may add up to a little more than 1.
        return np.minimum(flat.max(axis=1), 1.0), flat.argmax(axis=1) == true

    def _flat(self) -> tuple[Floats, NDArray[np.int64]]:
        """Return what is stated, of all draws one behind another, and what is true."""
        n, noise = len(self.classes), self.noise[..., None]
        stated = (1 - noise) * self.probabilities + noise / n
        return stated.reshape(-1, n), np.tile(self.true, len(stated))

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return what a model folder keeps."""
        return {
            "probabilities": np.rint(self.probabilities * _PARTS).astype(np.uint16),
            "noise": self.noise,
            "true": self.true,
            "block": self.block,
            "group": self.group,
            "metric": np.array(self.metric),
            "prevalence": np.array(self.prevalence, np.float64),
            "before": np.array(self.before),
            "crossed": np.array(self.crossed),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], classes: tuple[str, ...]) -> Self:
        """Read what `to_arrays` gave.

        Raises
        ------
        DataError
            If something is missing or does not fit.
        """
        try:
            shares = arrays["probabilities"].astype(np.float32) / np.float32(_PARTS)
            numbers = [arrays[name].astype(np.int64) for name in ("true", "block", "group")]
            metric, prevalence = str(arrays["metric"]), tuple(arrays["prevalence"].tolist())
            noise = arrays["noise"].astype(np.float64)
            ece, brier, log_loss = arrays["before"].astype(np.float64).tolist()
            widened = float(arrays["crossed"])
        except (KeyError, ValueError, AttributeError) as error:
            raise DataError(
                f"the model's predictions for held-out labels can't be read ({error}); fit the "
                "model again"
            ) from error
        true, block, group = numbers
        n = len(true)
        fits = shares.ndim == 3 and shares.shape[1:] == (n, len(classes)) and n > 0  # noqa: PLR2004
        fits = fits and noise.shape == shares.shape[:2]
        fits = fits and len(block) == len(group) == n and 0 <= true.min() <= true.max()
        if not fits or true.max() >= len(classes):
            raise DataError(
                "the model's predictions for held-out labels do not match its classes; fit "
                "the model again"
            )
        before = (ece, brier, log_loss)
        return cls(shares, noise, true, block, group, metric, prevalence, classes, before, widened)
