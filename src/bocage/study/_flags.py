"""Warnings beside a verdict: of controls, and of what pretraining is worth."""

import numpy as np

from bocage.stats import Estimate
from bocage.study._losses import Loss

_AS_WELL = {
    "floor": "the answer without any feature does as well: there may be nothing to learn here",
    "coordinates": "coordinates alone do as well: the model may learn the place and not the land",
    "random-weights": "random weights do as well: the pretraining may add nothing here",
}
_BETTER = {
    "floor": "there may be nothing to learn here",
    "coordinates": "the labels may follow the place and not the land",
    "random-weights": "the pretraining may add nothing here",
}


def control_flag(control: Loss, best: Loss, margin: float) -> str:
    """Warn of a control that is within the margin of the best, or scores better.

    Parameters
    ----------
    control, best : Loss
        A method that is never advised, and the best of those that may be.
    margin : float
    """
    kind = control.control
    if control.loss < -margin:
        why = _BETTER.get(kind, f"it is a control ({kind})")
        return (
            f"{control.method} ({control.score.value:.2f}) scores better than the best that may be "
            f"advised, {best.method} ({best.score.value:.2f}): {why}"
        )
    text = _AS_WELL.get(kind, f"this control ({kind}) does as well")
    return f"{control.method} is within {margin:g} of the best: {text}"


def pretraining_flag(method: str, gain: Estimate) -> str:
    """Say what the weights of a pretrained network are worth beside random ones.

    Parameters
    ----------
    method : str
    gain : Estimate
        Its score minus that of the same with random weights; larger is better.
    """
    if np.isnan(gain.low):
        word = "nothing tells how far this may vary"
    elif gain.low > 0:
        word = "its pretraining helps here"
    elif gain.high < 0:
        word = "its pretraining does harm here"
    else:
        word = "its pretraining is not shown to help here"
    return f"{method} minus the same with random weights: {gain}; {word}"
