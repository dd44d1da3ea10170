"""One or few rows far beyond all others are named; tails that are heavy are no errors."""

import numpy as np
import pandas as pd
import pytest

from bocage.tables import InputSpec, read_task
from bocage.tables._extremes import extreme_notes, extremes

N = 359


@pytest.fixture
def frame():
    """Synthetic samples with two features and a quantity."""
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "lon": rng.uniform(6, 7, N),
            "lat": rng.uniform(46, 47, N),
            "yield": rng.normal(5, 1, N).round(3),
            "Cd": rng.uniform(0.1, 5.1, N).round(2),
            "slope": rng.exponential(8, N).round(2),
        }
    )


def _notes(frame, tmp_path, **how):
    frame.to_csv(tmp_path / "t.csv", index=False)
    task = read_task(tmp_path / "t.csv", target="yield", **({"inputs": {"soil": "Cd,slope"}} | how))
    return [note for note in task.notes if " rows: " in note], task


@pytest.mark.parametrize("value", [1e9, 99999, -5000])
def test_one_cell_far_beyond_all_others_is_named_and_used(frame, tmp_path, value):
    low, high = frame["Cd"].iloc[1:].min(), frame["Cd"].iloc[1:].max()
    frame.loc[0, "Cd"] = value
    notes, task = _notes(frame, tmp_path)
    assert len(notes) == 1
    assert notes[0] == (
        f"1 of 359 rows: Cd = {value:g}, the others {low:g} to {high:g}: if that is an error, "
        "correct or blank it"
    )
    assert (task.inputs["soil"].values == value).sum() == 1
    # Who says that all were measured is not asked again.
    assert _notes(frame, tmp_path, nodata=["none"])[0] == []


def test_a_few_values_that_differ_are_one_note(frame, tmp_path):
    frame.loc[:2, "Cd"] = [1e6, 2e6, 5e8]
    notes, _ = _notes(frame, tmp_path)
    assert len(notes) == 1
    assert notes[0].startswith("3 of 359 rows: Cd = 1e+06 to 5e+08, the others 0.1")
    assert notes[0].endswith("if these are errors, correct or blank them")


def test_a_target_that_is_a_number_is_looked_at_too(frame, tmp_path):
    frame.loc[7, "yield"] = 1e6
    notes, _ = _notes(frame, tmp_path)
    assert [note.split(",")[0] for note in notes] == ["1 of 359 rows: yield = 1e+06"]


def test_a_date_of_a_series_is_named_as_its_column(frame, tmp_path):
    rng = np.random.default_rng(2)
    names = [f"NDVI_2019-{month:02d}-01" for month in range(1, 13)]
    frame[names] = rng.uniform(0.1, 0.9, (N, 12)).round(3)
    frame.loc[3, names[4]] = 8000
    notes, _ = _notes(frame, tmp_path, inputs={"s2": InputSpec("NDVI_*", series=True)})
    assert [note.split(",")[0] for note in notes] == ["1 of 359 rows: NDVI_2019-05-01 = 8000"]


def test_many_columns_do_not_fill_the_screen():
    values = np.random.default_rng(0).normal(size=(100, 9))
    values[5] = 1e6
    notes = extreme_notes([f"b{i}" for i in range(9)], values)
    assert len(notes) == 4
    assert notes[-1].endswith("; likewise in 5 more columns")


TAILS = {
    "normal": lambda rng, n: rng.normal(size=n),
    "exponential": lambda rng, n: rng.exponential(size=n),
    "lognormal": lambda rng, n: rng.lognormal(0, 1, n),
    "lognormal over orders of magnitude": lambda rng, n: rng.lognormal(0, 3, n),
    "populations (Zipf)": lambda rng, n: 1 + rng.pareto(1, n),
    "a tail without a mean": lambda rng, n: rng.pareto(0.5, n),
    "both tails": lambda rng, n: rng.standard_cauchy(n),
    "rain": lambda rng, n: np.where(rng.random(n) < 0.8, 0, rng.lognormal(0, 1.5, n)),
    "distances, mostly 0": lambda rng, n: np.where(
        rng.random(n) < 0.95, 0, rng.exponential(size=n)
    ),
    "backscatter": lambda rng, n: 10 * np.log10(rng.gamma(4, 0.02, n)),
    "counts": lambda rng, n: rng.negative_binomial(0.2, 0.01, n).astype(float),
}


@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize(("n", "most"), [(100, 7), (359, 2), (1000, 1), (5000, 0)])
def test_a_heavy_tail_is_no_error(tail, n, most):
    rng = np.random.default_rng(n)
    # Of 400 columns (those of the heaviest tails, at 100 rows, less than 2 %).
    assert sum(extremes(TAILS[tail](rng, n)).any() for _ in range(400)) <= most


@pytest.mark.parametrize(
    "column",
    [
        np.full(200, 3.0),
        np.append(np.zeros(199), 1e6),
        np.full(200, np.nan),
        np.arange(20.0) ** 9,
        np.append(np.arange(199.0), -9999),
        np.append(np.arange(199.0), np.inf),
    ],
)
def test_constant_short_and_missing_columns_have_none(column):
    assert not extremes(column).any()
