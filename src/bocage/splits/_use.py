"""Which split fits what a map is for, from the distances that each of them tests."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from bocage.core import Floats, metres_in_words
from bocage.splits._area import Area
from bocage.splits._area_split import is_elsewhere
from bocage.splits._blocks import metric_xy
from bocage.splits._distances import (
    ALIKE,
    distances_of_tests,
    mismatch,
    nearest,
    nearest_other,
    told_apart,
)
from bocage.splits._fold import Split
from bocage.splits._merge import have_own_places
from bocage.splits._words import AREA_LEAVES
from bocage.tasks import Task, on_the_ground

NOT_SHOWN = ("local-half", "local-double", "in")
"""Domains that are no answer of their own."""

MUCH = 0.02
"""From this share of an area on it is said that nothing was tested so far from its labels."""


@dataclass(frozen=True, slots=True)
class SplitAdvice:
    """The split that fits the use.

    Attributes
    ----------
    leave : str
        What to give to ``--leave``.
    reason : str
        One or two sentences.
    """

    leave: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """Distances in metres that decide which split fits.

    All are from and to the positions of samples: where these are single pixels of polygons, those
    of the pixels. Every sample counts once, as it does in a score.

    Attributes
    ----------
    area : str
        Name of the area; empty without one.
    mapped : ndarray of float64, shape (m,)
        From points spread over the area to the nearest sample; empty without one.
    apart : ndarray of float64, shape (n,)
        From each sample to the nearest of another place (polygon, where these are pixels of them).
    tested : mapping of str to ndarray of float64
        By domain: from each test sample to the nearest that was learned from.
    mismatch : mapping of str to float
        By domain: Wasserstein distance of `tested` from `mapped`; empty without an area.
    advice : SplitAdvice
    of_pixels : bool
        Whether samples are single pixels of the labelled polygons.
    """

    area: str
    mapped: Floats
    apart: Floats
    tested: Mapping[str, Floats]
    mismatch: Mapping[str, float]
    advice: SplitAdvice
    of_pixels: bool = False


def look_at_use(task: Task, split: Split, area: Area | None, sampling: str) -> Use:
    """Measure the distances of a split and of an area, and say which split fits.

    Parameters
    ----------
    task : Task
    split : Split
    area : Area, optional
        Where a map is wanted.
    sampling : str
        ``probability`` where the labels are a probability sample of it.
    """
    ground = on_the_ground(task.lonlat)
    none = np.zeros(0)
    apart = nearest_other(ground, task.unit) if len(np.unique(task.unit)) > 1 else none
    mapped = none if area is None else nearest(on_the_ground(area.lonlat), ground)
    tested = {
        domain: distances_of_tests(ground, split.folds, domain)
        for domain in split.domains
        if domain not in NOT_SHOWN
    }
    apart_from = {} if area is None else {d: mismatch(part, mapped) for d, part in tested.items()}
    name = "" if area is None else area.name
    of_pixels = task.polygon is not None
    use = Use(name, mapped, apart, tested, apart_from, SplitAdvice("", ""), of_pixels)
    if sampling == "probability":
        advice = SplitAdvice("none", _SAMPLE)
    elif area is None:
        advice = _without_area(task, split, tested)
    elif is_elsewhere(area, task):
        advice = SplitAdvice(
            "clusters" if lie_among(task, split, tested) else _groups_of(task, split),
            f"no label lies in {name}: its map is one of places without labels, the accuracy of "
            f"which "
            "only leaving out whole groups can estimate",
        )
    else:
        advice = SplitAdvice("knndm", _for_area(use, split))
    return replace(use, advice=advice)


def regime_of(task: Task, split: Split, lonlat: Floats) -> str:
    """Name the regime that tests about as far from what was learned as an area is from labels.

    Parameters
    ----------
    task : Task
    split : Split
    lonlat : ndarray of float64, shape (m, 2)
        Points spread over the area, degrees.

    Returns
    -------
    str
        ``out`` or ``local``, of those that the split has; Wasserstein's distance decides.
    """
    ground = on_the_ground(task.lonlat)
    mapped = nearest(on_the_ground(lonlat), ground)
    has = [domain for domain in ("out", "local") if domain in split.domains]
    return min(
        has,
        key=lambda domain: mismatch(distances_of_tests(ground, split.folds, domain), mapped),
    )


def metres_between(lonlat: Floats, among: Floats) -> Floats:
    """Measure from each point to the nearest of others, shape (n,), all given in degrees."""
    return nearest(on_the_ground(lonlat), on_the_ground(among))


def metres_tested(task: Task, split: Split, domain: str) -> Floats:
    """Measure from each sample tested in a domain to the nearest that was learned from."""
    return distances_of_tests(on_the_ground(task.lonlat), split.folds, domain)


_SAMPLE = (
    "the labels were declared a probability sample of the area: random folds then estimate the "
    "accuracy of its map without bias, and a spatial split would understate it (Wadoux et al. "
    "2021, 10.1016/j.ecolmodel.2021.109692)"
)


_ADJACENT = "; blocks estimate the accuracy on land adjacent to the labels instead"


def _groups_of(task: Task, split: Split) -> str:
    """Name the groups that stand for elsewhere."""
    if len(split.groups) > 1 and not split.given:
        return split.leave
    return task.leave if task.leave in task.groups else "clusters"


def lie_among(task: Task, split: Split, tested: Mapping[str, Floats]) -> bool:
    """Tell whether the groups that are left out lie among each other.

    They do where groups explain little of where samples stand, and half of what is tested has a
    training label nearer than a block is long, as blocks test.

    Parameters
    ----------
    task : Task
    split : Split
    tested : mapping of str to ndarray of float64
        As in `Use`.
    """
    if len(split.groups) < 2 or "out" not in tested:  # noqa: PLR2004
        return False
    side = np.array([split.block_metres[name] for name in split.groups])[split.group]
    if not (side > 0).any() or np.median(tested["out"]) > np.median(side[side > 0]):
        return False
    return not have_own_places(metric_xy(task.lonlat), split.group)


def _without_area(task: Task, split: Split, tested: Mapping[str, Floats]) -> SplitAdvice:
    groups = _groups_of(task, split)
    own = "For a map of the area that the labels cover, name it: --leave knndm --area FILE"
    if split.given:
        return SplitAdvice(
            groups,
            f"no area was given, so a map of places without labels is assumed, and the folds given "
            f"by {split.given} need not show it; in place of --folds-from, whole groups have to be "
            f"left out. {own}",
        )
    if lie_among(task, split, tested):
        half = metres_in_words(float(np.median(tested["out"])))
        return SplitAdvice(
            groups,
            f"no area was given, so the map is taken to be of {split.question}. The {split.nouns} "
            f"are intermixed in space (half of the test samples have a training label within "
            f"{half}), so this says nothing about land without labels nearby: --leave clusters "
            f"tests that. {own}",
        )
    return SplitAdvice(
        groups,
        "no area was given, so a map of places without labels is assumed, for which whole groups "
        f"have to be left out. {own}{_ADJACENT if split.leave == 'blocks' else ''}",
    )


def _for_area(use: Use, split: Split) -> str:
    """Say why folds that match the area fit better than what else was tested."""
    middle = float(np.median(use.mapped))
    close = float(np.median(use.apart))
    pixels = "labelled pixel", "one of another polygon"
    label, another = pixels if use.of_pixels else ("label", "another")
    words = [
        (
            "kNNDM looks for folds whose test samples are as far from the training samples as the "
            "map is from the labels"
        ),
        f"half of {use.area} lies within {metres_in_words(middle)} of a {label}",
        f"half of the {label}s within {metres_in_words(close)} of {another}",
    ]
    names = {
        "random": "random folds",
        "out": split.tested if split.given else f"folds by {split.leave}",
    }
    # Those of a probability sample are random.
    matched = split.leave == "knndm"
    if matched or split.leave not in AREA_LEAVES:
        names["local"] = "kNNDM's folds" if matched else "blocks"
    for domain, name in names.items():
        if domain not in use.tested:
            continue
        tested = use.tested[domain]
        far = f"({metres_in_words(float(np.median(tested)))})"
        ratio = float(np.median(tested)) / max(middle, 1e-9)
        alike = 1 - ALIKE <= ratio <= 1 + ALIKE
        other = "a greater" if ratio > 1 else "a smaller"
        what = "about the same" if alike else other
        words.append(f"{name} test at {what} distance {far}{_looks(tested, use.mapped)}")
    beyond = float((use.mapped > use.tested["local"].max()).mean()) if matched else 0.0
    if beyond >= MUCH:
        words.append(
            f"{100 * beyond:.0f} % of {use.area} lies further from all labels than any test sample "
            "from the training samples: no score covers that part"
        )
    return "; ".join(words)


def _looks(tested: Floats, mapped: Floats) -> str:
    """Say how the map looks by such tests."""
    told = told_apart(tested, mapped)
    if told == "mixed":
        mean, of_map = (metres_in_words(float(part.mean())) for part in (tested, mapped))
        return f", on average {mean} (the map {of_map}), so their score may be too high or too low"
    return {
        "harder": ", which tends to make the map look worse than it is",
        "easier": ", which tends to make the map look better than it is",
        "little": ", by too little to show whether their score is too high or too low",
        "alike": "",
    }[told]
