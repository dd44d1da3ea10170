"""How far two colours are apart for the eye, with and without colour blindness."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

_KNEE = 0.04045
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_PROTANOPIA = np.array(
    [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ]
)
_DEUTERANOPIA = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)
_TRITANOPIA = np.array(
    [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ]
)


def rgb(colour: str) -> tuple[int, int, int]:
    """Split '#rrggbb' into red, green and blue from 0 to 255.

    >>> rgb("#0072b2")
    (0, 114, 178)
    """
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def places(colours: Sequence[str]) -> NDArray[np.float64]:
    """Place colours in OKLab as seen by all, and without red, green or blue cones.

    Distances in OKLab follow what the eye tells apart: about 0.02 is just seen, 0.1 is plain.

    Parameters
    ----------
    colours : sequence of str
        As '#rrggbb'.

    Returns
    -------
    ndarray of float64, shape (n_colours, 4 kinds of vision, 3)

    References
    ----------
    B. Ottosson, "A perceptual color space for image processing" (2020). G. M. Machado et al.,
    "A physiologically-based model for simulation of color vision deficiency", IEEE TVCG 15 (2009).
    """
    if not colours:
        return np.empty((0, 4, 3))
    values = np.array([rgb(colour) for colour in colours]) / 255
    # The transfer curve of sRGB (IEC 61966-2-1).
    light = np.where(values <= _KNEE, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    kinds = (_PROTANOPIA, _DEUTERANOPIA, _TRITANOPIA)
    seen = np.stack([light, *(light @ kind.T for kind in kinds)], axis=1)
    lab: NDArray[np.float64] = np.cbrt(np.clip(seen, 0, 1) @ _TO_CONES.T) @ _TO_LAB.T
    return lab


def distances(seen: NDArray[np.float64]) -> NDArray[np.float64]:
    """Measure how far colours are apart for whom it is hardest.

    Parameters
    ----------
    seen : ndarray, shape (n, 4, 3)
        Of `places`.

    Returns
    -------
    ndarray of float64, shape (n, n)
        The smallest of the distances in the four kinds of vision.
    """
    least = np.full((len(seen), len(seen)), np.inf)
    for kind in range(seen.shape[1]):
        one = seen[:, kind]
        # By coordinates: all at once would take a hundred megabytes.
        square = sum((one[:, None, i] - one[None, :, i]) ** 2 for i in range(3))
        np.minimum(least, np.sqrt(square), out=least)
    return least


@lru_cache(maxsize=1)
def lattice() -> tuple[str, ...]:
    """List colours spread over all that a screen shows, without those that look like paper."""
    steps = (16, 48, 80, 112, 144, 176, 208, 232, 248)
    return tuple(
        f"#{red:02x}{green:02x}{blue:02x}"
        for red, green, blue in product(steps, repeat=3)
        if min(red, green, blue) < 208  # noqa: PLR2004 - one of the steps
    )
