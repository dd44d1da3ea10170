"""Folds that were made elsewhere: kept as they are, and diagnosed."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    RepeatedKFold,
    ShuffleSplit,
    StratifiedKFold,
    TimeSeriesSplit,
)
from tests.conftest import make_samples

from bocage.core import SplitError
from bocage.splits import (
    BlockKFold,
    LeaveGroups,
    SplitSettings,
    load_split,
    make_split,
    save_split,
)
from bocage.tasks import build_task

PLAIN = SplitSettings()


def with_folds(folds, order=None, **changes):
    samples = make_samples(order=order)
    rows = np.arange(len(samples.target)) if order is None else order
    given = {"cv": np.asarray(folds)[rows].astype(np.str_)}
    return build_task(replace(samples, folds=given, **changes))


def random_folds(n=360, k=5):
    return np.random.default_rng(1).integers(0, k, n)


def out(split):
    return [fold for fold in split.folds if fold.regime == "out"]


def test_a_column_of_folds_is_used_as_it_is():
    task = with_folds(random_folds())
    split = make_split(task, SplitSettings(folds_from="cv"))
    assert [fold.held_out for fold in out(split)] == ["0", "1", "2", "3", "4"]
    for fold in out(split):
        held = task.folds["cv"] == fold.held_out
        np.testing.assert_array_equal(fold.tests["out"], np.flatnonzero(held))
        np.testing.assert_array_equal(fold.pool, np.flatnonzero(~held))
    assert split.domains == ("out", "random")
    assert split.tested == "5 folds given by column 'cv'"
    assert split.question == "the folds given by column 'cv'"
    assert any("labels from within a fold (local)" in note for note in split.notes)


def test_folds_are_no_part_of_a_sample_and_no_row_order_changes_them():
    folds = random_folds()
    plain, task = build_task(make_samples()), with_folds(folds)
    np.testing.assert_array_equal(task.digests, plain.digests)
    # What others make of the same samples keeps its key.
    by_region = SplitSettings("region")
    assert make_split(task, by_region).key == make_split(plain, by_region).key
    turned = with_folds(folds, order=np.random.default_rng(2).permutation(360))
    asked = SplitSettings(folds_from="cv")
    assert make_split(turned, asked).key == make_split(task, asked).key
    assert make_split(with_folds(random_folds(k=4)), asked).key != make_split(task, asked).key


def test_the_same_folds_have_one_key_wherever_they_come_from():
    task = with_folds(np.repeat([1, 2, 3], 120))
    rows = np.repeat([1, 2, 3], 120)
    pairs = [(np.flatnonzero(rows != n), rows == n) for n in (1, 2, 3)]
    column = make_split(task, SplitSettings(folds_from="cv"))
    assert make_split(task, PLAIN, folds=pairs).key == column.key
    by_group = make_split(task, PLAIN, folds=[(a, np.flatnonzero(b)) for a, b in pairs])
    assert by_group.key == column.key


@pytest.mark.filterwarnings("ignore:The groups parameter is ignored")
@pytest.mark.parametrize(
    "splitter",
    [
        KFold(4),
        StratifiedKFold(3),
        GroupKFold(3),
        TimeSeriesSplit(3),
        BlockKFold(n_splits=4),
        LeaveGroups(),
        ShuffleSplit(1, random_state=0),
    ],
    ids=lambda cv: type(cv).__name__,
)
def test_folds_are_those_that_a_splitter_makes(splitter):
    task = build_task(make_samples())
    asked = PLAIN if isinstance(splitter, BlockKFold) else SplitSettings("region")
    split = make_split(task, asked, folds=splitter)
    x = np.column_stack([task.lonlat])
    y = np.array(task.classes)[task.target]
    given = task.lonlat if isinstance(splitter, BlockKFold) else task.groups["region"]
    made = list(splitter.split(x, y, given))
    assert len(made) == len(out(split))
    for fold, (train, test) in zip(out(split), made, strict=True):
        np.testing.assert_array_equal(fold.pool, np.sort(train))
        np.testing.assert_array_equal(fold.tests["out"], np.sort(test))
    n_untested = 360 - len({int(row) for fold in out(split) for row in fold.tests["out"]})
    said = f"{n_untested} of 360 samples are never tested"
    assert (said in split.notes) == bool(n_untested)


def test_samples_of_one_place_stay_together_where_a_splitter_takes_groups():
    samples = make_samples()
    lonlat = samples.lonlat.copy()
    lonlat[1::2] = lonlat[::2]
    task = build_task(replace(samples, lonlat=lonlat))
    assert len(np.unique(task.unit)) == 180
    split = make_split(task, PLAIN, folds=GroupKFold(4))
    assert not any("LEAK" in line for line in split.degraded)
    for fold in out(split):
        assert not set(task.unit[fold.pool]) & set(task.unit[fold.tests["out"]])


def test_places_on_both_sides_are_counted_loudly():
    # Pairs of rows stand at one place; of the first 30 pairs each is torn apart.
    samples = make_samples()
    lonlat = samples.lonlat.copy()
    lonlat[1::2] = lonlat[::2]
    pair = np.arange(360) // 2
    folds = pair % 4
    folds[:60:2] = (folds[:60:2] + 1) % 4
    task = build_task(replace(samples, lonlat=lonlat, folds={"cv": folds.astype(np.str_)}))
    split = make_split(task, SplitSettings(folds_from="cv"))
    (leak,) = [line for line in split.degraded if line.startswith("LEAK")]
    assert "60 of 360 test samples share" in leak
    assert "60 of them at the very same coordinates" in leak
    assert "all 4 folds" in leak
    # The folds are the user's all the same.
    for fold in out(split):
        assert len(fold.pool) + len(fold.tests["out"]) == 360


def test_parcels_on_both_sides_are_counted_where_no_coordinate_is_shared():
    samples = make_samples()
    parcel = np.array([f"p{n // 2}" for n in range(360)])
    task = build_task(
        replace(
            samples,
            groups={**samples.groups, "parcel": parcel},
            together_by=("parcel",),
            folds={"cv": (np.arange(360) % 2).astype(np.str_)},
        )
    )
    split = make_split(task, SplitSettings(folds_from="cv"))
    (leak,) = [line for line in split.degraded if line.startswith("LEAK")]
    assert "all 360 test samples share" in leak
    assert "very same" not in leak


def test_whether_training_and_test_are_apart_in_space_is_told():
    near = make_split(with_folds(random_folds()), SplitSettings(folds_from="cv"))
    assert any("column 'cv' are not apart in space" in line for line in near.degraded)
    far = make_split(with_folds(np.repeat([0, 1, 2], 120)), SplitSettings(folds_from="cv"))
    assert not any("apart in space" in line for line in far.degraded)
    assert any("further apart than random folds" in note for note in far.notes)
    unknown = build_task(
        replace(
            make_samples(),
            lonlat=np.full((360, 2), np.nan),
            folds={"cv": random_folds().astype(np.str_)},
        )
    )
    split = make_split(unknown, SplitSettings(folds_from="cv"))
    assert any("is unknown, as samples have no coordinates" in line for line in split.degraded)


def test_a_buffer_that_is_asked_for_is_kept_and_part_of_the_key():
    task = with_folds(np.repeat([0, 1, 2], 120))
    plain = make_split(task, SplitSettings(folds_from="cv"))
    task = with_folds(random_folds())
    plain = make_split(task, SplitSettings(folds_from="cv"))
    far = make_split(task, SplitSettings(folds_from="cv", buffer_metres=1000.0))
    assert far.key != plain.key
    assert all(len(a.pool) < len(b.pool) for a, b in zip(out(far), out(plain), strict=True))


def test_a_stored_split_comes_back(tmp_path):
    task = with_folds(random_folds())
    split = make_split(task, SplitSettings(folds_from="cv"))
    found = load_split(save_split(split, task, tmp_path), task)
    assert (found.key, found.given, found.tested) == (split.key, split.given, split.tested)


class Outside:
    """A splitter of somebody else."""

    def __init__(self, *pairs):
        self.pairs = pairs

    def split(self, *_):
        return iter(self.pairs)


class Broken:
    def split(self, *_):
        raise IndexError("no such thing")


@pytest.mark.parametrize(
    ("folds", "said"),
    [
        (KFold(4, shuffle=True), "makes other folds each time it is asked.*random_state"),
        (RepeatedKFold(n_splits=2, n_repeats=2, random_state=0), "360 samples in more than one"),
        (Broken(), "Broken can't split 360 samples of toy: IndexError: no such thing"),
        (GroupKFold(400), "can't split 360 samples of toy: ValueError"),
        (
            Outside((np.arange(300), [350, 400])),
            "names rows 350 to 400; expected rows from 0 to 359",
        ),
        (Outside((np.arange(300), np.arange(290, 360))), "learns from 10 samples that it tests"),
        (Outside(np.arange(300)), "fold 1 of Outside is ndarray; expected a pair"),
        (Outside((["a", "b"], [1, 2])), "expected the numbers of rows"),
        (Outside((np.arange(360), [])), "has nothing to test"),
        (Outside(), "makes no fold"),
        (KFold(200), "makes 200 folds.*expected at most 100"),
        (5, "expected a splitter"),
        ("cv", "expected a splitter"),
        ([(np.array([0, 0, 1]), np.array([2]))], "names 1 row twice"),
        ([(np.array([-1, 1]), np.array([2]))], "names rows -1 to 1"),
    ],
)
def test_folds_that_cannot_be_used_are_refused(folds, said):
    with pytest.raises(SplitError, match=said):
        make_split(build_task(make_samples()), PLAIN, folds=folds)


def test_columns_that_are_no_folds_are_refused():
    asked = SplitSettings(folds_from="cv")
    with pytest.raises(SplitError, match=r"one value only \('1'\)"):
        make_split(with_folds(np.ones(360, int)), asked)
    with pytest.raises(SplitError, match=r"360 different values.*--leave cv"):
        make_split(with_folds(np.arange(360)), asked)
    with pytest.raises(SplitError, match=r"has region, year\. Use one of them"):
        make_split(build_task(make_samples()), asked)
    with pytest.raises(SplitError, match="both say what is tested"):
        make_split(with_folds(random_folds()), replace(asked, forward=True))
    with pytest.raises(SplitError, match="folds are given twice"):
        make_split(with_folds(random_folds()), asked, folds=KFold(3))
    with pytest.raises(SplitError, match="no splitter 'rows'"):
        make_split(with_folds(random_folds()), SplitSettings(folds_from="splitter:rows"))


def test_folds_that_learn_one_class_are_refused():
    samples = make_samples()
    rows = [np.flatnonzero(samples.target == name) for name in ("crop", "tree")]
    one_class = [(rows[0][:20], rows[1]), (rows[0][20:40], rows[0][40:])]
    with pytest.raises(SplitError, match="the training labels are of one class only"):
        make_split(build_task(samples), PLAIN, folds=one_class)
    unknown = [(np.concatenate(rows), np.flatnonzero(samples.target == "water"))]
    with pytest.raises(SplitError, match="none of the classes tested is among"):
        make_split(build_task(samples), PLAIN, folds=unknown)


def test_pairs_are_of_the_rows_of_the_table_also_where_some_were_left_out():
    task = build_task(make_samples())
    kept = task.take(np.flatnonzero(task.row != 7))
    folds = [(np.arange(0, 200), np.arange(200, 360))]
    split = make_split(kept, PLAIN, folds=folds)
    (fold,) = out(split)
    assert set(kept.row[fold.pool]) == set(range(200)) - {7}
    assert set(kept.row[fold.tests["out"]]) == set(range(200, 360))
    assert any("1 row is not among the samples" in note for note in split.notes)
