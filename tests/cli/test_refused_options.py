"""Options that can't be used are named as they were typed, with what was expected."""

import pytest

SETTINGS = [
    ("--margin", "-1", "a number above 0"),
    ("--where", "outt", "out, local or both"),
    ("--folds", "1", "a whole number from 2 on"),
    ("--buffer", "0", "a number above 0"),
    ("--same-place", "-2.5", "a number above 0"),
    ("--every", "0", "a number above 0"),
    ("--batches", "0", "a whole number from 1 on"),
    ("--seed", "-1", "a whole number from 0 on"),
    ("--kind", "classes", "classification or regression"),
    ("--gaps", "dropp", "drop, fill or keep"),
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
