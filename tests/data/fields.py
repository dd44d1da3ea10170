"""Small synthetic label tables, and ways to write them."""

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

BANDS = [f"A{band:02d}" for band in range(64)]

Write = Callable[..., Path]


def make_fields(n: int = 24, seed: int = 0) -> pd.DataFrame:
    """Synthetic points with a class, a yield, two bands and a district."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "lon": np.round(rng.uniform(5, 6, n), 6),
            "lat": np.round(rng.uniform(45, 46, n), 6),
            "crop": np.array(["maize", "wheat", "oats"])[np.arange(n) % 3],
            "harvest": rng.uniform(2, 9, n),
            "B2": rng.normal(size=n),
            "B11": rng.normal(size=n),
            "district": np.array(["north", "south"])[np.arange(n) // 2 % 2],
        }
    )


def make_aef(n: int = 24, seed: int = 0, *, raw: bool = False) -> pd.DataFrame:
    """Synthetic points with unit vectors of 64 bands, or with their raw int8 form."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(n, 64))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    if raw:
        vectors = np.round(127.5 * np.sign(vectors) * np.sqrt(np.abs(vectors)))
    columns = {"lon": rng.uniform(5, 6, n), "lat": rng.uniform(45, 46, n)}
    columns["crop"] = np.array(["maize", "wheat"])[np.arange(n) % 2]
    return pd.concat([pd.DataFrame(columns), pd.DataFrame(vectors, columns=BANDS)], axis=1)


def write_table(
    frame: pd.DataFrame, path: Path, *, crs: object = 4326, geometry: bool | None = None
) -> Path:
    """Write a table in the format that the extension says."""
    suffix = path.suffix
    if geometry is None:
        geometry = suffix not in (".csv", ".parquet")
    if not geometry:
        frame.to_csv(path, index=False) if suffix == ".csv" else frame.to_parquet(path)
        return path
    shapes = frame.get("geometry")
    if shapes is None:
        shapes = gpd.points_from_xy(frame["lon"], frame["lat"])
    rest = frame.drop(columns=[c for c in ("lon", "lat", "geometry") if c in frame])
    table = gpd.GeoDataFrame(rest, geometry=list(shapes), crs=crs)
    if suffix in (".parquet", ".geoparquet"):
        table.to_parquet(path)
    else:
        table.to_file(path, engine="pyogrio")
    return path


@pytest.fixture
def fields() -> pd.DataFrame:
    return make_fields()


@pytest.fixture
def aef() -> pd.DataFrame:
    return make_aef()


@pytest.fixture
def raw_aef() -> pd.DataFrame:
    return make_aef(raw=True)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a table below a fresh folder; returns its path."""

    def to(frame: pd.DataFrame, name: str = "fields.csv", **options: object) -> Path:
        return write_table(frame, tmp_path / name, **options)

    return to


@pytest.fixture(scope="session")
def make() -> Callable[..., pd.DataFrame]:
    return make_fields
