"""Compare methods on labels that are in memory, in files, or known by name."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bocage.api._comparison import Comparison
from bocage.api._words import speaks_python
from bocage.core import SettingsError, listed

if TYPE_CHECKING:
    import pandas as pd

    from bocage.study import Study, StudySettings
    from bocage.tasks import Task


@speaks_python
def compare(
    labels: "str | Path | Sequence[str | Path] | pd.DataFrame | Task",
    target: str | None = None,
    *,
    folder: str | Path | None = None,
    workers: int = 1,
    dask: str | None = None,
    quick: bool = False,
    run: bool = True,
    **settings: Any,
) -> Comparison:
    """Compare methods on your labels, as ``bocage compare`` does.

    Runs that are finished stay in the study's folder: the same call again repeats none of them,
    and one that was interrupted goes on.

    Parameters
    ----------
    labels : DataFrame, GeoDataFrame, Task, str, Path, or several paths
        One row a sample: with geometry, or columns ``lon`` and ``lat`` in degrees (WGS84); a label
        table's path; or the name of a task, such as ``"landscape"``.
    target : str, optional
        Column to predict; not for named tasks.
    folder : str or Path, optional
        Folder of the study; ``studies/NAME`` if not given, where NAME is `name`, the file's name
        or the target.
    workers : int
        Parallel processes; 1 runs in this one. In a script, more need
        ``if __name__ == "__main__":`` around the call.
    dask : str, optional
        Address of a Dask scheduler, or ``"local"``.
    quick : bool
        Whether to stop at the first answer; the same call without it goes on from there.
    run : bool
        Whether to run at all; without, the plan can be looked at.
    **settings
        Every setting of ``study.yaml``: ``inputs={"aef": "A??"}``, ``leave="district"``,
        ``budgets=[5, 20, "all"]``, ``methods=["prior", "aef:logistic"]``, ``where="out"``, ...

    Returns
    -------
    Comparison

    Raises
    ------
    BocageError
        If labels, split, budgets or methods can't be used; the message says what to do.

    See Also
    --------
    open_study : Open a study that was made before.

    Examples
    --------
    >>> import tempfile
    >>> import bocage
    >>> study = bocage.compare(
    ...     "landscape",
    ...     folder=tempfile.mkdtemp(),
    ...     methods=["prior", "aef:logistic"],
    ...     budgets=[5],
    ...     repeats=1,
    ... )
    >>> study.verdict.status in ("decided", "alike", "undecided")
    True
    >>> sorted(study.scores["method"].unique())
    ['aef:logistic', 'prior']
    """
    from bocage.core import Workers, check_folder
    from bocage.study import SAMPLES_FILE, check_same, kept_labels, prepare
    from bocage.tasks import Task

    asked, table = _asked(labels, target, settings)
    place = Path("studies") / asked.title if folder is None else Path(folder)
    check_folder(place, "a study")
    if table is not None:
        # The folder's own copy is what the settings name: there is no other file.
        asked = asked.model_copy(update={"task": str(place / SAMPLES_FILE)})
    if table is None:
        kept, told = kept_labels(asked, place)
        study = prepare(asked, place, labels=kept)
    else:
        told = ()
        study = prepare(asked, place, labels=table if isinstance(table, Task) else _frame(table))
    _check_kept(study, place, is_named=folder is not None, in_memory=table is not None)
    made = Comparison(study, (*told, *check_same(study)))
    if run:
        made.run(Workers(workers, dask), quick=quick)
    return made


def _check_kept(study: "Study", folder: Path, *, is_named: bool, in_memory: bool) -> None:
    """Refuse to let other labels take the place of those that only a study keeps.

    Raises
    ------
    StoreError
        If the folder was not chosen, and keeps other samples with the same name.
    """
    import warnings

    from bocage.core import StoreError
    from bocage.study import SAMPLES_FILE, label_settings
    from bocage.tasks import is_stored_task, stored_key, task_key

    samples = folder / SAMPLES_FILE
    if not in_memory or not is_stored_task(samples):
        return
    if stored_key(samples) == task_key(study.task, label_settings(study.settings)):
        return
    if not is_named:
        raise StoreError(
            f"{folder} keeps a study of other samples, which are nowhere else; choose another "
            f"folder (folder='{folder}-2'), or name this one to replace them"
        )
    warnings.warn(f"the samples in {folder} are replaced by others", stacklevel=4)


@speaks_python
def open_study(folder: str | Path) -> Comparison:
    """Open a study from its folder, wherever that is now.

    Parameters
    ----------
    folder : str or Path
        That ``bocage compare`` or `compare` has made.

    Returns
    -------
    Comparison

    Raises
    ------
    StoreError
        If there is no study.

    See Also
    --------
    compare : Make one.

    Examples
    --------
    >>> study = bocage.open_study("studies/crops")  # doctest: +SKIP
    """
    from bocage.study import open_study as opened

    return Comparison(opened(Path(folder)))


def _asked(
    labels: Any, target: str | None, settings: dict[str, Any]
) -> "tuple[StudySettings, pd.DataFrame | Task | None]":
    """Return the settings, and the samples where they are in memory."""
    from bocage.study import SAMPLES_FILE, make_settings
    from bocage.tasks import Task

    given = {name: _plain(value) for name, value in settings.items() if value is not None}
    if "task" in given:
        raise SettingsError("task is given; expected the labels as the first argument instead")
    if target is not None:
        given["target"] = target
    if isinstance(labels, str | Path):
        return make_settings({"task": str(labels)} | given, source="the arguments"), None
    if isinstance(labels, Sequence):
        others = [type(one).__name__ for one in labels if not isinstance(one, str | Path)]
        if others:
            raise SettingsError(
                f"the labels are a list with a {others[0]}; expected paths of tables with the same "
                "columns, or one table: put tables together first (pandas.concat)"
            )
        paths = [str(path) for path in labels]
        return make_settings({"task": paths} | given, source="the arguments"), None
    if isinstance(labels, Task):
        if target is not None:
            raise SettingsError("target is given with a Task, which has its own; omit it")
        given.setdefault("name", labels.name)
    elif target is None:
        _frame(labels)
        raise SettingsError(
            "no target is given; expected the column to predict, such as target='crop': the table "
            f"has {listed([str(name) for name in labels.columns], 12)}"
        )
    else:
        given.setdefault("name", _folder_name(target))
    return make_settings({"task": SAMPLES_FILE} | given, source="the arguments"), labels


def _plain(value: Any) -> Any:
    """Turn paths and arrays of the caller's into what a settings file may hold."""
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(_plain(item) for item in value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    # Arrays, Series and the numbers that they hold.
    return value.tolist() if hasattr(value, "tolist") else value


def _folder_name(text: str) -> str:
    """Make a name that a folder can have."""
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in text).strip("-") or "study"


def _frame(table: Any) -> Any:
    import pandas as pd

    from bocage.core import DataError

    if isinstance(table, pd.DataFrame):
        return table
    raise DataError(
        f"the labels are a {type(table).__name__}; expected a DataFrame, GeoDataFrame, Task, the "
        "path of a table, or the name of a task"
    )
