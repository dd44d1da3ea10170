"""`bocage sample`: labels with the pixels that they stand on."""

from pathlib import Path
from typing import Annotated

import typer

from bocage.cli import _options as opt
from bocage.cli import _sources as src
from bocage.core import SettingsError, claimed, counted


def sample(
    labels: Annotated[
        list[str],
        typer.Argument(
            metavar="LABELS...",
            help="Points or polygons: GeoPackage, GeoJSON, Shapefile, GeoParquet, ..., or a table "
            "with lon and lat.",
        ),
    ],
    source: src.Source,
    output: Annotated[Path, typer.Option("-o", "--output", help="Table: .parquet, .csv or .gpkg.")],
    statistics: Annotated[
        str | None,
        typer.Option(help="Of the pixels of a polygon: mean (if not given),std,min,max."),
    ] = None,
    pixels: Annotated[
        int | None,
        typer.Option(min=1, help="Draw so many pixels of each polygon, one row each."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the draw of --pixels.")] = 0,
    bands: src.Bands = None,
    scale: src.Scale = None,
    offset: src.Offset = None,
    nodata: src.Nodata = None,
    year: src.Years = None,
    source_crs: src.Crs = None,
    overview: src.Overview = None,
    lon: opt.Lon = None,
    lat: opt.Lat = None,
    crs: opt.Crs = None,
    layer: opt.Layer = None,
    rename: opt.Rename = None,
    subset: Annotated[
        Path | None, typer.Option(help="Keep the dimensions that `bocage explain` chose.")
    ] = None,
    keep_all: Annotated[
        bool, typer.Option("--keep-all", help="Keep labels without pixels, with gaps.")
    ] = False,
) -> None:
    """Add the features of a raster to labels, ready for compare.

    Points get the pixel that they stand in, polygons statistics of the pixels whose centre they
    hold, or some of these as rows of their own (--pixels), which a map of pixels needs. Several
    --source are tiles: a point takes the first that has data, a polygon all of its pixels from all
    tiles of one grid.
    """
    from bocage.sources import tiles_in_words
    from bocage.tasks import check_table_output, find_files, sample_labels

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
        from bocage.explain import read_subset

        only = read_subset(subset)
    rasters = src.open_sources(source, bands, scale, offset, nodata, year, overview, source_crs)
    check_table_output(output, [path for raster in rasters for path in raster.files])
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
        f"{counted(len(only) or len(first.bands), 'band')} of "
        f"{first.about.product or tiles_in_words(rasters)}"
        f"{' ' + ', '.join(map(str, first.about.years)) if first.about.years else ''} in {output}",
        soft_wrap=True,
    )
    if first.about.attribution:
        console.print(f"{first.about.licence}: {first.about.attribution}", soft_wrap=True)
