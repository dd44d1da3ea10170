"""What the template can show: paragraphs, figures, tables and code."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from bocage.report._format import NOTHING, bounds, number, signed
from bocage.stats import Estimate


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell of a table.

    Attributes
    ----------
    text, note : str
        The note stands behind the text, small and quiet.
    tone : str
        A class of the style sheet: ``name``, ``num``, ``good``, ``bad``, ``quiet``, ``strong``.
    background : str
        Colour, computed by us; empty for none.
    white : bool
        Whether the text must be white on that colour.
    """

    text: str
    note: str = ""
    tone: str = ""
    background: str = ""
    white: bool = False


@dataclass(frozen=True, slots=True)
class HtmlTable:
    """Rows under a head; the first column names the row."""

    head: tuple[str, ...]
    rows: tuple[tuple[TableCell, ...], ...]
    caption: str = ""
    kind: str = "table"


@dataclass(frozen=True, slots=True)
class FigureBox:
    """A figure with its caption: one drawing, or several that stand side by side where they fit."""

    svg: Markup | tuple[Markup, ...]
    caption: str
    kind: str = "figure"

    @property
    def tiles(self) -> tuple[Markup, ...]:
        """The drawings."""
        return (self.svg,) if isinstance(self.svg, str) else self.svg

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves room for its caption at its side."""
        return len(self.tiles) == 1 and 'class="tile' in self.tiles[0].partition(">")[0]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph: ``big``, ``plain``, ``quiet`` or ``warn``."""

    text: str
    tone: str = "plain"
    kind: str = "words"


@dataclass(frozen=True, slots=True)
class Points:
    """A list of short lines: ``plain`` or ``warn``."""

    items: tuple[str, ...]
    tone: str = "plain"
    kind: str = "points"


@dataclass(frozen=True, slots=True)
class Code:
    """Text to copy."""

    text: str
    caption: str = ""
    kind: str = "code"


@dataclass(frozen=True, slots=True)
class Collapsible:
    """What opens on request.

    Attributes
    ----------
    summary : str
        What stands there while it is folded, on paper too.
    body : Part or tuple of Part
    printed : bool
        Whether paper shows what is folded: of what a reader must have, and nothing else.
    """

    summary: str
    body: "Part | tuple[Part, ...]"
    printed: bool = False
    kind: str = "fold"

    @property
    def parts(self) -> tuple["Part", ...]:
        """What is folded."""
        return self.body if isinstance(self.body, tuple) else (self.body,)


Part = HtmlTable | FigureBox | Paragraph | Points | Code | Collapsible


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it."""

    key: str
    title: str
    parts: tuple[Part, ...] = field(default_factory=tuple)


def name(text: str, *, strong: bool = False) -> TableCell:
    """Name a row."""
    return TableCell(text, tone="name strong" if strong else "name")


def num(text: str, note: str = "") -> TableCell:
    """Set a number right, with tabular figures."""
    return TableCell(text, note, tone="num quiet" if text == NOTHING else "num")


def span(interval: Estimate | None, *, sign: bool = False) -> TableCell:
    """Set a figure with its interval small behind it."""
    if interval is None:
        return num(NOTHING)
    value = signed(interval.value) if sign else number(interval.value)
    return num(value, bounds(interval, sign=sign))


def table(head: Sequence[str], rows: Sequence[Sequence[TableCell]], caption: str = "") -> HtmlTable:
    """Make a table from lists."""
    return HtmlTable(tuple(head), tuple(tuple(row) for row in rows), caption)
