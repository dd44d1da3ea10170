"""What a command is about to write: never over what it reads, nor over what is another's."""

import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bocage.core._errors import SettingsError, StoreError
from bocage.core._files import SUFFIX, temporary_prefix
from bocage.core._unwritten import OTHER_FOLDER, not_written

HEAD = 65_536
"""Bytes of a file that tell its kind."""

MARKS: dict[str, tuple[bytes, ...]] = {
    "GeoTIFF": (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    "picture (PNG)": (b"\x89png",),
    "style of QGIS": (b"<qgis", b"<!doctype qgis"),
    "STAC Item": (b'"stac_version"',),
    "table of areas": (b"class,pixels,", b"class,polygons,"),
    "page (HTML)": (b"<html", b"<!doctype html"),
    "GeoPackage": (b"sqlite format 3\0",),
    "Parquet file": (b"par1",),
    "table (CSV)": (),
    "record of a table (JSON)": (b'"bocage_sources"',),
    "settings (YAML)": (),
    "subset of dimensions (YAML)": (b"bocage_subset",),
    "script for Earth Engine": (b"ee.imagecollection",),
    "ONNX model": (),
}
"""What stands in the first bytes of each kind of file, in lower case; nothing where all may."""

OWN: dict[str, tuple[bytes, ...]] = {
    "picture (PNG)": (b"software\0bocage",),
    "style of QGIS": (b"<!--written by bocage-->",),
    "STAC Item": (b'"bocage.model"',),
    "table of areas": (b"class,pixels,square_metres,", b"class,polygons,square_metres,"),
    "page (HTML)": (b'name="generator" content="bocage"',),
    "record of a table (JSON)": (b'"bocage_sources"',),
    "subset of dimensions (YAML)": (b"bocage_subset",),
    "script for Earth Engine": (b"// script for earth engine's code editor, written by bocage",),
}
"""What stands there besides, in lower case, where Bocage wrote the file."""

MODEL = "model of Bocage"
"""A folder with this file, which holds these bytes, or an empty one."""
MODEL_FILE, MODEL_MARK = "model.json", b'"bocage map model"'


@dataclass(frozen=True, slots=True)
class Output:
    """A file or folder that is about to be written.

    Attributes
    ----------
    path : Path
    kind : str
        A key of `MARKS`, or `MODEL`.
    is_own : bool, optional
        Whether Bocage wrote what stands there, where that is known; unless given, its first bytes
        tell (`OWN`), and of kinds that have no mark nothing is asked.
    """

    path: Path
    kind: str
    is_own: bool | None = None


def check_outputs(outputs: Iterable[Output], inputs: Iterable[str | Path]) -> None:
    """Refuse to write over an input, over another's file, or where that can't be done.

    This is asked before any work.

    Files are compared by what they are and not by their names: links of both kinds and other
    spellings of a path are seen through.

    Parameters
    ----------
    outputs : iterable of Output
    inputs : iterable of str or Path
        Files and folders that are read; all that a folder holds is read. What does not exist
        (addresses, named tasks) is left aside.

    Raises
    ------
    SettingsError
        If an output is an input, or something has its name that is of another kind, or that
        Bocage did not write.
    StoreError
        If the folder of an output can't be written.

    Examples
    --------
    >>> check_outputs([Output(Path("new.tif"), "GeoTIFF")], ["https://example.org/aef.tif"])
    """
    read = [Path(item).expanduser() for item in inputs if "://" not in str(item)]
    read = [path for path in read if os.path.lexists(path)]
    folders: dict[Path, Path] = {}
    for output in outputs:
        folders.setdefault(output.path.parent, output.path)
        if not os.path.lexists(output.path):
            continue
        same = next((path for path in read if _is_in(output.path, path)), None)
        if same is not None:
            raise SettingsError(
                f"{str(output.path)!r} would be overwritten, but is an input"
                f"{'' if str(same) == str(output.path) else f' ({str(same)!r})'}; "
                "expected another name: choose one with -o"
            )
        if not _is_of(output):
            raise SettingsError(
                f"{str(output.path)!r} would be overwritten, but is no {output.kind}; expected an "
                "unused name: choose another one with -o, or move that file away"
            )
        if not _is_own(output):
            raise SettingsError(
                f"{str(output.path)!r} exists and was not written by Bocage; expected an unused "
                "name: choose another one with -o, or move that file away"
            )
    for folder, first in folders.items():
        check_folder(folder, first)


def check_folder(folder: Path, what: str | Path) -> Path:
    """Refuse a folder that nothing can be written to, before anything long begins.

    Rights alone don't tell (of disks that are read only or full, and of what only looks like a
    folder), so an empty folder is made there, or where it would stand, and is removed at once.

    Parameters
    ----------
    folder : Path
        Need not be there.
    what : str or Path
        What it should hold: words with their article, or a file.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    StoreError
        If nothing can be written to it.
    """
    above = folder
    while not os.path.lexists(above) and above != above.parent:
        above = above.parent
    if not above.is_dir():
        raise StoreError(
            f"{str(above)!r} is not a folder, so {str(folder)!r} can't hold {what}; {OTHER_FOLDER}"
        )
    try:
        Path(tempfile.mkdtemp(SUFFIX, temporary_prefix("probe"), above)).rmdir()
    except OSError as error:
        raise not_written(what if isinstance(what, Path) else folder, error) from error
    return folder


def check_ending(path: Path, endings: Sequence[str], what: str) -> None:
    """Refuse a file name whose ending is that of another kind of file.

    Raises
    ------
    SettingsError
        If it is.
    """
    if path.suffix.lower() not in endings:
        ending = f"ends in {path.suffix!r}" if path.suffix else "has no extension"
        raise SettingsError(f"{path.name!r} {ending}; expected {what}: one of {', '.join(endings)}")


def _is_in(path: Path, other: Path) -> bool:
    """Whether a path is another, or lies in it, by whatever names."""
    try:
        if path.samefile(other):
            return True
        return other.is_dir() and path.resolve().is_relative_to(other.resolve())
    except OSError:
        # A link that leads nowhere.
        return path.resolve() == other.resolve()


def _is_of(output: Output) -> bool:
    """Whether what stands under a name is of the kind that is about to replace it."""
    path = output.path
    if output.kind == MODEL:
        return is_model(path)
    if not path.exists():
        return True
    if not path.is_file():
        return False
    head = _head(path)
    marks = [mark.lower() for mark in MARKS[output.kind]]
    if output.kind in ("GeoTIFF", "GeoPackage", "Parquet file", "picture (PNG)", "table of areas"):
        return not head or head.startswith(tuple(marks))
    return not head or not marks or any(mark in head for mark in marks)


def is_model(folder: Path) -> bool:
    """Tell whether a folder is a model of Bocage, or empty."""
    if not folder.is_dir():
        return False
    facts = folder / MODEL_FILE
    if facts.is_file():
        return MODEL_MARK in _head(facts)
    return not any(folder.iterdir())


def _is_own(output: Output) -> bool:
    """Whether Bocage wrote what stands under a name, or nothing is lost with it."""
    path = output.path
    if output.kind == MODEL or not path.exists() or not path.stat().st_size:
        return True
    if output.is_own is not None:
        return output.is_own
    if output.kind not in OWN:
        return True
    head = _head(path)
    return any(mark in head for mark in OWN[output.kind])


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD).lower()
