"""What is said of an explanation: one object for each kind of target."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bocage.dimensions import AnyExplanation, Piece
from bocage.report._explain_words import MOST
from bocage.report._parts import Paragraph, Section

UseSection = Callable[[str], Section]
"""Makes the section that says what the few are worth in use; a sentence may be added to it."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A table for terminals.

    Attributes
    ----------
    head : tuple of str
    rows : tuple of tuple of str
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Telling(ABC):
    """What is said of one kind of target; it holds nothing itself.

    Attributes
    ----------
    title : str
        What the page asks, behind the name of the task.
    """

    title: str

    @abstractmethod
    def sentence(self, found: Any) -> str:
        """Give the answer in one sentence."""

    @abstractmethod
    def beside(self, found: Any) -> tuple[str, ...]:
        """Say what must be known beside it."""

    @abstractmethod
    def counts(self, found: Any) -> tuple[str, ...]:
        """Count what this kind of target has, for the summary."""

    @abstractmethod
    def label(self, found: Any) -> str:
        """Head the answer."""

    @abstractmethod
    def piece(self, maps: Any) -> Piece:
        """Return the piece of raster that is drawn on."""

    @abstractmethod
    def sections(self, found: Any, maps: Any, use: UseSection) -> tuple[Section, ...]:
        """Make the page below the answer."""

    @abstractmethod
    def lines(self, found: Any) -> Lines:
        """Make a table for terminals."""


def learned(found: AnyExplanation) -> str:
    """Say what dimensions of an embedding are; other columns are what their names say."""
    if not found.problem.is_embedding:
        return ""
    return " Dimensions are learned coordinates, not physical bands."


def redundancy_section(found: AnyExplanation, more: tuple[Paragraph, ...] = ()) -> Section:
    """Say how many dimensions there are in effect, and which are alike."""
    bands, result = found.problem.bands, found.redundancy
    words = (
        f"Within places, the {len(bands)} dimensions vary like "
        f"{result.effective:.1f} independent dimensions of equal variance (participation ratio)."
    )
    if result.groups:
        told = "; ".join(", ".join(bands[at] for at in group) for group in result.groups[:MOST])
        rest = len(result.groups) - MOST
        others = f"; and {rest} more groups" if rest > 0 else ""
        words += (
            f" Strongly correlated (0.7 or more, or -0.7 or less, for each pair): {told}{others}."
        )
    return Section("redundancy", "Effective number of dimensions", (Paragraph(words), *more))
