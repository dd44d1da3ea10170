"""AlphaEarth Foundations' embedding: how its files are recognised, and checked.

Facts are those of the guide "AlphaEarth Foundations GCS data": 64 bands A00..A63, int8 with -128
for no data, value = sign(v) (v / 127.5)^2, vectors of length 1; overviews are means that were
brought back to length 1.
"""

import re

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError
from bocage.sources._coding import INT8_NODATA, Coding
from bocage.sources._glimpse import UNIT_NORM, UNIT_SHARE
from bocage.sources._raster import About

AEF_BANDS = tuple(f"A{band:02d}" for band in range(64))
AEF_CODING = Coding("square", INT8_NODATA)
PRODUCT = "AlphaEarth Foundations Satellite Embedding"
VERSION = "v1"
LICENCE = "CC-BY-4.0"
ATTRIBUTION = (
    "The AlphaEarth Foundations Satellite Embedding dataset is produced by Google and Google "
    "DeepMind."
)

_FOLDER = re.compile(r"/(v\d+)/annual/(\d{4})/")


def about_alphaearth(name: str, path: str, years: tuple[int, ...]) -> About:
    """Say what a file of AlphaEarth is; version and year follow from the published folders.

    Parameters
    ----------
    name, path : str
    years : tuple of int
        Declared ones, which count.
    """
    found = _FOLDER.search(path.replace("\\", "/"))
    version = found[1] if found else VERSION
    year = (int(found[2]),) if found else ()
    return About(name, PRODUCT, version, years or year, LICENCE, ATTRIBUTION)


def looks_alphaearth(names: tuple[str, ...], dtype: str, nodata: float | None) -> bool:
    """Tell whether a raster is laid out as AlphaEarth's files are, or holds some of their bands."""
    if dtype != "int8" or nodata not in (INT8_NODATA, None):
        return False
    return set(names) <= set(AEF_BANDS)


def check_vectors(values: NDArray[np.float64], name: str) -> None:
    """Refuse 64 bands that are no vectors of length 1.

    Parameters
    ----------
    values : ndarray of float64, shape (64, n)
        Decoded; NaN where there is no data.
    name : str
        File name, for messages.

    Raises
    ------
    DataError
        If more than a hundredth of the vectors has another length.
    """
    lengths = np.sqrt(np.square(values).sum(axis=0))
    lengths = lengths[np.isfinite(lengths)]
    if not len(lengths):
        return
    good = (lengths >= UNIT_NORM[0]) & (lengths <= UNIT_NORM[1])
    if good.mean() < UNIT_SHARE:
        raise DataError(
            f"{name} has bands A00 to A63, but its vectors are {np.quantile(lengths, 0.01):.3g} to "
            f"{np.quantile(lengths, 0.99):.3g} long (1st to 99th percentile, {len(lengths)} "
            f"pixels); expected length 1 in at least {UNIT_SHARE:.0%} of them: the values are "
            "scaled differently, or were averaged without being normalised to length 1 again"
        )
