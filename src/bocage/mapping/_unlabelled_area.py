"""Whether a score of places with labels is told of land that has none."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import metres_in_words
from bocage.models import MapModel
from bocage.sources import Grid, to_crs

WITH_LABELS = ("local", "both")


def elsewhere(
    model: MapModel, lonlat: NDArray[np.float64] | None, name: str, apart: float = 0.0
) -> str:
    """Say so where a score of places with labels is told of a map far from all of them.

    Far is what lies farther from every label than anything that was tested from what was learned.

    Parameters
    ----------
    model : MapModel
    lonlat : ndarray of float64, shape (n, 2), or None
        Points spread over what is mapped, degrees; None where that is not known.
    name : str
        Of what is mapped.
    apart : float
        Metres between the points: a label may stand among them.

    Returns
    -------
    str
        Empty where labels are near, the score is not of such places, or they are not known.
    """
    places = model.label_places
    if places is None or lonlat is None or model.training.where not in WITH_LABELS:
        return ""
    away = places.metres_to(lonlat)
    if away - apart <= places.farthest:
        return ""
    return (
        f"there are no labels in {name} or near it (the nearest one is about "
        f"{metres_in_words(away)} away), but the score is for places with labels"
    )


def n_within(grid: Grid, shape: Any, lonlat: NDArray[np.float64]) -> int:
    """Count the places that lie in what is mapped.

    Parameters
    ----------
    grid : Grid
        Of the map.
    shape : shapely geometry or None
        The area, in the grid's coordinate system; None where the whole grid is mapped.
    lonlat : ndarray of float64, shape (n, 2)
        Degrees.
    """
    xy = to_crs("EPSG:4326", grid.crs, lonlat)
    inside = grid.pixel(xy)[0] >= 0
    if shape is not None:
        import shapely

        inside &= shapely.contains_xy(shape, *xy.T)
    return int(inside.sum())
