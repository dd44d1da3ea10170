"""The area to be mapped, and a study's own copy of it."""

import io
import json
from pathlib import Path

import numpy as np

from bocage.core import StoreError, write_atomic
from bocage.splits import Area, read_area
from bocage.study._file_names import AREA_FILE
from bocage.study._settings import StudySettings
from bocage.tables.readers import split_layer


def area_of(settings: StudySettings, folder: Path | None = None) -> Area | None:
    """Read where a map is wanted; None where nothing was said.

    Parameters
    ----------
    settings : StudySettings
    folder : Path, optional
        Of a study: its own copy is read where the file is no longer there.
    """
    if not settings.area:
        return None
    path = split_layer(Path(settings.area).expanduser())[0]
    if folder is not None and not path.exists() and (folder / AREA_FILE).exists():
        kept = load_area(folder)
        # A path that is mistyped is another area.
        if kept.name == path.name:
            return kept
    return read_area(Path(settings.area))


def save_area(area: Area, folder: Path) -> None:
    """Keep the points of an area to be mapped, so that its file is not needed again.

    Raises
    ------
    StoreError
        If it can't be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    facts = {"name": area.name, "spacing": area.spacing, "notes": list(area.notes)}
    table = pa.table({"lon": area.lonlat[:, 0], "lat": area.lonlat[:, 1]})
    buffer = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({"bocage": json.dumps(facts)}), buffer)
    write_atomic(folder / AREA_FILE, buffer.getvalue())


def load_area(folder: Path) -> Area:
    """Read the points of an area back.

    Raises
    ------
    StoreError
        If there are none, or they can't be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = folder / AREA_FILE
    try:
        table = pq.read_table(path)
        facts = json.loads(table.schema.metadata[b"bocage"])
        lonlat = np.stack([table.column(name).to_numpy() for name in ("lon", "lat")], axis=1)
        return Area(facts["name"], lonlat, facts["spacing"], notes=tuple(facts["notes"]))
    except (OSError, pa.ArrowException, KeyError, ValueError, TypeError) as error:
        raise StoreError(
            f"the area to be mapped can't be read from {path} ({error}), and its own file is not "
            "there; put it back, or run 'bocage compare' again"
        ) from error
