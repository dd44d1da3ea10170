"""Colours for all classes of a legend at once, so that no two are taken for one another."""

import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from bocage.colours._vision import distances, lattice, places
from bocage.core import Floats

FAR = 0.0875
"""OKLab distance at which two colours are plainly two, for whom it is hardest."""

ALIKE = 0.06
"""Below this, two colours of a map are easily taken for one another by somebody."""

REACH = 0.13
"""A class may be drawn this far from the colour that people expect, and is still known by it."""

PALETTE = (
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

_WEIGHTS = (0.35, 0.9, 1.2)
"""Of lightness, strength and hue in what people expect: a light or a dark blue is still water's."""

_GREY = 0.03
"""Colours that are weaker are seen as greys."""

_COST = 0.15
"""Of leaving the expected colour, beside the cost of two classes that look alike."""

_BEYOND = 0.5
"""More, beyond that reach: a class leaves it only for one that nearly has its colour."""

_SAME = 1024.0
"""Of two classes in one colour: never, while another colour is free."""

_NOTHING = 1e-9
"""What is left of a sum, after all of it was taken away, by rounding."""

_SWEEPS = 12


def colours_for(wanted: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Choose a colour for each class: the expected one, or one near it that no other looks like.

    Parameters
    ----------
    wanted : mapping of str to sequence of str
        Colours that people expect of a class, the best first; none for names that say nothing. In
        the order in which classes have a right to their colours.

    Returns
    -------
    dict of str to str

    Notes
    -----
    All classes begin with the colour that they want. As long as two look alike to anybody (full
    vision, or without red, green or blue cones), each of them in turn, the last first, takes
    the colour at which it costs least: what it loses to look like others, and how far it is from
    what is expected. A class that looks like no other never moves.
    """
    known = _Known.of(tuple(sorted({c for colours in wanted.values() for c in colours})))
    names = list(wanted)
    costs = [known.costs(name, wanted[name]) for name in names]
    at: list[int] = []
    # What each colour would lose beside all that are taken.
    loss = np.zeros(len(known.colours))
    for cost in costs:
        at.append(int((cost + loss).argmin()))
        loss += known.loss[at[-1]]
    for _ in range(_SWEEPS):
        before = list(at)
        for i in reversed(range(len(names))):
            others = loss - known.loss[at[i]]
            if others[at[i]] > _NOTHING:
                at[i] = int((costs[i] + others).argmin())
                loss = others + known.loss[at[i]]
        if at == before:
            break
    return {name: known.colours[i] for name, i in zip(names, at, strict=True)}


def alike(colours: Sequence[str]) -> list[tuple[int, int, bool]]:
    """List pairs of colours that are easily taken for one another, the worst first.

    Parameters
    ----------
    colours : sequence of str

    Returns
    -------
    list of (int, int, bool)
        Places of the two, and whether they are alike with full vision too.
    """
    seen = places(colours)
    least, full = distances(seen), distances(seen[:, :1])
    first, second = np.triu_indices(len(colours), 1)
    found = [(least[i, j], i, j) for i, j in zip(first.tolist(), second.tolist(), strict=True)]
    return [(i, j, bool(full[i, j] < ALIKE)) for far, i, j in sorted(found) if far < ALIKE]


class _Known:
    """Colours that may be taken, and what two classes lose that have two of them."""

    def __init__(self, extra: tuple[str, ...]) -> None:
        self.colours = tuple(dict.fromkeys((*PALETTE, *extra, *lattice())))
        self._at = {colour: i for i, colour in enumerate(self.colours)}
        self._seen = places(self.colours)
        far = distances(self._seen)
        self.loss = (np.maximum(FAR - far, 0.0) / FAR) ** 2
        # A number that any sum of the others stays below, so that it can be taken away again.
        np.fill_diagonal(self.loss, _SAME)

    @staticmethod
    @lru_cache(maxsize=4)
    def of(extra: tuple[str, ...]) -> "_Known":
        """Return them with further colours."""
        return _Known(extra)

    def costs(self, name: str, wanted: Sequence[str]) -> Floats:
        """Say what each colour costs a class, before others are looked at; infinite: it may not."""
        if not wanted:
            start = zlib.crc32(name.encode()) % len(PALETTE)
            made = np.full(len(self.colours), 1.0)
            for place, colour in enumerate((*PALETTE[start:], *PALETTE[:start])):
                made[self._at[colour]] = 0.02 * place
            return made * _COST * REACH
        seen = self._seen[:, 0]
        wide = [_departure(seen, seen[self._at[colour]]) for colour in wanted]
        # The second choice is a little dearer than the first, and nearer than all that is unnamed.
        off = np.min([one + 0.02 * place for place, one in enumerate(wide)], axis=0)
        cost: Floats = _COST * np.where(off <= REACH, off, np.minimum(off, 1.0) + _BEYOND)
        return cost


def _departure(colours: Floats, wanted: Floats) -> Floats:
    """Measure how far colours (n, 3) are from what is expected, in lightness, strength and hue."""
    strength, expected = np.hypot(colours[:, 1], colours[:, 2]), np.hypot(*wanted[1:])
    across = np.linalg.norm(colours[:, 1:] - wanted[1:], axis=1)
    hue = np.sqrt(np.maximum(across**2 - (strength - expected) ** 2, 0.0))
    parts = (colours[:, 0] - wanted[0], strength - expected, hue)
    weighed = [(w * part) ** 2 for w, part in zip(_WEIGHTS, parts, strict=True)]
    # Grey is for what a class is not.
    turns_grey = (strength < _GREY) & (expected >= _GREY)
    off: Floats = np.where(turns_grey, np.inf, np.sqrt(np.sum(weighed, axis=0)))
    return off
