"""Sources: bands are found by name, and another product or scaling is refused in words."""

import dataclasses

import pytest
from tests.data.models import make_model

from bocage.core import DataError
from bocage.models import check_source
from bocage.sources import AEF_BANDS, AEF_CODING, Coding


@pytest.fixture(scope="module")
def few():
    """A model of bands A00 to A04."""
    return make_model(n_bands=5)


def test_bands_are_found_wherever_they_stand(few):
    assert check_source(few, AEF_BANDS, AEF_CODING) == (0, 1, 2, 3, 4)
    assert check_source(few, AEF_BANDS[::-1], AEF_CODING) == (63, 62, 61, 60, 59)


def test_missing_and_double_bands_are_named(few):
    with pytest.raises(DataError, match=r"no band A01, A03, which .* it has A00, A02, A04"):
        check_source(few, ("A00", "A02", "A04"), AEF_CODING)
    with pytest.raises(DataError, match="A02 more than once"):
        check_source(few, (*AEF_BANDS, "A02"), AEF_CODING)


def test_another_scaling_is_refused_in_words(few):
    with pytest.raises(DataError, match=r"0\.00787402 x stored \+0, but .* int8 codes"):
        check_source(few, AEF_BANDS, Coding("linear", -128, (1 / 127,)))
    with pytest.raises(DataError, match="stored as plain values"):
        check_source(few, AEF_BANDS, Coding("linear", None))


def test_scales_are_compared_band_by_band(few):
    scaled = dataclasses.replace(few, coding=Coding("linear", 0, (1.0, 2.0, 3.0, 4.0, 5.0)))
    names = ("A04", "A03", "A02", "A01", "A00")
    right = Coding("linear", 255, (5.0, 4.0, 3.0, 2.0, 1.0), (0.0,) * 5)
    assert check_source(scaled, names, right) == (4, 3, 2, 1, 0)
    with pytest.raises(DataError, match="band A03 of the source is stored as 9 x stored"):
        check_source(scaled, names, Coding("linear", 255, (5.0, 9.0, 3.0, 2.0, 1.0)))


def test_a_model_of_values_takes_a_declared_scale(few):
    values = dataclasses.replace(few, coding=Coding())
    assert check_source(values, AEF_BANDS, Coding("linear", 0, (1e4,))) == (0, 1, 2, 3, 4)
    with pytest.raises(DataError, match="stored as int8 codes"):
        check_source(values, AEF_BANDS, AEF_CODING)


def test_another_product_or_version_is_refused_and_an_unknown_one_is_not(few):
    check_source(few, AEF_BANDS, AEF_CODING, few.product, "v1")
    check_source(few, AEF_BANDS, AEF_CODING, "", "")
    with pytest.raises(DataError, match="product 'TESSERA'"):
        check_source(few, AEF_BANDS, AEF_CODING, "TESSERA")
    with pytest.raises(DataError, match="version 'v2', and the model was fitted on 'v1'"):
        check_source(few, AEF_BANDS, AEF_CODING, few.product, "v2")
