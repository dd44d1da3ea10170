"""What a model is made of, as files: arrays and estimators, without pickle."""

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import BocageError, DataError, find_kind
from bocage.methods import HEADS, FittedMethod, InputFacts, parse_method
from bocage.models import _manifest as manifest
from bocage.models._applicability import Applicability
from bocage.models._archive import UNREADABLE, check_archive, short
from bocage.models._estimators import dump_estimator, load_estimator
from bocage.models._held_out import HeldOutPredictions
from bocage.models._model import MapModel
from bocage.models._probes import probes

if TYPE_CHECKING:
    from bocage.methods import Head

HEAD = "head.npz"
METHOD = "method.npz"
NETWORK = "network.npz"
APPLICABILITY = "applicability.npz"
HELD_OUT = "held_out.npz"

N_PROBES = 64
TOLERANCE = 1e-6
"""Predictions of the probes may differ by this on another machine or with another library."""
NETWORK_TOLERANCE = 1e-3
"""The same for networks, which sum many more numbers in single precision."""
NEARLY_ALL = 0.99
"""Share of a network's numbers that must be as near: trees behind one may fall the other way."""

Content = dict[str, bytes]


def pack(model: MapModel) -> tuple[Content, NDArray[np.float64]]:
    """Turn a model into files, and give what it answers for its probes."""
    content: Content = {}
    if model.applicability is not None:
        content[APPLICABILITY] = _pack(model.applicability.to_arrays())
    if model.held is not None:
        content[HELD_OUT] = _pack(model.held.to_arrays())
    fitted = model.fitted
    if fitted is None:
        rows = probes(model, N_PROBES, 0)
        answers = model.predict(rows)
        return content | _pack_head(
            model.plain_head("as files"), {"probes": rows, "answers": answers}
        ), answers
    values, lonlat = fitted.probes(N_PROBES)
    answers = fitted.predict(values, lonlat)
    low, high = fitted.limits
    content[METHOD] = _pack(
        {"probes": values, "lonlat": lonlat, "answers": answers}
        | {"mean": fitted.mean, "low": low, "high": high}
    )
    if fitted.weights:
        content[NETWORK] = _pack(fitted.weights)
    if fitted.fitted_head is not None:
        content |= _pack_head(fitted.fitted_head, {})
    return content, answers


def unpack(facts: manifest.Manifest, content: Content) -> tuple[MapModel, NDArray[np.float64]]:
    """Build a model from its files, and give what it answers for its probes.

    Raises
    ------
    DataError
        If something can't be used, or it answers otherwise than where it was saved.
    """
    try:
        return _unpack_all(facts, content)
    except BocageError:
        raise
    except UNREADABLE as error:
        raise DataError(
            f"the model can't be used ({short(error)}); expected a model as Bocage wrote it: fit "
            "the model again"
        ) from error


def _unpack_all(facts: manifest.Manifest, content: Content) -> tuple[MapModel, NDArray[np.float64]]:
    head: Head | FittedMethod
    if facts.method is None:
        arrays = _unpack(content, HEAD)
        head, near, enough = _unpack_head(facts, content, arrays), TOLERANCE, 1.0
    else:
        arrays = _unpack(content, METHOD)
        head, near, enough = _unpack_method(facts, content, arrays), NETWORK_TOLERANCE, NEARLY_ALL
    applicability = None
    if APPLICABILITY in content:
        applicability = Applicability.from_arrays(_unpack(content, APPLICABILITY))
        applicability = applicability.of_bands(facts.bands)
    held = None
    if HELD_OUT in content:
        held = HeldOutPredictions.from_arrays(_unpack(content, HELD_OUT), facts.classes)
    named = ("bands", "target", "unit", "classes", "prior", "noise", "product", "version", "years",
             "licence", "attribution", "sources", "bocage")  # fmt: skip
    model = MapModel(
        head=head,
        coding=manifest.coding_of(facts.coding),
        training=manifest.training_of(facts.training),
        applicability=applicability,
        held=held,
        label_places=manifest.label_places_of(facts.label_places),
        **{name: getattr(facts, name) for name in named},
    )
    rows, expected = _array(arrays, "probes"), _array(arrays, "answers")
    if model.fitted is None:
        found = model.predict(rows)
    else:
        found = model.fitted.predict(rows, _array(arrays, "lonlat"))
    same = found.shape == expected.shape and (
        np.isclose(found, expected, rtol=near, atol=near, equal_nan=True).mean() >= enough
    )
    if not same:
        told = ", ".join(f"{name} {version}" for name, version in facts.libraries.items())
        raise DataError(
            f"the model's predictions differ from those at the time it was saved, with {told}; "
            "install these versions, or fit the model again"
        )
    return model, found


def files_of(facts: manifest.Manifest) -> tuple[set[str], set[str]]:
    """Name the files that a model must have, and those that it may have."""
    needed = set()
    if facts.head is not None:
        if facts.head.model not in HEADS:
            raise DataError(
                f"no head is called {facts.head.model!r} here; install the package that brought "
                "it, or fit another model"
            )
        needed |= {HEAD, _estimator_file(facts.head.model)}
    if facts.method is None:
        return needed, {APPLICABILITY, HELD_OUT}
    needed.add(METHOD)
    if facts.head is None:
        needed.add(NETWORK)
    return needed, {HELD_OUT}


def _estimator_file(model: str) -> str:
    return f"estimator{HEADS[model].suffix}"


def _pack_head(head: "Head", arrays: dict[str, NDArray[Any]]) -> Content:
    if head.scaling is not None:
        arrays |= dict(zip(("columns", "mean", "spread"), head.scaling, strict=True))
    if head.has_classes:
        arrays["classes"] = np.asarray(head.classes_, np.int64)
        arrays["temperature"] = np.array(head.temperature_.value)
    if head.standardise is not None:
        arrays["standardise"] = np.asarray(head.standardise, bool)
    return {HEAD: _pack(arrays), _estimator_file(head.model): dump_estimator(head)}


def _unpack_head(
    facts: manifest.Manifest, content: Content, arrays: Mapping[str, NDArray[Any]]
) -> "Head":
    from bocage.methods import Head

    about = facts.head
    assert about is not None  # noqa: S101 - asked by the callers
    estimator = load_estimator(content[_estimator_file(about.model)], about.model, about.kind)
    head = Head(**about.model_dump(), standardise=arrays.get("standardise"))
    scaling = None
    if "columns" in arrays:
        scaling = (_array(arrays, "columns"), _array(arrays, "mean"), _array(arrays, "spread"))
    if not find_kind(about.kind).has_classes:
        return head.restore(estimator, None, scaling)
    hot = float(_array(arrays, "temperature"))
    if not 0 < hot < np.inf:
        raise DataError(f"the model's temperature is {hot:g}; expected a number above 0")
    seen = _array(arrays, "classes")
    if (
        seen.ndim != 1
        or not seen.size
        or (np.diff(seen) <= 0).any()
        or not (seen[0] >= 0 and seen[-1] < about.n_classes)
    ):
        raise DataError(
            "the model's training classes are not increasing whole numbers from 0 to "
            f"{about.n_classes - 1}; fit the model again"
        )
    return head.restore(estimator, seen, scaling, hot)


def _unpack_method(
    facts: manifest.Manifest, content: Content, arrays: Mapping[str, NDArray[Any]]
) -> FittedMethod:
    about = facts.method
    assert about is not None  # noqa: S101 - asked by the caller
    try:
        method = parse_method(about.method)
    except BocageError as error:
        raise DataError(f"method {about.method!r} of the model can't be used here: {error}") from (
            error
        )
    stats = [_array(arrays, name) for name in _STATS]
    if {part.shape for part in stats} != {(len(facts.bands),)}:
        raise DataError("the model's arrays do not match its bands; fit the model again")
    inputs, start = [], 0
    for item in about.inputs:
        stop = start + len(item.bands) * (item.n_dates or 1)
        known: dict[str, Any] = item.model_dump()
        known |= {name: part[start:stop] for name, part in zip(_STATS, stats, strict=True)}
        inputs.append(InputFacts(**known))
        start = stop
    metres = float("nan") if about.pixel_metres is None else about.pixel_metres
    weights = _unpack(content, NETWORK) if NETWORK in content else {}
    head = None
    if facts.head is not None:
        head = _unpack_head(facts, content, _unpack(content, HEAD))
    return FittedMethod(
        method, tuple(inputs), find_kind(about.task_kind), facts.classes, about.chip, metres,
        about.encoders, head, weights,
    )  # fmt: skip


_STATS = ("mean", "low", "high")


def _pack(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _unpack(content: Content, name: str) -> dict[str, NDArray[Any]]:
    try:
        check_archive(content[name])
        with np.load(io.BytesIO(content[name]), allow_pickle=False) as found:
            return dict(found)
    except UNREADABLE as error:
        raise DataError(f"{name} can't be read ({short(error)}); fit the model again") from error


def _array(arrays: Mapping[str, NDArray[Any]], name: str) -> NDArray[Any]:
    if name not in arrays:
        raise DataError(f"the model's arrays lack {name!r}; fit the model again")
    return arrays[name]
