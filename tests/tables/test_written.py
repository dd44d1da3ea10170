"""Numbers that are written otherwise are named as such, with what to do."""

import numpy as np
import pandas as pd
import pytest

from bocage.core import DataError
from bocage.tables import read_task
from bocage.tables._written import has_thousands

CURE = "write numbers without a thousands separator and with a decimal point"


def table(path, write):
    rng = np.random.default_rng(0)
    values = rng.uniform(200, 9000, 60)
    frame = pd.DataFrame({"lon": rng.uniform(6, 7, 60), "lat": rng.uniform(47, 48, 60)})
    frame["v"], frame["zn"] = rng.normal(size=60), [write(value) for value in values]
    frame["crop"] = ["a", "b", "c"] * 20
    frame.to_csv(path, index=False)
    return path


def german(value):
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


def swiss(value):
    return f"{value:,.2f}".replace(",", "'")


def french(value):
    return f"{value:,.2f}".replace(",", "\N{NARROW NO-BREAK SPACE}").replace(".", ",")


@pytest.mark.parametrize("write", [german, swiss, french])
def test_marks_between_thousands_are_named(tmp_path, write):
    path = table(tmp_path / "t.csv", write)
    with pytest.raises(DataError, match="can't use zn") as error:
        read_task(path, target="crop", inputs={"m": "v,zn"})
    assert CURE in str(error.value)
    assert "different words" not in str(error.value)
    with pytest.raises(DataError, match="the target 'zn' holds") as error:
        read_task(path, target="zn", inputs={"m": "v"})
    assert CURE in str(error.value)


def test_codes_and_plain_numbers_have_no_marks_between_thousands():
    words = ("1.234", "1.234.567", "1,234", "123 456", "12.3", "1.23,4", "2021-03", "1.234.56", "")
    assert not any(map(has_thousands, words))
    assert all(map(has_thousands, ("1.234,56", "-1.234.567,8", "1,234.5", "12\u2019345.6")))
