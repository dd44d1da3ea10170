"""A part of the invented country as a raster of embeddings, to be mapped."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bocage.core import write_atomic
from bocage.datasets.landscape._chips import METRES, look
from bocage.datasets.landscape._country import METRES_PER_DEGREE, country
from bocage.datasets.landscape._sensors import QUANTUM
from bocage.datasets.landscape._settings import LandscapeSettings
from bocage.sources import AEF_BANDS, INT8_NODATA, SYNTHETIC_TAG


@dataclass(frozen=True, slots=True)
class LandscapeTile:
    """What is true of a square of the country.

    Attributes
    ----------
    cover : ndarray of int64, shape (side, side)
        Class of each pixel, as its place in `classes`.
    classes : tuple of str
        Sorted.
    year : int
        In which it was seen.
    """

    cover: NDArray[np.int64]
    classes: tuple[str, ...]
    year: int


def write_landscape_tile(
    path: Path,
    settings: LandscapeSettings | None = None,
    *,
    region: int = 0,
    side: int = 256,
) -> LandscapeTile:
    """Write embeddings of a square of the country as AlphaEarth's files hold them.

    Parameters
    ----------
    path : Path
        GeoTIFF: int8 codes v of sign(v) (v / 127.5)^2, 64 bands A00 to A63, in degrees (WGS 84;
        the country has no other grid), pixels of 10 m. Replaced where it is there.
    settings : LandscapeSettings, optional
        The country; that of the task `landscape` if left out.
    region : int
        Number of the region, from 0.
    side : int
        Pixels a side.

    Returns
    -------
    LandscapeTile
    """
    from rasterio.io import MemoryFile
    from rasterio.transform import Affine

    settings = settings or LandscapeSettings()
    land = country(settings)
    seen = look(land, region, 1, side, settings)
    embedding = seen.embedding.astype(np.float64)
    stored = np.rint(QUANTUM * np.sign(embedding) * np.sqrt(np.abs(embedding))).astype(np.int8)
    place = land.regions[region]
    east = METRES / (METRES_PER_DEGREE * np.cos(np.radians(place.centre[1])))
    north = METRES / METRES_PER_DEGREE
    corner = seen.centre[0] / METRES + np.array([-side / 2, side / 2])
    transform = Affine(
        east, 0, place.centre[0] + corner[0] * east, 0, -north, place.centre[1] + corner[1] * north
    )
    with MemoryFile() as memory:
        with memory.open(
            driver="GTiff", height=side, width=side, count=len(AEF_BANDS), dtype="int8",
            crs="EPSG:4326", transform=transform, nodata=INT8_NODATA, tiled=True, blockxsize=128,
            blockysize=128, interleave="band", compress="deflate",
        ) as file:  # fmt: skip
            file.write(stored.T.reshape(-1, side, side))
            file.descriptions = AEF_BANDS
            file.update_tags(**{SYNTHETIC_TAG: "yes"})
        write_atomic(path, memory.read())
    order = np.argsort(np.argsort(np.array(settings.classes)))
    cover = np.asarray(order[seen.cover].reshape(side, side), np.int64)
    return LandscapeTile(cover, tuple(sorted(settings.classes)), int(seen.year[0]))
