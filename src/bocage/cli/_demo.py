"""`bocage demo`: the first minute, as the commands that anyone would type."""

import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from bocage.cli import _options as opt

TILE_REGION, TILE_SIDE = 0, 256
MAPPED = "aef:logistic"
"""The tile holds the embedding alone: a method that reads nothing else makes the map."""


def demo(
    context: typer.Context,
    folder: Annotated[
        Path,
        typer.Argument(metavar="FOLDER", help="Folder for the studies, their pages and the map."),
    ] = Path("bocage-demo"),
    synthetic_only: Annotated[
        bool,
        typer.Option("--synthetic-only", help="Leave out the real example, which downloads 5 MB."),
    ] = False,
    workers: opt.Workers = None,
) -> None:
    """Run an example: first answers, their pages, and a map.

    The first study is of a synthetic landscape, the second of real embeddings. Every step is a
    command that is printed before it runs. Run again, the studies continue where they stopped.
    """
    from bocage.core import BocageError, Output, check_outputs
    from bocage.datasets.landscape import write_landscape_tile
    from bocage.sources import is_synthetic

    more = [] if workers is None else ["-j", str(workers)]
    study, tile, made = folder / "landscape", folder / "aef.tif", folder / "map.tif"
    check_outputs([Output(tile, "GeoTIFF", is_synthetic(tile))], [])
    _type(context, "compare", "landscape", "--quick", "-o", study, *more)
    year = write_landscape_tile(tile, region=TILE_REGION, side=TILE_SIDE).year
    opt.console().print(
        f"\n{tile}: synthetic, a square of 2.56 km of that landscape. It holds the embedding "
        f"alone, and not the other inputs of the study: the map is made with {MAPPED}, which reads "
        "nothing else, whatever the verdict.\n",
        soft_wrap=True,
    )
    ask = ("--source", tile, "--year", year, "--method", MAPPED)
    _type(context, "map", study, *ask, "-o", made, *more)
    if synthetic_only:
        return
    real = ("four-regions-clean", "--leave", "region")
    try:
        _type(context, "compare", *real, "--quick", "-o", folder / "four-regions-clean", *more)
    except BocageError as error:
        opt.console().print(f"left out: the real example ({error})", soft_wrap=True)


def _type(context: typer.Context, *words: Any) -> None:
    """Run a command as if it had been typed, which its page and its messages tell again."""
    line = [str(word) for word in words]
    opt.console().print(f"$ {shlex.join(['bocage', *line])}", soft_wrap=True)
    before, sys.argv = sys.argv, [sys.argv[0], *line]
    try:
        group = context.find_root().command
        group.main(line, prog_name="bocage", standalone_mode=False)
    finally:
        sys.argv = before
