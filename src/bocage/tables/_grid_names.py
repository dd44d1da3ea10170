"""Names of columns that look like easting and northing, and do not say of what system."""

import re
from collections.abc import Sequence

_AXES = (
    ("x", "y"),
    ("easting", "northing"),
    ("eastings", "northings"),
    ("rechtswert", "hochwert"),
)
_SHORT_AXES = (
    *(("e", "n"), ("ew", "ns"), ("east", "north"), ("este", "norte"), ("est", "nord")),
    *(("x1", "x2"), ("1", "2")),
)
"""These are coordinates beside a word that says so: e and n, x1 and x2 are other things too."""

_SYSTEM = (
    "utm|coordinates|coordinate|coords|coord|coor|proj|projected|gps|grid|bng|osgb|osgr|lv|gk|etrs|"
    "nad|laea|lambert|albers|epsg|wgs|map|point|pt"
)
_BESIDE = rf"{_SYSTEM}|centroid|centre|center|metres|meters|metre|meter|m|km"


def find_grid_pair(known: Sequence[str]) -> tuple[str, str] | None:
    """Find two columns that may be easting and northing by their names.

    Parameters
    ----------
    known : sequence of str

    Examples
    --------
    >>> find_grid_pair(["UTM.EW", "UTM.NS"]), find_grid_pair(["YCOORD", "XCOORD"])
    (('UTM.EW', 'UTM.NS'), ('XCOORD', 'YCOORD'))
    >>> find_grid_pair(["coords.x1", "coords.x2"]), find_grid_pair(["utm33_e", "utm33_n"])
    (('coords.x1', 'coords.x2'), ('utm33_e', 'utm33_n'))
    >>> find_grid_pair(["x1", "x2"]), find_grid_pair(["n", "e", "east", "north"])
    (None, None)
    """
    plain = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in known}
    for axes, needs in ((_AXES, False), (_SHORT_AXES, True)):
        for east, north in axes:
            for text, name in plain.items():
                around = _around(text, east)
                if around is None or (needs and not re.search(_SYSTEM, "".join(around))):
                    continue
                other = plain.get(north.join(around))
                if other is not None and other != name:
                    return name, other
    return None


def _around(text: str, axis: str) -> tuple[str, str] | None:
    """Return what stands before and behind an axis, if both are words of coordinates."""
    found = re.fullmatch(rf"((?:{_BESIDE}|\d{{2,}})*){axis}((?:{_BESIDE}|\d{{2,}})*)", text)
    return (found[1], found[2]) if found else None
