"""Numbers and names as people read them."""

import math

from bocage.core import decimals, metres_in_words, three_digits
from bocage.stats import Estimate

NOTHING = "\N{EN DASH}"
"""Shown where there is no figure."""

MINUS = "\N{MINUS SIGN}"
"""As wide as the plus, unlike the hyphen."""

_METRICS = {
    "r2": "R²",
    "rmse": "RMSE",
    "mae": "MAE",
    "ece": "ECE",
    "ece_equal_mass": "ECE (equal mass)",
    "brier": "Brier score",
    "log_loss": "log loss",
    "macro_f1": "macro-F1",
    "miou": "mIoU",
}

BEFORE = "_before"
"""Ends the names of figures of probabilities as they were before calibration."""

DOMAINS = {
    "out": "trained on labels from elsewhere only, tested in a place without training labels",
    "local": "trained on labels from the place that is tested",
    "both": "trained on all labels from elsewhere and some from the place that is tested",
    "in": "the models of out, tested on held-out blocks of the places they were trained on",
    "random": "random cross-validation regardless of location: sanity check only",
    "random-units": "random cross-validation of whole places: sanity check only",
}
"""What each domain means, in words."""

OUT_OF_GIVEN = "trained and tested as the given folds say"
"""What `out` means where folds were made elsewhere."""


def domain_words(domain: str, *, folds_given: bool) -> str:
    """Say what a domain means.

    >>> domain_words("out", folds_given=True)
    'trained and tested as the given folds say'
    """
    return OUT_OF_GIVEN if folds_given and domain == "out" else DOMAINS[domain]


def _boundary_name(name: str) -> str:
    what, _, distance = name.partition("@")
    return f"{what.replace('_', ' ').replace('iou', 'IoU').replace('f1', 'F1')}, {distance}"


def metric_name(name: str) -> str:
    """Name a figure: ``balanced_accuracy`` becomes ``balanced accuracy``."""
    if name.startswith("boundary_"):
        return _boundary_name(name)
    if name.startswith("parcel_"):
        return f"parcel {metric_name(name.removeprefix('parcel_'))}"
    if name.endswith(BEFORE):
        return f"{metric_name(name.removesuffix(BEFORE))} before calibration"
    return _METRICS.get(name, name.replace("_", " "))


def first_upper(name: str) -> str:
    """Begin a sentence with a name; an abbreviation such as mIoU is written as it is."""
    return name.capitalize() if name.islower() else name


def number(value: float) -> str:
    """Write a figure with three decimals, fewer where it is large."""
    if math.isnan(value):
        return NOTHING
    text = f"{value:,.{decimals(value)}f}"
    # A negative number that rounds to nothing must not read as a loss.
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def signed(value: float) -> str:
    """Write a difference with its sign."""
    text = number(value)
    return f"+{text}" if value > 0 and text.strip("0.,") else text


def bounds(interval: Estimate, *, sign: bool = False) -> str:
    """Write the bounds of an interval; empty without."""
    if math.isnan(interval.low) or math.isnan(interval.high):
        return ""
    write = signed if sign else number
    return f"{write(interval.low)} to {write(interval.high)}"


def figure(interval: Estimate, *, sign: bool = False) -> str:
    """Write a figure with its bounds in brackets."""
    span = bounds(interval, sign=sign)
    value = signed(interval.value) if sign else number(interval.value)
    return f"{value} [{span}]" if span else value


def count(value: float) -> str:
    """Write a number of things."""
    if math.isnan(value):
        return NOTHING
    for scale, letter in ((1e9, " G"), (1e6, " M")):
        if value >= scale:
            return f"{value / scale:.3g}{letter}"
    return f"{value:,.0f}"


def seconds(value: float) -> str:
    """Write a time span."""
    if math.isnan(value):
        return NOTHING
    if value < 0.001:  # noqa: PLR2004
        return f"{value * 1e6:.0f} µs"
    if value < 1:
        return f"{value * 1e3:.3g} ms"
    if value < 100:  # noqa: PLR2004
        return f"{value:.3g} s"
    return f"{value / 60:,.0f} min" if value < 6000 else f"{value / 3600:,.1f} h"  # noqa: PLR2004


def size(value: float) -> str:
    """Write a number of bytes in decimal units."""
    if math.isnan(value):
        return NOTHING
    for scale, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if value >= scale:
            return f"{three_digits(value / scale)} {unit}"
    return f"{value:.0f} B"


def metres(value: float) -> str:
    """Write a distance."""
    if math.isnan(value):
        return NOTHING
    return metres_in_words(value)


def shorten(text: str, length: int) -> str:
    """Cut a long name, keeping its end, where models and settings stand."""
    return (
        text if len(text) <= length else f"{text[: length // 3]}…{text[-(length * 2 // 3) + 1 :]}"
    )
