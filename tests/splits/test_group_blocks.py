"""What had to be given up for blocks is said, and where."""

from dataclasses import replace

import numpy as np
import pytest

from bocage.core import SplitError
from bocage.splits import RULES, SplitSettings, make_split


def test_blocks_that_were_asked_too_large_are_said_for_every_group(toy):
    split = make_split(toy, SplitSettings("region", block_metres=40_000.0))
    assert set(split.block_metres.values()) == {40_000.0}
    lines = [line for line in split.degraded if line.startswith("blocks satisfy")]
    assert lines
    assert all(f"wanted: '{RULES[0]}'" in line for line in lines)
    text = " ".join(lines)
    assert all(name in text for name in split.groups)
    # Blocks of 5 km keep every rule here, and nothing is said.
    fine = make_split(toy, SplitSettings("region", block_metres=5000.0))
    assert fine.degraded == ()
    assert set(fine.block_metres.values()) == {5000.0}


def test_groups_of_one_place_are_counted_and_named(toy):
    # The north becomes a single point.
    lonlat = toy.lonlat.copy()
    north = toy.groups["region"] == "north"
    lonlat[north] = [0.1, 60.1]
    task = replace(toy, lonlat=lonlat, unit=np.where(north, len(toy), np.arange(len(toy))))
    split = make_split(task, SplitSettings("region"))
    assert split.block_metres["north"] == 0
    assert any(
        line.startswith("1 of 3 groups is too small to be cut into blocks (north)")
        for line in split.degraded
    )
    assert not any(f.regime == "local" and f.held_out == "north" for f in split.folds)
    assert any(f.regime == "out" and f.held_out == "north" for f in split.folds)
    assert split.blocks[split.block[np.flatnonzero(north)[0]]] == "north"


@pytest.fixture
def mistyped(toy):
    """One of the 120 samples of the north thousands of kilometres from all others."""
    lonlat = toy.lonlat.copy()
    at = int(np.flatnonzero(toy.groups["region"] == "north")[7])
    lonlat[at, 1] -= 50
    return replace(toy, lonlat=lonlat), at


def test_a_large_group_with_a_mistyped_place_is_not_called_small(mistyped):
    task, at = mistyped
    split = make_split(task, SplitSettings("region"))
    assert split.block_metres["north"] == 0
    (line,) = [line for line in split.degraded if "north" in line]
    assert line.startswith("'north' can't be cut into blocks, so that labels from within it are")
    assert f"of its 120 samples row {task.row[at] + 1} (lon " in line
    assert "lies 5,5" in line
    assert line.endswith("correct it or leave it out")
    assert "too small" not in " ".join(split.degraded)


def test_blocks_that_a_mistyped_place_forbids_are_refused_by_its_name(mistyped):
    task, at = mistyped
    north = task.take(np.flatnonzero(task.groups["region"] == "north"))
    row = task.row[at] + 1
    with pytest.raises(SplitError, match=rf"can't be cut into square blocks .*; row {row} \(lon"):
        make_split(north, SplitSettings("blocks"))


def test_a_large_group_most_of_which_stands_at_one_place_is_not_called_small(toy):
    lonlat, unit = toy.lonlat.copy(), np.arange(len(toy))
    north = np.flatnonzero(toy.groups["region"] == "north")
    lonlat[north[:90]] = lonlat[north[0]]
    unit[north[:90]] = north[0]
    split = make_split(replace(toy, lonlat=lonlat, unit=unit), SplitSettings("region"))
    assert any(
        line.startswith("1 of 3 groups can't be cut into square blocks (at least 4 blocks, none")
        and ": north (120 samples, 31 places); labels" in line
        for line in split.degraded
    )


def test_a_group_of_one_class_has_no_local_folds_and_says_so(toy):
    target = toy.target.copy()
    target[toy.groups["region"] == "south"] = 0
    split = make_split(replace(toy, target=target), SplitSettings("region"))
    assert not any(f.regime in {"local", "both"} and f.held_out == "south" for f in split.folds)
    assert any("labels of one class only in 'south'" in note for note in split.notes)


def test_a_class_of_one_region_can_not_be_learned_elsewhere_and_is_said(toy):
    target = toy.target.copy()
    elsewhere = (toy.groups["region"] != "east") & (target == 2)
    target[elsewhere] = 0
    split = make_split(replace(toy, target=target), SplitSettings("region"))
    assert any("class 'water' can't be learned when 'east'" in line for line in split.degraded)


def test_every_sample_has_one_block_of_its_own_group(toy):
    split = make_split(toy, SplitSettings("region"))
    for number, name in enumerate(split.blocks):
        groups = set(split.group[split.block == number].tolist())
        assert len(groups) == 1
        assert name.startswith(split.groups[groups.pop()] + "/")
