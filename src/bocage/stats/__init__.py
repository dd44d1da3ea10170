"""How sure a figure is: one standard of resampling, intervals and comparisons for all rooms."""

from bocage.stats._best import Losses, at_once, compare_with_best
from bocage.stats._estimate import Estimate, interval
from bocage.stats._isotonic import isotonic
from bocage.stats._means import resample_means
from bocage.stats._named_random import (
    N_RESAMPLES,
    exponential_weights,
    generator,
    normal_weights,
    student_scale,
)
from bocage.stats._next_place import next_place
from bocage.stats._small_samples import MOST_CROSSED, Widening, cross_widening, widening

__all__ = [
    "MOST_CROSSED",
    "N_RESAMPLES",
    "Estimate",
    "Losses",
    "Widening",
    "at_once",
    "compare_with_best",
    "cross_widening",
    "exponential_weights",
    "generator",
    "interval",
    "isotonic",
    "next_place",
    "normal_weights",
    "resample_means",
    "student_scale",
    "widening",
]
