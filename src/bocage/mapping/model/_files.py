"""A model as a folder: written whole or not at all, and read only where nothing was changed."""

import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, SettingsError, StoreError
from bocage.mapping._applicability import Applicability
from bocage.mapping.model import _manifest as manifest
from bocage.mapping.model._estimators import dump_estimator, load_estimator, suffix_of
from bocage.mapping.model._model import MapModel
from bocage.mapping.model._probes import probes

HEAD = "head.npz"
APPLICABILITY = "applicability.npz"
N_PROBES = 64
TOLERANCE = 1e-6
"""Predictions of the probes may differ by this on another machine or with another library."""


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
    if target.exists() and not _is_model(target):
        raise SettingsError(
            f"{target} exists and is no model of Bocage; choose a new folder, or remove it"
        )
    rows = probes(model, N_PROBES, 0)
    arrays: dict[str, NDArray[Any]] = {"probes": rows, "answers": model.predict(rows)}
    if model.head.scaling is not None:
        arrays |= dict(zip(("columns", "mean", "spread"), model.head.scaling, strict=True))
    if model.kind == "classification":
        arrays["classes"] = np.asarray(model.head.classes_, np.int64)
    if model.head.standardise is not None:
        arrays["standardise"] = np.asarray(model.head.standardise, bool)
    content = {
        HEAD: _pack(arrays),
        f"estimator{suffix_of(model.head.model)}": dump_estimator(model.head),
    }
    if model.applicability is not None:
        content[APPLICABILITY] = _pack(model.applicability.to_arrays())
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in content.items()}
    content[manifest.NAME] = manifest.describe(model, hashes).encode()
    _write(target, content, arrays["answers"])
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
    from bocage.methods import MODELS, Head

    content = _read(folder)
    facts = manifest.read(content.pop(manifest.NAME), folder.name)
    _check_files(facts, content, folder.name)
    if facts.head.model not in MODELS:
        raise DataError(f"{folder.name} is a {facts.head.model!r} model; Bocage has none")
    arrays = _unpack(content[HEAD], HEAD)
    estimator = load_estimator(
        content[f"estimator{suffix_of(facts.head.model)}"], facts.head.model, facts.head.kind
    )
    head = Head(**facts.head.model_dump(), standardise=arrays.get("standardise"))
    scaling = None
    if "columns" in arrays:
        scaling = (_array(arrays, "columns"), _array(arrays, "mean"), _array(arrays, "spread"))
    classes = _array(arrays, "classes") if facts.head.kind == "classification" else None
    head.restore(estimator, classes, scaling)
    applicability = None
    if APPLICABILITY in content:
        applicability = Applicability.from_arrays(_unpack(content[APPLICABILITY], APPLICABILITY))
    named = ("bands", "target", "unit", "classes", "prior", "product", "version", "years",
             "licence", "attribution", "bocage")  # fmt: skip
    model = MapModel(
        head=head,
        coding=manifest.coding_of(facts.coding),
        training=manifest.training_of(facts.training),
        applicability=applicability,
        **{name: getattr(facts, name) for name in named},
    )
    expected = _array(arrays, "answers")
    found = model.predict(_array(arrays, "probes"))
    if found.shape != expected.shape or not np.allclose(
        found, expected, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True
    ):
        told = ", ".join(f"{name} {version}" for name, version in facts.libraries.items())
        raise DataError(
            f"{folder.name} predicts otherwise here than where it was saved, with {told}; install "
            "these versions, or fit the model again"
        )
    return model, found


def _is_model(folder: Path) -> bool:
    return folder.is_dir() and ((folder / manifest.NAME).is_file() or not any(folder.iterdir()))


def _write(target: Path, content: Mapping[str, bytes], expected: NDArray[np.float64]) -> None:
    temporary = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name[:40]}-"))
        # mkdtemp makes folders that only their owner can read; these are there to be shared.
        temporary.chmod(0o755)
        for name, data in content.items():
            with (temporary / name).open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        if _load(temporary)[1].tobytes() != expected.tobytes():
            raise StoreError(
                f"the model would predict otherwise after it is read from {target}; it was not "
                "written: please report this with the versions of your libraries"
            )
        _put(temporary, target)
    except OSError as error:
        raise StoreError(
            f"can't write {target} ({error.strerror or error}); free some space or choose another "
            "folder, then run the same command again"
        ) from error
    finally:
        # Also when the user stops the program in the midst of it.
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


def _put(temporary: Path, target: Path) -> None:
    """Give a folder its name; what stood there before goes only when the new one stands."""
    if not target.exists():
        temporary.rename(target)
        return
    aside = temporary.with_name(f"{temporary.name}.old")
    target.rename(aside)
    try:
        temporary.rename(target)
    except OSError:
        with suppress(OSError):
            aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _read(folder: Path) -> dict[str, bytes]:
    if not (folder / manifest.NAME).is_file():
        raise DataError(
            f"{folder} is no model of Bocage: {manifest.NAME} is not there; expected a folder that "
            "'bocage fit' wrote"
        )
    content = {}
    try:
        for path in sorted(folder.iterdir()):
            if path.is_symlink() or not path.is_file():
                raise DataError(
                    f"{folder.name} holds {path.name}, which is no file of its own; expected the "
                    "files that 'bocage fit' wrote and no other"
                )
            content[path.name] = path.read_bytes()
    except OSError as error:
        raise DataError(f"{folder} can't be read ({error.strerror or error})") from error
    return content


def _check_files(facts: manifest.Manifest, content: Mapping[str, bytes], name: str) -> None:
    needed = {HEAD, f"estimator{suffix_of(facts.head.model)}"}
    if not needed <= set(facts.files) or not set(facts.files) <= needed | {APPLICABILITY}:
        raise DataError(
            f"{manifest.NAME} in {name} lists {', '.join(sorted(facts.files))}; expected "
            f"{', '.join(sorted(needed))}"
        )
    for file, expected in facts.files.items():
        if file not in content:
            raise DataError(f"{name} lacks {file}; copy the whole folder, or fit the model again")
        if hashlib.sha256(content[file]).hexdigest() != expected:
            raise DataError(
                f"{file} in {name} is not the file that was saved (its SHA-256 differs from "
                f"{manifest.NAME}); copy the folder again, or fit the model again"
            )
    foreign = sorted(set(content) - set(facts.files))
    if foreign:
        raise DataError(
            f"{name} holds {foreign[0]}, which the model does not list; remove it if it is yours, "
            "or copy the folder again"
        )


def _pack(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _unpack(data: bytes, name: str) -> dict[str, NDArray[Any]]:
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as found:
            return dict(found)
    except (ValueError, OSError, BadZipFile, KeyError) as error:
        raise DataError(f"{name} can't be read ({error}); fit the model again") from error


def _array(arrays: Mapping[str, NDArray[Any]], name: str) -> NDArray[Any]:
    if name not in arrays:
        raise DataError(f"{HEAD} lacks {name!r}; fit the model again")
    return arrays[name]
