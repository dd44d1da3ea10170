"""The procedural landscape: an invented country whose truth is known."""

from bocage.datasets.landscape._chips import landscape_chips
from bocage.datasets.landscape._landscape import landscape, landscape_samples
from bocage.datasets.landscape._settings import LandscapeSettings
from bocage.datasets.landscape._tile import write_landscape_tile
from bocage.datasets.landscape._truth import Truth

__all__ = [
    "LandscapeSettings",
    "Truth",
    "landscape",
    "landscape_chips",
    "landscape_samples",
    "write_landscape_tile",
]
