"""Render the page and write it."""

from pathlib import Path

from markupsafe import Markup

from bocage.core import write_atomic
from bocage.report import _answer, _backing, _subsets
from bocage.report._content import ReportContent
from bocage.report._parts import Section


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
    verdict = content.verdict
    return environment.get_template("page.html").render(
        content=content,
        verdict=verdict,
        facts=_answer.verdict_facts(content, verdict) if verdict else [],
        sections=_sections(content),
        # Our own file, which holds no value of the content.
        style=Markup(style),  # noqa: S704
    )


def write(content: ReportContent, path: Path) -> Path:
    """Write the page; a reader never sees half of it.

    Raises
    ------
    StoreError
        If the file can't be written.
    """
    write_atomic(path, render(content))
    return path


def _sections(content: ReportContent) -> tuple[Section, ...]:
    made = (
        _answer.answers(content),
        _answer.curve_section(content),
        _answer.drop_section(content),
        _answer.worth_section(content),
        _answer.cost_section(content),
        _answer.figures_section(content),
        _backing.reliability_section(content),
        _backing.class_section(content),
        _subsets.value_section(content),
        _subsets.object_section(content),
        _backing.difference_section(content),
        _backing.error_section(content),
        _backing.split_section(content),
        _backing.protocol_section(content),
        _backing.blank_section(content),
        _backing.repeat_section(content),
    )
    return tuple(section for section in made if section.parts)
