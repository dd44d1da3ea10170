"""What is asked of a map."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TRUST = ("applicability", "density", "error")
"""Layers that follow from distances to the training data."""

LAYERS = ("confidence", "probability", *TRUST)
"""All that may stand beside a map."""

DEFAULT = ("confidence",)
"""Layers beside classes, where nothing is said."""


@dataclass(frozen=True, slots=True)
class MapArea:
    """Where a map is made.

    Attributes
    ----------
    shape : shapely geometry
    crs : any that pyproj takes
    name : str
        For messages.
    """

    shape: Any
    crs: Any
    name: str


@dataclass(frozen=True, slots=True)
class MapRequest:
    """What is asked of a map.

    Attributes
    ----------
    layers : tuple of str, optional
        Beside classes or values; `DEFAULT` for classes and none for numbers unless given. Of
        ``confidence``, ``probability``, ``applicability`` (how unlike
        the training samples), ``density`` (training samples that are alike), ``error`` (expected
        at that dissimilarity).
    area : MapArea, optional
        The whole raster unless given.
    prior : str or mapping of str to float
        ``""`` leaves probabilities as they were learned; ``uniform``, ``estimated``, or a share
        of each class.
    overlap : float
        Share of a chip that it has in common with the next, where a network reads chips.
    tags : mapping of str to str
        Written into every file.
    colours : mapping of str to str, optional
        Of every class, as '#rrggbb'; chosen by their names unless given. See `read_colours`.
    """

    layers: tuple[str, ...] | None = None
    area: MapArea | None = None
    prior: str | Mapping[str, float] = ""
    overlap: float = 0.25
    tags: Mapping[str, str] = field(default_factory=dict)
    colours: Mapping[str, str] | None = None
