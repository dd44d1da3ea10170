"""Who is tested, and after learning from whom."""

import numpy as np
import pytest

from bocage.core import SplitError
from bocage.splits import SplitSettings
from bocage.splits._cuts import make_cuts

YEARS = ("2017", "2018", "2019", "2021", "2022")


def _cuts(groups=YEARS, per=4, **settings):
    group = np.repeat(np.arange(len(groups)), per)
    xy = np.random.default_rng(0).uniform(0, 1e5, (len(group), 2))
    return make_cuts(groups, group, xy, SplitSettings("year", **settings))


def test_each_group_is_left_out_once_and_all_others_learned_from():
    found = _cuts()
    assert [cut.name for cut in found.cuts] == list(YEARS)
    for number, cut in enumerate(found.cuts):
        assert cut.tested == (number,)
        assert cut.learned == tuple(n for n in range(5) if n != number)
    assert found.tested == (0, 1, 2, 3, 4)
    assert found.notes == ()


def test_time_runs_forward_and_the_first_year_is_only_learned_from():
    found = _cuts(("2022", "2019", "2021", "2020"), forward=True)
    assert [cut.name for cut in found.cuts] == ["2020", "2021", "2022"]
    assert [cut.learned for cut in found.cuts] == [(1,), (1, 3), (1, 2, 3)]
    assert 1 not in found.tested
    assert "; 2019 is used for training and never tested" in found.notes[0]


def test_many_years_are_merged_in_time_and_learn_from_nothing_later():
    groups = tuple(str(1990 + n) for n in range(25))
    found = _cuts(groups, forward=True)
    assert len(found.cuts) == 9
    for cut in found.cuts:
        assert max(cut.learned) < min(cut.tested)
        assert cut.learned == tuple(range(len(cut.learned)))
    assert "merged with their neighbours in time into 10 folds; --folds 25" in found.notes[1]
    # 1993 and 1994 are tested together: 1994 learns from 1992.
    said = "a year may be predicted without labels of the preceding year"
    assert found.notes[1].endswith(said)
    assert any(len(cut.tested) > 1 for cut in found.cuts)


def test_years_merged_into_what_is_only_learned_from_are_all_tested_after_the_year_before():
    # Few labels in the first two years, so that one fold holds both.
    groups, size = tuple(str(1990 + n) for n in range(4)), [1, 1, 50, 50]
    found = make_cuts(
        groups,
        np.repeat(np.arange(4), size),
        None,
        SplitSettings("year", forward=True, group_folds=3),
    )
    assert [cut.tested for cut in found.cuts] == [(2,), (3,)]
    assert found.notes[1].endswith("--folds 4 tests each of them")


def test_a_fixed_cut_is_one_fold():
    found = _cuts(train="2017-2018", test="2021-2022")
    assert [(cut.name, cut.tested, cut.learned) for cut in found.cuts] == [
        ("2021, 2022", (3, 4), (0, 1))
    ]
    assert found.fixed == "years 2021-2022 with labels of 2017-2018"
    assert found.notes == ("used neither for training nor for testing, as requested: year 2019",)
    assert found.fold_of_group.tolist() == [1, 1, 2, 0, 0]


@pytest.mark.parametrize("given", [{"test": "2021-2022"}, {"train": "2017..2019"}])
def test_one_side_of_a_cut_is_enough(given):
    found = _cuts(**given)
    assert [(cut.tested, cut.learned) for cut in found.cuts] == [((3, 4), (0, 1, 2))]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"train": "2017-2019", "test": "2019-2021"}, "both contain 2019 of 'year'"),
        ({"test": "2017-2022"}, "nothing is left to train on: --test names all 5 years"),
        ({"train": "2017-2022"}, "nothing is left to test: --train names all 5 years"),
        ({"train": "2017", "forward": True}, "expected one of them"),
        ({"groups": ("wet", "dry"), "forward": True}, "an order in time.*found 'wet', 'dry'"),
        ({"groups": ("all",), "forward": True}, "has none; expected a group column"),
    ],
)
def test_a_cut_that_can_not_be_made_is_refused_in_words(settings, said):
    with pytest.raises(SplitError, match=said):
        _cuts(**settings)
