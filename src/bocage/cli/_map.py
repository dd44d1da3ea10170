"""`bocage map`: from a study or a model to a map."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bocage.cli import _options as opt
from bocage.cli import _sources as src
from bocage.cli._complete import LAYERS, complete_studies, listed_words
from bocage.cli._fit import Method, fitted, warn
from bocage.cli._folder import check_study, open_here, study_files
from bocage.cli._help import EXECUTION, MAP, MODEL
from bocage.cli._map_parcels import colours_in, parcels_of, target_of
from bocage.cli._show_map import refuse_others, show_map, show_parcels
from bocage.cli._stopping import resumable
from bocage.cli._told import NOTHING, Told, with_options
from bocage.core import SettingsError, how_to_install

if TYPE_CHECKING:
    from bocage.mapping import MapArea
    from bocage.models import MapModel

Colours = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Colours of the classes: a table of two columns, water,#2166c4."
    ),
]


@with_options("stored", src, without=["source"])
def make(
    study: Annotated[
        Path | None,
        typer.Argument(
            metavar="STUDY",
            help="Folder of a study, such as studies/landscape; not with --model.",
            autocompletion=complete_studies,
        ),
    ] = None,
    source: src.Source = [],  # noqa: B006 - typer reads it as 'not given'
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="GeoTIFF to write; other layers are written next to it.",
            rich_help_panel=EXECUTION,
        ),
    ] = Path("map.tif"),
    model: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Model that 'bocage fit' has written, in place of a study.",
            rich_help_panel=MODEL,
        ),
    ] = None,
    method: Method = "",
    area: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE[:LAYER]",
            help="Area to be mapped: polygons in any CRS; the whole raster if not given.",
            rich_help_panel=MAP,
        ),
    ] = None,
    layer: Annotated[str | None, typer.Option(metavar="NAME", hidden=True)] = None,
    parcels: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE[:LAYER]",
            help="Map these polygons, each as a whole, in place of pixels; the output is a "
            "GeoPackage then.",
            rich_help_panel=MAP,
        ),
    ] = None,
    layers: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help="Layers to write in addition: confidence (of classes, if not given), "
            "probability, applicability, density and error; or none.",
            rich_help_panel=MAP,
            autocompletion=listed_words(*LAYERS),
        ),
    ] = None,
    prior: Annotated[
        str,
        typer.Option(
            metavar="PRIOR",
            help="Shares of the classes on the ground: uniform, estimated, or such as "
            "crop=0.4,tree=0.6; as in training if not given.",
            rich_help_panel=MAP,
            autocompletion=lambda: ["uniform", "estimated"],
        ),
    ] = "",
    overlap: Annotated[
        float,
        typer.Option(
            metavar="SHARE",
            help="Overlap of neighbouring chips, as a share of their side, from 0 to 0.5.",
            rich_help_panel=MAP,
        ),
    ] = 0.25,
    stored: Told = NOTHING,
    colours: Colours = None,
    workers: Annotated[
        int | None,
        typer.Option(
            "-j",
            "--workers",
            min=1,
            metavar="N",
            help="Number of parallel threads; all cores if not given.",
            rich_help_panel=EXECUTION,
        ),
    ] = None,
    dask: opt.Dask = None,
) -> None:
    """Make a map with the method that a study chose.

    The method is fitted on all labels first. A map that was interrupted continues where it
    stopped when the same command is run again.
    """
    from bocage.mapping import MapRequest, check_map_outputs, make_map, points_of
    from bocage.models import load_model, refuse_pixels
    from bocage.sources import join_tiles, local_files
    from bocage.tables import split_layer

    if (study is None) == (model is None):
        raise SettingsError("expected either a study folder or a model with --model")
    if not source:
        raise SettingsError("no raster is named; expected --source aef.tif")
    if model is not None and method:
        raise SettingsError("--method selects a method of a study; omit it with --model")
    if study is not None:
        check_study(study)
    rasters = src.open_sources(source, **stored)
    if parcels is not None:
        refuse_others(
            {"--area": area, "--layer": layer, "--layers": layers, "--prior": prior, "--dask": dask}
        )
        show_parcels(*parcels_of(study, model, method, rasters, parcels, output, colours))
        return
    raster = join_tiles(rasters)
    place = None if area is None else _area(area, layer)
    wanted = None if layers is None else _names(layers)
    if layer is not None and area is None:
        raise SettingsError("--layer names a layer of --area, which is not given; give both")
    tags: dict[str, str] = {}
    read = [split_layer(area)[0]] if area else []
    read += [path for path in (model, colours) if path]
    if model is not None:
        check_map_outputs(output, wanted, [*local_files(raster), *read])
        opened = None
        made_with = load_model(model)
        refuse_pixels(made_with.training.support)
        drawn = colours_in(colours, made_with.classes, made_with.target)
    else:
        assert study is not None  # noqa: S101 - asked above
        opened = open_here(study)
        read += study_files(opened)
        check_map_outputs(output, wanted, [*local_files(raster), *read])
        # Before the fit, which may take long.
        refuse_pixels("polygon" if opened.task.averaged else "pixel")
        drawn = colours_in(colours, opened.task.classes, target_of(opened))
        made_with, unlike = fitted(opened, method, raster, points_of(raster, place))
        tags = {"bocage_caution_labels": unlike}
    warn(made_with)
    _say_slow(made_with)
    order = MapRequest(wanted, place, _prior(prior), overlap, tags, drawn)
    with resumable():
        made = make_map(made_with, raster, output, order, workers=workers, dask=dask, inputs=read)
    show_map(made_with, made, opened)


def _names(layers: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in layers.split(",") if part.strip() not in ("", "none"))


def _area(path: Path, layer: str | None) -> "MapArea":
    from bocage.mapping import MapArea
    from bocage.tables import read_outline

    shape, crs, notes = read_outline(path, layer)
    for line in notes:
        opt.console().print(f"note: {line}", soft_wrap=True)
    return MapArea(shape, crs, path.name)


def _prior(text: str) -> str | dict[str, float]:
    if "=" not in text:
        return text.strip()
    found: dict[str, float] = {}
    for part in text.split(","):
        name, sign, value = (piece.strip() for piece in part.rpartition("="))
        try:
            found[name] = float(value)
        except ValueError:
            sign = ""
        if not (name and sign):
            raise SettingsError(f"--prior {part!r} can't be read; expected a share: crop=0.4")
    return found


def _say_slow(model: "MapModel") -> None:
    """Say, before a map of pixels is made, that its loops could be compiled."""
    from bocage.methods import Head
    from bocage.predict import is_uncompiled

    if isinstance(model.head, Head) and is_uncompiled(model.head):
        line = f"without numba a large map takes several times as long: {how_to_install('fast')}"
        opt.console().print(f"note: {line}", soft_wrap=True, markup=False)
