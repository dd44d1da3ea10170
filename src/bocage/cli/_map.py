"""`bocage map` and `bocage fit`: from a study to a model, and from a model to a map."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bocage.cli import _options as opt
from bocage.cli import _sources as src
from bocage.cli._folder import open_here, study_files
from bocage.core import Output, SettingsError, check_outputs, claimed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bocage.mapping import Area, MapMade
    from bocage.mapping.model import MapModel
    from bocage.sources import Raster
    from bocage.study import Study

Method = Annotated[
    str, typer.Option(help="A method of the study; the verdict's choice if not given.")
]


def fit(
    study: Annotated[Path, typer.Argument(help="Study folder, such as studies/my-fields.")],
    source: src.Source,
    output: Annotated[Path, typer.Option("-o", "--output", help="New folder for the model.")],
    method: Method = "",
    bands: src.Bands = None,
    scale: src.Scale = None,
    offset: src.Offset = None,
    nodata: src.Nodata = None,
    year: src.Years = None,
    source_crs: src.Crs = None,
) -> None:
    """Fit a study's winner on all labels, and keep it as a model for maps."""
    from bocage.mapping import points_of
    from bocage.mapping.model import save_model
    from bocage.sources import join_tiles

    tiles = src.open_sources(source, bands, scale, offset, nodata, year, None, source_crs)
    raster = join_tiles(tiles)
    opened = open_here(study)
    check_outputs([Output(output, "model of Bocage")], [*raster.files, *study_files(opened)])
    with claimed(output):
        model = _fitted(opened, method, raster, points_of(raster, None))
        _warn(model)
        save_model(model, output)
    opt.console().print(f"model: {output} ({_about(model)})", soft_wrap=True)


def make(
    study: Annotated[
        Path | None, typer.Argument(help="Study folder; leave it out with --model.")
    ] = None,
    source: src.Source = [],  # noqa: B006 - typer reads it as 'not given'
    output: Annotated[
        Path, typer.Option("-o", "--output", help="GeoTIFF; other layers stand beside it.")
    ] = Path("map.tif"),
    area: Annotated[
        Path | None,
        typer.Option(help="Polygons to map, any CRS; the whole raster if not given."),
    ] = None,
    layer: Annotated[
        str | None, typer.Option(help="Layer of --area, where it is a GeoPackage.")
    ] = None,
    model: Annotated[
        Path | None, typer.Option(help="Folder that 'bocage fit' made, in place of a study.")
    ] = None,
    method: Method = "",
    layers: Annotated[
        str | None,
        typer.Option(
            help="Of classes: confidence (if not given),probability; of numbers too: "
            "applicability,density,error; or none."
        ),
    ] = None,
    prior: Annotated[
        str,
        typer.Option(
            help="Class shares on the ground: uniform, estimated, or crop=0.4,tree=0.6; as "
            "learned if not given."
        ),
    ] = "",
    overlap: Annotated[
        float, typer.Option(help="Share of a chip that it has in common with the next, 0 to 0.5.")
    ] = 0.25,
    bands: src.Bands = None,
    scale: src.Scale = None,
    offset: src.Offset = None,
    nodata: src.Nodata = None,
    year: src.Years = None,
    source_crs: src.Crs = None,
    overview: src.Overview = None,
    workers: Annotated[
        int | None,
        typer.Option("-j", "--workers", min=1, help="Threads; all cores if not given."),
    ] = None,
    dask: Annotated[
        str | None, typer.Option(help="Run on Dask: local, or a scheduler's address.")
    ] = None,
) -> None:
    """Make a map with a study's winner, refitted on all labels; several sources are tiles.

    A map that was stopped goes on where it was when the same command is run again.
    """
    from bocage.mapping import Order, check_map_outputs, make_map, points_of
    from bocage.mapping.model import load_model
    from bocage.sources import join_tiles
    from bocage.tasks import split_layer

    if (study is None) == (model is None):
        raise SettingsError("expected a study folder, or a model with --model, and not both")
    if not source:
        raise SettingsError("no raster is named; expected --source aef.tif")
    tiles = src.open_sources(source, bands, scale, offset, nodata, year, overview, source_crs)
    raster = join_tiles(tiles)
    place = None if area is None else _area(area, layer)
    wanted = None if layers is None else _names(layers)
    if layer is not None and area is None:
        raise SettingsError("--layer names a layer of --area, which is not given; expected both")
    read = [*([split_layer(area)[0]] if area else []), *([model] if model else [])]
    if model is not None:
        if method:
            raise SettingsError("--method chooses in a study; leave it out with --model")
        check_map_outputs(output, wanted, [*raster.files, *read])
        made_with = load_model(model)
    else:
        assert study is not None  # noqa: S101 - asked above
        opened = open_here(study)
        read += study_files(opened)
        check_map_outputs(output, wanted, [*raster.files, *read])
        made_with = _fitted(opened, method, raster, points_of(raster, place))
    _warn(made_with)
    order = Order(wanted, place, _prior(prior), overlap)
    with opt.resumable():
        made = make_map(made_with, raster, output, order, workers=workers, dask=dask, inputs=read)
    _show(made_with, made)


def _fitted(
    study: "Study", method: str, raster: "Raster", lonlat: "NDArray[np.float64]"
) -> "MapModel":
    from bocage.mapping import fit_model
    from bocage.study import winner

    found = winner(study, method)
    console = opt.console()
    if study.unfinished is not None:
        console.print(study.unfinished.sentence, soft_wrap=True)
    console.print(f"method: {found.method.name} ({found.why})", soft_wrap=True)
    return fit_model(study, found, raster, lonlat)


def _names(layers: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in layers.split(",") if part.strip() not in ("", "none"))


def _area(path: Path, layer: str | None) -> "Area":
    from bocage.mapping import Area
    from bocage.tasks import read_outline

    shape, crs = read_outline(path, layer)
    return Area(shape, crs, path.name)


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


def _about(model: "MapModel", score: str = "") -> str:
    from bocage.mapping import labels_of, score_of

    name = model.training.method or model.architecture
    return f"{name}, {labels_of(model)}; {score or score_of(model)}"


def _warn(model: "MapModel") -> None:
    """Say, before a map is made, that its method may have learned nothing."""
    from bocage.mapping import score_of

    if model.training.caution:
        line = f"{score_of(model)}, {model.training.caution}"
        opt.console().print(f"note: {line}", soft_wrap=True)


def _show(model: "MapModel", made: "MapMade") -> None:
    from rich.table import Table

    from bocage.mapping import calibration_of

    console = opt.console()
    console.print(_about(model, made.score), soft_wrap=True)
    if said := calibration_of(model):
        console.print(said, soft_wrap=True)
    for line in made.notes:
        console.print(f"note: {line}", soft_wrap=True)
    if model.classes:
        total = sum(made.areas)
        if not total:
            return
        table = Table(box=None)
        for column, justify in (("class", "left"), ("hectares", "right"), ("share", "right")):
            table.add_column(column, justify=justify)  # type: ignore[arg-type]
        table.add_column("prior", justify="right")
        rows = zip(model.classes, made.areas, made.prior, strict=True)
        for name, square_metres, share in rows:
            table.add_row(
                name, f"{square_metres / 1e4:,.1f}", f"{square_metres / total:.1%}", f"{share:.1%}"
            )
        console.print(table)
        console.print(
            "areas are those of the map's pixels: a map that errs has wrong areas; a probability "
            "sample of reference labels tells the true ones (docs/map.md)",
            soft_wrap=True,
        )
    for name, path in made.files.items():
        console.print(f"{name}: {path}", soft_wrap=True)
