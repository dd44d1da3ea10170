"""From a study to a model that can be mapped with."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from bocage.areas import row_areas
from bocage.core import (
    CLASSIFICATION,
    DataError,
    Origin,
    SettingsError,
    counted,
    listed,
    merged_origin,
)
from bocage.features import parse_input
from bocage.methods import (
    Confidence,
    FittedMethod,
    Head,
    InputFacts,
    Method,
    ShallowMethod,
    read_inputs,
)
from bocage.models._former import study_name
from bocage.models._held_out import UNKNOWN, HeldOutPredictions
from bocage.models._label_places import LabelPlaces
from bocage.models._model import MapModel, Training
from bocage.models._priors import training_prior
from bocage.models._support import places_of
from bocage.models._trust import applicability_of
from bocage.sources import AEF_BANDS, AEF_CODING, About, Coding, Source, names_for
from bocage.splits import regime_of
from bocage.study import Study, Winner, answer, confidence_near, refit
from bocage.tables import label_rows
from bocage.tasks import Task

if TYPE_CHECKING:
    from bocage.methods import Fitted

FEW_PIXELS = 2
"""A polygon of fewer pixels is as good as one of them."""


def fit_model(
    study: Study,
    found: Winner,
    raster: Source | None,
    lonlat: NDArray[np.float64] | None = None,
) -> MapModel:
    """Fit a method on all labels of a study, for rasters like the given one.

    Parameters
    ----------
    study : Study
    found : Winner
        The method, and what the study says of it.
    raster : Source or None
        Says how the features are stored where maps are made. Without one they are AlphaEarth's
        where the bands are called so, and values as they are elsewhere.
    lonlat : ndarray of float64, shape (n, 2), optional
        Points spread over what will be mapped, where that is known (`points_of`): among the labels
        confidence is that of places with labels.

    Raises
    ------
    SettingsError
        If the method can't be mapped with.
    DataError
        If the raster is of another product, or version, than the labels' features.
    """
    method, task = found.method, study.task
    if not task.has_places:
        raise SettingsError(
            f"{task.name} has no coordinates, so its score cannot be related to places on a map; "
            "expected labels with coordinates (--lon, --lat)"
        )
    names = read_inputs(method)
    if not names:
        able = [other.name for other in study.methods if read_inputs(other)]
        able.sort(key=_rank(study, found))
        raise SettingsError(
            f"method {method.name!r} reads no input; expected a method whose bands are in the "
            f"raster: name another method of the study with --method ({listed(able, 4)})"
        )
    if task.masks is None and any(task.inputs[name].form == "chips" for name in names):
        raise SettingsError(
            f"method {method.name!r} gives one prediction for a whole chip, and a map needs one "
            "for every pixel; name a method for points, parcels or segmented chips"
        )
    torn = [name for name in names if task.inputs[name].has_gaps]
    if torn:
        raise SettingsError(
            f"input {torn[0]!r} keeps missing values, and a map leaves out every pixel with a "
            "missing value; expected a study with --gaps drop or fill"
        )
    origin = _origin(task, names, raster)
    # Dates that differ between samples are found before anything is fitted.
    facts = tuple(InputFacts.of(task.inputs[name]) for name in names)
    fitted = refit(study, method)
    learner = fitted.learner
    plain = _is_plain(method)
    head: Head | FittedMethod = (
        learner.head if plain else FittedMethod.of(method, learner, task, facts)
    )
    bands = facts[0].columns if isinstance(head, Head) else head.columns
    counts, what = _labels(task)
    held, noise, judged = HeldOutPredictions.of(study, found), fitted.noise, found.where
    near = None if lonlat is None else _near(study, found, fitted, lonlat)
    if near is not None:
        noise, judged = near.noise, "local"
        own = head if isinstance(head, Head) else head.fitted_head
        assert own is not None  # noqa: S101 - networks have none
        own.heat(near.temperature)
    said = held if judged == found.where else _held_near(study, found)
    now, before = (said.now, said.before) if said else (UNKNOWN, UNKNOWN)
    support: Literal["pixel", "polygon"] = "polygon" if task.averaged else "pixel"
    about = About("") if raster is None else raster.about
    return MapModel(
        head=head,
        bands=bands,
        coding=_coding(raster, bands, support),
        target=study.settings.target or task.title,
        training=Training(
            n_labels=tuple(int(count) for count in counts),
            group=study.split.leave,
            groups=study.split.groups,
            method=method.name,
            study=study.split.key,
            metric=found.metric,
            where=found.where,
            budget=found.budget,
            score=found.score.value,
            low=found.score.low,
            high=found.score.high,
            conditional=found.conditional,
            n_tested=found.n_groups,
            counted=what,
            judged=judged,
            ece=now[0],
            brier=now[1],
            log_loss=now[2],
            ece_before=before[0],
            brier_before=before[1],
            log_loss_before=before[2],
            caution="; ".join(
                filter(None, (found.caution, _of_polygons(study, raster), _made_up(task)))
            ),
            reach=found.reach,
            left_out=_left_out(task),
            support=support,
            study_name=study_name(study),
        ),
        classes=task.classes,
        product=origin.product or about.product,
        version=origin.version or about.version,
        # Those of the raster say nothing of the labels.
        years=origin.years,
        prior=_prior(method, task, getattr(learner, "n_labels", _seen(task))),
        applicability=applicability_of(study, found, learner) if plain else None,
        noise=noise,
        held=held,
        label_places=LabelPlaces.of(task, study.split, found.where),
        licence=origin.licence or about.licence or task.licence,
        attribution=origin.attribution or about.attribution or task.source,
        sources=origin.files,
    )


def _rank(study: Study, found: Winner) -> Callable[[str], float]:
    """Order methods as the verdict does that names another one: the best first, then the rest."""
    lines = answer(study).lines[found.where]
    losses = next((line.verdict.losses for line in lines if line.budget == found.budget), ())
    barred = {*study.floors, *study.controls}
    best = {
        loss.method: -study.metric.sign * loss.score.value
        for loss in losses
        if loss.beats_floor and loss.method not in barred
    }
    return lambda name: best.get(name, np.inf)


def _made_up(task: Task) -> str:
    return "trained on synthetic data" if task.synthetic else ""


def _coding(
    raster: Source | None, bands: tuple[str, ...], support: Literal["pixel", "polygon"]
) -> Coding:
    """Say how the bands of a model are stored where it will be used."""
    if raster is None:
        return AEF_CODING if set(bands) <= set(AEF_BANDS) else Coding()
    places = places_of(bands, names_for(raster, bands), support)
    # Bands that the raster lacks are refused when the map is made, in words.
    return raster.coding if places is None else raster.coding.take(places)


def _origin(task: Task, names: Sequence[str], raster: Source | None) -> Origin:
    """Put together where the features of inputs come from; refuse a raster of another product."""
    items = [task.inputs[name] for name in names]
    known = [item.origin for item in items if item.origin is not None]
    columns = [column for origin in known for column in origin.columns]
    origin = merged_origin(known, columns) or Origin()
    if raster is not None:
        about = raster.about
        origin.check_product(about.product, about.version, about.name)
    years = {year for item in items for year in item.years}
    return replace(origin, years=tuple(sorted(years)))


def _near(
    study: Study, found: Winner, fitted: "Fitted", lonlat: NDArray[np.float64]
) -> Confidence | None:
    """Return the confidence for land among the labels, where the score is of land without any."""
    task = study.task
    if found.where != "out" or task.codes is None:
        return None
    if regime_of(task, study.split, lonlat) != "local":
        return None
    return confidence_near(study, found.method, fitted)


def _held_near(study: Study, found: Winner) -> HeldOutPredictions | None:
    """Return what was said of labels of places whose other labels were learned from.

    By models of all labels, as the map's is, where the study has them; else by models of the
    place's own labels alone, which are few.
    """
    made = HeldOutPredictions.of(study, replace(found, where="both"))
    return made or HeldOutPredictions.of(study, replace(found, where="local"))


def _is_plain(method: Method) -> bool:
    """Tell whether a method is a head on the bands of one pixel, which kernels are made for."""
    return (
        isinstance(method, ShallowMethod)
        and not method.encoded
        and len(method.inputs) == 1
        and parse_input(method.inputs[0]).is_plain
    )


def _labels(task: Task) -> tuple[NDArray[np.int64], str]:
    """Count the labels of each class, or all of a regression, and say what was counted."""
    if task.masks is not None:
        return np.array(_seen(task)), "labelled pixels"
    rows, what = label_rows(task), "labels"
    if task.polygon is not None:
        what = f"polygons ({counted(len(task), 'pixel')})"
    elif task.averaged:
        what = "polygons"
    if task.classes:
        return np.bincount(task.target[rows], minlength=task.n_classes), what
    return np.array([len(rows)]), what


def _left_out(task: Task) -> str:
    """Name the classes whose labels were too few."""
    if not task.rare:
        return ""
    what = "polygons" if task.polygon is not None or task.averaged else "labels"
    named = [f"{name!r} ({n:,} {what})" for name, n in task.rare.items()]
    noun, they = ("class", "it occurs") if len(named) == 1 else ("classes", "they occur")
    told = f"the study left out {noun} {listed(named, 4)}"
    return f"{told}: where {they}, the map shows other classes"


def _seen(task: Task) -> tuple[int, ...]:
    """Count the rows of each class, or pixels of chips: what a head learns from."""
    if not task.classes:
        return (len(task),)
    codes = task.target if task.masks is None else task.masks[task.masks >= 0]
    return tuple(np.bincount(codes, minlength=task.n_classes).tolist())


def _of_polygons(study: Study, raster: Source | None) -> str:
    """Warn of tables of polygons that don't say whether features are means or of one pixel."""
    task = study.task
    if raster is None or task.averaged or task.area is None or study.settings.target is None:
        return ""
    try:
        pixel = float(np.median(row_areas(raster.grid)))
    except DataError:
        # Without a known unit there is nothing to compare.
        return ""
    middle = float(np.median(task.area))
    if middle < FEW_PIXELS * pixel:
        return ""
    return (
        f"labels are polygons with a median size of {middle / pixel:,.0f} pixels: if the features "
        "are means over polygons, the score does not hold for single pixels"
    )


def _prior(method: Method, task: Task, counts: Sequence[int]) -> tuple[float, ...]:
    """Return the class shares under which a method's probabilities hold.

    Counts are of what it learned from: heads see as many pixels of each chip.
    """
    if not task.classes:
        return ()
    if method.trains_network:
        # Losses of networks balance classes.
        seen = (np.asarray(counts) > 0).astype(float)
        return tuple((seen / seen.sum()).tolist())
    head: Any = method
    return tuple(training_prior(head.head(CLASSIFICATION), counts).tolist())
