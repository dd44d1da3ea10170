"""Linear heads: scaling and decoding folded into the weights."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.predict._linear_loops import GROUP, TILE, decide, doubtful, linear_scores
from bocage.predict._scored import ScoredKernel
from bocage.sources import Coding

if TYPE_CHECKING:
    from bocage.methods import Head

_CACHED = 64 * 1024  # scores that stay in the second cache
_STEP = 127.5  # of the square coding
_EXACT = (np.dtype(np.int8), np.dtype(np.uint8), np.dtype(np.int16), np.dtype(np.uint16))


@dataclass(frozen=True, slots=True, eq=False)
class LinearKernel(ScoredKernel):
    """Scores that are weighted sums of bands.

    A score of standardised, decoded bands is b + sum of w x with x = v|v| (square coding) or
    x = v, the stored number: everything else is folded into b and w, in float64. Stored numbers of
    up to 16 bits are summed in float32, where x is exact. What that rounds is bounded: where the
    two largest scores of a pixel are closer than the bound, float64 decides. So classes are those
    of float64. Regressions, and stored numbers of other types, are summed in float64.

    Attributes
    ----------
    bands : tuple of int
    kind : {"classification", "regression"}
    dtype : dtype
    codes : ndarray of uint8, shape (n_rows,)
    n_classes : int
        See `ScoredKernel`.
    square : bool
    weights : ndarray of float64, shape (n_rows, n_bands)
    bias : ndarray of float64, shape (n_rows,)
    short : ndarray of float32 or float64, shape (n_rows, n_bands rounded up)
        Weights as they are summed.
    bound : float
        Scores that differ by more are told apart in spite of rounding; 0 in float64.
    """

    bands: tuple[int, ...]
    kind: str
    dtype: np.dtype[Any]
    codes: NDArray[np.uint8]
    n_classes: int
    square: bool
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    short: NDArray[Any]
    bound: float

    @property
    def _is_logit(self) -> bool:
        return True

    def _scores(self, stored: NDArray[Any]) -> Iterator[tuple[int, NDArray[Any]]]:
        """Yield first pixels and scores, shape (n_rows, any number), in the same memory."""
        n = stored.shape[1]
        bias = self.bias.astype(self.short.dtype)
        width = max(1, _CACHED // (len(bias) * TILE)) * TILE
        kept = np.empty((len(bias), width), dtype=self.short.dtype)
        for start in range(0, n, width):
            # Arrays with gaps would be another type, compiled once more.
            scores = kept if n - start >= width else np.empty((len(bias), n - start), kept.dtype)
            linear_scores(stored, start, self.square, self.short, bias, scores)
            yield start, scores

    def _settle(
        self,
        stored: NDArray[Any],
        start: int,
        best: NDArray[Any],
        second: NDArray[Any],
        out: NDArray[np.uint8],
    ) -> None:
        if not self.bound:
            return
        close = np.empty(len(best), dtype=np.int64)
        if n := doubtful(best, second, self.bound, close):
            decide(stored, start, self.square, self.weights, self.bias, close[:n], self.codes, out)


def linear_kernel(
    head: "Head", coding: Coding, dtype: np.dtype[Any], prior: NDArray[np.float64] | None
) -> LinearKernel:
    """Fold a linear head's scaling, a coding and prior weights into one set of weights.

    Parameters
    ----------
    head : Head
        Logistic or ridge regression, or the one band that a straight line fits best.
    coding : Coding
        Of the head's bands.
    dtype : dtype
        Of the stored numbers.
    prior : ndarray of float64, shape (n_seen_classes,), optional
        Factors of the probabilities: their logarithms are added to the scores.
    """
    weights, bias = _coefficients(head)
    if head._columns is not None:  # noqa: SLF001 - the head's scaling is what is folded
        weights[:, head._columns] /= head._spread  # noqa: SLF001
        bias -= weights[:, head._columns] @ head._mean  # noqa: SLF001
    # Scores of classes are logarithms of probabilities, up to a constant.
    weights /= head.temperature_.value
    bias /= head.temperature_.value
    if prior is not None:
        with np.errstate(divide="ignore"):
            bias += np.log(prior)
    square = coding.kind == "square"
    if square:
        weights /= _STEP**2
    else:
        bias += (weights * np.asarray(coding.offset)).sum(axis=1)
        weights *= np.asarray(coding.scale)
    bands = np.flatnonzero((weights != 0).any(axis=0))
    weights = np.ascontiguousarray(weights[:, bands])
    padded = np.zeros((len(weights), -(-len(bands) // GROUP) * GROUP))
    padded[:, : len(bands)] = weights
    classification = head.has_classes
    with np.errstate(over="ignore"):
        short: NDArray[Any] = padded.astype(np.float32)
    if not (classification and dtype in _EXACT and np.isfinite(short).all()):
        short = padded
    codes = head.classes_ if classification else np.zeros(1)
    return LinearKernel(
        bands=tuple(bands.tolist()),
        kind=head.kind,
        dtype=dtype,
        square=square,
        weights=weights,
        bias=bias,
        codes=codes.astype(np.uint8),
        n_classes=head.n_classes if classification else 0,
        short=short,
        bound=_bound(weights, bias, dtype, square=square) if short is not padded else 0.0,
    )


def _coefficients(head: "Head") -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return weights of the (scaled) bands, shape (n_rows, n_bands), and constants, (n_rows,)."""
    form = head.linear_form
    assert form is not None  # noqa: S101 - asked by the caller
    weights, bias = form
    if head.has_classes and len(weights) == 1:
        # Two classes have one score, against 0.
        weights, bias = np.vstack([np.zeros_like(weights), weights]), np.append(0.0, bias)
    return weights, bias


def _bound(
    weights: NDArray[np.float64], bias: NDArray[np.float64], dtype: np.dtype[Any], *, square: bool
) -> float:
    """Return how far apart two scores must be for float32 to order them rightly.

    A sum of n products, added one after another with one rounding each, is off by at most
    n u / (1 - n u) times the sum of their sizes, u being half a unit in the last place (Higham,
    Accuracy and Stability of Numerical Algorithms, 2002, section 3.1); rounded weights add u.
    """
    info = np.iinfo(dtype)
    largest = float(max(-int(info.min), int(info.max)))
    if square:
        largest **= 2
    u = float(np.finfo(np.float32).eps) / 2
    n = weights.shape[1] + 3
    sizes = np.abs(weights).sum(axis=1) * largest + np.where(np.isfinite(bias), np.abs(bias), 0.0)
    return float(2 * n * u / (1 - n * u) * sizes.max())
