"""From a study to a model that can be mapped with."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bocage.core import SettingsError
from bocage.features import COORDINATES
from bocage.mapping._applicability import Applicability
from bocage.mapping._priors import training_prior
from bocage.mapping.model import MapModel, Training
from bocage.methods import Method, ShallowMethod
from bocage.sources import Raster
from bocage.study import Study, Winner, refit

if TYPE_CHECKING:
    from bocage.methods import HeadLearner


def fit_model(study: Study, found: Winner, raster: Raster) -> MapModel:
    """Fit a method on all labels of a study, for rasters like the given one.

    Parameters
    ----------
    study : Study
    found : Winner
        The method, and what the study says of it.
    raster : Raster
        Says how the features are stored where maps are made.

    Raises
    ------
    SettingsError
        If the method can't be mapped with.
    """
    method, task = found.method, study.task
    name = _input_of(method, study)
    item = task.inputs[name].as_table()
    learner: HeadLearner = refit(study, method).learner
    is_classes = task.kind == "classification"
    counts = np.bincount(task.target, minlength=task.n_classes) if is_classes else [len(task)]
    head = learner.head
    places = [raster.names.index(band) for band in item.bands if band in raster.names]
    return MapModel(
        head=head,
        bands=item.bands,
        # Bands that the raster lacks are refused when the map is made, in words.
        coding=raster.coding.take(places) if len(places) == len(item.bands) else raster.coding,
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
        ),
        classes=task.classes,
        product=raster.about.product,
        version=raster.about.version,
        years=item.years or raster.about.years,
        prior=tuple(training_prior(head.model, counts).tolist()) if is_classes else (),
        applicability=Applicability.fit(item.values, _held_out(study)),
        licence=raster.about.licence,
        attribution=raster.about.attribution,
    )


def _held_out(study: Study) -> NDArray[np.int64] | None:
    """Return what was held out together: folds of groups, else blocks; None for one block."""
    split = study.split
    for held in (split.fold_of_group[split.group], split.block):
        if (held != held[0]).any():
            return held
    return None


def _input_of(method: Method, study: Study) -> str:
    """Return the one input that a method reads from tables of pixels."""
    task = study.task
    if task.kind == "segmentation":
        raise SettingsError(
            f"{study.folder} segments chips, which 'bocage map' does not map with yet; choose a "
            "study of points or parcels"
        )
    if not isinstance(method, ShallowMethod) or method.encoded:
        raise SettingsError(
            f"method {method.name!r} needs a network, which 'bocage map' does not map with yet; "
            "name a shallow method of the study with --method"
        )
    if len(method.inputs) != 1 or method.inputs[0] == COORDINATES:
        read = " and ".join(method.inputs) or "no input"
        raise SettingsError(
            f"method {method.name!r} reads {read}; expected one input whose bands are in the "
            "raster: name another method of the study with --method"
        )
    name = method.inputs[0]
    if name not in task.inputs:
        raise SettingsError(
            f"method {method.name!r} reads {name!r}, which is made from another input; name a "
            f"method on one of {', '.join(task.inputs)} with --method"
        )
    return name
