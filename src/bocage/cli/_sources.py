"""Options that say where pixels come from."""

import glob
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bocage.cli._help import RASTER
from bocage.core import SettingsError

if TYPE_CHECKING:
    from bocage.sources import Source as Opened

Source = Annotated[
    list[str],
    typer.Option(
        "--source",
        metavar="RASTER",
        help="GeoTIFF, or its address (https). Files separated by commas, or matching a pattern "
        "such as 'ndvi_*.tif', are read as the bands of one raster; repeated, rasters are tiles.",
        rich_help_panel=RASTER,
    ),
]
Bands = Annotated[
    str | None,
    typer.Option(
        metavar="LIST",
        help="Names of the bands, in order. Example: NDVI_01,NDVI_02.",
        rich_help_panel=RASTER,
    ),
]
Scale = Annotated[
    float | None,
    typer.Option(
        metavar="NUMBER",
        help="Factor of the stored numbers: value = scale x stored + offset.",
        rich_help_panel=RASTER,
    ),
]
Offset = Annotated[
    float | None,
    typer.Option(
        metavar="NUMBER", help="What is added after scaling; see --scale.", rich_help_panel=RASTER
    ),
]
Nodata = Annotated[
    float | None,
    typer.Option(
        metavar="NUMBER", help="Stored number that marks missing data.", rich_help_panel=RASTER
    ),
]
Year = Annotated[
    list[int] | None,
    typer.Option(
        "--year",
        metavar="YEAR",
        help="Calendar year that the pixels describe.",
        rich_help_panel=RASTER,
    ),
]
SourceCrs = Annotated[
    str | None,
    typer.Option(
        "--source-crs",
        metavar="CRS",
        help="Coordinate reference system (CRS) of rasters that do not name theirs. Example: "
        "EPSG:32633.",
        rich_help_panel=RASTER,
    ),
]
Overview = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Read this overview in place of the full resolution; 0 is the finest.",
        rich_help_panel=RASTER,
    ),
]


def open_sources(
    texts: list[str],
    bands: str | None = None,
    scale: float | None = None,
    offset: float | None = None,
    nodata: float | None = None,
    year: list[int] | None = None,
    source_crs: str | None = None,
    overview: int | None = None,
) -> "list[Opened]":
    """Open every raster that was named.

    Raises
    ------
    BocageError
        If one can't be opened.
    """
    from bocage.sources import Declared, open_source, scheme_of

    names = tuple(name.strip() for name in bands.split(",")) if bands else ()
    declared = Declared(names, scale, offset, nodata, tuple(year or ()), overview, source_crs)
    # What stands behind a scheme is the package's own to read.
    return [open_source(text if scheme_of(text) else _files(text), declared) for text in texts]


def _files(text: str) -> list[str]:
    found: list[str] = []
    for part in (piece.strip() for piece in text.split(",")):
        if glob.has_magic(part) and not Path(part).exists() and "://" not in part:
            matches = sorted(glob.glob(part, recursive=True))  # noqa: PTH207
            if not matches:
                raise SettingsError(
                    f"no file matches --source {part!r}; expected at least one raster: check the "
                    "folder and the pattern"
                )
            found += matches
        elif part:
            found.append(part)
    return found
