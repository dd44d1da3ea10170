"""What a method may lose against the best, as tables write it."""

from dataclasses import replace

from bocage.core import rounded_up
from bocage.stats import Estimate
from bocage.study import Loss, Verdict


def lost(loss: Loss) -> Estimate:
    """Return a loss between its bounds, the upper one as the verdict's sentence rounds it."""
    return replace(loss.lost, high=rounded_up(loss.upper))


def alike_in_words(verdict: Verdict) -> str:
    """Say in few words why a method is taken that is not shown to be within the margin."""
    return "another may be better" if verdict.chosen == verdict.best else "none shown to be better"
