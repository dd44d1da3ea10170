"""The page of an explanation, and its words, whatever is told."""

from collections.abc import Mapping

from bocage.core import CLASSIFICATION, REGRESSION, Kind, counted
from bocage.dimensions import AnyExplanation, ClassMaps, InUse, ValueMap
from bocage.report._explain import ClassTelling
from bocage.report._explain_number import NumberTelling
from bocage.report._explain_telling import Lines, Telling
from bocage.report._explain_use import use_section
from bocage.report._page import PageHead, fill
from bocage.report._parts import Section

TELLINGS: Mapping[Kind, Telling] = {CLASSIFICATION: ClassTelling(), REGRESSION: NumberTelling()}
"""What is said of each kind of target."""


def sentence(found: AnyExplanation) -> str:
    """Say how few dimensions are enough, and where."""
    return _telling(found).sentence(found)


def beside(found: AnyExplanation) -> tuple[str, ...]:
    """Say what must be known beside the answer."""
    return _telling(found).beside(found)


def explained_lines(found: AnyExplanation) -> Lines:
    """Make a table for terminals: of classes, or of dimensions."""
    return _telling(found).lines(found)


def explanation_page(
    found: AnyExplanation,
    command: str = "",
    spent: InUse | None = None,
    maps: ClassMaps | ValueMap | None = None,
) -> str:
    """Make one self-contained HTML page of an explanation.

    Parameters
    ----------
    found : AnyExplanation
    command : str
        What was typed.
    spent : InUse, optional
        Seconds with the few and with all.
    maps : ClassMaps or ValueMap, optional
        The target on a piece of a raster.
    """
    problem, telling = found.problem, _telling(found)
    counts = (
        counted(len(problem.task), "sample"),
        *telling.counts(found),
        counted(len(problem.split.groups), "place"),
    )
    head = PageHead(
        "explanation",
        f"{problem.task.title}: {telling.title}",
        f"{', '.join(counts)}; {len(problem.bands)} dimensions of {problem.name}",
        found.notes,
        problem.task.synthetic,
        sentence=telling.sentence(found),
        box=telling.label(found),
        status="decided" if found.together.bands else "none",
        reasons=telling.beside(found),
    )
    piece = None if maps is None else telling.piece(maps)

    def use(more: str) -> Section:
        return use_section(found, spent, piece, command, more)

    sections = telling.sections(found, maps, use)
    return fill(head, [section for section in sections if section.parts])


def _telling(found: AnyExplanation) -> Telling:
    return TELLINGS[found.problem.task.kind]
