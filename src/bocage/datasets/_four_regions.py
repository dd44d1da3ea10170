"""The named tasks on four regions: AlphaEarth embeddings, Sentinel-1, Dynamic World labels."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bocage.core import Input, PinnedFile, fetch
from bocage.sources import AEF_BANDS
from bocage.tables.readers import exact_floats
from bocage.tasks import Samples, Task, build_task

if TYPE_CHECKING:
    import pandas as pd

BASE_URL = (
    "https://raw.githubusercontent.com/letocassius/alphaearth-to-sar-cross-model-prediction/"
    "f4d5fbbacfa4b0f9bcb5f5217b272b812de4f39c/DataSources"
)

_SHA256 = {
    "amazon_forest": "2bc8df901f4481df7d80da80380accba3903ff353bb7d7f0cf0b018097611af2",
    "california_coast": "a1a3e1ed2bddc041d4e556fb0fe4cac7bad738c67531dc6ac4df2dd3de6bffdf",
    "iowa_ag": "7780f55e12b3ba19790ef35812ecd5d81835930e4eab48eeaac1271f9017c0d4",
    "sf_bay_urban": "a7adb3bbe58e461984eb39bfb04179f09772fc27febf4728fe9a80e60248f93e",
}

FILES = tuple(
    PinnedFile(f"four-regions/alphaearth_s1_dw_samples_{region}_2024.csv", digest, BASE_URL)
    for region, digest in _SHA256.items()
)

CLASSES = (
    "water",
    "trees",
    "grass",
    "flooded_vegetation",
    "crops",
    "shrub_and_scrub",
    "built",
    "bare",
    "snow_and_ice",
)
"""Dynamic World's classes; `dw_label` is the position in this list."""

CLEAN_CLASSES = ("water", "trees", "crops", "built")

SAR_BANDS = ("S1_VV", "S1_VH", "S1_VV_div_VH")
"""Backscatter in dB; the last is VV - VH, a ratio in linear units."""

SOURCE = "GitHub letocassius/alphaearth-to-sar-cross-model-prediction, commit f4d5fbba"
LICENCE = (
    "The AlphaEarth Foundations Satellite Embedding dataset is produced by Google and Google "
    "DeepMind (CC-BY 4.0). Dynamic World: Google and World Resources Institute (CC-BY 4.0). "
    "Contains modified Copernicus Sentinel data (2024)."
)


def four_regions(
    *, clean: bool = False, cache: Path | None = None, base_url: str | None = None
) -> Task:
    """Load land cover of four regions in 2024, 2,880 points.

    Parameters
    ----------
    clean : bool
        Only water, trees, crops and built, where the label is the most probable class: 1,219.
    cache, base_url : optional
        Where downloads are kept and come from.

    Returns
    -------
    Task
        Inputs `aef` (64 bands, unit vectors) and `s1` (3 bands, dB); groups region and year.

    Raises
    ------
    DownloadError
        If the files can't be had, or are not the pinned ones.
    """
    import pandas as pd

    table = pd.concat(
        [
            pd.read_csv(fetch(file, cache=cache, base_url=base_url), **exact_floats())
            for file in FILES
        ],
        ignore_index=True,
    )
    label = table["dw_label"].to_numpy(dtype=np.int64)
    agrees = table[list(CLASSES)].to_numpy(dtype=np.float64).argmax(axis=1) == label
    names = np.array(CLASSES, dtype=np.str_)[label]
    keep = agrees & np.isin(names, CLEAN_CLASSES) if clean else np.full(len(table), fill_value=True)
    rows = table.loc[keep]
    task = build_task(
        Samples(
            name="four-regions-clean" if clean else "four-regions",
            title=(
                "Land cover in four regions, 2024: four classes, clear labels only"
                if clean
                else "Land cover in four regions, 2024: nine classes"
            ),
            kind="classification",
            target=names[keep],
            lonlat=rows[["longitude", "latitude"]].to_numpy(dtype=np.float64),
            inputs={
                "aef": _input(rows, "aef"),
                "s1": _input(rows, "s1"),
            },
            groups={
                "region": np.array(rows["region"].tolist(), dtype=np.str_),
                "year": np.array(rows["year"].astype(str).tolist(), dtype=np.str_),
            },
            leave="region",
            notes=(_clean_note() if clean else _noise_note(table, names, agrees),),
            source=SOURCE,
            licence=LICENCE,
        )
    )
    return replace(task, row=np.flatnonzero(keep)[task.row])


def _input(rows: "pd.DataFrame", name: str) -> Input:
    if name == "aef":
        values = rows[list(AEF_BANDS)].to_numpy(dtype=np.float64)
        return Input("aef", values, AEF_BANDS, "1", "keep", "embedding", (2024,))
    values = rows[list(SAR_BANDS)].to_numpy(dtype=np.float64)
    return Input("s1", values, SAR_BANDS, "dB", "standardise", "radar", (2024,))


def _noise_note(table: "pd.DataFrame", names: np.ndarray, agrees: np.ndarray) -> str:
    wrong, n = int((~agrees).sum()), len(table)
    amazon = np.array(table["region"].tolist(), dtype=np.str_) == "amazon_forest"
    snow = int((amazon & (names == "snow_and_ice")).sum())
    return (
        "labels are the output of a model (Dynamic World), not field truth: in "
        f"{wrong:,} of {n:,} rows ({wrong / n:.1%}) the label is not the most probable of its own "
        f"nine classes, and {snow} points in the Amazon are labelled snow and ice; scores "
        "measure agreement with that model"
    )


def _clean_note() -> str:
    return (
        "labels are the output of a model (Dynamic World), not field truth, and only points "
        "where the label is its most probable class were kept, which are the easy ones"
    )
