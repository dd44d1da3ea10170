"""A share of the labelled pixels: nested, fair between events and classes, blind to the rest."""

from dataclasses import replace

import numpy as np
import pytest
from tests.data.chips import make_chip_task

from bocage.core import SettingsError
from bocage.splits import (
    Budget,
    InnerMaker,
    LabelledPixels,
    LabelSampler,
    SplitSettings,
    make_split,
)

SHARES = (0.001, 0.01, 0.05, 0.3)


@pytest.fixture(scope="module")
def task():
    # Chips of an event may stand in several blocks of it.
    made = make_chip_task(48)
    return replace(made, unit=np.arange(len(made)))


@pytest.fixture(scope="module")
def split(task):
    return make_split(task, SplitSettings("event"))


def _fold(split, regime):
    return next(fold for fold in split.folds if fold.regime == regime)


def _seen(task, draw):
    return draw.pixels.masks(task.masks, draw.rows)


@pytest.mark.parametrize("regime", ["out", "local", "both", "random"])
def test_draws_are_nested_and_hold_a_share_of_each_event_and_class(task, split, regime):
    drawer, fold = LabelSampler(task, split), _fold(split, regime)
    event = task.groups["event"]
    before = np.zeros(task.masks.shape, dtype=bool)
    for share in SHARES:
        draw = drawer.draw(fold, Budget(share, "pixel"), 1)
        assert draw.rows.tolist() == sorted([*fold.pool, *fold.always])
        masks = _seen(task, draw)
        seen = masks >= 0
        assert np.array_equal(masks[seen], task.masks[seen])
        assert np.array_equal(seen[fold.always], task.masks[fold.always] >= 0)
        assert not seen[np.setdiff1d(np.arange(len(task)), draw.rows)].any()
        paid = seen.copy()
        paid[fold.always] = False
        assert draw.n_labels == paid.sum()
        assert draw.n_train == seen.sum()
        for name in np.unique(event[fold.pool]):
            mine = fold.pool[event[fold.pool] == name]
            for code in (0, 1):
                there = int((task.masks[mine] == code).sum())
                assert (masks[mine] == code).sum() == max(1, round(share * there))
        assert not (before & ~seen).any()
        before = seen
    whole = drawer.draw(fold, Budget(float("inf"), "pixel"), 0)
    assert whole.pixels is None
    assert whole.n_labels == (task.masks[fold.pool] >= 0).sum()
    full = drawer.draw(fold, Budget(1.0, "pixel"), 0)
    assert full.pixels is None
    assert (full.n_labels, full.n_train) == (whole.n_labels, whole.n_train)


def test_repeats_and_seeds_draw_other_pixels(task, split):
    fold, budget = _fold(split, "out"), Budget(0.01, "pixel")
    first = LabelSampler(task, split).draw(fold, budget, 0).pixels.at
    assert np.array_equal(first, LabelSampler(task, split).draw(fold, budget, 0).pixels.at)
    for other in (LabelSampler(task, split).draw(fold, budget, 1),
                  LabelSampler(task, split, seed=1).draw(fold, budget, 0)):  # fmt: skip
        assert len(other.pixels.at) == len(first)
        assert len(np.intersect1d(other.pixels.at, first)) < len(first) / 4


def test_other_events_change_no_pixel_of_an_event(task, split):
    drawer, event, fold = LabelSampler(task, split), task.groups["event"], _fold(split, "out")
    shown = []
    for other in ("e1", "e2"):
        some = replace(fold, pool=np.flatnonzero(np.isin(event, ["e0", other])))
        masks = _seen(task, drawer.draw(some, Budget(0.05, "pixel"), 0))
        assert (masks[event == other] >= 0).any()
        shown.append(masks[event == "e0"])
    assert (shown[0] >= 0).any()
    assert np.array_equal(*shown)


def test_every_labelled_pixel_is_as_likely_as_any_other(task, split):
    drawer, fold = LabelSampler(task, split), _fold(split, "local")
    count = sum(
        (_seen(task, drawer.draw(fold, Budget(0.1, "pixel"), r))[fold.pool] >= 0).astype(int)
        for r in range(30)
    )
    known = task.masks[fold.pool] >= 0
    assert not count[~known].any()
    assert count[known].mean() == pytest.approx(3, rel=0.01)
    # Binomial with 30 draws at a tenth.
    assert count[known].std() == pytest.approx(np.sqrt(30 * 0.1 * 0.9), rel=0.1)


def test_a_percentage_of_chips_is_a_percentage_of_pixels(task, split):
    fold = _fold(split, "out")
    draws = [
        LabelSampler(task, split).draw(fold, Budget(0.1, unit), 0) for unit in ("pixel", "fraction")
    ]
    assert np.array_equal(draws[0].pixels.at, draws[1].pixels.at)


def test_pixels_without_masks_are_refused(toy):
    split = make_split(toy, SplitSettings("region"))
    with pytest.raises(SettingsError, match="need masks; toy is a classification"):
        LabelSampler(toy, split).draw(split.folds[0], Budget(0.1, "pixel"), 0)


def test_inner_folds_hold_what_is_seen_on_both_sides(task, split):
    fold, maker = _fold(split, "out"), InnerMaker(task, split)
    size = task.masks[0].size
    event = task.groups["event"][fold.pool]
    # Of two of three events some land and water; of the third nothing.
    names = np.unique(event)
    known = [
        position * size + int(np.flatnonzero(task.masks[fold.pool[position]].ravel() == code)[0])
        for name in names[:2]
        for position in np.flatnonzero(event == name)[:1]
        for code in (0, 1)
    ]
    pixels = LabelledPixels(fold.pool, np.sort(known))
    assert len(maker.make(fold, fold.pool).folds) == 3
    found = maker.make(fold, fold.pool, pixels)
    assert len(found.folds) == 2
    for train, held in found.folds:
        assert set(names[:2]) & set(event[held])
        assert set(names[:2]) & set(event[train])
    land = LabelledPixels(fold.pool, np.sort(known)[::2])
    masks = land.masks(task.masks, fold.pool)
    one = [code for code in (0, 1) if (masks == code).any()]
    assert bool(maker.make(fold, fold.pool, land).folds) == (len(one) == 2)


def test_the_digest_tells_what_is_seen_and_nothing_else(task, split):
    fold = _fold(split, "out")
    draw = LabelSampler(task, split).draw(fold, Budget(0.05, "pixel"), 0)
    masks = _seen(task, draw)
    hidden = np.where((masks < 0) & (task.masks >= 0), 1 - task.masks, task.masks)
    assert draw.pixels.digest(replace(task, masks=hidden)) == draw.pixels.digest(task)
    seen = np.where(masks == 0, 1, task.masks).astype(np.int16)
    assert draw.pixels.digest(replace(task, masks=seen)) != draw.pixels.digest(task)
    other = LabelledPixels(draw.pixels.rows, draw.pixels.at[1:])
    assert other.digest(task) != draw.pixels.digest(task)
