"""What every file of a map says of itself."""

from collections.abc import Mapping

import numpy as np

from bocage.mapping._output_paths import SCORE
from bocage.models import MapModel
from bocage.sources import SYNTHETIC_TAG, Raster, Source

PLACES = {
    "out": "in places without labels",
    "local": "in places with labels",
    "both": "in places with some labels",
}


def tags_of(model: MapModel, raster: Source, more: Mapping[str, str]) -> dict[str, str]:
    """Say in a file what it was made from, and how good that is elsewhere."""
    training = model.training
    tags = {
        "bocage_method": training.method,
        "bocage_target": model.target,
        SCORE: score_of(model),
        "bocage_caution": training.caution,
        "bocage_calibration": calibration_of(model),
        "bocage_labels": ", ".join(
            f"{name} {count}" for name, count in zip(model.classes, training.n_labels, strict=True)
        )
        if model.classes
        else str(training.n_labels[0]),
        "bocage_source": raster.about.name,
        "bocage_product": raster.about.product,
        "bocage_years": ", ".join(map(str, raster.about.years)),
        "bocage_learned_from": model.origin.words,
        "bocage_caution_years": model.origin.other_years(raster.about.years, raster.about.name),
        "licence": licence_of(model, raster),
        "attribution": attribution_of(model, raster),
        SYNTHETIC_TAG: "yes" if raster.about.synthetic else "",
        **more,
    }
    if isinstance(raster, Raster) and raster.overview is not None:
        tags["bocage_overview"] = str(raster.overview)
    return {key: value for key, value in tags.items() if value}


def licence_of(model: MapModel, raster: Source) -> str:
    """Name the licences of what a map is made from: the raster, and the labels' features."""
    return " and ".join(dict.fromkeys(filter(None, (raster.about.licence, model.licence))))


def attribution_of(model: MapModel, raster: Source) -> str:
    """Name whose data a map is made of, as they want to be named."""
    found = filter(None, (raster.about.attribution, model.attribution))
    return "; ".join(dict.fromkeys(found))


def labels_of(model: MapModel) -> str:
    """Say how many labels a model learned from."""
    return f"{sum(model.training.n_labels):,} {model.training.counted}"


def score_of(model: MapModel) -> str:
    """Write the score of labels that were held out; never one on the labels learned from."""
    training = model.training
    if not np.isfinite(training.score):
        return f"not tested{training.rule and ', ' + training.rule}"
    span = ""
    if np.isfinite(training.low):
        span = f" ({training.low:.2f} to {training.high:.2f})"
    # The model learned from all labels; what was tested may have had fewer.
    few = "" if training.budget.startswith("all") else f", tested with {training.budget}"
    place = PLACES.get(training.where, "")
    reach = training.reach and f"; {training.reach}"
    told = f"{training.metric} {training.score:.2f}{span} {place}".strip() + few + reach
    return f"{told}{training.rule and ', ' + training.rule}"


def calibration_of(model: MapModel, *, brief: bool = False) -> str:
    """Say how far stated confidence is from what came true on labels that were held out.

    `brief` leaves out the figures that the mean is told by.
    """
    training = model.training
    if not np.isfinite(training.ece):
        return ""
    place = PLACES.get(training.judged, "")
    off = f"confidence differs from accuracy by {training.ece:.2f} on average"
    if brief:
        return f"{off} {place}".strip()
    now = (training.ece, training.brier, training.log_loss)
    was = (training.ece_before, training.brier_before, training.log_loss_before)
    told = f"{_figures(now)} on held-out labels {place}".strip()
    before = f"; {_figures(was)} before calibration" if np.isfinite(was).all() else ""
    return f"{off} ({told}{before})"


def _figures(values: tuple[float, float, float]) -> str:
    ece, brier, log_loss = values
    return f"ECE {ece:.2f}, Brier score {brier:.2f}, log loss {log_loss:.2f}"
