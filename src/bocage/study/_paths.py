"""Paths in a file of settings are relative to that file: a folder that moves keeps its sense."""

import glob
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bocage.study._file_names import RESOLVED_FILE

PATHS = ("task", "area", "class_names", "rename")
"""Settings that are a path, or several; what else they may be is no file."""

PAIRS = ("zones", "chosen")
"""Settings whose values are paths."""


def to_folder(values: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Rewrite paths that are relative to where this runs as relative to a folder.

    Parameters
    ----------
    values : dict
        Settings by name.
    folder : Path

    Returns
    -------
    dict
    """

    def relative(text: str) -> str:
        path = os.path.expanduser(text)  # noqa: PTH111 - globs are no paths
        # A path stays one where its file is gone.
        if not _is_file(path) and not _is_path(text):
            return text
        try:
            found = os.path.relpath(path, folder)
        except ValueError:
            # Another drive.
            return os.path.abspath(path)  # noqa: PTH100 - globs are no paths
        return Path(found).as_posix()

    return _each(values, relative)


def from_folder(values: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Rewrite paths that are relative to a folder as relative to where this runs.

    What is not there is left as it is, and looked for where this runs; in the folder of a study,
    whose own paths are meant, it stays one of that folder.
    """
    is_study = (folder / RESOLVED_FILE).is_file()

    def found(text: str) -> str:
        if os.path.isabs(text) or text.startswith("~"):  # noqa: PTH117
            return text
        path = os.path.join(folder, text)  # noqa: PTH118
        if not _is_file(path) and not (is_study and _is_path(text)):
            return text
        return os.path.relpath(path) if not folder.is_absolute() else os.path.normpath(path)

    return _each(values, found)


def _each(values: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    changed = dict(values)
    for name in PATHS:
        value = values.get(name)
        if isinstance(value, str):
            changed[name] = change(value)
        elif isinstance(value, list):
            changed[name] = [change(text) if isinstance(text, str) else text for text in value]
    for name in PAIRS:
        pairs = values.get(name)
        if isinstance(pairs, dict):
            changed[name] = {
                key: change(text) if isinstance(text, str) else text for key, text in pairs.items()
            }
    return changed


def _is_path(text: str) -> bool:
    """Whether a text can only be meant as a path: no name of a task has an ending or a folder."""
    from bocage.datasets import is_named

    if not text or "://" in text or is_named(text):
        return False
    return "/" in text or bool(Path(text).suffix)


def _is_file(text: str) -> bool:
    """Whether a text names something that is there, also with a layer or column behind it."""
    from bocage.datasets import is_named

    if not text or is_named(text):
        return False
    known = [text]
    # A layer, and a column of zones.
    for _ in range(2):
        head, mark, tail = known[-1].rpartition(":")
        if mark and head and not set(tail) & set("/\\"):
            known.append(head)
    return any(os.path.exists(path) or _matches(path) for path in known)  # noqa: PTH110


def _matches(pattern: str) -> bool:
    return glob.has_magic(pattern) and bool(glob.glob(pattern, recursive=True))  # noqa: PTH207
