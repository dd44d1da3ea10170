"""Which class a number of a map stands for, and in which colour it is drawn."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bocage.colours._concepts import expected, words
from bocage.colours._palette import alike, colours_for
from bocage.core import SettingsError, counted

NO_CLASS = 255
"""Stored for a pixel without data."""

MOST = 255
"""Classes that fit beside it."""


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
        owner: dict[str, str] = {}
        for name, colour in zip(self.names, self.colours, strict=True):
            if (other := owner.setdefault(colour, name)) != name:
                raise SettingsError(
                    f"classes {other!r} and {name!r} have the same colour ({colour}); expected a "
                    "different colour for each class"
                )

    def __len__(self) -> int:
        return len(self.names)

    def colour_of(self, name: str) -> str:
        """Return the colour of a class."""
        return self.colours[self.names.index(name)]


def legend_for(names: Sequence[str], colours: Mapping[str, str] | None = None) -> Legend:
    """Choose a colour for each class.

    Water is blue, trees are green, crops yellow and what is built red, as people expect (English
    words are known), and no two look alike to anybody: with full vision, or with one of the three
    kinds of colour blindness, as far as so many colours are to be had (see `alike_note`). A name's
    colour depends on the name alone unless another class would be drawn too much like it, and
    never on the order of the names.

    Parameters
    ----------
    names : sequence of str
        In the order of the stored numbers.
    colours : mapping of str to str, optional
        Of every class, as '#rrggbb', in place of chosen ones.

    Raises
    ------
    SettingsError
        See `Legend`.

    Examples
    --------
    >>> legend_for(["water", "tree"]).colours
    ('#4090e0', '#104020')
    >>> legend_for(["tree", "water", "type 7"]).colours[:2]
    ('#104020', '#4090e0')
    """
    if colours is not None:
        return Legend(tuple(names), tuple(colours[name] for name in names))
    wanted = {name: expected(name) for name in dict.fromkeys(names)}
    # The plainest name of a kind ("forest", not "forest regrowth") keeps the kind's own colour.
    known = sorted((n for n in wanted if wanted[n]), key=lambda n: (len(words(n)), n))
    unknown = sorted(n for n in wanted if not wanted[n])
    chosen = colours_for({name: wanted[name] for name in (*known, *unknown)})
    return Legend(tuple(names), tuple(chosen[name] for name in names))


def alike_note(legend: Legend, *, were_given: bool = False) -> str:
    """Say so where classes have colours that are easily taken for one another; else nothing.

    Parameters
    ----------
    legend : Legend
    were_given : bool
        Whether its colours are the user's.

    Examples
    --------
    >>> alike_note(Legend(("wheat", "rye"), ("#7a9a3c", "#b5803c")))[:60]
    "'wheat' and 'rye' have colours that people with a colour vis"
    """
    pairs = alike(legend.colours)
    if not pairs:
        return ""
    one, two, by_all = pairs[0]
    who = "are easily taken for one another"
    if not by_all:
        who = "people with a colour vision deficiency easily take for one another"
    more = f", as have {counted(len(pairs) - 1, 'more pair')} of classes" if pairs[1:] else ""
    do = "choose others in the file of --colours"
    if not were_given:
        do = f"no better ones were found for {counted(len(legend), 'class')}: set some (--colours)"
    return (
        f"{legend.names[one]!r} and {legend.names[two]!r} have colours that {who}{more}; {do}, or "
        "merge classes in the comparison (--merge)"
    )
