"""The list of held-out errors as a file, and whether the one that is there may be replaced."""

import hashlib
import json
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bocage.colours import legend_for
from bocage.core import (
    SUFFIX,
    cells,
    counted,
    listed,
    not_written,
    part_of,
    sweep,
    temporary_prefix,
    write_atomic,
)
from bocage.mapping.outputs import class_style
from bocage.report._content import ReportContent
from bocage.study import HeldOut, Study, held_out
from bocage.tables import add_style

if TYPE_CHECKING:
    import pandas as pd

LAYER = "errors"
MARK = "bocage_errors"
"""Name of the file's own record, with a digest of its rows: changed ones are never replaced."""

_HEAD = "row,truth,prediction,"


@dataclass(frozen=True, slots=True)
class ErrorFile:
    """The errors that were written, or why they were not.

    Attributes
    ----------
    path : Path
    n_errors, n_tested, n_doubtful : int
        Rows, held-out samples, and labels among the rows that are suspect.
    is_written : bool
        False where a file of that name stays as it is: it is another's, or has been changed.
    is_number : bool
        Whether the target is a number: then each tested sample has a row.
    of : str
        Method, place and budget.
    is_judged : bool
        Whether it is known which labels are suspect.
    """

    path: Path
    n_errors: int
    n_tested: int
    n_doubtful: int
    is_written: bool
    is_number: bool
    of: str
    is_judged: bool

    @property
    def note(self) -> str:
        """What the page says of the file; empty where none was written."""
        if not self.is_written:
            return ""
        beside = f"is a row of {self.path.name}, in the folder of this page"
        if self.is_number:
            return f"Every residual of {self.of} {beside}, the largest first."
        if not self.is_judged:
            return f"Every error of {self.of} {beside}."
        return (
            f"Every error of {self.of} {beside}; suspect labels come first: models "
            "trained on other labels of these places confidently predict another class "
            "(confident learning)."
        )

    @property
    def sentence(self) -> str:
        """What the file holds, or why it was not written; one line for a terminal."""
        if not self.is_written:
            return (
                f"{self.path} was not written by Bocage, or has been changed since, and is left "
                "as it is; move it away, and 'bocage report' makes a new one"
            )
        if self.is_number:
            return f"{self.path} ({counted(self.n_errors, 'residual')}, the largest first)"
        wrong = part_of(self.n_errors, self.n_tested, "held-out sample")
        doubt = ""
        if self.n_doubtful:
            doubt = f"; {counted(self.n_doubtful, 'suspect label')}, first in the list"
        return f"{self.path} ({wrong} predicted wrongly by {self.of}{doubt})"


def held_out_of(study: Study, content: ReportContent) -> HeldOut:
    """Gather what the page's map of errors shows: its method, place and budget."""
    method = next(method for method in study.methods if method.name == content.shown)
    return held_out(study.results(), method, content.place, content.at)


def error_table(study: Study, found: HeldOut) -> "pd.DataFrame":
    """Make the table of errors, suspect labels first.

    Parameters
    ----------
    study : Study
    found : HeldOut

    Returns
    -------
    DataFrame
        With the columns ``row`` (number of the sample in the labels, from 1), ``truth`` and
        ``prediction``; of classes ``probability`` and ``truth_probability``, ``draws`` and
        ``draws_wrong``, and ``label_suspect`` where that is known; of numbers ``residual``
        and ``times_typical`` (absolute residual over the median one); ``held_out`` and ``fold``.
    """
    import pandas as pd

    task = study.task
    order = found.worst_first(has_classes=task.kind.has_classes)
    rows = found.rows[order]
    columns: dict[str, Any] = {"row": task.row[rows] + 1}
    if task.kind.has_classes:
        names = np.array(task.classes, dtype=object)
        columns |= {
            "truth": names[found.truth[order]],
            "prediction": names[found.predicted[order]],
            "probability": found.confidence[order].astype(np.float64).round(4),
            "truth_probability": found.true_probability[order].astype(np.float64).round(4),
            **({"label_suspect": found.doubtful[order]} if found.judged_in else {}),
            "draws": found.draws[order],
            "draws_wrong": found.draws_wrong[order],
        }
    else:
        residual = found.residual[order]
        typical = found.typical
        columns |= {
            "truth": found.truth[order],
            "prediction": found.predicted[order].astype(np.float64),
            "residual": residual,
            "times_typical": np.abs(residual) / (typical if typical > 0 else np.nan),
        }
    columns |= {
        "held_out": found.group[order].astype(object),
        "fold": found.fold[order].astype(object),
    }
    return pd.DataFrame(columns)


def about_errors(study: Study, found: HeldOut) -> str:
    """Say which method, place and budget the errors are of."""
    judged = ""
    if found.judged_in:
        judged = (
            " Labels are called suspect by confident learning on held-out predictions of "
            f"the same method (domain {listed(list(found.judged_in), 3)}, {found.budget})."
        )
    return (
        f"Errors of {found.method} on held-out samples of {study.task.title} (domain "
        f"{found.place}, {found.budget}).{judged} Written by Bocage."
    )


def errors_path(study: Study, page: Path) -> Path:
    """Return where the errors are written, beside a page and called after it."""
    name = LAYER if page.name in ("report.html", "report.htm") else f"{page.stem}_{LAYER}"
    return page.with_name(f"{name}{'.gpkg' if study.task.has_places else '.csv'}")


def write_errors(study: Study, found: HeldOut, path: Path) -> ErrorFile | None:
    """Write the errors; a file that is another's, or has been changed, stays as it is.

    Parameters
    ----------
    study : Study
    found : HeldOut
    path : Path
        A GeoPackage, or a CSV file where samples have no coordinates.

    Returns
    -------
    ErrorFile or None
        None where nothing is held out, or samples are chips.

    Raises
    ------
    StoreError
        If the file can't be written.
    """
    kind = study.task.kind
    if kind.has_masks or not len(found):
        return None
    table = error_table(study, found)
    order = found.worst_first(has_classes=kind.has_classes)
    made = ErrorFile(
        path,
        len(table),
        len(found),
        int(found.doubtful[order].sum()),
        is_written=is_replaceable(path),
        is_number=not kind.has_classes,
        of=f"{found.method} ({found.place}, {found.budget})",
        is_judged=bool(found.judged_in),
    )
    if not made.is_written:
        return made
    if path.suffix == ".csv":
        plain = {str(c): table[c].map(_cell) for c in table if table[c].dtype.kind not in "biuf"}
        write_atomic(path, table.assign(**plain).to_csv(index=False))
    else:
        lonlat = study.task.lonlat[found.rows[order]]
        _write_geopackage(table, lonlat, path, about_errors(study, found), study.task.classes)
    return made


def is_replaceable(path: Path) -> bool:
    """Tell whether nothing is there, or what Bocage wrote and nobody has changed since.

    A CSV file has no room for a record: whoever added columns to it has changed it.
    """
    if not path.exists() and not path.is_symlink():
        return True
    if not path.is_file():
        return False
    if path.suffix == ".csv":
        with path.open("rb") as file:
            head = file.readline().decode("utf-8", "replace").rstrip("\r\n")
        return head.startswith(_HEAD) and head.endswith(",held_out,fold")
    return _digest_in(path) == _digest_of(path)


def _write_geopackage(
    table: "pd.DataFrame", lonlat: Any, path: Path, about: str, classes: Sequence[str]
) -> None:
    import geopandas as gpd

    places = gpd.points_from_xy(lonlat[:, 0], lonlat[:, 1], crs="EPSG:4326")
    frame = gpd.GeoDataFrame(table, geometry=places)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sweep(path.parent)
        prefix = temporary_prefix(path.name)
        with tempfile.TemporaryDirectory(SUFFIX, prefix, path.parent) as folder:
            made = Path(folder) / "errors.gpkg"
            _save(frame, made, about, "", classes)
            # The record tells of the rows as they are read back: it is part of a second writing.
            _save(frame, made, about, _digest_of(made), classes)
            made.replace(path)
    except (OSError, RuntimeError) as error:
        raise not_written(path, error) from error


def _save(frame: Any, path: Path, about: str, digest: str, classes: Sequence[str]) -> None:
    path.unlink(missing_ok=True)
    frame.to_file(
        path,
        driver="GPKG",
        layer=LAYER,
        layer_metadata={MARK: json.dumps({"about": about, "rows": digest})},
        DESCRIPTION=about,
        IDENTIFIER="Held-out errors",
    )
    if classes:
        # QGIS draws them in the colours that the classes have on maps.
        style = class_style(legend_for(classes), "prediction", is_points=True)
        add_style(path, LAYER, "geom", style)


def _digest_in(path: Path) -> str:
    """Read the digest that the file's record holds; blank without."""
    ask = "SELECT metadata FROM gpkg_metadata WHERE instr(metadata, ?) > 0"
    try:
        with closing(_opened(path)) as file:
            found = file.execute(ask, (MARK,)).fetchone()
    except sqlite3.Error:
        return ""
    text = "" if found is None else str(found[0])
    # GDAL keeps it as XML, with quotes escaped.
    _, _, rest = text.replace("&quot;", '"').partition('"rows": "')
    return rest.partition('"')[0]


def _digest_of(path: Path) -> str:
    """Hash all rows and columns of all layers, whatever wrote them."""
    made = hashlib.blake2b(digest_size=16)
    try:
        with closing(_opened(path)) as file:
            names = [str(n) for (n,) in file.execute("SELECT table_name FROM gpkg_contents")]
            made.update(repr(names).encode())
            for name in names:
                quoted = name.replace('"', '""')
                rows = file.execute(f'SELECT * FROM "{quoted}"')  # noqa: S608 - its own table
                made.update(repr([column[0] for column in rows.description]).encode())
                for row in rows:
                    made.update(repr(row).encode())
    except sqlite3.Error:
        # No digest is this one: the file stays.
        return "unreadable"
    return made.hexdigest()


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


def _cell(value: Any) -> Any:
    return cells([value])[0]
