"""`bocage sample`: labels with the pixels that they stand on."""

from pathlib import Path
from typing import Annotated

import typer

from bocage.cli import _data_options as data
from bocage.cli import _options as opt
from bocage.cli import _sources as src
from bocage.cli._complete import STATISTICS, listed_words
from bocage.cli._help import EXECUTION, FEATURES
from bocage.cli._told import NOTHING, Told, with_options
from bocage.core import SettingsError, claimed, counted


@with_options("stored", src, without=["source"])
def sample(
    labels: Annotated[
        list[str],
        typer.Argument(
            metavar="LABELS",
            help="Points or polygons: GeoPackage, GeoJSON, Shapefile, GeoParquet and others, or a "
            "table with coordinates.",
        ),
    ],
    source: src.Source,
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Table to write: .parquet, .csv or .gpkg.",
            rich_help_panel=EXECUTION,
        ),
    ],
    statistics: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help="Statistics of the pixels of a polygon: mean (if not given), std, min and max.",
            rich_help_panel=FEATURES,
            autocompletion=listed_words(*STATISTICS),
        ),
    ] = None,
    pixels: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Draw up to this many pixels of each polygon, one row each, in place of "
            "statistics.",
            rich_help_panel=FEATURES,
        ),
    ] = None,
    seed: Annotated[
        int,
        typer.Option(metavar="N", help="Seed of the draw of pixels.", rich_help_panel=FEATURES),
    ] = 0,
    stored: Told = NOTHING,
    lon: data.Lon = None,
    lat: data.Lat = None,
    crs: data.Crs = None,
    layer: data.Layer = None,
    rename: data.Rename = None,
    subset: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Sample only the dimensions in this file, which 'bocage explain' has written.",
            rich_help_panel=FEATURES,
        ),
    ] = None,
    keep_all: Annotated[
        bool,
        typer.Option(
            "--keep-all",
            help="Keep labels that have no valid pixel; their features are missing.",
            rich_help_panel=FEATURES,
        ),
    ] = False,
) -> None:
    """Sample the pixels of a raster at labels, for a comparison.

    A point gets the values of the pixel that contains it. A polygon gets statistics of the pixels
    whose centres it contains, or, with --pixels, some of these pixels as rows of their own, which
    a map of pixels needs. Where several rasters are tiles, a point takes the first that has data
    there, and a polygon all of its pixels from all tiles of one grid.
    """
    from bocage.sources import local_files, tiles_in_words
    from bocage.tables import check_table_output, find_files, sample_labels

    if pixels is not None and statistics is not None:
        raise SettingsError(
            "--statistics gives one row per polygon, and --pixels one row per pixel; expected "
            "only one of them"
        )
    pairs = opt.pairs_or_file(rename, "rename") if rename else None
    lists = [Path(pairs)] if isinstance(pairs, str) else []
    read = [*find_files(labels), *([subset] if subset else []), *lists]
    check_table_output(output, read)
    only: tuple[str, ...] = ()
    if subset is not None:
        from bocage.dimensions import read_subset

        only = read_subset(subset)
    rasters = src.open_sources(source, **stored)
    check_table_output(output, [path for raster in rasters for path in local_files(raster)])
    with claimed(output):
        table = sample_labels(
            labels,
            rasters,
            layer=layer,
            lon=lon,
            lat=lat,
            crs=crs,
            statistics=tuple(
                part.strip() for part in ("mean" if statistics is None else statistics).split(",")
            ),
            pixels=pixels,
            seed=seed,
            only=only,
            keep_all=keep_all,
            rename=pairs,
        )
        called = table.write(output)
    console = opt.console()
    first = rasters[0]
    for line in (*table.notes, *called):
        console.print(f"note: {line}", soft_wrap=True)
    what = counted(len(table.frame), "label")
    if table.n_polygons:
        what = f"{counted(len(table.frame), 'pixel')} of {counted(table.n_polygons, 'polygon')}"
    console.print(
        f"{what} with "
        f"{counted(len(only) or len(first.names), 'band')} of "
        f"{first.about.product or tiles_in_words(rasters)}"
        f"{' ' + ', '.join(map(str, first.about.years)) if first.about.years else ''} in {output}",
        soft_wrap=True,
    )
    if first.about.attribution:
        console.print(f"{first.about.licence}: {first.about.attribution}", soft_wrap=True)
