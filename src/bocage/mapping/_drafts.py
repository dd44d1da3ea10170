"""The drafts of a map's layers: room for all of them, and none that nobody goes on with."""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bocage.core import DataError, SettingsError, StoreError, not_written
from bocage.mapping._output_paths import layer_path
from bocage.mapping._request import LAYERS
from bocage.mapping.outputs import Draft, Layer, draft_size
from bocage.sources import Grid

SIDE_BY_SIDE = 8 / 3
"""A layer's draft and its file, with overviews (a third) that are made apart, in pixels: at most,
as most layers take far less room when they are compressed."""


@contextmanager
def drafts(
    output: Path, layers: Mapping[str, Layer], grid: Grid, key: str
) -> Iterator[dict[str, Draft]]:
    """Open a draft of each layer; all go when the block ends well, or the map is refused.

    After a stop, those in which something was painted stay: the same command goes on with them.

    Parameters
    ----------
    output : Path
        The map.
    layers : mapping of str to Layer
    grid : Grid
    key : str
        See `Draft`.

    Raises
    ------
    StoreError
        If there is no room for all layers.
    """
    for name in set(LAYERS) - set(layers):
        # Of a former command that was stopped, and asked for other layers.
        shutil.rmtree(_folder(output, name), ignore_errors=True)
    folders = {name: _folder(output, name) for name in layers}
    check_room(output, layers, grid, folders.values())
    opened: dict[str, Draft] = {}
    kept: set[str] = set()
    try:
        with ExitStack() as stack:
            for name, layer in layers.items():
                opened[name] = stack.enter_context(Draft(folders[name], grid, layer, key))
            yield opened
    except (DataError, SettingsError):
        # It would be refused again. What an address did not give, it may give the next time.
        raise
    except BaseException:
        kept = {name for name, draft in opened.items() if draft.done}
        raise
    finally:
        for name in set(layers) - kept:
            shutil.rmtree(folders[name], ignore_errors=True)


def check_room(
    output: Path, layers: Mapping[str, Layer], grid: Grid, folders: Iterable[Path] = ()
) -> None:
    """Refuse layers for which the disk has no room, before the first of them is begun.

    Parameters
    ----------
    output : Path
    layers : mapping of str to Layer
    grid : Grid
    folders : iterable of Path
        Drafts that are there already: their room is had.

    Raises
    ------
    StoreError
        If it has not.
    """
    need = SIDE_BY_SIDE * sum(draft_size(grid, layer) for layer in layers.values())
    # A folder that is not there will be made in the first one above that is.
    disk = next(folder for folder in output.absolute().parents if folder.exists())
    try:
        free = shutil.disk_usage(disk).free
        free += sum(
            path.stat().st_size for folder in folders for path in folder.glob("*") if path.is_file()
        )
    except OSError as error:
        raise not_written(output, error) from error
    if need > free:
        raise StoreError(
            f"can't write {output}: its layers ({', '.join(layers)}) may take {_size(need)} while "
            f"they are written, and {_size(free)} are free; free some space, choose another "
            "folder with -o, map a smaller area (--area), or write fewer layers (--layers)"
        )


def _size(n: float) -> str:
    return f"{n / 1e9:,.1f} GB" if n >= 1e10 else f"{n / 1e6:,.1f} MB"  # noqa: PLR2004


def _folder(output: Path, layer: str) -> Path:
    path = layer_path(output, layer)
    return path.with_name(f".{path.name}.draft")
