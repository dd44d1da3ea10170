"""Colours of classes that stay distinct for all kinds of colour vision."""

from bocage.colours._legend import NO_CLASS, Legend, alike_note, legend_for
from bocage.colours._read import read_colours
from bocage.colours._vision import rgb

__all__ = [
    "NO_CLASS",
    "Legend",
    "alike_note",
    "legend_for",
    "read_colours",
    "rgb",
]
