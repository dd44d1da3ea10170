"""Places as points in space: no dateline, no poles."""

import numpy as np

from bocage.core import Floats, unit_vectors

EARTH_METRES = 6_371_008.8
"""Mean radius of the Earth (IUGG)."""


def on_the_ground(lonlat: Floats) -> Floats:
    """Turn degrees into metres from the Earth's centre, shape (n, 3), to the centimetre.

    One system for any area, however large; straight lines stand for arcs, which they are shorter
    than by 0.1 % over 1,000 km. Rounded, so that the last bits of a library decide nothing.
    """
    return np.asarray(np.round(EARTH_METRES * unit_vectors(lonlat), 2))
