"""Warnings beside a verdict: of controls, and of what pretraining is worth."""

import numpy as np

from bocage.stats import Estimate
from bocage.study._losses import Loss

_AS_WELL = {
    "floor": "the baseline that uses no features does as well: there may be nothing to learn here",
    "coordinates": (
        "coordinates alone do as well: the model may learn locations rather than what is there"
    ),
    "random-weights": "random weights do as well: pretraining may add nothing here",
}
_BETTER = {
    "floor": "there may be nothing to learn here",
    "coordinates": "the labels may depend on location rather than on the features",
    "random-weights": "pretraining may add nothing here",
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
            f"{control.method} ({control.score.value:.2f}) scores higher than the "
            f"best method that can be recommended, {best.method} ({best.score.value:.2f}): {why}"
        )
    text = _AS_WELL.get(kind, f"this control ({kind}) does as well")
    return f"{control.method} is within the margin of {margin:g} of the best: {text}"


def pretraining_flag(method: str, gain: Estimate) -> str:
    """Say what the weights of a pretrained network add to random ones.

    Parameters
    ----------
    method : str
    gain : Estimate
        Its score minus that of the same with random weights; larger is better.
    """
    if np.isnan(gain.low):
        word = "the variability of this difference cannot be estimated"
    elif gain.low > 0:
        word = "pretraining helps here"
    elif gain.high < 0:
        word = "pretraining is harmful here"
    else:
        word = "pretraining is not shown to help here"
    return f"{method} minus the same network with random weights: {gain}; {word}"
