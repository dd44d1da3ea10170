"""What is resampled: groups or blocks, their weights, and how few of them there are."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bocage.study._metric import Floats, Metric
from bocage.study._tally import Ints, Tally

Unit = Literal["groups", "blocks"]

N_RESAMPLES = 1000

_KEY = "bocage resample 1"


def unit_weights(names: Sequence[str], n: int = N_RESAMPLES, seed: int = 0) -> Floats:
    """Draw Exp(1) weights that depend on each name alone.

    Returns
    -------
    ndarray of float64, shape (n, len(names))
    """
    out = np.empty((n, len(names)))
    for at, name in enumerate(names):
        # The inverse of the distribution, not numpy's own sampler, whose stream may change.
        out[:, at] = -np.log1p(-generator(name, seed).random(n))
    return out


@dataclass(frozen=True, slots=True)
class Units:
    """What is resampled, and which rows of the tally belong to each.

    Attributes
    ----------
    kind : {"groups", "blocks"}
    names : tuple of str
        U names, which seed the weights.
    of_row : ndarray of int64, shape (B,)
        Unit of each row of the tally.
    group : ndarray of int64, shape (U,)
    """

    kind: Unit
    names: tuple[str, ...]
    of_row: Ints
    group: Ints

    @classmethod
    def of(cls, tally: Tally, kind: Unit) -> "Units":
        """Find the units of a tally."""
        label = tally.group.astype(str) if kind == "groups" else np.array(tally.block)
        names, first, of_row = np.unique(label, return_index=True, return_inverse=True)
        titles = tuple(f"{kind} {name}" for name in names.tolist())
        return cls(kind, titles, of_row.astype(np.int64), tally.group[first])

    @property
    def strata(self) -> Floats:
        """Membership, shape (S, U): groups whose blocks share their weight, or all groups."""
        if self.kind == "groups":
            return np.ones((1, len(self.names)))
        return np.asarray(np.unique(self.group)[:, None] == self.group, np.float64)

    def weights(self, n: int, seed: int) -> Floats:
        """Weights of mean one within each stratum, shape (n, U)."""
        weights, strata = unit_weights(self.names, n, seed), self.strata
        mean = weights @ strata.T / strata.sum(axis=1)
        return np.asarray(weights / (mean @ strata), np.float64)


def few_units(tally: Tally, metric: Metric, units: Units) -> tuple[float, float]:
    """Tell by how much to widen deviations, and their degrees of freedom.

    Working model: unit u has its own value x_uc in each part (class) c, all independent with
    one variance, and the score is a weighted sum a . x of them, weights from the sizes of the
    blocks. To first order a resample adds sum_u (w_u - 1) A_u . x, with A_u the influence of
    unit u. Its expected variance is sum_u k_u |A_u|^2, with k = n / (n + 1) for weights of mean
    one over n units, and should be |a|^2. The sum of squared influences is a quadratic form in
    x, with (tr B)^2 / tr B^2 degrees of freedom, B = A A'.

    Returns
    -------
    widen, df : float
        NaN and 0 where no unit varies against another (one block in each group).
    """
    # Truth is the same for every method and repeat; the first will do.
    size = metric.sizes(tally.counts[0, 0])
    folds, fold = np.unique(tally.fold, return_inverse=True)
    n_units, n_folds, n_parts = len(units.names), len(folds), size.shape[1]
    share, inside = np.zeros((n_parts, n_folds, n_units)), np.zeros((n_folds, n_units))
    for row, (at, unit) in enumerate(zip(fold, units.of_row, strict=True)):
        share[:, at, unit] += size[row]
        inside[at, unit] = 1.0
    inside /= inside.sum(axis=1, keepdims=True)
    total = share.sum(axis=2)
    say = (total > 0) / np.maximum((total > 0).sum(axis=0), 1) / n_folds  # (parts, folds)
    share /= np.where(total > 0, total, 1.0)[:, :, None]
    strata = units.strata
    per_stratum = strata.sum(axis=1)
    damp = np.sqrt((per_stratum / (per_stratum + 1.0)) @ strata)
    wanted, gram = 0.0, np.zeros((n_units, n_units))
    for part in range(n_parts):
        own = say[part][:, None] * share[part]  # (F, U): what x_u adds to fold f's say
        coefficient = own.sum(axis=0)
        influence = np.diag(coefficient) - own.T @ share[part]
        if units.kind == "groups":
            # A fold's own say varies with the weights of its groups.
            influence += inside.T @ (own - coefficient / n_folds)
        influence -= strata.T @ ((strata @ influence) / per_stratum[:, None])
        influence *= damp[:, None]
        wanted += float(coefficient @ coefficient)
        gram += influence @ influence.T
    expected = float(np.trace(gram))
    if expected <= 1e-12 * wanted:
        return float("nan"), 0.0
    return float(np.sqrt(wanted / expected)), expected**2 / float((gram**2).sum())


def generator(name: str, seed: int) -> np.random.Generator:
    """Seed a generator by a name."""
    text = json.dumps([_KEY, seed, name]).encode()
    number = int.from_bytes(hashlib.blake2b(text, digest_size=16).digest(), "little")
    return np.random.Generator(np.random.PCG64(number))
