"""Options that say where pixels come from."""

import glob
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bocage.core import SettingsError

if TYPE_CHECKING:
    from bocage.sources import Raster

Source = Annotated[
    list[str],
    typer.Option(
        "--source",
        metavar="RASTER",
        help="GeoTIFF or address (https); a,b or a pattern such as 'ndvi_*.tif' puts the bands of "
        "files on one grid one after the other.",
    ),
]
Bands = Annotated[str | None, typer.Option(help="Names of the bands, in order: NDVI_01,NDVI_02.")]
Scale = Annotated[float | None, typer.Option(help="Value = scale x stored + offset.")]
Offset = Annotated[float | None, typer.Option(help="See --scale.")]
Nodata = Annotated[float | None, typer.Option(help="Stored number that stands for no data.")]
Years = Annotated[
    list[int] | None, typer.Option("--year", help="Calendar year that the pixels describe.")
]
Crs = Annotated[
    str | None,
    typer.Option(
        "--source-crs",
        metavar="CRS",
        help="Coordinate system of rasters that name none: EPSG:32633.",
    ),
]
Overview = Annotated[
    int | None, typer.Option(help="Read an overview in place of the pixels; 0 is the finest.")
]


def open_sources(
    texts: list[str],
    bands: str | None,
    scale: float | None,
    offset: float | None,
    nodata: float | None,
    years: list[int] | None,
    overview: int | None,
    crs: str | None = None,
) -> "list[Raster]":
    """Open every raster that was named.

    Raises
    ------
    BocageError
        If one can't be opened.
    """
    from bocage.sources import Declared, open_source

    names = tuple(name.strip() for name in bands.split(",")) if bands else ()
    declared = Declared(names, scale, offset, nodata, tuple(years or ()), overview, crs)
    return [open_source(_files(text), declared) for text in texts]


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
