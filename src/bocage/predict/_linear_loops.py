"""Sums of weighted bands, pixel by pixel."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.predict._compiled import compiled, emitted

# Four bands of this many pixels (8 KiB) stay in the fastest cache, and so do sums of nine classes.
TILE = 512
GROUP = 4


@emitted
def _fma(typing: Any, a: Any, b: Any, c: Any) -> Any:  # noqa: ARG001
    """Return a b + c, rounded once."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        return builder.fma(*arguments)

    return a(a, b, c), emit


@compiled
def _take(raw: Any, square: Any, value: Any) -> None:
    """Turn a row of stored numbers into x."""
    for p in range(raw.size):
        value[p] = raw[p]
    if square:
        # Exact: at most 128^2 in size.
        for p in range(raw.size):
            value[p] *= abs(value[p])


@compiled
def _add_bands(w0: Any, w1: Any, w2: Any, w3: Any, values: Any, row: Any) -> None:
    """Add four weighted bands to a row of sums.

    The compiler works on eight pixels at once; their sums stay in a register meanwhile. Written
    out, since it would not unroll a loop over bands.
    """
    for p in range(row.size):
        s = _fma(w0, values[p], row[p])
        s = _fma(w1, values[TILE + p], s)
        s = _fma(w2, values[2 * TILE + p], s)
        row[p] = _fma(w3, values[3 * TILE + p], s)


@compiled
def linear_scores(
    stored: NDArray[Any],
    start: int,
    square: bool,
    weights: NDArray[Any],
    bias: NDArray[Any],
    scores: NDArray[Any],
) -> None:
    """Fill `scores`: bias + weights @ x, where x is the stored number v, or v|v|.

    A pixel's sum is taken band after band with one rounding each, whatever stands beside it.

    Parameters
    ----------
    stored : ndarray, shape (n_bands, n_pixels)
    start : int
        First pixel.
    square : bool
        x = v|v|.
    weights : ndarray of float, shape (n_rows, n_bands rounded up to a multiple of `GROUP`)
    bias : ndarray of float, shape (n_rows,)
    scores : ndarray of float, shape (n_rows, width)
    """
    n_bands = stored.shape[0]
    n_rows, width = scores.shape
    values = np.zeros(GROUP * TILE, weights.dtype)
    for tile in range(0, width, TILE):
        size = min(TILE, width - tile)
        for c in range(n_rows):
            row = scores[c, tile : tile + size]
            constant = bias[c]
            for p in range(size):
                row[p] = constant
        for band in range(0, weights.shape[1], GROUP):
            for k in range(min(GROUP, n_bands - band)):
                first = start + tile
                value = values[k * TILE : k * TILE + size]
                _take(stored[band + k, first : first + size], square, value)
            # Weights of bands that are not there are 0, and so must be what they are taken with.
            for k in range(n_bands - band, GROUP):
                for p in range(TILE):
                    values[k * TILE + p] = 0
            for c in range(n_rows):
                row = scores[c, tile : tile + size]
                w = weights[c]
                _add_bands(w[band], w[band + 1], w[band + 2], w[band + 3], values, row)


@compiled
def doubtful(best: NDArray[Any], second: NDArray[Any], bound: float, found: NDArray[Any]) -> int:
    """List pixels whose two largest scores are closer than `bound`; return their number."""
    n = 0
    for p in range(best.size):
        if not best[p] - second[p] > bound:
            found[n] = p
            n += 1
    return n


@compiled
def decide(
    stored: NDArray[Any],
    start: int,
    square: bool,
    weights: NDArray[Any],
    bias: NDArray[Any],
    pixels: NDArray[Any],
    codes: NDArray[Any],
    out: NDArray[Any],
) -> None:
    """Give listed pixels the class of the largest score, the first of equal ones."""
    n_bands = stored.shape[0]
    for i in range(pixels.size):
        p = pixels[i]
        best = -np.inf
        chosen = 0
        for c in range(bias.size):
            s = bias[c]
            for band in range(n_bands):
                v = np.float64(stored[band, start + p])
                if square:
                    v *= abs(v)
                s += weights[c, band] * v
            if s > best:
                best = s
                chosen = c
        out[p] = codes[chosen]
