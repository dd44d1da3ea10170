"""What stands beside a map: styles, a picture, and the areas of its classes as a table."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from bocage.core import cells, listed, write_atomic
from bocage.mapping._output_paths import MAIN
from bocage.mapping._tags import attribution_of, calibration_of, labels_of, licence_of, score_of
from bocage.mapping.outputs import (
    Layer,
    MapAbout,
    MapFile,
    ModelAbout,
    families_for,
    map_item,
    value_limits,
    write_item,
    write_qml,
    write_quicklook,
)
from bocage.models import MapModel
from bocage.sources import Grid, Source


def write_styles(files: Mapping[str, Path], layers: Mapping[str, Layer]) -> dict[str, Path]:
    """Write a QGIS style beside each layer; QGIS takes it up by its name."""
    made = {}
    for name, path in files.items():
        is_float = layers[name].dtype == "float32"
        limits = value_limits(path, layers[name]) if is_float else None
        made[f"{name} style"] = path.with_suffix(".qml")
        write_qml(path.with_suffix(".qml"), layers[name], limits=limits)
    return made


def write_picture(
    model: MapModel,
    raster: Source,
    files: Mapping[str, Path],
    layers: Mapping[str, Layer],
    shape: Any,
    areas: Sequence[float],
    past: str = "",
) -> Path:
    """Draw the map with its key, score and source, and say how much of it is `past` its method."""
    name = next(name for name in MAIN if name in files)
    path = files[name].with_suffix(".png")
    total = sum(areas)
    shares = None
    if model.classes and total:
        shares = {n: area / total for n, area in zip(model.classes, areas, strict=True)}
    years = ", ".join(map(str, raster.about.years))
    # It goes on where the score ends, in one sentence; here each has a line of its own.
    cautions = model.training.caution.removeprefix("and ").split("; ")
    write_quicklook(
        path,
        files[name],
        layers[name],
        title=f"{model.target} {years}".strip(),
        notes=(
            f"{model.training.method or model.architecture}, {labels_of(model)}",
            score_of(model),
            # Of the most that is said the last may find no room: all stands in the files' tags.
            *filter(None, (past, *cautions, calibration_of(model, brief=True))),
        ),
        attribution=attribution_of(model, raster) or raster.about.name,
        outline=shape,
        shares=shares,
    )
    return path


def letters_note(model: MapModel, made: Iterable[str]) -> str:
    """Say so where the picture lacks letters of the names that stand on it; else nothing.

    Parameters
    ----------
    model : MapModel
    made : iterable of str
        What stands beside the map.
    """
    names = (model.target, *model.classes)
    lacking = families_for(names)[1] if "picture" in made else ""
    if not lacking:
        return ""
    name = next(name for name in names if set(name) & set(lacking))
    return (
        f"the picture shows boxes in place of some letters of {name!r}: no installed font has "
        f"{listed(list(lacking), 5)}; install a font that has them, such as Noto Sans, and map "
        "again"
    )


def write_areas(
    path: Path,
    classes: Sequence[str],
    pixels: Sequence[int],
    areas: Sequence[float],
    prior: Sequence[float],
    *,
    what: str = "pixels",
) -> Path:
    """Write the areas of the map's classes, and the class shares that it was made under."""
    buffer = io.StringIO()
    rows = csv.writer(buffer, lineterminator="\n")
    rows.writerow(["class", what, "square_metres", "share", "prior"])
    total = sum(areas)
    for name, count, area, share in zip(classes, pixels, areas, prior, strict=True):
        rows.writerow([*cells([name]), count, f"{area:.1f}", f"{area / total:.6f}", f"{share:.6f}"])
    write_atomic(path, buffer.getvalue())
    return path


def _identifier(licence: str) -> str:
    """Return a licence that is one word, as catalogues want it; its text stands in the tags."""
    return licence if re.fullmatch(r"[\w.+-]+", licence) else "other"


def _learned_from(model: MapModel) -> dict[str, Any]:
    """Say where the features come from that a model learned from, as far as that is known."""
    origin = model.origin
    known = {
        "product": origin.product,
        "version": origin.version,
        "years": list(origin.years),
        "files": list(origin.files),
        "license": origin.licence,
    }
    return {name: value for name, value in known.items() if value}


def _task(model: MapModel) -> Literal["classification", "regression", "semantic-segmentation"]:
    if not model.classes:
        return "regression"
    is_chips = model.fitted is not None and model.fitted.is_chips
    return "semantic-segmentation" if is_chips else "classification"


def write_catalogue(
    model: MapModel,
    told: MapModel,
    raster: Source,
    grid: Grid,
    files: Mapping[str, Path],
    layers: Mapping[str, Layer],
    shape: Any,
) -> dict[str, Path]:
    """Write a STAC Item of the map with the model that made it (MLM).

    `told` is the model with the score of the decision that made the map.

    The Item needs a year: without one, nothing is written.
    """
    main = next(files[name] for name in MAIN if name in files)
    years = raster.about.years
    if not years:
        return {}
    training = told.training
    score = {}
    if np.isfinite(training.score):
        score[f"{training.metric.replace(' ', '_')}:{training.where}"] = training.score
    if np.isfinite(training.ece):
        for name in ("ece", "brier", "log_loss"):
            score[f"{name}:{training.judged}"] = getattr(training, name)
    about = MapAbout(
        id=main.stem,
        title=f"{model.target} {min(years)}",
        description=(
            f"Map of {model.target}, made with {training.method or model.architecture}, "
            f"trained on {labels_of(model)}; {score_of(told)}"
        )
        + (f", {training.caution}." if training.caution else ".")
        + (f" Its {said}." if (said := calibration_of(told)) else ""),
        years=(min(years), max(years)),
        model=ModelAbout(
            name=training.method or model.architecture,
            architecture=model.architecture,
            task=_task(model),
            bands=model.bands,
            coding=model.coding,
            dtype=raster.dtype,
            source=" ".join(part for part in (model.product, model.version) if part),
            pretrained_on=model.pretrained_on,
            window=model.fitted.chip if model.fitted and model.fitted.is_chips else None,
        ),
        licence=_identifier(licence_of(model, raster)),
        attribution=attribution_of(model, raster),
        scores=score,
        learned_from=_learned_from(model),
    )
    listed = [
        MapFile(name.replace(" ", "-"), path, layers.get(name))
        for name, path in files.items()
        if name != "model"
    ]
    listed.append(MapFile("model", files["model"] / "model.json", is_model=True))
    item = map_item(about, grid, listed, folder=main.parent, footprint_of=shape)
    write_item(main.with_suffix(".json"), item)
    return {"catalogue entry": main.with_suffix(".json")}
