"""The named task on Mato Grosso: a year of MODIS NDVI at field-labelled points.

The R package sits publishes the samples in R's own format only, so they are read from the folder
``BOCAGE_DATA``. In R::

    d <- sits::samples_modis_ndvi
    one <- function(i) {
      s <- d$time_series[[i]]
      data.frame(sample = i - 1, lon = d$longitude[i], lat = d$latitude[i], label = d$label[i],
                 cube = d$cube[i], step = seq_len(nrow(s)) - 1, date = s$Index, NDVI = s$NDVI)
    }
    write.csv(do.call(rbind, lapply(seq_len(nrow(d)), one)),
              "mato-grosso/samples_modis_ndvi.csv", row.names = FALSE)
"""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bocage.core import DownloadError, Input, data_file
from bocage.tables.readers import exact_floats
from bocage.tasks import Samples, Task, build_task

if TYPE_CHECKING:
    import pandas as pd

FILE = "mato-grosso/samples_modis_ndvi.csv"
COLUMNS = ("sample", "lon", "lat", "label", "step", "date", "NDVI")
STEPS = 12
BANDS = tuple(f"NDVI_{step:02d}" for step in range(1, STEPS + 1))

CONTENT_SHA256 = "dc80e83c1261fe52fea1bb999d53f14e2c5ba92a3f3fed277bb0da0f28660ea1"
"""Hash of the values, sorted and rounded to 1e-6: R and Python write the same number in
different ways, so that the bytes of the file say nothing."""


def mato_grosso() -> Task:
    """Load 1,218 field-labelled MODIS NDVI series of 12 dates, September to August.

    Returns
    -------
    Task
        Input `ndvi` (12 bands, one a date); group year: crop years such as ``2013-2014``.

    Raises
    ------
    DownloadError
        If the file is not in ``BOCAGE_DATA``, or holds other values.
    """
    path = data_file(FILE)
    if path is None:
        raise DownloadError(
            f"mato-grosso is read only from the folder that BOCAGE_DATA names ({FILE}), and the "
            "file is not there: no CSV is published. Write it from samples_modis_ndvi of the R "
            "package sits, one row per date, with columns sample, lon, lat, label, step, date, NDVI"
        )
    table = _read(path)
    wide = table.pivot_table(index="sample", columns="step", values="NDVI").sort_index()
    first = table[table["step"] == 0].set_index("sample").sort_index()
    year = first["date"].str.slice(0, 4).astype(int)
    crop_year = year.astype(str) + "-" + (year + 1).astype(str)
    lonlat = first[["lon", "lat"]].to_numpy(dtype=np.float64)
    label = np.array(first["label"].tolist(), dtype=np.str_)
    calendar = table["date"].str.slice(0, 4).astype(int).unique().tolist()
    values = wide.to_numpy(dtype=np.float64)
    return build_task(
        Samples(
            name="mato-grosso",
            title="Crops, pasture, savanna and forest in Mato Grosso, Brazil, 2000 to 2016",
            kind="classification",
            target=label,
            lonlat=lonlat,
            inputs={
                "ndvi": Input(
                    "ndvi", values, BANDS, "1", "standardise", "series", tuple(sorted(calendar))
                )
            },
            groups={"year": np.array(crop_year.tolist(), dtype=np.str_)},
            leave="year",
            notes=_notes(lonlat, label, np.array(crop_year.tolist(), dtype=np.str_)),
            source="R package sits (e-sensing/sits), samples_modis_ndvi, MOD13Q1 collection 6",
            licence="GPL-2 (R package sits)",
        )
    )


def _notes(lonlat: np.ndarray, label: np.ndarray, year: np.ndarray) -> tuple[str, ...]:
    _, place, count = np.unique(lonlat, axis=0, return_inverse=True, return_counts=True)
    shared = int((count[place.ravel()] > 1).sum())
    forest = label == "Forest"
    n_forest = len(np.unique(lonlat[forest], axis=0))
    span = {name: np.unique(year[label == name]) for name in ("Forest", "Soy_Corn")}
    together = (
        f"{shared:,} of {len(label):,} samples share their place with one of another year "
        f"({len(count):,} places)"
    )
    clustered = (
        f"all {int(forest.sum())} Forest samples are at {n_forest} places within a few "
        "kilometres: leaving places out leaves little Forest for training or testing"
    )
    entangled = (
        f"classes and years are confounded: Forest occurs in only {len(span['Forest'])} and "
        f"Soy_Corn in only {len(span['Soy_Corn'])} of {len(np.unique(year))} crop years"
    )
    return together, clustered, entangled


def _read(path: Path) -> "pd.DataFrame":
    import pandas as pd

    try:
        table: pd.DataFrame = pd.read_csv(path, dtype={"date": str, "label": str}, **exact_floats())
        found = content_sha256(table) if set(COLUMNS) <= set(table.columns) else "other columns"
    except (OSError, ValueError) as error:
        raise DownloadError(
            f"can't read {FILE} in BOCAGE_DATA ({error}); expected a CSV file: write it again"
        ) from error
    if found != CONTENT_SHA256:
        raise DownloadError(
            f"{FILE} in BOCAGE_DATA does not hold the samples this task is made from (content "
            f"{found[:12]}..., expected {CONTENT_SHA256[:12]}...): write it again from "
            "samples_modis_ndvi of the R package sits"
        )
    return table


def content_sha256(table: "pd.DataFrame") -> str:
    """Hash the values of a long table, whatever the order of its rows and the way of writing."""
    lines = [
        f"{lon:.6f},{lat:.6f},{label},{step:d},{date},{ndvi:.6f}\n"
        for lon, lat, label, step, date, ndvi in zip(
            *(table[name] for name in COLUMNS[1:]), strict=True
        )
    ]
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()
