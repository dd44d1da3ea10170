"""Render the page and write it."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, replace
from pathlib import Path

from markupsafe import Markup

from bocage.core import Output, check_outputs, counted, printable, write_atomic
from bocage.report import _answer, _classes, _costs, _details, _observed, _places, _subsets, _use
from bocage.report._content import ReportContent
from bocage.report._parts import Section


@dataclass(frozen=True, slots=True)
class PageHead:
    """What stands above the sections of a page.

    Attributes
    ----------
    kind : str
        What the page is: ``comparison``, ``split``, ``explanation``.
    title, summary : str
    notes : tuple of str
        What a reader must know.
    synthetic : bool
        Whether the data are made up.
    unfinished : str
        What is missing of the answer, in a banner; empty for nothing.
    sentence : str
        The answer, in a box; empty for none.
    box : str
        Heading of that box.
    status : str
        ``decided``, ``alike``, ``undecided`` or ``none``: the colour of the box.
    facts : tuple of (str, str)
        Terms and values in the box.
    reasons : tuple of str
    """

    kind: str
    title: str
    summary: str
    notes: tuple[str, ...] = ()
    synthetic: bool = False
    # By name only: a sentence would pass for any other.
    _: KW_ONLY
    unfinished: str = ""
    sentence: str = ""
    box: str = ""
    status: str = "none"
    facts: tuple[tuple[str, str], ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def lead(self) -> str:
        """The first sentence of the answer, which stands out."""
        first, dot, rest = self.sentence.partition(". ")
        return first + dot.strip() if rest else self.sentence

    @property
    def rest(self) -> str:
        """What follows it."""
        return self.sentence.removeprefix(self.lead).strip()


_NOTES = 2
"""So many stand open, the rest folds."""


def render(content: ReportContent) -> str:
    """Make one self-contained HTML page: no network, no script, the same bytes every time.

    Everything that comes from the content is escaped, and the page's own policy forbids scripts
    and requests, so that no name in the data can do either.

    Parameters
    ----------
    content : ReportContent

    Returns
    -------
    str
    """
    return fill(_head(content), _sections(content))


def fill(head: PageHead, sections: Sequence[Section]) -> str:
    """Put a head and sections into the page."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("bocage.report", "")
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, _, _ = loader.get_source(environment, "page.css")
    page = environment.get_template("page.html").render(
        head=head,
        sections=sections,
        shown_notes=_NOTES if len(head.notes) > _NOTES + 1 else len(head.notes),
        more_notes=f"and {counted(len(head.notes) - _NOTES, 'more note')}",
        # Our own file, which holds no value of the content.
        style=Markup(style),  # noqa: S704
    )
    # No page may hold control characters, whatever names do.
    return printable(page)


def write(content: ReportContent, path: Path) -> Path:
    """Write the page; a reader never sees half of it.

    Raises
    ------
    StoreError
        If the file can't be written.
    SettingsError
        If another kind of file stands there.
    """
    check_outputs([Output(path, "page (HTML)")], ())
    write_atomic(path, render(content))
    return path


def _head(content: ReportContent) -> PageHead:
    # A split is looked at before there is any method to compare.
    kind = "comparison" if content.methods else "split"
    about = PageHead(kind, content.title, content.summary, content.notes, content.synthetic)
    if content.unfinished is not None:
        about = replace(about, unfinished=content.unfinished.sentence)
    if not content.methods:
        return about
    sentence = "No verdict was requested; the scores are below."
    if content.asked is None:
        return replace(about, box="No verdict", sentence=sentence)
    verdict = content.asked.verdict
    return replace(
        about,
        box="No verdict" if verdict.status == "none" else "Verdict",
        status=verdict.status,
        sentence=verdict.sentence,
        facts=tuple(_answer.verdict_facts(content, content.asked)),
        reasons=verdict.grounds,
    )


def _sections(content: ReportContent) -> tuple[Section, ...]:
    made = (
        _answer.answers(content),
        _places.method_section(content),
        _places.place_section(content),
        _answer.curve_section(content),
        _answer.drop_section(content),
        _answer.worth_section(content),
        _costs.cost_section(content),
        _answer.figures_section(content),
        _details.reliability_section(content),
        _classes.class_section(content),
        _observed.observed_section(content),
        _subsets.value_section(content),
        _subsets.object_section(content),
        _details.difference_section(content),
        _details.error_section(content),
        _use.use_section(content),
        _details.split_section(content),
        _details.protocol_section(content),
        _details.blank_section(content),
        _details.repeat_section(content),
    )
    return tuple(section for section in made if section.parts)
