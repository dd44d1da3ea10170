"""The files of a map: how they are called, and whether they may be written."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from bocage.core import Output, check_ending, check_outputs
from bocage.mapping._order import DEFAULT

ENDINGS = (".tif", ".tiff")

MAIN = ("class", "value")
"""The layer that bears the map's own name."""


def layer_path(output: Path, layer: str) -> Path:
    """Return where a layer is written."""
    if layer in MAIN:
        return output
    return output.with_name(f"{output.stem}_{layer}{output.suffix}")


def areas_path(output: Path) -> Path:
    """Return where the areas of classes are written."""
    return output.with_name(f"{output.stem}_areas.csv")


def parcel_areas_path(output: Path) -> Path:
    """Return where the areas of classes of a map of polygons are written.

    Not where those of a map of pixels stand, which may have the same name but for its ending.
    """
    return output.with_name(f"{output.stem}_parcel_areas.csv")


def about_main(output: Path) -> tuple[Path, ...]:
    """Name the files that tell of the map itself, and are true of no other."""
    return output.with_suffix(".png"), output.with_suffix(".json"), areas_path(output)


def model_path(output: Path) -> Path:
    """Return the folder that the map's model is written to."""
    return output.with_name(f"{output.stem}_model")


def check_map_outputs(
    output: Path, layers: Iterable[str] | None, inputs: Sequence[str | Path]
) -> None:
    """Refuse a map any file of which would destroy an input, or a file of another kind.

    Parameters
    ----------
    output : Path
    layers : iterable of str, optional
        Beside classes or values; `DEFAULT` unless given.
    inputs : sequence of str or Path

    Raises
    ------
    SettingsError
        If one would.
    """
    check_ending(output, ENDINGS, "a GeoTIFF")
    tifs = [
        layer_path(output, layer) for layer in (MAIN[0], *(DEFAULT if layers is None else layers))
    ]
    made = [Output(path, "GeoTIFF") for path in tifs]
    made += [Output(path.with_suffix(".qml"), "style of QGIS") for path in tifs]
    made += [
        Output(output.with_suffix(".png"), "picture (PNG)"),
        Output(output.with_suffix(".json"), "STAC Item"),
        Output(areas_path(output), "table of areas"),
        Output(model_path(output), "model of Bocage"),
    ]
    check_outputs(made, inputs)
