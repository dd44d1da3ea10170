"""Tasks that are known by name."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TypedDict, Unpack

from bocage.core import DataError, SettingsError
from bocage.tasks._names import listed, nearest
from bocage.tasks._read import EXTENSIONS, Paths
from bocage.tasks._spec import InputSpec
from bocage.tasks._table import read_task
from bocage.tasks._task import Kind, Task


class TableOptions(TypedDict, total=False):
    """Options of `read_task`, apart from the target."""

    kind: Kind | None
    groups: Sequence[str]
    together: Sequence[str]
    inputs: Mapping[str, str | InputSpec] | None
    lon: str | None
    lat: str | None
    layer: str | None
    leave: str
    name: str | None
    title: str
    dequantise: bool
    drop_incomplete: bool


def _four_regions() -> Task:
    from bocage.tasks._four_regions import four_regions

    return four_regions()


def _four_regions_clean() -> Task:
    from bocage.tasks._four_regions import four_regions

    return four_regions(clean=True)


def _mato_grosso() -> Task:
    from bocage.tasks._mato_grosso import mato_grosso

    return mato_grosso()


def _fuel_moisture() -> Task:
    from bocage.tasks._pixel_series import fuel_moisture

    return fuel_moisture()


def _algae_blooms() -> Task:
    from bocage.tasks._pixel_series import algae_blooms

    return algae_blooms()


def _flood_spain() -> Task:
    from bocage.tasks._flood_spain import flood_spain

    return flood_spain()


def _landscape() -> Task:
    from bocage.tasks.landscape import LandscapeSettings, landscape

    return landscape(LandscapeSettings())


_TASKS: Mapping[str, tuple[str, Callable[[], Task]]] = MappingProxyType(
    {
        "algae-blooms": (
            "severity of algae blooms in lakes, 12 months of Sentinel and weather (download)",
            _algae_blooms,
        ),
        "fuel-moisture": (
            "moisture of living plants at 150 sites, 3 months of Sentinel and weather (download)",
            _fuel_moisture,
        ),
        "flood-spain": (
            "water in one flooded scene, 64 chips of Sentinel-2 and Sentinel-1 (download)",
            _flood_spain,
        ),
        "four-regions": (
            "land cover in four regions, nine classes, AlphaEarth and Sentinel-1 (download)",
            _four_regions,
        ),
        "four-regions-clean": (
            "the same, four classes, clear labels only (download)",
            _four_regions_clean,
        ),
        "landscape": ("an invented country whose truth is known (no download)", _landscape),
        "mato-grosso": (
            "crops and vegetation in Mato Grosso, MODIS NDVI series of 16 years (BOCAGE_DATA)",
            _mato_grosso,
        ),
    }
)


def named_tasks() -> Mapping[str, str]:
    """Return the names of all named tasks, sorted, with a line on each.

    >>> sorted(named_tasks())[:2]
    ['algae-blooms', 'flood-spain']
    """
    return {name: _TASKS[name][0] for name in sorted(_TASKS)}


def load_task(source: Paths, *, target: str | None = None, **options: Unpack[TableOptions]) -> Task:
    """Load a named task, or read a label table.

    Parameters
    ----------
    source : str, Path or several
        A name (see `named_tasks`), or files and globs (see `read_task`). A file that is called
        as a task is reached as ``./landscape``.
    target : str, optional
        Column to predict; needed for files, not allowed for named tasks.
    **options
        Further options of `read_task`.

    Raises
    ------
    DataError
        If there is neither a task nor a file of that name, or the file can't be used.
    SettingsError
        If options for files are given with a named task, or a file without a target.
    DownloadError
        If the files of a named task can't be had.
    """
    if isinstance(source, str):
        if source in _TASKS:
            given = [
                *(["target"] if target is not None else []),
                *(k for k, v in options.items() if v),
            ]
            if given:
                raise SettingsError(
                    f"{source!r} is a named task and takes no {listed(given)}; expected a file for "
                    "these options: leave them out"
                )
            return _TASKS[source][1]()
        if _is_no_path(source):
            raise DataError(
                f"there is no task and no file called {source!r}{nearest(source, _TASKS)} Named "
                f"tasks are {', '.join(sorted(_TASKS))}; files end in {', '.join(EXTENSIONS)}"
            )
    elif not isinstance(source, Path):
        named = [item for item in source if item in _TASKS and not Path(item).exists()]
        if named:
            raise SettingsError(
                f"{named[0]!r} is a named task and can't be put together with other sources; "
                "expected one named task, or files: compare them apart"
            )
    if target is None:
        what = [source] if isinstance(source, str | Path) else source
        raise SettingsError(
            f"no target is given for {listed(map(str, what))}; expected the column to predict: "
            "name it with --target"
        )
    return read_task(source, target=target, **options)


def _is_no_path(source: str) -> bool:
    from glob import has_magic

    path = Path(source).expanduser()
    return not (path.suffix or path.exists() or has_magic(source) or path.name != source)
