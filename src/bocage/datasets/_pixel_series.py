"""The named tasks on pixel time series: live fuel moisture and algae blooms."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Input, PinnedFile, fetch
from bocage.tasks import Samples, Task, build_task

BASE_URL = (
    "https://raw.githubusercontent.com/nasaharvest/presto/"
    "0589737a1862987ef2ed3acd54bc68768fa10ff2/data"
)

BANDS = (
    *("VV", "VH", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B8A", "B9", "B11", "B12"),
    *("temperature_2m", "total_precipitation", "elevation", "slope", "NDVI"),
)
UNITS = (*("dB",) * 2, *("reflectance x 10000",) * 11, "K", "m", "m", "degree", "1")
"""Sentinel-1 and Sentinel-2 composites of a month, ERA5 means and sums, SRTM, and NDVI."""

_FUEL = {
    "latlon": "a31dc1f4c68c8614ac1cfa0e1cdf24d6ac9448e4a16e977605b0e563cb92595f",
    "month": "173f17192cb2dcd7bc7fc3c8dfba2c0690aa3ce023a90f94d9c2d4e5ccdfdf91",
    "s1_s2_era5_srtm": "588e25049e68cb9c64572649518badab49ae418e130144c3b47a67797507da3e",
    "site": "7f7e8f73f2b2ccd4a84a5d5cd7213d6b63807616ca9750038125d94b62f25494",
    "target": "c0a178b8521481d85fd4fede1ebbb01e475d7c05c7b5162c0c6029afb54e11d4",
}
_ALGAE = {
    "latlon": "e5d7c43fd00bc7b75f3327c500e2803315f230b2f5e209d2171da5362e4400b1",
    "month": "f3ab45c324bd44cc861fbb1157b860b516ecf10b08d4cd844d06a3ea967e0146",
    "s1_s2_era5_srtm": "73a8a6c58fd1fa910c4ed1932166387b5ceb543f5a6800f4954ccd9d9c70da40",
    "target": "c35939d38b46c8d5f4984d732ae34c590e87a1e67689ec39f7fbbd135b92145f",
}

SOURCE = "GitHub nasaharvest/presto, commit 0589737a"
LICENCE = (
    "MIT (Presto). Contains modified Copernicus Sentinel data; ERA5: Copernicus Climate Change "
    "Service; SRTM: NASA"
)


def fuel_moisture(*, cache: Path | None = None, base_url: str | None = None) -> Task:
    """Load live fuel moisture of shrubs and grass at 150 sites, 2,313 series of 3 months.

    Parameters
    ----------
    cache, base_url : optional
        Where downloads are kept and come from.

    Returns
    -------
    Task
        Regression in per cent of dry mass; input `series` (3 dates x 18 bands); group site.

    Raises
    ------
    DownloadError
        If the files can't be had, or are not the pinned ones.
    """
    found = _load("fuel-moisture", "fuel_moisture/npy", _FUEL, cache, base_url)
    return build_task(
        Samples(
            name="fuel-moisture",
            title="Live fuel moisture (% of dry mass) at 150 sites in the western United States",
            kind="regression",
            target=found["target"].astype(np.float64),
            lonlat=_lonlat(found),
            inputs={"series": _series(found)},
            groups={"site": found["site"]},
            leave="site",
            # A named site may have moved a little over the years: it is still one place.
            together_by=("site",),
            notes=("the publishers' own split by site is not used",),
            suggested={"folds": 5, "repeats": 5, "trials": 2, "epochs": 3, "batches": 30},
            source=SOURCE,
            licence=LICENCE,
        )
    )


def algae_blooms(*, cache: Path | None = None, base_url: str | None = None) -> Task:
    """Load the severity of cyanobacteria blooms in lakes, 1,122 series of 12 months.

    Parameters
    ----------
    cache, base_url : optional
        Where downloads are kept and come from.

    Returns
    -------
    Task
        Regression of severity 1 to 5; input `series` (12 dates x 18 bands); group cell: squares
        of one degree.

    Raises
    ------
    DownloadError
        If the files can't be had, or are not the pinned ones.
    """
    found = _load("algae-blooms", "algae_blooms/npy", _ALGAE, cache, base_url)
    lonlat = _lonlat(found)
    return build_task(
        Samples(
            name="algae-blooms",
            title="Severity (1 to 5) of cyanobacteria blooms in lakes of the United States",
            kind="regression",
            target=found["target"].astype(np.float64),
            lonlat=lonlat,
            inputs={"series": _series(found)},
            groups={"cell": degree_cells(lonlat)},
            leave="cell",
            notes=(
                "severity is a class of cell density (1 to 5), treated as a number",
                "cells of one degree are left out; a lake on their border belongs to one of them",
            ),
            suggested={
                # Twelve months are four times the tokens of three: what two cores do in an hour.
                "folds": 5,
                "repeats": 5,
                "trials": 2,
                "inner_folds": 2,
                "epochs": 2,
                "batches": 16,
            },
            source=f"{SOURCE}; labels: Tick Tick Bloom (NASA, DrivenData)",
            licence=LICENCE,
        )
    )


def degree_cells(lonlat: NDArray[np.float64]) -> NDArray[np.str_]:
    """Name the square of one degree that each point stands in by its south-western corner.

    >>> degree_cells(np.array([[-97.8, 37.7], [12.1, -0.5]])).tolist()
    ['37N 98W', '1S 12E']
    """
    west, south = np.floor(lonlat).astype(int).T
    return np.array(
        [
            f"{abs(y)}{'N' if y >= 0 else 'S'} {abs(x)}{'E' if x >= 0 else 'W'}"
            for x, y in zip(west.tolist(), south.tolist(), strict=True)
        ],
        dtype=np.str_,
    )


def _load(
    folder: str, remote: str, files: Mapping[str, str], cache: Path | None, base_url: str | None
) -> dict[str, NDArray[Any]]:
    found = {}
    for name, digest in files.items():
        file = PinnedFile(f"{folder}/{name}.npy", digest, f"{BASE_URL}/{remote}")
        found[name] = np.load(fetch(file, cache=cache, base_url=base_url), allow_pickle=False)
    return found


def _lonlat(found: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
    return np.ascontiguousarray(found["latlon"][:, ::-1], dtype=np.float64)


def _series(found: Mapping[str, NDArray[Any]]) -> Input:
    # The files count months from 0.
    months = found["month"].astype(np.int64) + 1
    values = found["s1_s2_era5_srtm"].astype(np.float64)
    return Input("series", values, BANDS, UNITS, "standardise", "series", months=months)
