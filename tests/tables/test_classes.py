"""Classes put together, asked about and left out: counted and named, never silently."""

from dataclasses import replace

import numpy as np
import pytest
from tests.conftest import make_samples

from bocage.core import DataError, SettingsError
from bocage.tables import choose_classes, class_counts
from bocage.tasks import build_task


def _named(names, samples=None):
    samples = samples or make_samples()
    return replace(samples, target=np.asarray(names, dtype=np.str_))


@pytest.fixture(scope="module")
def typed():
    """The toy samples with typing errors: three Trees, one watter and two rare ones."""
    names = make_samples().target.astype("<U12")
    names[np.flatnonzero(names == "tree")[:3]] = "Tree"
    names[np.flatnonzero(names == "water")[0]] = "watter"
    names[np.flatnonzero(names == "crop")[:2]] = "rock"
    return names


def test_names_that_look_alike_are_refused_in_one_line_that_can_be_followed(typed):
    task = build_task(_named(typed))
    with pytest.raises(DataError) as caught:
        choose_classes(task, distinct=False)
    said = str(caught.value)
    assert "\n" not in said
    assert said.startswith("class 'watter' has 1 label; did you mean 'water' (")
    assert "class 'Tree' has 3 labels; did you mean 'tree' (" in said
    assert "--merge watter=water --merge Tree=tree" in said
    assert "--distinct" in said
    merged = choose_classes(task, merge={"watter": "water", "Tree": "tree"}, distinct=False)
    assert merged.classes == ("crop", "rock", "tree", "water")


def test_what_is_merged_is_the_same_task_as_one_written_so(typed):
    merged = choose_classes(
        build_task(_named(typed)), merge={"watter": "water", "Tree": "tree", "rock": "crop"}
    )
    right = build_task(make_samples())
    assert merged.classes == right.classes
    np.testing.assert_array_equal(merged.target, right.target)
    np.testing.assert_array_equal(merged.label_digests(), right.label_digests())
    np.testing.assert_array_equal(merged.unit, right.unit)
    assert merged.notes[-1] == (
        "classes were merged: 'watter' (1) into 'water', 'Tree' (3) into 'tree', 'rock' (2) "
        "into 'crop'"
    )


def test_copies_of_a_sample_with_one_label_each_stand_as_if_written_so():
    samples = make_samples()
    rows = np.r_[np.arange(60), np.arange(60)]
    inputs = {name: item.take(rows) for name, item in samples.inputs.items()}
    groups = {name: column[rows] for name, column in samples.groups.items()}
    twice = replace(samples, lonlat=samples.lonlat[rows], inputs=inputs, groups=groups)
    names = np.r_[np.full(60, "b"), samples.target[:60]]
    names[::2] = "z"
    merged = choose_classes(build_task(_named(names, twice)), merge={"z": "a", "b": "a"})
    right = build_task(_named(np.where(np.isin(names, ["z", "b"]), "a", names), twice))
    np.testing.assert_array_equal(merged.label_digests(), right.label_digests())


def test_rare_classes_are_left_out_counted_and_named(typed):
    task = build_task(_named(typed))
    kept = choose_classes(task, merge={"Tree": "tree"}, min_class=3)
    assert kept.classes == ("crop", "tree", "water")
    assert len(kept) == len(task) - 3
    assert class_counts(kept)["tree"] == class_counts(task)["tree"] + 3
    assert kept.notes[-1] == (
        "3 of 360 samples were left out, those of 2 classes with fewer than 3 labels: 'rock' (2), "
        "'watter' (1)"
    )
    # The rows that are left are the rows that they were.
    names = np.array(task.classes)[task.target]
    assert set(kept.row) == set(task.row[~np.isin(names, ["rock", "watter"])])
    assert choose_classes(task, min_class=1).classes == task.classes


def test_names_that_are_known_to_differ_are_kept_and_said(typed):
    kept = choose_classes(build_task(_named(typed)), distinct=True)
    assert kept.classes == ("Tree", "crop", "rock", "tree", "water", "watter")
    assert kept.notes[-1] == (
        "classes with similar names are treated as different: 'watter' and 'water', 'Tree' and "
        "'tree'"
    )


def test_several_classes_may_get_a_name_of_their_own(typed):
    kept = choose_classes(build_task(_named(typed)), merge={"crop": "field", "rock": "field"})
    assert kept.classes == ("Tree", "field", "tree", "water", "watter")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"merge": {"Tee": "tree"}}, "no class 'Tee'; did you mean 'tree'"),
        ({"merge": {"Tree": "tee"}}, "no class 'tee'; did you mean 'tree'"),
        ({"merge": {"Tree": "tree", "tree": "water"}}, "'tree' is itself merged"),
        ({"merge": {"tree": "tree"}}, "'tree' is itself merged"),
        (
            {"merge": dict.fromkeys(("Tree", "crop", "rock", "tree", "water", "watter"), "a")},
            "one class is left",
        ),
        ({"min_class": 1000}, r"all 6 classes have fewer than 1000 labels.*--min-class \d+ or"),
    ],
)
def test_what_can_not_be_done_is_one_line(typed, change, words):
    with pytest.raises((DataError, SettingsError), match=words) as caught:
        choose_classes(build_task(_named(typed)), **change)
    assert "\n" not in str(caught.value)


def test_the_largest_number_that_is_offered_works(typed):
    task = build_task(_named(typed))
    with pytest.raises(DataError) as caught:
        choose_classes(task, min_class=1000)
    offered = int(str(caught.value).split("--min-class ")[1].split()[0])
    assert len(choose_classes(task, min_class=offered).classes) >= 2
    with pytest.raises(DataError):
        choose_classes(task, min_class=offered + 1)


def test_a_number_has_no_classes(toy_regression):
    for change, option in (({"merge": {"a": "b"}}, "--merge"), ({"min_class": 5}, "--min-class")):
        with pytest.raises(SettingsError, match=f"{option} is given, but toy is a regression"):
            choose_classes(toy_regression, **change)
    assert choose_classes(toy_regression, distinct=False) is toy_regression
