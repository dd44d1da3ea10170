"""Identifiers go through `sample` unchanged, from every kind of table to every kind."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from tests.data.alphaearth import NORTH, write_alphaearth

from bocage.sources import open_source
from bocage.tables import read_task, sample_labels

N = 24
FIRST = 100_000_000_000_000_001
AT = np.arange(N)
READ = ("parquet", "gpkg")
COLUMNS = {
    "int64": FIRST + AT // 4,
    "blank": pd.array([FIRST + at // 4 if at != 5 else pd.NA for at in AT], dtype="Int64"),
    "uint64": np.uint64(2**63 + 5) + (AT // 4).astype("uint64"),
    "codes": [f"{at // 4 + 7:02d}" for at in AT],
    "words": [f"{at // 4}" if at < 12 else f"p{at // 4}" for at in AT],
    "digits": [str(FIRST * 10**6 + int(at) // 4) for at in AT],
    "exponent": [f"{at // 4}e{at // 4 + 1}" for at in AT],
    "versions": [f"1.{10 * (at // 4 + 1)}" for at in AT],
    "zeros": [("1.1", "1.10", "1.100")[at % 3] for at in AT],
    "country": [("NA", "DE", "FR")[at % 3] for at in AT],
    "blanks": [("a b", "a  c", "null")[at % 3] for at in AT],
}


@pytest.fixture(scope="module")
def raster(tmp_path_factory):
    path = tmp_path_factory.mktemp("raster") / "aef.tif"
    write_alphaearth(path, 40, 40, holes=False)
    return open_source(path)


PAIRS = [(read, made, c) for c in COLUMNS for read in READ for made in (*READ, "csv")]


# GeoPackage holds no whole numbers from 2**63 on.
@pytest.mark.parametrize(
    ("read", "written", "column"), [p for p in PAIRS if p[0] + p[2] != "gpkguint64"]
)
def test_groups_are_the_same_words_in_every_table(raster, tmp_path, read, written, column):
    values = COLUMNS[column]
    xy = np.array(NORTH) + np.random.default_rng(0).uniform(5, 395, (N, 2))
    frame = gpd.GeoDataFrame(
        {"crop": np.array(["maize", "wheat"])[AT % 2], "holding": values},
        geometry=shapely.points(xy), crs="EPSG:32633",
    )  # fmt: skip
    path = tmp_path / f"labels.{read}"
    frame.to_parquet(path) if read == "parquet" else frame.to_file(path)
    made = tmp_path / f"made.{written}"
    sample_labels(path, [raster]).write(made)
    asked = {"groups": ["holding"], "nodata": ["holding=none"]}
    task = read_task(made, target="crop", drop_incomplete=True, **asked)
    rows = task.groups["holding"][np.argsort(task.row)].tolist()
    assert rows == [str(value) for value in values if not pd.isna(value)]
