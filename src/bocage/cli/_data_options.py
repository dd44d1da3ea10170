"""Options that say what the labels are and how they are read."""

from typing import Annotated

import typer

from bocage.cli._help import DATA

Target = Annotated[
    str | None,
    typer.Option(metavar="COLUMN", help="Column to predict.", rich_help_panel=DATA),
]
Kind = Annotated[
    str | None,
    typer.Option(
        metavar="classification|regression",
        help="Whether the target is a class or a quantity; inferred from its values where they "
        "leave no doubt.",
        rich_help_panel=DATA,
        autocompletion=lambda: ["classification", "regression"],
    ),
]
Inputs = Annotated[
    list[str] | None,
    typer.Option(
        "--input",
        metavar="NAME=PATTERN",
        help="Columns of an input: a pattern, or names separated by commas. Examples: aef='A??', "
        "soil='ph,clay,sand'.",
        rich_help_panel=DATA,
    ),
]
Series = Annotated[
    list[str] | None,
    typer.Option(
        "--series",
        metavar="NAME=PATTERN",
        help="Columns of time series, with dates in their names. Example: ndvi='NDVI_*'.",
        rich_help_panel=DATA,
    ),
]
Undated = Annotated[
    bool | None,
    typer.Option(
        "--undated",
        help="Numbers in the names of series columns are time steps, not months.",
        rich_help_panel=DATA,
    ),
]
FirstDate = Annotated[
    str | None,
    typer.Option(
        metavar="COLUMN",
        help="Column with the date on which the series of each row begins.",
        rich_help_panel=DATA,
    ),
]
Every = Annotated[
    float | None,
    typer.Option(
        metavar="DAYS",
        help="Days from one step of a series to the next.",
        rich_help_panel=DATA,
    ),
]
Units = Annotated[
    list[str] | None,
    typer.Option(
        "--units",
        metavar="NAME=UNIT",
        help="Unit of an input, or of one of its bands. Examples: s2='reflectance x 10000', "
        "s1.VV=dB.",
        rich_help_panel=DATA,
    ),
]
Lon = Annotated[
    str | None,
    typer.Option(
        metavar="COLUMN",
        help="Longitude column, or easting where a CRS is named.",
        rich_help_panel=DATA,
    ),
]
Lat = Annotated[
    str | None,
    typer.Option(
        metavar="COLUMN",
        help="Latitude column, or northing where a CRS is named.",
        rich_help_panel=DATA,
    ),
]
Crs = Annotated[
    str | None,
    typer.Option(
        metavar="CRS",
        help="Coordinate reference system (CRS) of the coordinates or the geometry. Example: "
        "EPSG:32632.",
        rich_help_panel=DATA,
    ),
]
Layer = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Layer of a GeoPackage or KML file, or sheet of an Excel file. FILE:LAYER in place "
        "of the file works too.",
        rich_help_panel=DATA,
    ),
]
Rename = Annotated[
    list[str] | None,
    typer.Option(
        "--rename",
        metavar="FILE|OLD=NEW,...",
        help="New names of columns, or a file of two columns with old and new names. Example: "
        "b1=B02,b2=B03.",
        rich_help_panel=DATA,
    ),
]
ClassNames = Annotated[
    list[str] | None,
    typer.Option(
        "--class-names",
        metavar="FILE|CODE=NAME,...",
        help="Names of the classes whose codes the target holds, or a file of two columns with "
        "codes and names. Example: 1=maize,2=wheat.",
        rich_help_panel=DATA,
    ),
]
Merge = Annotated[
    list[str] | None,
    typer.Option(
        "--merge",
        metavar="CLASS=CLASS",
        help="Class to merge into another one. Example: Maize=maize.",
        rich_help_panel=DATA,
    ),
]
MinClass = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Drop classes with fewer labels than this; a note names them.",
        rich_help_panel=DATA,
    ),
]
Distinct = Annotated[
    bool | None,
    typer.Option(
        "--distinct",
        help="Classes with similar names are different classes.",
        rich_help_panel=DATA,
    ),
]
Nodata = Annotated[
    list[str] | None,
    typer.Option(
        "--nodata",
        metavar="[NAME=]VALUE",
        help="Value that marks missing data, in all columns, or in one input or the target. "
        "Examples: 65535, ndvi=0, crop=NA; 'none' or crop=none where every value is valid.",
        rich_help_panel=DATA,
    ),
]
Gaps = Annotated[
    str | None,
    typer.Option(
        metavar="drop|fill|keep",
        help="What to do with missing features: drop the row, fill along time, or keep the gap "
        "for tree models.",
        rich_help_panel=DATA,
        autocompletion=lambda: ["drop", "fill", "keep"],
    ),
]
DropIncomplete = Annotated[
    bool | None,
    typer.Option(
        "--drop-incomplete",
        help="Drop rows that lack a label, coordinates or features.",
        rich_help_panel=DATA,
    ),
]
Dequantise = Annotated[
    bool | None,
    typer.Option(
        "--dequantise",
        help="Decode raw int8 AlphaEarth embeddings into vectors of length 1.",
        rich_help_panel=DATA,
    ),
]
