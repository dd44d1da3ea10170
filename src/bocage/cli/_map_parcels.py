"""`bocage map --parcels`: polygons, each mapped as a whole."""

from pathlib import Path
from typing import TYPE_CHECKING

from bocage.cli._fit import fitted, warn
from bocage.cli._folder import open_here, study_files
from bocage.core import claimed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bocage.mapping import ParcelsMade
    from bocage.models import MapModel
    from bocage.sources import Source
    from bocage.study import Study


def parcels_of(
    study: Path | None,
    model: Path | None,
    method: str,
    rasters: "list[Source]",
    parcels: Path,
    output: Path,
    colours: Path | None,
) -> "tuple[MapModel, ParcelsMade]":
    """Map polygons with a model, or a study's winner."""
    from bocage.mapping import check_parcel_outputs, map_parcels, parcel_points
    from bocage.models import load_model
    from bocage.sources import local_files
    from bocage.tables import read_rows, split_layer

    path, layer = split_layer(parcels.expanduser())
    read: list[str | Path] = [path, *(one for one in (model, colours) if one)]
    opened = None
    if study is not None:
        opened = open_here(study)
        read += study_files(opened)
    check_parcel_outputs(
        output, [*read, *(file for raster in rasters for file in local_files(raster))]
    )
    rows = read_rows(path, layer=layer)
    if opened is not None:
        drawn = colours_in(colours, opened.task.classes, target_of(opened))
        made_with, _ = fitted(opened, method, rasters[0], parcel_points(rows, rasters))
    else:
        assert model is not None  # noqa: S101 - asked before
        made_with = load_model(model)
        drawn = colours_in(colours, made_with.classes, made_with.target)
    warn(made_with)
    with claimed(output):
        labels = None if opened is None else opened.task.lonlat
        made = map_parcels(
            made_with, rasters, rows, output, inputs=read, labels=labels, colours=drawn
        )
        return made_with, made


def target_of(study: "Study") -> str:
    return study.settings.target or study.task.title


def colours_in(
    colours: Path | None, classes: "Sequence[str]", target: str
) -> "dict[str, str] | None":
    """Read the colours that are wanted, before anything long begins."""
    from bocage.colours import read_colours

    return None if colours is None else read_colours(colours, classes, target)
