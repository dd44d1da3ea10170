"""Tasks that are known by name."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypedDict, Unpack, cast

from bocage.core import DataError, KindName, SettingsError
from bocage.datasets._named_task import NamedTask, line_of, task_names, task_of
from bocage.tables import Gaps, InputSpec, Pairs, Paths, listed, nearest, read_task
from bocage.tables.readers import EXTENSIONS
from bocage.tasks import Task

if TYPE_CHECKING:
    import pandas as pd


class TableOptions(TypedDict, total=False):
    """Options of `read_task`, apart from the target."""

    kind: KindName | None
    groups: Sequence[str]
    together: Sequence[str]
    inputs: Mapping[str, str | InputSpec] | None
    lon: str | None
    lat: str | None
    crs: str | None
    layer: str | None
    leave: str
    folds: str
    name: str | None
    title: str
    dequantise: bool
    drop_incomplete: bool
    nodata: Sequence[str | float]
    gaps: Gaps
    bare: bool
    name_unread: bool
    named_with: Mapping[str, str] | None
    names: Pairs | None
    rename: Pairs | None


def _four_regions() -> Task:
    from bocage.datasets._four_regions import four_regions

    return four_regions()


def _four_regions_clean() -> Task:
    from bocage.datasets._four_regions import four_regions

    return four_regions(clean=True)


def _mato_grosso() -> Task:
    from bocage.datasets._mato_grosso import mato_grosso

    return mato_grosso()


def _fuel_moisture() -> Task:
    from bocage.datasets._pixel_series import fuel_moisture

    return fuel_moisture()


def _algae_blooms() -> Task:
    from bocage.datasets._pixel_series import algae_blooms

    return algae_blooms()


def _flood_spain() -> Task:
    from bocage.datasets._flood_spain import flood_spain

    return flood_spain()


def _hls_burn_scars(*, side: int | None = None) -> Task:
    from bocage.datasets._burn_scars import hls_burn_scars

    return hls_burn_scars(side=side)


def _landscape(*, seed: int | None = None) -> Task:
    from bocage.datasets.landscape import LandscapeSettings, landscape

    return landscape(LandscapeSettings() if seed is None else LandscapeSettings(seed=seed))


def _landscape_chips(*, seed: int | None = None) -> Task:
    from bocage.datasets.landscape import LandscapeSettings, landscape_chips

    return landscape_chips(LandscapeSettings() if seed is None else LandscapeSettings(seed=seed))


_TASKS: Mapping[str, NamedTask] = MappingProxyType(
    {
        "algae-blooms": NamedTask(
            "severity of algae blooms in lakes, 12 months of Sentinel and weather (download)",
            _algae_blooms,
        ),
        "fuel-moisture": NamedTask(
            "live fuel moisture at 150 sites, 3 months of Sentinel and weather (download)",
            _fuel_moisture,
        ),
        "flood-spain": NamedTask(
            "water in one flooded scene, 64 chips of Sentinel-2 and Sentinel-1 (download)",
            _flood_spain,
        ),
        "four-regions": NamedTask(
            "land cover in four regions, nine classes, AlphaEarth and Sentinel-1 (download)",
            _four_regions,
        ),
        "four-regions-clean": NamedTask(
            "the same, four classes, clear labels only (download)",
            _four_regions_clean,
        ),
        "hls-burn-scars": NamedTask(
            "burn scars in 804 HLS scenes, left out by fire (you download the files)",
            _hls_burn_scars,
            {"side": int},
        ),
        "landscape": NamedTask(
            "a synthetic landscape with known ground truth (no download)",
            _landscape,
            {"seed": int},
        ),
        "landscape-chips": NamedTask(
            "the same landscape in 120 chips of 32 x 32 pixels, for segmentation (no download)",
            _landscape_chips,
            {"seed": int},
        ),
        "mato-grosso": NamedTask(
            "crops and vegetation in Mato Grosso, MODIS NDVI series of 16 years (BOCAGE_DATA)",
            _mato_grosso,
        ),
    }
)


def named_tasks() -> Mapping[str, str]:
    """Return the names of all named tasks, those of other packages last, with a line on each.

    Returns
    -------
    mapping of str to str

    Examples
    --------
    >>> sorted(named_tasks())[:2]
    ['algae-blooms', 'flood-spain']
    """
    own = {name: _TASKS[name].line for name in sorted(_TASKS)}
    return own | {name: line_of(name) for name in task_names() if name not in own}


def is_named(source: str) -> bool:
    """Tell whether a source is a named task, with options behind it or without.

    >>> is_named("landscape"), is_named("hls-burn-scars:side=128"), is_named("labels.csv")
    (True, True, False)
    """
    name = source.partition(":")[0]
    return name in _TASKS or name in task_names()


def _load_named(source: str) -> Task:
    """Load a named task with its options.

    Raises
    ------
    SettingsError
        If an option is unknown, stands twice or can't be read.
    """
    name, _, text = source.partition(":")
    # A name of Bocage's own stays its own.
    task = _TASKS[name] if name in _TASKS else task_of(name)
    given: dict[str, Any] = {}
    for part in text.split(",") if ":" in source else ():
        key, sign, value = (piece.strip() for piece in part.partition("="))
        known = listed(f"{option}=..." for option in task.options)
        if not sign or key not in task.options or key in given:
            what = "repeats an option" if key in given else "is not an option"
            raise SettingsError(
                f"{part.strip()!r} in {source!r} {what} of {name}{nearest(key, task.options)} "
                f"Options are: {known}"
            )
        try:
            given[key] = task.options[key](value)
        except ValueError:
            whole = f"a whole number, such as {name}:{key}=128"
            wanted = whole if task.options[key] is int else "a value that it takes"
            raise SettingsError(
                f"{part.strip()!r} in {source!r} can't be read; expected {wanted}"
            ) from None
    return cast("Task", task.load(**given))


def load_task(
    source: "Paths | pd.DataFrame", *, target: str | None = None, **options: Unpack[TableOptions]
) -> Task:
    """Load a named task, or read a label table.

    Parameters
    ----------
    source : str, Path or several, or DataFrame or GeoDataFrame
        A name (see `named_tasks`), with options behind a colon where it takes some
        (``hls-burn-scars:side=128``), or files and globs (see `read_task`). A file that is called
        as a task is reached as ``./landscape``.
    target : str, optional
        Column to predict; needed for files, not allowed for named tasks.
    **options
        Further options of `read_task`.

    Returns
    -------
    Task

    Raises
    ------
    DataError
        If there is neither a task nor a file of that name, or the file can't be used.
    SettingsError
        If options for files are given with a named task, a task lacks an option, or a file is
        given without a target.
    DownloadError
        If the files of a named task can't be had.

    Examples
    --------
    >>> task = load_task("landscape:seed=3")
    >>> task.synthetic, sorted(task.groups)
    (True, ['parcel', 'region', 'year'])
    """
    if isinstance(source, str):
        if is_named(source):
            given = [
                *(["target"] if target is not None else []),
                *(k for k, v in options.items() if v),
            ]
            if given:
                raise SettingsError(
                    f"{source!r} is a named task and takes no {listed(given)}; expected a file for "
                    "these options: omit them"
                )
            return _load_named(source)
        if _is_no_path(source):
            known = [*sorted(_TASKS), *(name for name in task_names() if name not in _TASKS)]
            raise DataError(
                f"there is no task and no file called {source!r}{nearest(source, known)} Named "
                f"tasks are {', '.join(known)}; files end in {', '.join(EXTENSIONS)}"
            )
    elif not isinstance(source, Path) and isinstance(source, Sequence):
        named = [str(i) for i in source if is_named(str(i)) and not Path(i).exists()]
        if named:
            raise SettingsError(
                f"{named[0]!r} is a named task and can't be combined with other sources; "
                "expected one named task, or files: compare them separately"
            )
    if target is None:
        what: Sequence[object] = ["the table of labels"]
        if isinstance(source, str | Path):
            what = [source]
        elif isinstance(source, Sequence):
            what = source
        raise SettingsError(
            f"no target is given for {listed(map(str, what))}; expected the column to predict: "
            "name it with --target"
        )
    return read_task(source, target=target, **options)


def _is_no_path(source: str) -> bool:
    from glob import has_magic

    path = Path(source).expanduser()
    return not (path.suffix or path.exists() or has_magic(source) or path.name != source)
