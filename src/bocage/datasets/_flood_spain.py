"""The named task on a flood in Spain: one hand-labelled scene of Sen1Floods11, cut into chips."""

from pathlib import Path

import numpy as np

from bocage.core import Input, PinnedFile, fetch
from bocage.datasets._chips import Scene, cut, read_scene
from bocage.tasks import Samples, Task, build_task

BASE_URL = "https://storage.googleapis.com/sen1floods11/v1.1/data/flood_events/HandLabeled"
FILES = {
    "S2Hand": "16e997e6a7159fa11160faf00591da763eb37ac82faf806f7fe733991944a048",
    "S1Hand": "6c24bf791372da5e93450195eac8d676a7ef917884dfb479dafe4a565543b19a",
    "LabelHand": "b81224e01540b262faffd82cb42762c3c77df2ba084a5fb82d49bae421dd12d4",
}
S2_BANDS = (*("B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B8A", "B9", "B10", "B11", "B12"),)
S1_BANDS = ("VV", "VH")
CLASSES = ("land", "water")
SIDE = 64
MONTH = 9
"""The flood was in September 2019."""


def flood_spain(*, cache: Path | None = None, base_url: str | None = None) -> Task:
    """Load water in a flooded scene in Spain, 64 chips of 64 x 64 pixels of about 10 m.

    Parameters
    ----------
    cache, base_url : optional
        Where downloads are kept and come from.

    Returns
    -------
    Task
        Segmentation into land and water; inputs `s2` (13 bands) and `s1` (2 bands, dB); one event.

    Raises
    ------
    DownloadError
        If the files can't be had, or are not the pinned ones.
    """
    scenes = {name: _scene(name, digest, cache, base_url) for name, digest in FILES.items()}
    label = scenes["LabelHand"]
    masks = cut(label.values[0].astype(np.int16), SIDE)
    lonlat = label.centres(SIDE)
    optical = cut(scenes["S2Hand"].values.astype(np.float32), SIDE)
    radar = cut(scenes["S1Hand"].values, SIDE)
    keep = np.flatnonzero((masks >= 0).any(axis=(1, 2)))
    months = np.full((len(keep), 1), MONTH)
    return build_task(
        Samples(
            name="flood-spain",
            title="Water in a flooded scene in Spain (Sen1Floods11), 64 x 64 chips",
            kind="segmentation",
            target=np.zeros(len(keep)),
            classes=CLASSES,
            masks=masks[keep],
            pixel_metres=10.0,
            lonlat=lonlat[keep],
            inputs={
                "s2": Input(
                    "s2",
                    optical[keep],
                    S2_BANDS,
                    "reflectance x 10000",
                    modality="optical",
                    years=(2019,),
                    months=months,
                ),
                "s1": Input(
                    "s1",
                    radar[keep],
                    S1_BANDS,
                    "dB",
                    modality="radar",
                    years=(2019,),
                    months=months,
                ),
            },
            groups={"event": np.full(len(keep), "Spain", dtype="<U5")},
            leave="blocks",
            notes=(
                "one scene of one event: scores say nothing about other floods",
                f"chips of {SIDE} pixels do not overlap, and no network sees beyond its chip",
            ),
            suggested={
                # What two cores do in about an hour for all strategies of two networks.
                "budgets": ["8", "16"],
                "repeats": 1,
                "trials": 2,
                "epochs": 3,
                "batches": 8,
                "inner_folds": 2,
                "sensitivity": False,
            },
            source="Sen1Floods11, Spain_7370579 (Cloud to Street; Bonafilia et al. 2020)",
            licence="CC-BY 4.0; contains modified Copernicus Sentinel data",
        )
    )


def _scene(name: str, digest: str, cache: Path | None, base_url: str | None) -> Scene:
    file = PinnedFile(f"flood-spain/Spain_7370579_{name}.tif", digest, f"{BASE_URL}/{name}")
    return read_scene(fetch(file, cache=cache, base_url=base_url))
