"""What a local raster names: the sources of a virtual raster, and the files beside any."""

import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bocage.core import DataError, refuse_special
from bocage.sources._drivers import TIFF, check_head, format_of

if TYPE_CHECKING:
    from rasterio.io import DatasetReader

LARGEST = 2**26
"""Bytes of a virtual raster; tens of thousands of sources fit into them."""

DEEPEST = 8
"""So many virtual rasters may be made of one another."""

NAMES = ("sourcefilename", "sourcedataset", "dempath")
"""Elements of a virtual raster that name a file."""

_REFUSED = {
    "vrtrawrasterband": "reads any file as if it were pixels",
    "vrtprocesseddataset": "names files in ways that are not checked",
    "pixelfunctioncode": "contains a program",
    "python": "is a program that would be run",
    "overview_file": "names another file for overviews",
    "x_dataset": "names files of pixel coordinates",
    "y_dataset": "names files of pixel coordinates",
    "root_path": "changes the folder of its sources",
}
"""What a virtual raster may not hold (classes, elements and keys, in lower case), and why."""

_SPECIAL = re.compile(r"/vsi|<|[A-Za-z][\w+.-]+:|\\\\|//")
"""Beginnings of names that GDAL reads as an address, an archive or a way to open a file."""

_BESIDE = (".ovr", ".msk", ".OVR", ".MSK")
"""Endings of files beside a raster that GDAL opens by what they hold, and not by their ending."""

_BASE = ":::BASE:::"


@dataclass(frozen=True, slots=True)
class _Search:
    """Where sources may lie, and those that were looked at."""

    folders: tuple[Path, ...]
    real: tuple[Path, ...]
    seen: set[Path] = field(default_factory=set)


class _NoTypes(ET.TreeBuilder):
    """Refuses what a document may declare: names that stand for other files, or for long texts."""

    def doctype(self, *_: Any) -> None:
        raise ET.ParseError("it declares a document type")


def check_raster(path: Path, folders: Sequence[Path] = ()) -> None:
    """Refuse a local raster that holds another format than it says, or leads to other files.

    Parameters
    ----------
    path : Path
    folders : sequence of Path
        Where the sources of a virtual raster may lie besides its own folder.

    Raises
    ------
    DataError
        If it does, or is no regular file.
    """
    refuse_special(path, "a raster")
    if path.is_dir():
        raise DataError(f"{str(path)!r} is a folder; expected a raster: name its files")
    kind = format_of(os.fspath(path))
    check_head(path, kind)
    _check_beside(path)
    if kind.drivers == ("VRT",):
        allowed = tuple(Path(os.path.abspath(one)) for one in (path.parent, *folders))  # noqa: PTH100
        _check_virtual(path, _Search(allowed, tuple(one.resolve() for one in allowed)), 1)


def check_overviews(dataset: "DatasetReader", name: str) -> None:
    """Refuse an open raster whose overviews stand in a file that it names, and not beside it.

    Raises
    ------
    DataError
        If they do.
    """
    named = dataset.tags(ns="OVERVIEWS").get("OVERVIEW_FILE", "").removeprefix(_BASE)
    if named and (os.sep in named or Path(named).suffix.lower() not in (".ovr", ".aux", ".rrd")):
        raise DataError(
            f"{name} names {named[:80]!r} for its overviews; expected them in the file or next to "
            f"it: remove {name}.aux.xml, or make them again (gdaladdo)"
        )


def _check_beside(path: Path) -> None:
    for ending in _BESIDE:
        beside = path.with_name(path.name + ending)
        if beside.exists():
            refuse_special(beside, "overviews or a mask")
            with beside.open("rb") as file:
                is_tiff = file.read(4).startswith(TIFF)
            if not is_tiff:
                raise DataError(
                    f"{beside.name} next to {path.name} is not a TIFF; expected the overviews or "
                    "the mask that GDAL writes: remove it, or make it again (gdaladdo)"
                )
            _check_beside(beside)


def _check_virtual(path: Path, search: _Search, depth: int) -> None:
    for element in _parsed(path).iter():
        # GDAL knows no capitals, and takes an element for an attribute where that is missing.
        tag, text = str(element.tag).lower(), (element.text or "").strip()
        told = {str(key).lower(): value.strip() for key, value in element.attrib.items()}
        words = (tag, text.lower(), *told, *(value.lower() for value in told.values()))
        refused = next((word for word in words if word in _REFUSED), "")
        if refused:
            raise DataError(
                f"{path.name} holds {refused}, which {_REFUSED[refused]}; expected a virtual "
                "raster of bands of files: convert it to a GeoTIFF (gdal_translate)"
            )
        if set(NAMES) & set(told) or (tag in NAMES and len(element)):
            raise DataError(
                f"{path.name} names a file in a way that gdalbuildvrt does not; expected "
                "<SourceFilename> with its name alone: make it again"
            )
        if tag in NAMES:
            relative = told.get("relativetovrt", "0") != "0"
            _check_source(path, text, search, depth, is_relative=relative)


def _check_source(
    path: Path, named: str, search: _Search, depth: int, *, is_relative: bool
) -> None:
    """Hold a source to the rules for rasters that are named by the user."""
    shown = named[:80]
    if not named or _SPECIAL.match(named):
        raise DataError(
            f"{path.name} names {shown!r}, which is not a plain file; expected unpacked files on "
            "this machine: download or unpack it, and make the virtual raster again (gdalbuildvrt)"
        )
    source = Path(os.path.abspath(path.parent / named if is_relative else named))  # noqa: PTH100
    if source in search.seen:
        return
    search.seen.add(source)
    if not _is_below(source, named, search):
        raise DataError(
            f"{path.name} names {shown!r}, which lies outside its folder "
            f"({str(search.folders[0])!r}); expected files in it or below: put the virtual raster "
            "above its files (gdalbuildvrt)"
        )
    if not source.exists():
        raise DataError(
            f"{path.name} names {shown!r}, which does not exist; expected a raster: put it back, "
            "or make the virtual raster again (gdalbuildvrt)"
        )
    if depth >= DEEPEST:
        raise DataError(
            f"{path.name} nests virtual rasters more than {DEEPEST} deep; expected fewer levels: "
            "name the files themselves (gdalbuildvrt)"
        )
    refuse_special(source, "a raster")
    kind = format_of(os.fspath(source))
    check_head(source, kind)
    _check_beside(source)
    if kind.drivers == ("VRT",):
        _check_virtual(source, search, depth + 1)


def _is_below(source: Path, named: str, search: _Search) -> bool:
    """Whether a file lies in a folder, by its name or where links lead; a name may not climb."""
    if ".." not in Path(named).parts and any(map(source.is_relative_to, search.folders)):
        return True
    return any(map(source.resolve().is_relative_to, search.real))


def _parsed(path: Path) -> ET.Element:
    size = path.stat().st_size
    if size > LARGEST:
        raise DataError(
            f"{path.name} is {size / 1e6:,.0f} MB of text; expected a virtual raster of at most "
            f"{LARGEST / 1e6:,.0f} MB: make several, or name its files"
        )
    parser = ET.XMLParser(target=_NoTypes())  # noqa: S314 - bounded, and without declarations
    try:
        return ET.fromstring(path.read_bytes(), parser)  # noqa: S314 - see above
    except (ET.ParseError, ValueError, LookupError) as error:
        raise DataError(
            f"{path.name} can't be read as a virtual raster ({error}); expected XML as "
            "gdalbuildvrt writes it: make it again"
        ) from error
