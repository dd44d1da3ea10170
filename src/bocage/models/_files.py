"""A model as a folder: written whole or not at all, and read only where nothing was changed."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bocage.core import (
    SUFFIX,
    DataError,
    SettingsError,
    StoreError,
    is_model,
    not_written,
    put_in_place,
    sweep,
    temporary_prefix,
)
from bocage.models import _manifest as manifest
from bocage.models._contents import files_of, pack, unpack
from bocage.models._model import MapModel

MOST_FACTS, MOST_BYTES = 2**24, 2**32
"""Bytes of ``model.json``, and of any other file of a model."""


def save_model(model: MapModel, folder: Path | str) -> Path:
    """Write a model as a folder.

    All files are written beside it, flushed, and read back: predictions for random rows must be
    the same to the last bit. Only then does the folder get its name; a model that stood there is
    replaced.

    Parameters
    ----------
    model : MapModel
    folder : path

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    SettingsError
        If something else stands there, or the head has no safe format.
    StoreError
        If it can't be written; nothing of it is left then.
    """
    target = Path(folder)
    if target.exists() and not is_model(target):
        raise SettingsError(
            f"{target} exists and is not a Bocage model; choose a new folder, or remove it"
        )
    content, answers = pack(model)
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in content.items()}
    content[manifest.NAME] = manifest.describe(model, hashes).encode()
    _write(target, content, answers)
    return target


def load_model(folder: Path | str) -> MapModel:
    """Read a model that `save_model` wrote.

    Nothing is unpickled, every file must have the hash that ``model.json`` names, and the model
    must predict what it predicted where it was saved.

    Parameters
    ----------
    folder : path

    Raises
    ------
    DataError
        If a file is missing, changed or foreign, or the model predicts otherwise here.
    """
    return _load(Path(folder))[0]


def _load(folder: Path) -> tuple[MapModel, NDArray[np.float64]]:
    """Read a model, and what it predicts for its probes."""
    names = _names(folder)
    facts = manifest.read(_read(folder / manifest.NAME, MOST_FACTS), folder.name)
    _check_names(facts, names, folder.name)
    content = {}
    for name, expected in facts.files.items():
        content[name] = _read(folder / name, MOST_BYTES)
        if hashlib.sha256(content[name]).hexdigest() != expected:
            raise DataError(
                f"{name} in {folder.name} is not the file that was saved (its SHA-256 differs from "
                f"{manifest.NAME}); copy the folder again, or fit the model again"
            )
    try:
        return unpack(facts, content)
    except DataError as error:
        raise DataError(f"{folder.name}: {error}") from error


def _write(target: Path, content: Mapping[str, bytes], expected: NDArray[np.float64]) -> None:
    temporary = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        sweep(target.parent)
        made = tempfile.mkdtemp(SUFFIX, temporary_prefix(target.name), target.parent)
        temporary = Path(made)
        # mkdtemp makes folders that only their owner can read; these are there to be shared.
        temporary.chmod(0o755)
        for name, data in content.items():
            with (temporary / name).open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        if _load(temporary)[1].tobytes() != expected.tobytes():
            raise StoreError(
                f"the model's predictions would change after reading it from {target}, so it was "
                "not written; please report this with the versions of your libraries"
            )
        put_in_place(temporary, target)
    except OSError as error:
        raise not_written(target, error) from error
    finally:
        # Also when the user stops the program in the midst of it.
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


def _names(folder: Path) -> set[str]:
    """List the files of a model; nothing is read yet."""
    if not (folder / manifest.NAME).is_file():
        raise DataError(
            f"{folder} is not a Bocage model: it has no {manifest.NAME}; expected a folder that "
            "'bocage fit' wrote"
        )
    try:
        for path in sorted(folder.iterdir()):
            if path.is_symlink() or not path.is_file():
                raise DataError(
                    f"{folder.name} holds {path.name}, which is a link or not a regular file; "
                    "expected only the files that 'bocage fit' wrote"
                )
        return {path.name for path in folder.iterdir()}
    except OSError as error:
        raise DataError(f"{folder} can't be read ({error.strerror or error})") from error


def _read(path: Path, most: int) -> bytes:
    """Read a file that is no longer than what such a file may be."""
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise DataError(f"{path} can't be read ({error.strerror or error})") from error
    if len(content) > most:
        raise DataError(
            f"{path.name} in {path.parent.name} is longer than {most / 1e6:,.0f} MB, longer than "
            "any file that Bocage writes; copy the folder again, or fit the model again"
        )
    return content


def _check_names(facts: manifest.Manifest, there: set[str], name: str) -> None:
    needed, more = files_of(facts)
    if not needed <= set(facts.files) or not set(facts.files) <= needed | more:
        raise DataError(
            f"{manifest.NAME} in {name} lists {', '.join(sorted(facts.files))}; expected "
            f"{', '.join(sorted(needed))}"
        )
    missing = sorted(set(facts.files) - there)
    if missing:
        raise DataError(f"{name} lacks {missing[0]}; copy the whole folder, or fit the model again")
    foreign = sorted(there - {manifest.NAME, *facts.files})
    if foreign:
        raise DataError(
            f"{name} holds {foreign[0]}, which the model does not list; remove it if it is yours, "
            "or copy the folder again"
        )
