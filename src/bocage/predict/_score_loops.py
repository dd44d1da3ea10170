"""From scores of classes to classes, confidence and probabilities."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.predict._compiled import compiled, emitted

_LOG2_E = np.float32(1.4426950408889634)
# ln 2 in two parts, the first short enough for products with small whole numbers to be exact.
_LN_2_HIGH = np.float32(0.693359375)
_LN_2_LOW = np.float32(np.log(2.0) - 0.693359375)
_SMALLEST = np.float32(-87.0)
# Taylor's series: the remainder is below a rounding error where |r| <= ln(2) / 2.
_C2, _C3, _C4, _C5, _C6, _C7 = (np.float32(1.0 / n) for n in (2.0, 6.0, 24.0, 120.0, 720.0, 5040.0))
_ONE, _HALF, _ZERO = np.float32(1.0), np.float32(0.5), np.float32(0.0)


@emitted
def _as_float32(typing: Any, bits: Any) -> Any:  # noqa: ARG001
    """Read the 32 bits of a whole number as a float32."""
    from numba import types

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        return builder.bitcast(arguments[0], context.get_value_type(types.float32))

    return types.float32(types.int32), emit


@compiled
def _exp(x: Any) -> Any:
    """Return e^x for float32 x of 0 or less, to about 1e-7 relative; 0 below e^-87.

    Ours, because the exponential of a library may round otherwise in a vector than alone.
    """
    held = max(x, _SMALLEST)
    n = np.floor(held * _LOG2_E + _HALF)
    r = (held - n * _LN_2_HIGH) - n * _LN_2_LOW
    tail = _C4 + r * (_C5 + r * (_C6 + r * _C7))
    value = _ONE + r * (_ONE + r * (_C2 + r * (_C3 + r * tail)))
    power = _as_float32(np.int32((np.int32(n) + 127) << 23))
    return value * power if x >= _SMALLEST else _ZERO


@compiled
def _better(score: Any, code: Any, best: Any, second: Any, chosen: Any) -> Any:
    """Return the two largest scores and the code of the first, with one more score.

    Without branches, so that the compiler works on many pixels at once.
    """
    more = np.uint8(np.uint8(0) - np.uint8(score > best))
    chosen = np.uint8(chosen ^ ((chosen ^ code) & more))
    return max(best, score), max(second, min(best, score)), chosen


@compiled
def pick(
    scores: NDArray[Any],
    codes: NDArray[Any],
    out: NDArray[Any],
    best: NDArray[Any],
    second: NDArray[Any],
) -> None:
    """Fill `out` with the code of each pixel's largest score, the first of equal ones.

    Parameters
    ----------
    scores : ndarray of float, shape (n_rows, n_pixels)
    codes : ndarray of uint8, shape (n_rows,)
    out : ndarray of uint8, shape (n_pixels,)
    best, second : ndarray of float, shape (n_pixels,)
        Receive the two largest scores.
    """
    n_rows, n = scores.shape
    row = scores[0]
    for p in range(n):
        best[p] = row[p]
        second[p] = -np.inf
        out[p] = codes[0]
    c = 1
    # Four classes at a time: what is best so far is loaded and stored a quarter as often.
    while c + 3 < n_rows:
        r0, r1, r2, r3 = scores[c], scores[c + 1], scores[c + 2], scores[c + 3]
        c0, c1, c2, c3 = codes[c], codes[c + 1], codes[c + 2], codes[c + 3]
        for p in range(n):
            b, s, o = _better(r0[p], c0, best[p], second[p], out[p])
            b, s, o = _better(r1[p], c1, b, s, o)
            b, s, o = _better(r2[p], c2, b, s, o)
            b, s, o = _better(r3[p], c3, b, s, o)
            best[p], second[p], out[p] = b, s, o
        c += 4
    while c < n_rows:
        r0, c0 = scores[c], codes[c]
        for p in range(n):
            best[p], second[p], out[p] = _better(r0[p], c0, best[p], second[p], out[p])
        c += 1


@compiled
def softmax_sum(scores: NDArray[Any], best: NDArray[Any], total: NDArray[Any]) -> None:
    """Fill `total` with the sum over classes of e^(score - best)."""
    n_rows, n = scores.shape
    for p in range(n):
        total[p] = 0
    for c in range(n_rows):
        row = scores[c]
        for p in range(n):
            total[p] += _exp(np.float32(row[p] - best[p]))


@compiled
def softmax(
    scores: NDArray[Any], best: NDArray[Any], total: NDArray[Any], out: NDArray[Any], start: int
) -> None:
    """Fill `out`, shape (n_rows, all pixels), with probabilities from pixel `start` on."""
    n_rows, n = scores.shape
    for c in range(n_rows):
        row = scores[c]
        to = out[c, start : start + n]
        for p in range(n):
            to[p] = _exp(np.float32(row[p] - best[p])) / total[p]


@compiled
def temper(
    shares: NDArray[Any], best: NDArray[Any], least: float, power: float, out: NDArray[Any]
) -> None:
    """Fill `out`, float32, with (share / best)^power; shares below `least` count as this much.

    Parameters
    ----------
    shares : ndarray of float, shape (n_rows, n_pixels)
    best : ndarray of float, shape (n_pixels,)
        The largest of each pixel.
    least, power : float
    out : ndarray of float32, shape (n_rows, n_pixels)
    """
    n_rows, n = shares.shape
    for c in range(n_rows):
        row, to = shares[c], out[c]
        for p in range(n):
            to[p] = _exp(np.float32(power * np.log(max(row[p], least) / best[p])))
