"""The store: every array comes back as it was, and runs of older versions are told apart."""

from dataclasses import replace

import numpy as np
import pytest

from bocage.core import ResultStore
from bocage.study import Store, Workers, prepare


@pytest.fixture(scope="module")
def records(finished):
    return list(finished.store.refresh().values())


def test_arrays_of_every_type_and_shape_come_back(records):
    rng = np.random.default_rng(0)
    arrays = {
        "codes": rng.integers(0, 300, 7),
        "large": np.array([2**40]),
        "below": np.array([-1, 5]),
        "shares": rng.integers(0, 65_535, (7, 3)).astype(np.uint16),
        "cubes": rng.normal(size=(2, 3, 4)),
        "nothing": np.zeros((0, 3), np.float32),
    }
    made = replace(records[0], arrays=arrays)
    (found,) = Store.decode(Store.encode((made,)))
    assert list(found.arrays) == list(arrays)
    for name, array in arrays.items():
        assert found.arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(found.arrays[name], array)
    assert found.key == made.key
    assert len(found.array("what no run has")) == 0


def test_stored_probabilities_are_those_that_were_predicted(finished, records):
    task = finished.task
    for record in records:
        fold = next(f for f in finished.split.folds if f.name == record.fold)
        true = np.concatenate([task.target[rows] for rows in fold.tests.values()])
        shares = record.array("probabilities") / 65_535
        each = np.arange(len(true))
        np.testing.assert_allclose(shares.sum(axis=1), 1, atol=task.n_classes / 65_535)
        np.testing.assert_allclose(
            shares[each, record.array("predicted")], record.array("confidence"), atol=1e-5
        )
        np.testing.assert_allclose(
            record.array("true_probability") / 65_535, shares[each, true], atol=1e-9
        )
        # Sums were taken before numbers were rounded.
        loss = np.square(shares - np.eye(task.n_classes)[true]).sum()
        assert record.array("brier").sum() == pytest.approx(loss, rel=1e-3)


class _Older(Store):
    """Written before versions were stored."""

    @classmethod
    def columns(cls):
        return super().columns()[1:]

    @classmethod
    def to_row(cls, record):
        row = super().to_row(record)
        del row["version"]
        return row


def test_runs_of_an_older_version_are_told_apart_and_done_again(settings, tmp_path):
    study = prepare(settings(methods=["prior"], budgets=["all"]), tmp_path / "study")
    study.run(Workers())
    for path in study.store.runs.glob("*.parquet"):
        path.write_bytes(_Older.encode(ResultStore.decode.__func__(Store, path.read_bytes())))
    old = prepare(study.settings, study.folder)
    assert old.n_missing == old.plan.n_runs > 0
    assert len(old.store.old) == len(list(old.store.runs.glob("*.parquet")))
    assert not old.store.damaged
    old.run(Workers())
    assert not old.store.old
    assert prepare(study.settings, study.folder).n_missing == 0


def test_of_two_programs_that_did_the_same_runs_the_first_is_believed_by_both(records, tmp_path):
    mine, yours = Store(tmp_path), Store(tmp_path)
    mine.write("x", records[:2])
    slower = [replace(r, fit_seconds=r.fit_seconds + 9.0) for r in records[:2]]
    # It has looked before the other wrote.
    yours.write("x", slower)
    for store in (mine, yours, Store(tmp_path)):
        found = store.refresh()
        assert [found[r.key].fit_seconds for r in records[:2]] == [
            r.fit_seconds for r in records[:2]
        ]
