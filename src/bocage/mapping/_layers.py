"""Which layers a map gets."""

from collections.abc import Sequence

from bocage.colours import legend_for
from bocage.core import SettingsError, did_you_mean, listed
from bocage.mapping._request import DEFAULT, LAYERS, TRUST, MapRequest
from bocage.mapping.outputs import (
    Layer,
    applicability_layer,
    class_layer,
    confidence_layer,
    density_layer,
    error_layer,
    probability_layer,
    value_layer,
)
from bocage.models import FEWEST, MapModel


def layers_of(model: MapModel, order: MapRequest, tags: dict[str, str]) -> dict[str, Layer]:
    """Make the layers that were ordered of a map, by name; see `MapRequest.layers`.

    Raises
    ------
    SettingsError
        If the model can't give one of them.
    """
    asked = order.layers
    if asked is None:
        asked = DEFAULT if model.classes else ()
    unknown = [name for name in asked if name not in LAYERS]
    if unknown:
        raise SettingsError(
            f"layer {unknown[0]!r} is unknown; expected one or more of {', '.join(LAYERS)}"
            f"{did_you_mean(unknown[0], LAYERS)}"
        )
    made: dict[str, Layer] = {}
    if model.classes:
        made["class"] = class_layer(legend_for(model.classes, order.colours), tags)
        if "confidence" in asked:
            made["confidence"] = confidence_layer(tags, model.training.ece)
        if "probability" in asked:
            made["probability"] = probability_layer(model.classes, tags)
    else:
        made["value"] = value_layer(model.target, model.unit, tags)
        of_classes = [name for name in ("confidence", "probability") if name in asked]
        if of_classes:
            raise SettingsError(
                f"{model.target} is a number, and {listed(of_classes)} is only defined for "
                f"classes; expected one or more of {', '.join(TRUST)}: the layer error gives the "
                "expected error of a number"
            )
    wanted = [name for name in TRUST if name in asked]
    return made | (_trust_layers(model, wanted, tags) if wanted else {})


def _trust_layers(model: MapModel, wanted: Sequence[str], tags: dict[str, str]) -> dict[str, Layer]:
    """Make the layers that follow from distances to the training data."""
    near = model.applicability
    if near is None:
        raise SettingsError(
            "the model holds no training data to measure distances from: distances are defined "
            "for methods that read the bands of single pixels; leave out --layers "
            f"{','.join(wanted)}, or name such a method with --method"
        )
    tags = tags | {"applicability_rule": near.rule}
    made: dict[str, Layer] = {}
    if "applicability" in wanted:
        made["applicability"] = applicability_layer(near.threshold, tags)
    if "density" in wanted:
        made["density"] = density_layer(near.threshold, tags)
    if "error" in wanted:
        if near.curve is None:
            raise SettingsError(
                "the model does not hold the errors of enough held-out samples (at least "
                f"{2 * FEWEST} points or parcels, in the study's finished runs); leave out "
                "--layers error"
            )
        made["error"] = error_layer(
            near.curve.farthest, tags, is_share=near.curve.is_share, unit=model.unit
        )
    return made
