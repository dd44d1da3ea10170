"""A model, its head and its applicability take tables by name, whatever the order of columns."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from tests.data.models import make_model, stored_embeddings

from bocage.core import DataError
from bocage.methods import Head
from bocage.models import Applicability, load_model, save_model
from bocage.sources import AEF_CODING


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "model"
    return load_model(save_model(make_model(n_bands=5), folder))


@pytest.fixture(scope="module")
def rows():
    return AEF_CODING.decode(stored_embeddings(40, seed=3)).T[:, :5].copy()


def _table(model, rows):
    frame = pd.DataFrame(rows, columns=list(model.bands)).assign(crop="maize")
    return frame[["crop", *model.bands[::-1]]]


def test_reversed_columns_predict_the_same(model, rows):
    expected = model.predict(rows)
    table = _table(model, rows)
    np.testing.assert_array_equal(model.predict(table), expected)
    np.testing.assert_array_equal(model.predict(pa.Table.from_pandas(table)), expected)
    # By position most would be wrong.
    turned = model.predict(rows[:, ::-1])
    assert (turned.argmax(axis=1) != expected.argmax(axis=1)).mean() > 0.2


def test_missing_bands_are_named_and_widths_are_checked(model, rows):
    with pytest.raises(DataError, match="no column A03, which the model needs"):
        model.predict(_table(model, rows).drop(columns="A03"))
    with pytest.raises(DataError, match=r"shape \(40, 4\); expected .* 5 columns \(A00, A01"):
        model.predict(rows[:, :4])


def test_stored_numbers_are_refused(model):
    codes = stored_embeddings(40, seed=3).T[:, :5]
    for given in (codes, codes.astype(float), _table(model, codes)):
        with pytest.raises(DataError, match="hold AlphaEarth's int8"):
            model.predict(given)


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_rows_that_lack_a_value_are_refused_and_not_answered(model, rows, number):
    torn = rows.copy()
    torn[[3, 8], [2, 0]] = number
    words = r"2 of 40 rows have a missing or infinite value \(first: row 3 .* band A02\)"
    for given in (torn, _table(model, torn)):
        with pytest.raises(DataError, match=words):
            model.predict(given)


def test_the_applicability_of_a_model_reads_tables(model, rows):
    expected = model.applicability.index(rows)
    np.testing.assert_array_equal(model.applicability.index(_table(model, rows)), expected)
    bare = Applicability.fit(rows, None)
    with pytest.raises(DataError, match="without column names"):
        bare.index(_table(model, rows))
    named = Applicability.fit(_table(model, rows).drop(columns="crop"), None)
    np.testing.assert_array_equal(named.index(_table(model, rows)), bare.index(rows))


@pytest.mark.parametrize("name", ["logistic", "forest", "xgboost", "lightgbm", "prior"])
def test_a_head_that_learned_from_a_table_reads_others_by_name(model, rows, name):
    y = np.arange(len(rows)) % 3
    bands = list(model.bands)
    table = pd.DataFrame(rows, columns=bands)
    head = Head(name, n_classes=3).fit(table, y)
    assert head.feature_names_in_.tolist() == bands
    expected = Head(name, n_classes=3).fit(rows, y).predict_proba(rows)
    np.testing.assert_array_equal(head.predict_proba(table[bands[::-1]]), expected)
    with pytest.raises(DataError, match="no column A02, which the head needs"):
        head.predict(table.drop(columns="A02"))
    with pytest.raises(DataError, match="shape"):
        head.predict(rows[:, :3])
    # Fitted again on an array, it forgets the names.
    with pytest.raises(DataError, match="without column names"):
        head.fit(rows, y).predict(table)
