"""The layer of a file that is meant."""

from collections.abc import Sequence
from pathlib import Path

from bocage.core import DataError, counted
from bocage.tables._names import listed, nearest
from bocage.tables.readers._endings import has_layers


def split_layer(path: Path) -> tuple[Path, str | None]:
    """Part ``area.gpkg:fields`` into the file and its layer.

    Examples
    --------
    >>> split_layer(Path("area.gpkg:fields"))
    (PosixPath('area.gpkg'), 'fields')
    """
    name, mark, layer = path.name.rpartition(":")
    file = path.with_name(name) if mark else path
    if mark and has_layers(file) and not path.exists():
        return file, layer
    return path, None


def choose_layer(
    path: Path, layer: str | None, layers: Sequence[str], every: Sequence[str], what: str = "layer"
) -> str:
    """Return the layer that was asked for, or the only one.

    Parameters
    ----------
    path : Path
    layer : str, optional
    layers, every : sequence of str
        Those that can be meant, and all that there are.
    what : str
        What the file calls them.

    Raises
    ------
    DataError
        If it is not there, or none was asked for and there are several.
    """
    if layer is not None and layer not in every:
        raise DataError(
            f"{path.name} has no {what} {layer!r}{nearest(layer, layers)} It has: "
            f"{listed(layers)}. Name one of them with --layer"
        )
    if layer is None and len(layers) != 1:
        raise DataError(
            f"{path.name} has {counted(len(layers), what)} ({listed(layers)}); expected one: name "
            f"it as {path.name}:{[*layers, what][0]} (for labels also with --layer)"
        )
    return layer or layers[0]
