"""What `model.json` says: everything of a model but its numbers, and the hash of every file."""

import json
import math
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bocage.core import DataError
from bocage.mapping.model._model import MapModel, Training
from bocage.sources import Coding

NAME = "model.json"
FORMAT = 1

Text = Annotated[str, Field(max_length=2000)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Checked(BaseModel):
    """Nothing that is not declared, nothing converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, protected_namespaces=())


class HeadFacts(_Checked):
    """How to build the head around its estimator."""

    model: Text
    kind: Literal["classification", "regression"]
    params: dict[str, str | int | float | bool | None]
    n_classes: int = Field(ge=1, le=10_000)
    seed: int


class CodingFacts(_Checked):
    """How rasters store the features."""

    kind: Literal["linear", "square"]
    nodata: float | None
    scale: tuple[float, ...]
    offset: tuple[float, ...]


class TrainingFacts(_Checked):
    """What the model learned from; a score that was not measured is null."""

    n_labels: tuple[int, ...]
    group: Text
    groups: tuple[Text, ...]
    method: Text
    study: Text
    metric: Text
    where: Text
    budget: Text
    score: float | None
    low: float | None
    high: float | None
    conditional: bool
    n_tested: int


class Manifest(_Checked):
    """The content of `model.json`."""

    format: Literal["bocage map model"]
    version_of_format: int
    bocage: Text
    libraries: dict[Text, Text]
    head: HeadFacts
    bands: tuple[Text, ...]
    coding: CodingFacts
    target: Text
    unit: Text
    classes: tuple[Text, ...]
    prior: tuple[float, ...]
    product: Text
    version: Text
    years: tuple[int, ...]
    licence: Text
    attribution: Text
    training: TrainingFacts
    files: dict[Text, Sha256]


def describe(model: MapModel, files: dict[str, str]) -> str:
    """Write `model.json` of a model.

    Parameters
    ----------
    model : MapModel
    files : dict of str to str
        SHA-256 of each file beside it.
    """
    head, coding, training = model.head, model.coding, model.training
    facts = {
        "format": "bocage map model",
        "version_of_format": FORMAT,
        "bocage": model.bocage,
        "libraries": libraries(head.model),
        "head": {
            "model": head.model,
            "kind": head.kind,
            "params": dict(head.params or {}),
            "n_classes": head.n_classes,
            "seed": head.seed,
        },
        "coding": {
            "kind": coding.kind,
            "nodata": coding.nodata,
            "scale": coding.scale,
            "offset": coding.offset,
        },
        "training": {name: _blank(getattr(training, name)) for name in TrainingFacts.model_fields},
        "files": files,
    }
    named = ("bands", "target", "unit", "classes", "prior", "product", "version", "years",
             "licence", "attribution")  # fmt: skip
    facts |= {name: getattr(model, name) for name in named}
    text = json.dumps(facts, indent=1, ensure_ascii=False, allow_nan=False, default=_plain)
    read(text, "the model")
    return text


def read(text: str | bytes, name: str) -> Manifest:
    """Read `model.json`.

    Parameters
    ----------
    text : str or bytes
    name : str
        Of the folder, for messages.

    Raises
    ------
    DataError
        If it is no JSON, not of a model, or of another format than this version writes.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(
            f"{NAME} in {name} is no JSON ({error}); expected the one that Bocage wrote"
        ) from error
    if isinstance(found, dict) and found.get("version_of_format", FORMAT) != FORMAT:
        raise DataError(
            f"{name} has format {found['version_of_format']!r}; this version of Bocage reads "
            f"format {FORMAT}: install the version that wrote it ({found.get('bocage', '?')})"
        )
    try:
        # JSON has lists where tuples are meant, and no other liberty is taken.
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise DataError(
            f"{NAME} in {name} can't be used: {where}: {first['msg'].lower()}; expected what "
            "Bocage wrote"
        ) from error


def coding_of(facts: CodingFacts) -> Coding:
    """Return the coding that a manifest describes."""
    return Coding(facts.kind, facts.nodata, facts.scale, facts.offset)


def training_of(facts: TrainingFacts) -> Training:
    """Return the training summary that a manifest describes."""
    values = facts.model_dump()
    for name in ("score", "low", "high"):
        values[name] = math.nan if values[name] is None else values[name]
    return Training(**values)


def libraries(model: str) -> dict[str, str]:
    """Versions of the libraries that a head's estimator depends on."""
    import importlib

    import numpy as np

    name = {"xgboost": "xgboost", "lightgbm": "lightgbm"}.get(model, "sklearn")
    return {"numpy": np.__version__, name: str(importlib.import_module(name).__version__)}


def _blank(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _plain(value: Any) -> Any:
    """Turn numbers of numpy, such as a tuned parameter, into Python's."""
    item = getattr(value, "item", None)
    if item is None:
        raise TypeError(f"{type(value).__name__} can't be written as JSON")
    return item()
