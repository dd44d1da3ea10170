"""Time is read from names only where it stands there."""

import pytest

from bocage.core import SplitError
from bocage.splits._order import in_order, read_groups, time_keys

YEARS = ("2017", "2018", "2019", "2021", "2022")
SEASONS = ("2000-2001", "2001-2002", "2002-2003")


@pytest.mark.parametrize(
    ("names", "order"),
    [
        (("2020", "2019"), (1, 0)),
        (("9", "10"), (0, 1)),
        (("season 10", "season 9"), (1, 0)),
        (("2021-10", "2021-9"), (1, 0)),
        (("2021-03-01", "2020-12-31"), (1, 0)),
        (SEASONS, (0, 1, 2)),
    ],
)
def test_numbers_and_dates_are_in_the_order_of_time(names, order):
    assert time_keys(names) is not None
    assert in_order(names) == order


@pytest.mark.parametrize(
    "names",
    [
        ("03/2021", "01/2022"),
        ("21-22", "22-23"),
        ("2019", "unknown"),
        ("spring", "autumn"),
        ("2019", "2020-2021"),
        ("²", "2"),
    ],
)
def test_what_may_be_read_two_ways_is_no_time(names):
    assert time_keys(names) is None
    assert sorted(in_order(names)) == list(range(len(names)))


@pytest.mark.parametrize(
    ("text", "groups", "expected"),
    [
        ("2017-2019", YEARS, (0, 1, 2)),
        ("2020..2030", YEARS, (3, 4)),
        ("2017, 2021-2022", YEARS, (0, 3, 4)),
        ("2001-2002", SEASONS, (1,)),
        ("2000-2001..2001-2002", SEASONS, (0, 1)),
        ("2001..2002", SEASONS, (1, 2)),
        ("2021-2021", ("2020-12", "2021-01", "2021-12"), (1, 2)),
        ("b,a", ("a", "b", "c"), (0, 1)),
    ],
)
def test_ranges_are_read(text, groups, expected):
    assert read_groups(text, groups, option="--test", leave="year") == expected


@pytest.mark.parametrize(
    ("text", "groups", "said"),
    [
        (
            "2030",
            YEARS,
            r"--test '2030' is not one of the groups of 'year': 2017, 2018.*2017\.\.2022",
        ),
        ("2017-2019-2021", YEARS, "is not one of the groups"),
        ("1-2", ("a", "b"), "these have no order in time"),
        (" , ", YEARS, "names no group"),
    ],
)
def test_what_names_no_group_is_refused_with_an_example(text, groups, said):
    with pytest.raises(SplitError, match=said):
        read_groups(text, groups, option="--test", leave="year")
