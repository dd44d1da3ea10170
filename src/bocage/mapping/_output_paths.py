"""The files of a map: how they are called, and whether they may be written."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from bocage.core import Output, check_ending, check_outputs
from bocage.mapping._request import DEFAULT

ENDINGS = (".tif", ".tiff")

SCORE = "bocage_score"
"""Tag of every GeoTIFF that Bocage writes."""

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


def is_written(path: Path) -> bool:
    """Tell whether a file is a GeoTIFF that Bocage wrote."""
    import rasterio

    if not path.is_file():
        return False
    try:
        with rasterio.open(path, driver="GTiff") as file:
            return SCORE in file.tags()
    except rasterio.errors.RasterioIOError:
        return False


def check_map_outputs(
    output: Path, layers: Iterable[str] | None, inputs: Sequence[str | Path]
) -> None:
    """Refuse a map any file of which would destroy an input, or a file that is another's.

    What tells of a map that Bocage wrote is Bocage's, whatever stands in it.

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
    own = {path: is_written(path) for path in tifs}
    made = [Output(path, "GeoTIFF", is_own) for path, is_own in own.items()]
    made += [
        Output(path.with_suffix(".qml"), "style of QGIS", is_own or None)
        for path, is_own in own.items()
    ]
    beside = own[output] or None
    made += [
        Output(output.with_suffix(".png"), "picture (PNG)", beside),
        Output(output.with_suffix(".json"), "STAC Item", beside),
        Output(areas_path(output), "table of areas", beside),
        Output(model_path(output), "model of Bocage"),
    ]
    check_outputs(made, inputs)
