"""Places as points in space: no dateline, no poles."""

import numpy as np
from numpy.typing import NDArray


def unit_vectors(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn degrees into points on the unit sphere, shape (n, 3).

    Examples
    --------
    >>> unit_vectors(np.array([[90.0, 0.0]])).round(6).tolist()
    [[0.0, 1.0, 0.0]]
    """
    lon, lat = np.radians(lonlat).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
