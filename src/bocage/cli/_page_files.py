"""The page of a study, and the files beside it."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bocage.cli._folder import study_files
from bocage.cli._help import EXECUTION
from bocage.core import BocageError, DataError, Output, StoreError, check_outputs

if TYPE_CHECKING:
    from bocage.report import ReportContent
    from bocage.study import Study

PAGE = "report.html"

MapWanted = Annotated[
    bool,
    typer.Option(
        "--map",
        rich_help_panel=EXECUTION,
        help="Also write map.html: an interactive map of labels and errors, and of the classified "
        "map where the study's folder holds one.",
    ),
]
Under = Annotated[
    Path | None,
    typer.Option(
        "--map-raster",
        rich_help_panel=EXECUTION,
        metavar="FILE.tif",
        help="Write map.html with this map, made by 'bocage map', under the labels.",
    ),
]


@dataclass(frozen=True, slots=True)
class MapAsked:
    """Whether an interactive map is wanted, and the raster that was named for it.

    Attributes
    ----------
    flag : bool
    raster : Path or None
    """

    flag: bool
    raster: Path | None

    @property
    def wanted(self) -> bool:
        """Whether it is wanted."""
        return self.flag or self.raster is not None

    def check(self, study: "Study", page: Path) -> None:
        """Refuse a map that can't be made, before anything long begins.

        Raises
        ------
        DataError
            If samples have no coordinates, or the raster is no map of this target.
        SettingsError
            If another's file would be written over, or several maps could be meant.
        """
        from bocage.report import interactive_path, raster_under

        if not self.wanted:
            return
        if not study.task.has_places:
            raise DataError(
                "an interactive map needs coordinates, and these samples have none; expected "
                "points, polygons or columns such as lon and lat: leave --map out"
            )
        path = interactive_path(page)
        read = {*study_files(study), *filter(None, [self.raster])} - {study.folder / path.name}
        check_outputs([Output(path, "page (HTML)")], read)
        raster_under(study, self.raster)


def write_page(
    study: "Study", content: "ReportContent", page: Path, shown: MapAsked
) -> "tuple[ReportContent, tuple[str, ...]]":
    """Write the list of errors, the interactive map if it is wanted, and the page.

    Parameters
    ----------
    study : Study
    content : ReportContent
    page : Path
    shown : MapAsked

    Returns
    -------
    content : ReportContent
        With what it says of the list of errors.
    lines : tuple of str
        What was written, for the terminal.
    """
    from bocage.report import (
        errors_path,
        held_out_of,
        interactive_path,
        write,
        write_errors,
        write_interactive,
    )

    lines: list[str] = []
    shown = _with_former(study, page, shown, lines)
    found = held_out_of(study, content)
    try:
        listed = write_errors(study, found, errors_path(study, page))
    except StoreError as error:
        # The page says more, and can perhaps still be written.
        listed = None
        lines.append(f"note: {error}")
    if listed is not None:
        lines.append(f"{'errors' if listed.is_written else 'note'}: {listed.sentence}")
        content = replace(content, errors_note=listed.note)
    if shown.wanted:
        name = listed.path.name if listed is not None and listed.is_written else ""
        path = interactive_path(page)
        made = write_interactive(study, content, found, path, shown.raster, listed=name)
        lines.append(f"map: {made}")
    write(content, page)
    return content, (*lines, f"page: {page}")


def _with_former(study: "Study", page: Path, shown: MapAsked, lines: list[str]) -> MapAsked:
    """Renew a map that was written before: beside a newer page it would show former errors."""
    from bocage.report import interactive_path, raster_under

    path = interactive_path(page)
    if shown.wanted or not path.exists() or not study.task.has_places:
        return shown
    try:
        check_outputs([Output(path, "page (HTML)")], ())
    except BocageError:
        # A file of the user's own that is called so: it stays, and nothing is to be said of it.
        return shown
    try:
        raster_under(study, None)
    except BocageError:
        lines.append(
            f"note: {path} was written before this page and may differ from it; renew it with "
            "--map-raster FILE.tif"
        )
        return shown
    return MapAsked(flag=True, raster=None)
