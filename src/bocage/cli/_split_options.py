"""Options that say what is held out for testing."""

from typing import Annotated

import typer

from bocage.cli._help import SPLIT

Leave = Annotated[
    str | None,
    typer.Option(
        metavar="WHAT",
        help="What to hold out: a group column, several joined by +, blocks, clusters, or knndm "
        "with an area.",
        rich_help_panel=SPLIT,
        autocompletion=lambda: ["blocks", "clusters", "knndm", "none"],
    ),
]
FoldsFrom = Annotated[
    str | None,
    typer.Option(
        metavar="COLUMN|splitter:NAME",
        help="Folds that are used as given: a column of fold numbers, or splitter:NAME for one "
        "from another package.",
        rich_help_panel=SPLIT,
    ),
]
Area = Annotated[
    str | None,
    typer.Option(
        metavar="FILE[:LAYER]",
        help="Area to be mapped: polygons, or a raster whose valid pixels are the area.",
        rich_help_panel=SPLIT,
    ),
]
Sampling = Annotated[
    str | None,
    typer.Option(
        metavar="probability",
        help="How the labels were sampled: probability, if they are a probability sample of the "
        "area.",
        rich_help_panel=SPLIT,
        autocompletion=lambda: ["probability"],
    ),
]
Groups = Annotated[
    list[str] | None,
    typer.Option(
        "--group",
        metavar="COLUMN",
        help="Further column of groups that may be held out.",
        rich_help_panel=SPLIT,
    ),
]
Zones = Annotated[
    list[str] | None,
    typer.Option(
        "--zone",
        metavar="NAME=FILE:COLUMN",
        help="Groups made from polygons: their file, and the column that names them. Example: "
        "state=states.gpkg:NAME.",
        rich_help_panel=SPLIT,
    ),
]
Together = Annotated[
    list[str] | None,
    typer.Option(
        "--together",
        metavar="COLUMN",
        help="Column whose groups are never split between training and test.",
        rich_help_panel=SPLIT,
    ),
]
SamePlace = Annotated[
    float | None,
    typer.Option(
        metavar="METRES",
        help="Distance within which samples count as one place.",
        rich_help_panel=SPLIT,
    ),
]
Share = Annotated[
    str | None,
    typer.Option(
        metavar="place|COLUMN|none",
        help="What may occur both in a held-out group and in training: the place, a column, or "
        "none (new places of a new group are tested).",
        rich_help_panel=SPLIT,
        autocompletion=lambda: ["place", "none"],
    ),
]
Forward = Annotated[
    bool | None,
    typer.Option(
        "--forward",
        help="Train on earlier groups only, such as earlier years.",
        rich_help_panel=SPLIT,
    ),
]
Train = Annotated[
    str | None,
    typer.Option(
        metavar="GROUPS", help="Groups to train on. Example: 2017-2021.", rich_help_panel=SPLIT
    ),
]
Test = Annotated[
    str | None,
    typer.Option(
        metavar="GROUPS",
        help="Groups to test on, once. Example: 2022-2023.",
        rich_help_panel=SPLIT,
    ),
]
Folds = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Number of kNNDM folds, and of folds that a larger number of groups is merged into.",
        rich_help_panel=SPLIT,
    ),
]
Clusters = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Number of clusters, where clusters are held out.",
        rich_help_panel=SPLIT,
    ),
]
BlockMetres = Annotated[
    float | None,
    typer.Option(
        metavar="METRES",
        help="Side of the spatial blocks; chosen from the labels if not given.",
        rich_help_panel=SPLIT,
    ),
]
BufferMetres = Annotated[
    float | None,
    typer.Option(
        metavar="METRES",
        help="Leave out training samples that are closer than this to a test sample.",
        rich_help_panel=SPLIT,
    ),
]
