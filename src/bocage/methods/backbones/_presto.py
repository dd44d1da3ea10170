"""Presto: a small transformer for pixel time series (Tseng et al. 2023, arXiv 2304.14065)."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Input, PinnedFile, SettingsError
from bocage.methods.backbones._backbone import Arrays, Backbone
from bocage.methods.backbones._bands import POINT_BANDS, arrange, months_of, need_places
from bocage.methods.backbones._presto_groups import GROUPS

if TYPE_CHECKING:
    from bocage.methods.backbones._encoder import Encoder

BANDS = POINT_BANDS
SHIFT = np.array([25, 25, *[0] * 10, -272.15, 0, 0, 0, 0])
SCALE = np.array([25, 25, *[1e4] * 10, 35, 0.03, 2000, 50, 1])
"""Values are fed as (value + SHIFT) / SCALE, as in the publication's code."""


def arrays(item: Input, lonlat: NDArray[np.float64], place: bool) -> dict[str, NDArray[Any]]:
    """Check and normalise a series for Presto.

    Parameters
    ----------
    item : Input
        A series with months.
    lonlat : ndarray of float64, shape (n, 2)
        Degrees.
    place : bool
        Whether the network sees the coordinates.

    Returns
    -------
    dict
        `x` (n, n_dates, 17) float32, `month` (n, n_dates) 0 to 11, `groups` (1, 9) flags, and
        `latlon` (n, 2) float32 where asked for.

    Raises
    ------
    SettingsError
        If months are unknown, there are more than 24 dates, or bands can't be used.
    DataError
        If the values do not look like their unit.
    """
    months = months_of(item, "presto")
    values, present = arrange(item, BANDS, "presto")
    groups = [all(present[i] for i in index) for index in GROUPS.values()]
    if not any(groups):
        torn = ", ".join(band.name for band, here in zip(BANDS, present, strict=True) if here)
        raise SettingsError(
            f"input {item.name!r} has only {torn}, which is no complete group of presto's bands; "
            "expected at least one group, such as B2, B3 and B4"
        )
    scaled = (values.astype(np.float64) + SHIFT) / SCALE
    found: dict[str, NDArray[Any]] = {
        "x": scaled.astype(np.float32),
        "month": months,
        "groups": np.array([groups]),
    }
    if place:
        need_places(lonlat, "presto")
        found["latlon"] = np.ascontiguousarray(lonlat[:, ::-1], dtype=np.float32)
    return found


def build(path: Path | None, arrays: Arrays) -> "Encoder":
    """Build Presto's encoder, with weights from a file or random ones."""
    del arrays
    from bocage.methods.backbones._presto_encoder import PrestoEncoder

    return PrestoEncoder.from_file(path)


PRESTO = Backbone(
    name="presto",
    title="Presto",
    forms=("series",),
    n_blocks=2,
    bands=tuple(band.name for band in BANDS),
    file=PinnedFile(
        "weights/presto/default_model.pt",
        "559c9d76f525bdf2dd3774da8b1e7f1510769b73baacac12e9e4d8d5c67fbe65",
        "https://huggingface.co/nasaharvest/presto/resolve/"
        "1b97f885969da4e2d5834ca8c92707c737911464",
    ),
    arrays=arrays,
    build=build,
    library="rslearn",
    source="Presto, Tseng et al. 2023, arXiv 2304.14065; MIT",
)
