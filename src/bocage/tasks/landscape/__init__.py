"""The procedural landscape: an invented country whose truth is known."""

from bocage.tasks.landscape._chips import landscape_chips
from bocage.tasks.landscape._landscape import landscape, landscape_samples
from bocage.tasks.landscape._settings import LandscapeSettings
from bocage.tasks.landscape._tile import LandscapeTile, write_landscape_tile
from bocage.tasks.landscape._truth import Truth

__all__ = [
    "LandscapeSettings",
    "LandscapeTile",
    "Truth",
    "landscape",
    "landscape_chips",
    "landscape_samples",
    "write_landscape_tile",
]
