"""`bocage fit`: from a study to a model."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bocage.cli import _options as opt
from bocage.cli import _sources as src
from bocage.cli._complete import complete_methods
from bocage.cli._folder import check_study, open_here, study_files
from bocage.cli._help import EXECUTION, MODEL
from bocage.cli._show_map import about_model
from bocage.cli._told import NOTHING, Told, with_options
from bocage.core import Output, check_outputs, claimed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bocage.models import MapModel
    from bocage.sources import Source
    from bocage.study import Study

Method = Annotated[
    str,
    typer.Option(
        metavar="METHOD",
        help="Method of the study; the choice of its verdict if not given.",
        rich_help_panel=MODEL,
        autocompletion=complete_methods,
    ),
]


@with_options("stored", src, without=["source", "overview"])
def fit(
    study: opt.Study,
    source: src.Source,
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="FOLDER",
            help="New folder for the model.",
            rich_help_panel=EXECUTION,
        ),
    ],
    method: Method = "",
    stored: Told = NOTHING,
) -> None:
    """Fit the method of a study on all labels, as a model for maps."""
    from bocage.mapping import points_of
    from bocage.models import check_former_model, save_model
    from bocage.sources import join_tiles, local_files

    check_study(study)
    tiles = src.open_sources(source, **stored)
    raster = join_tiles(tiles)
    opened = open_here(study)
    check_outputs([Output(output, "model of Bocage")], [*local_files(raster), *study_files(opened)])
    former = check_former_model(output, opened)
    with claimed(output):
        model, _ = fitted(opened, method, raster, points_of(raster, None))
        warn(model)
        means = ""
        if model.training.support == "polygon":
            means = "it is a model of polygon means: it maps polygons (map --parcels), not pixels"
        for line in filter(None, (former, model.training.left_out, means)):
            opt.console().print(f"note: {line}", soft_wrap=True)
        save_model(model, output)
    opt.console().print(f"model: {output} ({about_model(model)})", soft_wrap=True)


def fitted(
    study: "Study", method: str, raster: "Source", lonlat: "NDArray[np.float64] | None"
) -> "tuple[MapModel, str]":
    """Fit a study's winner; also say where the raster is not what its labels say."""
    from bocage.mapping import unlike_labels
    from bocage.models import fit_model
    from bocage.study import winner

    found = winner(study, method)
    console = opt.console()
    if study.unfinished is not None:
        console.print(study.unfinished.sentence, soft_wrap=True)
    console.print(f"method: {found.method.name} ({found.why})", soft_wrap=True)
    model = fit_model(study, found, raster, lonlat)
    unlike = unlike_labels(study, found.method, raster)
    if unlike:
        console.print(f"note: {unlike}", soft_wrap=True)
    return model, unlike


def warn(model: "MapModel") -> None:
    """Say, before a map is made, that its method may have learned nothing."""
    from bocage.mapping import score_of

    if model.training.caution:
        line = f"{score_of(model)}, {model.training.caution}"
        opt.console().print(f"note: {line}", soft_wrap=True)
