"""Which of GDAL's drivers may open a raster: those that its ending names, and no other.

GDAL looks at what a file holds and not at its name, so that a text called ``scene.tif`` may be a
virtual raster that reads other files of the disk, or asks a server. Here the name decides, and
what does not hold what its name says is refused.
"""

import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bocage.core import DataError, counted, listed

if TYPE_CHECKING:
    from rasterio.io import DatasetReader


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file.

    Attributes
    ----------
    name : str
        For messages, with its article.
    drivers : tuple of str
        GDAL's names of what reads it; those that a build lacks are passed over.
    """

    name: str
    drivers: tuple[str, ...]


_TIFF = Format("a GeoTIFF", ("GTiff",))
_JPEG2000 = Format("a JPEG 2000 picture", ("JP2OpenJPEG", "JP2KAK", "JP2ECW", "JP2MrSID"))
_GRIB = Format("a GRIB file", ("GRIB",))
_PLAIN = Format("an ENVI or ESRI raster with its header (.hdr)", ("ENVI", "EHdr"))

RASTERS: dict[str, Format] = {
    ".tif": _TIFF,
    ".tiff": _TIFF,
    ".vrt": Format("a virtual raster", ("VRT",)),
    ".jp2": _JPEG2000,
    ".j2k": _JPEG2000,
    ".img": Format("an Erdas Imagine or ENVI raster", ("HFA", "ENVI", "EHdr")),
    ".dat": _PLAIN,
    ".bin": _PLAIN,
    ".raw": _PLAIN,
    ".bil": _PLAIN,
    ".bip": _PLAIN,
    ".bsq": _PLAIN,
    ".flt": _PLAIN,
    "": Format("an ENVI raster with its header (.hdr)", ("ENVI",)),
    ".nc": Format("a netCDF file", ("netCDF", "HDF5")),
    ".asc": Format("an ASCII grid", ("AAIGrid", "GRASSASCIIGrid")),
    ".grd": Format("a grid", ("RRASTER", "GSAG", "GSBG", "GS7BG", "NWT_GRD", "netCDF")),
    ".sdat": Format("a SAGA grid", ("SAGA",)),
    ".rst": Format("an Idrisi raster", ("RST",)),
    ".hgt": Format("an SRTM tile", ("SRTMHGT",)),
    ".grib": _GRIB,
    ".grib2": _GRIB,
    ".grb": _GRIB,
    ".grb2": _GRIB,
    ".png": Format("a PNG picture", ("PNG",)),
    ".jpg": Format("a JPEG picture", ("JPEG",)),
    ".jpeg": Format("a JPEG picture", ("JPEG",)),
}
"""Rasters on this machine, by ending."""

TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
"""How a TIFF begins."""

HEAD = 4_096
"""Bytes at the beginning that tell what a raster holds; GDAL looks at the first 1,024."""

VIRTUAL = (
    b"<vrtdataset", b"<ogrvrtdatasource", b"<gdal_wms", b"<ogrwfsdatasource", b"<gdaltileindex",
    b"<wms_capabilities", b"<wcs_gdal", b"<wmts",
)  # fmt: skip
"""Marks, in lower case, of what names other files and addresses. GDAL finds them anywhere in the
beginning of a file, and asks for them before it asks for the marks of other formats."""

NO_LINKS = {
    # Names of other files and addresses, wherever they stand in a local file, lead nowhere: no
    # server has a file of this name, and no request gets further than a port that is closed.
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "none",
    "GDAL_HTTP_PROXY": "127.0.0.1:9",
}
"""Options of GDAL under which local files can't lead to the network."""


def is_address(path: str) -> bool:
    """Whether a path is on the network."""
    return "://" in path


def format_of(path: str) -> Format:
    """Return the format that the ending of a raster's name says.

    Raises
    ------
    DataError
        If it says none that is read.
    """
    ending = Path(_path_of(path)).suffix.lower()
    if is_address(path) and ending == ".vrt":
        raise DataError(
            f"{path} is a virtual raster on the network, which may name any other file; expected "
            "a GeoTIFF: download it and the files that it names, or name these"
        )
    found = RASTERS.get(ending)
    if is_address(path) and (found is None or not ending):
        # Many addresses end in no name of a file.
        return _TIFF
    if found is None:
        known = ", ".join(one for one in RASTERS if one)
        raise DataError(
            f"{Path(path).name!r} ends in {ending!r}, which is not a supported raster format; "
            f"expected one of {known}: convert it (gdal_translate)"
        )
    return found


def _path_of(path: str) -> str:
    # What stands behind an address may be a key.
    return urlsplit(path).path if is_address(path) else path


def open_raster(path: str | os.PathLike[str], **options: Any) -> "DatasetReader":
    """Open a raster with the drivers that its ending names.

    Parameters
    ----------
    path : str or path-like
        File, or address.
    **options
        Of `rasterio.open`.

    Raises
    ------
    DataError
        If its ending is that of no raster, or it holds several that have to be named.
    rasterio.errors.RasterioError
        If it can't be opened.
    """
    import rasterio
    from rasterio.errors import RasterioIOError

    place = os.fspath(path)
    drivers = format_of(place).drivers
    if not is_address(place):
        # A relative name may look like an address, or like one of GDAL's own ways to name a file.
        place = os.path.abspath(place)  # noqa: PTH100 - links stay as they are
    refused: list[RasterioIOError] = []
    for driver in drivers:
        try:
            opened = rasterio.open(place, driver=driver, **options)
        except RasterioIOError as error:
            refused.append(error)
            continue
        if not opened.count:
            with opened:
                raise DataError(_no_bands(opened, Path(_path_of(place)).name))
        return opened
    # What a driver says of a file that it knows tells more than that another does not know it.
    raise next((error for error in refused if "not recognized" not in str(error)), refused[0])


def _no_bands(dataset: "DatasetReader", name: str) -> str:
    """Say which rasters a file holds that has no bands of its own."""
    inside = [one.rpartition(":")[2] for one in dataset.subdatasets]
    if not inside:
        return (
            f"{name} holds no raster (no variable of two dimensions or more); expected bands: "
            "check it"
        )
    asked = shlex.quote(f"{dataset.driver.upper()}:{name}:{inside[0]}")
    made = shlex.quote(f"{inside[0].rpartition('/')[2]}.tif")
    return (
        f"{name} holds {counted(len(inside), 'variable')} "
        f"({listed([one.lstrip('/') for one in inside])}), each a raster of its own; expected one "
        f"raster: write one as a GeoTIFF (gdal_translate {asked} {made})"
    )


def check_head(path: Path, kind: Format) -> None:
    """Refuse a local raster that holds another format than its ending says.

    Raises
    ------
    DataError
        If it does.
    """
    head = head_of(path, HEAD)
    found, todo = "", "check it, or write it again"
    if kind.drivers != ("VRT",) and is_virtual(head):
        found = "a virtual file, which names other files or addresses"
        todo = "if it is your own virtual raster, give it the extension .vrt"
    elif kind is _TIFF and not head.startswith(TIFF):
        found = "something else" if head else "nothing (0 bytes)"
    if found:
        raise DataError(
            f"{path.name} can't be read as a raster: by its extension it should be {kind.name}, "
            f"but it holds {found}; expected what the extension says: {todo}"
        )


def head_of(path: Path, n_bytes: int) -> bytes:
    """Read the first bytes of a file."""
    with path.open("rb") as file:
        return file.read(n_bytes)


def is_virtual(head: bytes) -> bool:
    """Whether first bytes hold a mark of what names other files and addresses."""
    lower = head.lower()
    return any(mark in lower for mark in VIRTUAL)
