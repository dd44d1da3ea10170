"""Which class a number of a map stands for, and in which colour it is drawn."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.core import SettingsError
from bocage.mapping.outputs._concepts import expected, words
from bocage.mapping.outputs._vision import apart, lattice, places

NO_CLASS = 255
"""Stored for a pixel without data."""

MOST = 255
"""Classes that fit beside it."""

_PALETTE = (
    "#0072b2",
    "#e69f00",
    "#882255",
    "#56b4e9",
    "#009e73",
    "#f0e442",
    "#d55e00",
    "#ffb6a0",
    "#661100",
    "#99ddff",
)
"""Ten of the colours of Okabe & Ito and of P. Tol, the farthest apart for whom it is hardest."""

_FAR = 0.09
"""OKLab distance at which two colours are plainly two, for whom it is hardest."""

_SHADE = 0.06
"""The same for two shades of one kind of cover, with full vision: both stay what is expected."""


@dataclass(frozen=True, slots=True)
class Legend:
    """Names and colours of a map's classes; the class at place i is stored as i.

    Attributes
    ----------
    names : tuple of str
    colours : tuple of str
        As '#rrggbb'.

    Raises
    ------
    SettingsError
        If there is no class or are more than 255, or names or colours are blank, twice there or
        can't be read.

    Examples
    --------
    >>> Legend(("water", "tree"), ("#2166c4", "#1b7837")).colour_of("tree")
    '#1b7837'
    """

    names: tuple[str, ...]
    colours: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 0 < len(self.names) <= MOST:
            raise SettingsError(
                f"a map of {len(self.names)} classes can't be written; expected 1 to {MOST}, "
                "because a class is stored in one byte and one value means 'no data': merge rare "
                "classes"
            )
        if len(set(self.names)) < len(self.names) or not all(n.strip() for n in self.names):
            twice = [name for name in self.names if self.names.count(name) > 1 or not name.strip()]
            raise SettingsError(
                f"class name {twice[0]!r} is blank or given twice; expected a different name for "
                "each class"
            )
        if len(self.colours) != len(self.names):
            raise SettingsError(
                f"{len(self.colours)} colours for {len(self.names)} classes; expected one for each"
            )
        for colour in self.colours:
            if not re.fullmatch(r"#[0-9a-f]{6}", colour):
                raise SettingsError(
                    f"colour {colour!r} can't be read; expected lower-case hexadecimal digits "
                    "such as '#2166c4'"
                )
        if len(set(self.colours)) < len(self.colours):
            raise SettingsError(
                "two classes have the same colour; expected a different colour for each class"
            )

    def __len__(self) -> int:
        return len(self.names)

    def colour_of(self, name: str) -> str:
        """Return the colour of a class."""
        return self.colours[self.names.index(name)]


def legend_for(names: Sequence[str]) -> Legend:
    """Choose a colour for each class.

    Water is blue, trees are green, crops yellow and what is built red, as people expect (English
    words are known); other names get colours that the colour-blind tell apart too. A name's
    colour depends on the name alone unless another class is drawn too much like it, and never
    on the order of the names.

    Parameters
    ----------
    names : sequence of str
        In the order of the stored numbers.

    Raises
    ------
    SettingsError
        See `Legend`.

    Examples
    --------
    >>> legend_for(["water", "tree"]).colours
    ('#2166c4', '#1b7837')
    >>> legend_for(["tree", "water", "type 7"]).colours[:2]
    ('#1b7837', '#2166c4')
    """
    wanted = {name: expected(name) for name in dict.fromkeys(names)}
    # The plainest name of a kind ("forest", not "forest regrowth") keeps the kind's own colour.
    known = sorted((n for n in wanted if wanted[n]), key=lambda n: (len(words(n)), n))
    palette = _Palette()
    chosen = {name: palette.shade(wanted[name]) for name in known}
    for name in sorted(n for n in wanted if not wanted[n]):
        chosen[name] = palette.other(name)
    return Legend(tuple(names), tuple(chosen[name] for name in names))


class _Palette:
    """Colours that are not taken yet."""

    def __init__(self) -> None:
        self._colours = lattice()
        self._places = places(self._colours)
        self._free = np.full((len(self._colours), 2), np.inf)
        self._taken: list[str] = []

    def shade(self, wanted: Sequence[str]) -> str:
        """Take the first wanted colour that is free, else the nearest to it that is."""
        for colour in wanted:
            if self._room(colour)[0] >= _SHADE:
                return self._take(colour)
        near = apart(places(wanted[:1])[0], self._places)[:, 0]
        for least in (_SHADE, _SHADE / 2, _SHADE / 4):
            free = self._free[:, 0] >= least
            if free.any():
                return self._take(self._colours[int(np.where(free, near, np.inf).argmin())])
        return self._take(self._colours[int(self._free[:, 0].argmax())])

    def other(self, name: str) -> str:
        """Take a colour of the palette, beginning at the name's own; else the farthest of all."""
        start = zlib.crc32(name.encode()) % len(_PALETTE)
        for colour in (*_PALETTE[start:], *_PALETTE[:start]):
            if self._room(colour)[1] >= _FAR:
                return self._take(colour)
        return self._take(self._colours[int(self._free.min(axis=1).argmax())])

    def _room(self, colour: str) -> NDArray[np.float64]:
        if not self._taken:
            return np.full(2, np.inf)
        room: NDArray[np.float64] = apart(places([colour])[0], places(self._taken)).min(axis=0)
        return room

    def _take(self, colour: str) -> str:
        self._taken.append(colour)
        self._free = np.minimum(self._free, apart(places([colour])[0], self._places))
        return colour
