"""What the terminal says of a model and of a map."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bocage.cli import _options as opt
from bocage.core import SettingsError, counted, listed

if TYPE_CHECKING:
    from bocage.mapping import MapMade, ParcelsMade
    from bocage.models import MapModel
    from bocage.study import Study


def about_model(model: "MapModel", score: str = "") -> str:
    """Say what decides, what it learned from and how good it is."""
    from bocage.mapping import labels_of, score_of

    name = model.training.method or model.architecture
    return f"{name}, {labels_of(model)}; {score or score_of(model)}"


def refuse_others(options: Mapping[str, object]) -> None:
    """Refuse options that are of maps of pixels beside --parcels.

    Raises
    ------
    SettingsError
        If one is given.
    """
    given = [name for name, value in options.items() if value not in (None, "")]
    if given:
        verb = "says" if len(given) == 1 else "say"
        raise SettingsError(
            f"--parcels maps polygons, and {listed(given)} {verb} how pixels are mapped; expected "
            f"one of the two: omit {listed(given)} (a layer is named after the file: "
            "parcels.gpkg:fields)"
        )


def show_map(model: "MapModel", made: "MapMade", study: "Study | None" = None) -> None:
    """Print what is known of a map, and where it is."""
    console = opt.console()
    _tell(model, made.score, made.notes)
    if study is not None and (hint := of_surveyed_land(study, made)):
        console.print(hint, soft_wrap=True)
    if model.classes:
        if not sum(made.areas):
            return
        _print_areas(model, made.areas, made.prior)
        console.print(
            "areas are counted from the pixels of the map and are biased by its errors; unbiased "
            "estimates need a probability sample of reference labels (docs/map.md)",
            soft_wrap=True,
        )
    for name, path in made.files.items():
        console.print(f"{name}: {path}", soft_wrap=True)


def of_surveyed_land(study: "Study", made: "MapMade") -> str:
    """Say how to get the score of the map where labels lie in it and the score is of other land.

    Empty where the score is of this land, or no label is known to lie in the map.
    """
    from bocage.mapping import n_within

    if study.where != "out" or not study.task.has_places:
        return ""
    n = n_within(made.grid, made.shape, study.task.lonlat)
    if not n:
        return ""
    return (
        f"{counted(n, 'label lies', 'labels lie')} in the mapped area, and the score is for places "
        "without labels: 'bocage compare' with --area FILE estimates the score of a map of the "
        "surveyed area (docs/splits.md)"
    )


def show_parcels(model: "MapModel", made: "ParcelsMade") -> None:
    """Print what is known of a map of polygons, and where it stands."""
    console = opt.console()
    _tell(model, "", made.notes)
    if model.classes:
        _print_areas(model, made.areas, made.prior, made.n_polygons)
        console.print(
            f"areas are those of {counted(sum(made.n_polygons), 'polygon')} as mapped; where "
            f"polygons "
            "overlap, the area counts for each",
            soft_wrap=True,
        )
    for name, path in made.files.items():
        console.print(f"{name}: {path}", soft_wrap=True)


def _tell(model: "MapModel", score: str, notes: Sequence[str]) -> None:
    from bocage.mapping import calibration_of

    console = opt.console()
    console.print(about_model(model, score), soft_wrap=True)
    if said := calibration_of(model):
        console.print(said, soft_wrap=True)
    for line in notes:
        console.print(f"note: {line}", soft_wrap=True)


def _print_areas(
    model: "MapModel",
    areas: Sequence[float],
    prior: Sequence[float],
    n_polygons: Sequence[int] = (),
) -> None:
    from rich.table import Table

    table = Table(box=None)
    table.add_column("class")
    for column in (*(["polygons"] if n_polygons else []), "hectares", "share", "prior"):
        table.add_column(column, justify="right")
    total = sum(areas)
    for at, name in enumerate(model.classes):
        row = [f"{areas[at] / 1e4:,.1f}", f"{areas[at] / total:.1%}", f"{prior[at]:.1%}"]
        table.add_row(name, *([f"{n_polygons[at]:,}"] if n_polygons else []), *row)
    opt.console().print(table)
