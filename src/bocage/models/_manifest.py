"""What `model.json` says: everything of a model but its numbers, and the hash of every file."""

import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from bocage.core import DataError, printable, release_of
from bocage.methods import FittedMethod
from bocage.metrics import score_bounds
from bocage.models._label_places import LabelPlaces
from bocage.models._model import MapModel, Training
from bocage.sources import Coding

if TYPE_CHECKING:
    from bocage.methods import Head

NAME = "model.json"
FORMAT = 4

ROUNDING = 1e-6

_IMPORTED_AS = {"scikit-learn": "sklearn"}


def _of_marks(text: str) -> str:
    # Names go to terminals, tables and pages: none gives orders there.
    if printable(text) != text or "\n" in text or "\t" in text:
        raise ValueError(f"{text!r} holds a control character: change the name in the labels")
    return text


Text = Annotated[str, Field(max_length=2000), AfterValidator(_of_marks)]
Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Loss = Annotated[float, Field(ge=0)]
Longitude = Annotated[float, Field(ge=-360, le=360)]
Latitude = Annotated[float, Field(ge=-100, le=100)]
Side = Annotated[int, Field(ge=1, le=4096)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Checked(BaseModel):
    """Nothing that is not declared, nothing converted."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, protected_namespaces=(), allow_inf_nan=False
    )


class HeadFacts(_Checked):
    """How to build the head around its estimator."""

    model: Text
    kind: Literal["classification", "regression"]
    params: dict[str, str | int | float | bool | None]
    n_classes: int = Field(ge=0, le=10_000)
    seed: int

    @model_validator(mode="after")
    def _counts_classes(self) -> Self:
        if (self.kind == "classification") != (self.n_classes > 0):
            raise ValueError(f"{self.n_classes} classes of a {self.kind}")
        return self


class InputFactsRead(_Checked):
    """What a method must be fed; the numbers stand beside it."""

    name: Text
    bands: tuple[Text, ...]
    units: tuple[Text, ...]
    scaling: Literal["standardise", "keep"]
    modality: Text
    form: Literal["table", "series", "chips"]
    n_dates: int = Field(ge=0, le=1000)
    months: tuple[Annotated[int, Field(ge=1, le=12)], ...]
    # Models of before have none.
    read_from: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _has_all_columns(self) -> Self:
        if len(self.read_from) not in {0, self.n_dates * len(self.bands)}:
            raise ValueError(f"{len(self.read_from)} columns for {len(self.bands)} bands")
        return self


class MethodFacts(_Checked):
    """How to build a method that is more than a head on the bands of one pixel."""

    method: Text
    task_kind: Literal["classification", "regression", "segmentation"]
    chip: tuple[Side, Side]
    pixel_metres: Annotated[float, Field(gt=0)] | None
    encoders: tuple[Text, ...]
    inputs: tuple[InputFactsRead, ...]


class CodingFacts(_Checked):
    """How rasters store the features."""

    kind: Literal["linear", "square"]
    nodata: float | None
    scale: tuple[float, ...]
    offset: tuple[float, ...]


class TrainingFacts(_Checked):
    """What the model learned from; a score that was not measured is null."""

    n_labels: tuple[Count, ...]
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
    n_tested: Count
    counted: Text
    judged: Text
    ece: Share | None
    brier: Loss | None
    log_loss: Loss | None
    ece_before: Share | None
    brier_before: Loss | None
    log_loss_before: Loss | None
    rule: Text
    # Models of before have none of these.
    caution: Text = ""
    reach: Text = ""
    left_out: Text = ""
    support: Literal["pixel", "polygon"] = "pixel"
    study_name: Text = ""

    @model_validator(mode="after")
    def _can_be(self) -> Self:
        known = [value for value in (self.low, self.score, self.high) if value is not None]
        if not known:
            return self
        lowest, highest = score_bounds(self.metric)
        # Intervals are made of resamples, and may leave by a rounding what the figure can't.
        if min(known) < lowest - ROUNDING or max(known) > highest + ROUNDING:
            raise ValueError(
                f"{self.metric} of {min(known):g} to {max(known):g}, a score that ranges from "
                f"{lowest:g} to {highest:g}"
            )
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"an interval from {self.low:g} down to {self.high:g}")
        return self


class LabelPlacesFacts(_Checked):
    """Where the labels stand, roughly."""

    points: tuple[tuple[Longitude, Latitude], ...] = Field(min_length=1, max_length=100_000)
    cell: float = Field(gt=0, le=90)
    farthest: float = Field(ge=0)


class Manifest(_Checked):
    """The content of `model.json`."""

    format: Literal["bocage map model"]
    version_of_format: int
    bocage: Text
    libraries: dict[Text, Text]
    head: HeadFacts | None
    method: MethodFacts | None
    bands: tuple[Text, ...]
    coding: CodingFacts
    target: Text
    unit: Text
    classes: tuple[Text, ...]
    prior: tuple[Share, ...]
    noise: float = Field(ge=0, lt=1)
    product: Text
    version: Text
    years: tuple[Annotated[int, Field(ge=1, le=9999)], ...]
    licence: Text
    attribution: Text
    # Models of before do not have it.
    sources: tuple[Text, ...] = ()
    # Nor this.
    label_places: LabelPlacesFacts | None = None
    training: TrainingFacts
    files: dict[Text, Sha256]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.prior and abs(sum(self.prior) - 1) > ROUNDING:
            raise ValueError(f"class shares that add up to {sum(self.prior):g}")
        return self


def describe(model: MapModel, files: dict[str, str]) -> str:
    """Write `model.json` of a model.

    Parameters
    ----------
    model : MapModel
    files : dict of str to str
        SHA-256 of each file beside it.
    """
    head, coding, training = model.head, model.coding, model.training
    own = head.fitted_head if isinstance(head, FittedMethod) else head
    facts = {
        "format": "bocage map model",
        "version_of_format": FORMAT,
        "bocage": model.bocage,
        "libraries": libraries(model),
        "head": None if own is None else _head_facts(own),
        "method": _method_facts(head) if isinstance(head, FittedMethod) else None,
        "coding": {
            "kind": coding.kind,
            "nodata": coding.nodata,
            "scale": coding.scale,
            "offset": coding.offset,
        },
        "training": {name: _blank(getattr(training, name)) for name in TrainingFacts.model_fields},
        "files": files,
    }
    named = ("bands", "target", "unit", "classes", "prior", "noise", "product", "version",
             "years", "licence", "attribution", "sources")  # fmt: skip
    facts |= {name: getattr(model, name) for name in named}
    if model.label_places is not None:
        facts["label_places"] = asdict(model.label_places)
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
            f"{NAME} in {name} is not valid JSON ({error}); expected the file that Bocage wrote"
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
            f"{NAME} in {name} can't be used: {where}: {first['msg'].lower()}; expected the file "
            "that Bocage wrote"
        ) from error


def coding_of(facts: CodingFacts) -> Coding:
    """Return the coding that a manifest describes."""
    return Coding(facts.kind, facts.nodata, facts.scale, facts.offset)


def label_places_of(facts: LabelPlacesFacts | None) -> LabelPlaces | None:
    """Return the places that a manifest describes."""
    return None if facts is None else LabelPlaces(**facts.model_dump())


def training_of(facts: TrainingFacts) -> Training:
    """Return the training summary that a manifest describes."""
    values = facts.model_dump()
    for name, value in values.items():
        values[name] = math.nan if value is None else value
    return Training(**values)


def libraries(model: MapModel) -> dict[str, str]:
    """Versions of the libraries that what was fitted depends on."""
    import importlib

    more: dict[str, str] = {}
    head, names = model.head, ["numpy"]
    if isinstance(head, FittedMethod) and head.method.needs_torch:
        names.append("torch")
    own = head.fitted_head if isinstance(head, FittedMethod) else head
    if own is not None:
        more = {_IMPORTED_AS.get(n, n): release_of(n) or "" for n in own.spec.libraries}
    return {name: str(importlib.import_module(name).__version__) for name in names} | more


def _head_facts(head: "Head") -> dict[str, Any]:
    return {
        "model": head.model,
        "kind": head.kind,
        "params": dict(head.params or {}),
        "n_classes": head.n_classes if head.has_classes else 0,
        "seed": head.seed,
    }


def _method_facts(fitted: FittedMethod) -> dict[str, Any]:
    names = list(InputFactsRead.model_fields)
    return {
        "method": fitted.method.name,
        "task_kind": fitted.task_kind.name,
        "chip": fitted.chip,
        "pixel_metres": _blank(fitted.pixel_metres),
        "encoders": fitted.encoders,
        "inputs": [{name: getattr(item, name) for name in names} for item in fitted.inputs],
    }


def _blank(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _plain(value: Any) -> Any:
    """Turn numbers of numpy, such as a tuned parameter, into Python's."""
    item = getattr(value, "item", None)
    if item is None:
        raise TypeError(f"{type(value).__name__} can't be written as JSON")
    return item()
