"""From a study to what its page says of the split: its name, and whether it fits the use."""

import numpy as np
from numpy.typing import NDArray

from bocage.core import part_of
from bocage.report._evidence import DistanceCurve, SplitUse
from bocage.report._format import metres
from bocage.report._use import QUANTILES
from bocage.splits import RULES, look_at_use
from bocage.study import Study, block_ranges

BLOCKS = (
    "blocks: the accuracy of a method in the vicinity of its labels, which is not the accuracy of "
    "the map of this area"
)
"""What blocks are for."""

_TESTED: dict[str, str | dict[str, str]] = {
    "local": {"blocks": "blocks", "knndm": "kNNDM folds", "none": "random folds of the sample"},
    "random": "random folds",
    "random-units": "random folds of whole places",
    "both": "labels from elsewhere and from the place",
}


def split_words(study: Study) -> str:
    """Name the split."""
    leave = study.split.leave
    if study.split.given:
        return study.split.question
    if len(study.split.groups) > 1:
        return f"leave {leave}"
    return {
        "knndm": f"kNNDM folds: the accuracy of the map of {study.settings.area}",
        "none": "random folds of a probability sample: the accuracy of the map of its area",
    }.get(leave, BLOCKS)


def held_out_words(study: Study) -> str:
    """Say what is held out in turn."""
    return {
        "knndm": f"kNNDM folds for the map of {study.settings.area}",
        "none": "random folds of a probability sample",
    }.get(study.split.leave, study.split.tested)


def block_words(study: Study) -> str:
    """Say how large blocks are, where that comes from and what it means; empty without blocks."""
    split = study.split
    sides = {name: side for name, side in split.block_metres.items() if side > 0}
    if not sides:
        return ""
    low, high = min(sides.values()), max(sides.values())
    size = metres(low) if low == high else f"{metres(low)} to {metres(high)}"
    wanted = RULES[0]
    if study.settings.block_metres is not None:
        why = "set with --block-metres"
    else:
        groups = [split.block[split.group == split.groups.index(name)] for name in sides]
        kept = sum(wanted.keeps(np.unique(part, return_counts=True)[1]) for part in groups)
        where = "" if len(split.groups) == 1 else f"each {split.noun} "
        why = f"the largest side tried that gives {where}{wanted}"
        if kept < len(sides):
            weaker = part_of(len(sides) - kept, len(sides), split.noun, "keeps", "keep")
            why += f"; {weaker} a weaker rule, as no side gives that"
    return (
        f"blocks are squares of {size} ({why}); the samples of one block are held out together, "
        "except in random folds"
    )


def use_of(study: Study) -> SplitUse | None:
    """Gather what the page shows of distances, of the split that fits, and of its blocks."""
    split = study.split
    if not study.task.has_places:
        return None
    area = study.area
    use = look_at_use(study.task, split, area, study.settings.sampling or "")
    curves = []
    if len(use.mapped):
        to = "labelled pixel" if use.of_pixels else "label"
        curves.append(_curve(f"map ({use.area}) to {to}", "map", use.mapped))
    if len(use.apart):
        between = "pixel to another polygon's pixel" if use.of_pixels else "label to label"
        curves.append(_curve(between, "labels", use.apart))
    for domain, values in use.tested.items():
        known = _TESTED.get(domain, split.tested if split.given else f"leave {split.leave}")
        words = known if isinstance(known, str) else known.get(split.leave, "blocks of the place")
        off = use.mismatch.get(domain, float("nan"))
        curves.append(_curve(f"test to training: {words} ({domain})", "test", values, off))
    return SplitUse(
        use.area,
        use.advice,
        split.leave,
        tuple(curves),
        block_ranges(study),
        block_words(study),
        study.settings.block_metres is not None,
    )


def _curve(
    title: str, role: str, values: NDArray[np.float64], off: float = float("nan")
) -> DistanceCurve:
    found = np.quantile(values, np.linspace(0, 1, QUANTILES))
    return DistanceCurve(title, role, tuple(found.tolist()), off)
