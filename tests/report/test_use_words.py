"""What is said of the side of blocks: where it comes from, and that no range of errors sets it."""

from dataclasses import replace

import pytest
from tests.conftest import make_samples
from tests.data.studies import make_study

from bocage.report import range_sentence
from bocage.report._evidence import SplitUse
from bocage.report._study_use import block_words
from bocage.splits import SplitAdvice, SplitSettings
from bocage.study import BlockRange, Protocol
from bocage.tasks import build_task

RANGES = (
    BlockRange("north", "aef:logistic", 1000.0, 3000.0, 60),
    BlockRange("south", "aef:logistic", 5000.0, 3000.0, 60),
)


def _use(ranges, **more):
    return SplitUse("", SplitAdvice("blocks", ""), "blocks", (), ranges, **more)


def test_the_range_of_errors_is_never_said_to_set_the_side():
    chosen = range_sentence(_use(RANGES))
    assert "exceeds the block side in north (3 km, blocks of 1 km). There the number of blocks" in (
        chosen
    )
    assert "the side, not this range" in chosen
    given = range_sentence(_use(RANGES, given=True))
    assert "There --block-metres determines the side, not this range" in given
    assert "it nowhere exceeds the block side" in range_sentence(_use(RANGES[1:]))


@pytest.fixture
def study(tmp_path):
    task = build_task(make_samples(n=360))
    return make_study(
        tmp_path, task, ["prior", "good:logistic"], ["all"], SplitSettings("region"), Protocol()
    )


def test_the_side_of_blocks_is_said_with_its_reason(study):
    groups = study.split.groups
    one = replace(study, split=replace(study.split, block_metres=dict.fromkeys(groups, 2000.0)))
    rule = "gives each region at least 10 blocks, none with more than 20% of the samples"
    words = block_words(one)
    assert words.startswith(f"blocks are squares of 2 km (the largest side tried that {rule}")
    assert words.endswith("held out together, except in random folds")
    sides = dict(zip(groups, (1000.0, *[2000.0] * len(groups)), strict=False))
    assert "squares of 1 km to 2 km (" in block_words(
        replace(study, split=replace(study.split, block_metres=sides))
    )
    given = replace(one, settings=one.settings.model_copy(update={"block_metres": 2000.0}))
    assert "squares of 2 km (set with --block-metres); " in block_words(given)
    none = replace(study, split=replace(study.split, block_metres=dict.fromkeys(groups, 0.0)))
    assert block_words(none) == ""


def test_groups_that_keep_a_weaker_rule_are_counted(study):
    groups, split = study.split.groups, study.split
    sides = dict.fromkeys(groups, 2000.0)
    block = split.block.copy()
    # The first group in two blocks: no rule for ten.
    first = split.group == 0
    block[first] = block[first].min()
    words = block_words(replace(study, split=replace(split, block=block, block_metres=sides)))
    assert f"; 1 of {len(groups)} regions keeps a weaker rule, as no side gives that)" in words
