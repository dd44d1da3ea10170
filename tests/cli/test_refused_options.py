"""Options that can't be used are named as they were typed, with what was expected."""

import pytest

SETTINGS = [
    ("--margin", "-1", "a number above 0"),
    ("--where", "outt", "out, local or both; did you mean 'out'?"),
    ("--folds", "1", "a whole number from 2 on"),
    ("--buffer-metres", "0", "a number above 0"),
    ("--same-place", "-2.5", "a number above 0"),
    ("--every", "0", "a number above 0"),
    ("--batches", "0", "a whole number from 1 on"),
    ("--seed", "-1", "a whole number from 0 on"),
    ("--kind", "classes", "classification or regression"),
    ("--gaps", "dropp", "drop, fill or keep; did you mean 'drop'?"),
]


@pytest.mark.parametrize(("option", "value", "expected"), SETTINGS)
def test_a_value_that_can_not_be_used_is_named_as_it_was_typed(bocage, option, value, expected):
    code, _, err = bocage("compare", "landscape", option, value)
    assert code == 2
    assert err.strip() == f"bocage: {option} {value} can't be used; expected {expected}"


def test_one_part_of_a_list_is_named(bocage):
    _, _, err = bocage("compare", "landscape", "--cost", "labels,sise")
    assert "--cost sise can't be used; expected labels, size or seconds" in err
    _, _, err = bocage("compare", "landscape", "--object-hectares", "5,abc")
    assert "--object-hectares abc can't be used; expected a number" in err


@pytest.fixture
def labels(frame, tmp_path):
    frame.to_csv(tmp_path / "labels.csv", index=False)
    return ["compare", "labels.csv", "--target", "crop", "--leave", "district"]


@pytest.mark.parametrize("option", ["--share", "--by", "--together"])
def test_a_column_is_asked_for_by_the_option_that_named_it(bocage, labels, option):
    code, _, err = bocage(*labels, option, "years")
    assert code == 2
    assert "no column 'years' for a group" in err
    assert err.strip().endswith(f"Name one of them with {option}")
    code, _, err = bocage(*labels, option, "crop")
    assert code == 2
    assert f"{option} names the target 'crop'; expected another column" in err
    # Nothing is left out by it.
    assert "leaves out a class" not in err


def test_a_column_that_is_left_out_is_asked_for_as_before(bocage, labels):
    _, _, err = bocage(*labels[:-1], "years", "--share", "years")
    assert err.strip().endswith("Name one of them with --leave or --group")
    _, _, err = bocage(*labels[:-1], "crop")
    assert "a split that leaves out a class has no training samples of it" in err
