"""What an area holds: asked of its polygons or of its pixels, not of points spread over them."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats
from bocage.sources import Grid, to_crs
from bocage.tasks import on_the_ground

ON_THE_BORDER = 0.1
"""Metres within which a place stands on a border: files and projections round it to less."""

_TURNS = (0.0, 360.0, -360.0)
"""Longitudes run from -180 or from 0; a place has one in each."""


class Extent(Protocol):
    """The extent of an area."""

    def holds(self, lonlat: Floats) -> NDArray[np.bool_]:
        """Tell which places, in degrees (WGS84), stand in it or on its border."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """Polygons in a coordinate system of their own, in which their edges are straight."""

    shape: Any
    crs: Any

    def holds(self, lonlat: Floats) -> NDArray[np.bool_]:
        import shapely

        shapely.prepare(self.shape)
        # In units of the system, and more than `ON_THE_BORDER` in any: few are measured in metres.
        near = 1e-5 if _is_of_degrees(self.crs) else 1.0
        held = np.zeros(len(lonlat), dtype=np.bool_)
        for xy in _everywhere(lonlat, self.crs):
            held |= shapely.intersects_xy(self.shape, xy[:, 0], xy[:, 1])
            rest = np.flatnonzero(~held & np.isfinite(xy).all(axis=1))
            rest = rest[shapely.dwithin(self.shape, shapely.points(xy[rest]), near)]
            ends = shapely.get_coordinates(
                shapely.shortest_line(self.shape, shapely.points(xy[rest]))
            )
            ground = on_the_ground(to_crs(self.crs, "EPSG:4326", ends)).reshape(-1, 2, 3)
            held[rest] |= np.linalg.norm(ground[:, 0] - ground[:, 1], axis=1) <= ON_THE_BORDER
        return held


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The valid pixels of a raster, thinned where they are very many."""

    valid: NDArray[np.bool_]
    grid: Grid

    def holds(self, lonlat: Floats) -> NDArray[np.bool_]:
        held = np.zeros(len(lonlat), dtype=np.bool_)
        for xy in _everywhere(lonlat, self.grid.crs):
            row, column = self.grid.pixel(xy)
            held |= (row >= 0) & self.valid[row, column]
        return held


def _everywhere(lonlat: Floats, crs: Any) -> list[Floats]:
    """Turn places into a system; where that is one of degrees, with each of their longitudes."""
    xy = to_crs("EPSG:4326", crs, lonlat)
    if not _is_of_degrees(crs):
        return [xy]
    return [xy + np.array([turn, 0.0]) for turn in _TURNS]


def _is_of_degrees(crs: Any) -> bool:
    from pyproj import CRS

    return bool(CRS.from_user_input(crs).is_geographic)
