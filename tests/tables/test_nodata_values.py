"""Numbers that stand for nothing: taken out where they are declared, asked about where not."""

import numpy as np
import pandas as pd
import pytest

from bocage.core import DataError, Input, SettingsError
from bocage.tables import InputSpec, read_task
from bocage.tables._nodata_values import Fills, read_fills, without_fills

NDVI = {"ndvi": "NDVI_*"}


def table(n=240, seed=0, low=2000, high=8000):
    """Synthetic series of 12 months in whole numbers."""
    rng = np.random.default_rng(seed)
    values = rng.integers(low, high, (n, 12)).astype(float)
    frame = pd.DataFrame({"lon": rng.uniform(5, 6, n), "lat": rng.uniform(45, 46, n)})
    frame["crop"] = np.where(np.arange(n) % 2, "maize", "wheat")
    names = [f"NDVI_2019-{month:02d}-01" for month in range(1, 13)]
    return frame.join(pd.DataFrame(values, columns=names)), names


def put(frame, names, value, share, seed=1):
    rng = np.random.default_rng(seed)
    lost = rng.random((len(frame), len(names))) < share
    frame[names] = frame[names].where(~lost, value)
    return int(lost.sum())


@pytest.mark.parametrize("value", [65535, 0, -3000, 32767, 99999, -1, 1e9])
@pytest.mark.parametrize("series", [True, False])
@pytest.mark.parametrize("share", [0.05, 0.02])
def test_a_number_at_one_end_is_asked_about(tmp_path, value, series, share):
    frame, names = table()
    n = put(frame, names, value, share)
    frame.to_csv(tmp_path / "t.csv", index=False)
    spec = {"ndvi": InputSpec("NDVI_*", series=series)}
    said = (
        rf"{n} of 2,880 cells of NDVI at 12 dates .* hold {value:g}, and the others 200\d to 799\d"
    )
    with pytest.raises(DataError, match=said.replace("+", r"\+")) as caught:
        read_task(tmp_path / "t.csv", target="crop", inputs=spec)
    assert f"--nodata {value:g} " in str(caught.value)
    assert "--nodata none" in str(caught.value)
    task = read_task(tmp_path / "t.csv", target="crop", inputs=spec, nodata=["none"])
    assert (task.inputs["ndvi"].values == value).sum() == n


def test_a_few_cells_far_away_are_asked_about(tmp_path):
    # A thousandth of all cells: no column holds a share that tells.
    frame, names = table()
    for row, name in enumerate(names[:4]):
        frame.loc[row, name] = 65535
    frame.to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(
        DataError, match=r"4 of 960 cells of NDVI_2019-01-01, .* \(0\.4%\) hold 65535"
    ):
        read_task(tmp_path / "t.csv", target="crop", inputs=NDVI)


def test_fractions_are_asked_about_too(tmp_path):
    frame, names = table()
    frame[names] /= 10_000
    put(frame, names, 0, 0.03)
    frame.to_parquet(tmp_path / "t.parquet")
    with pytest.raises(DataError, match=r"hold 0, and the others 0\.2"):
        read_task(tmp_path / "t.parquet", target="crop", inputs=NDVI)


def test_the_column_that_holds_it_is_named_with_its_own_cells(tmp_path):
    rng = np.random.default_rng(0)
    n = 300
    frame = pd.DataFrame({"lon": rng.uniform(5, 6, n), "lat": rng.uniform(45, 46, n)})
    frame["crop"] = np.where(np.arange(n) % 2, "maize", "wheat")
    frame["zoned"] = np.where(np.arange(n) % 4, 0.0, rng.uniform(12, 100, n))
    frame["tax"], frame["river"] = rng.normal(300, 20, n), np.arange(n) % 3 % 2
    frame.to_csv(tmp_path / "t.csv", index=False)
    spec = {"soc": "zoned,tax,river"}
    with pytest.raises(
        DataError, match=r"'soc': 225 of 300 cells of zoned \(75\.0%\) hold 0, and the others 1\d"
    ) as caught:
        read_task(tmp_path / "t.csv", target="crop", inputs=spec)
    # What would be taken from another column is said.
    assert "--nodata soc=0) (this also affects river, where it lies among other" in str(
        caught.value
    )
    with pytest.raises(DataError, match=r"to \d+[.\d]*; .*--nodata soc=0\), otherwise"):
        read_task(tmp_path / "t.csv", target="crop", inputs={"soc": "zoned,tax"})


def test_zeros_of_masked_pixels_are_asked_about():
    rng = np.random.default_rng(0)
    values = np.round(150 + rng.gamma(2, 400, (300, 4)))
    values[rng.random(300) < 0.03] = 0
    with pytest.raises(DataError, match="hold 0, and the others 1"):
        without_fills(Input("f", values, ("a", "b", "c", "d")), Fills())


def measured(kind, n, seed):
    rng = np.random.default_rng(seed)
    made = {
        "normal": rng.normal(size=(n, 4)),
        "heavy tails": rng.standard_t(2, size=(n, 4)),
        "skewed": rng.lognormal(size=(n, 4)),
        "rain": np.where(rng.random((n, 4)) < 0.4, 0, rng.exponential(5, (n, 4))),
        "little rain": np.where(rng.random((n, 4)) < 0.7, 0, rng.exponential(5, (n, 4))),
        "slope": np.round(np.abs(rng.normal(0, 8, (n, 4))), 2) * (rng.random((n, 4)) > 0.05),
        "counts": rng.poisson(0.7, (n, 4)).astype(float),
        "presence": rng.integers(0, 2, (n, 4)).astype(float),
        "clipped": np.clip(rng.normal(0.8, 0.3, (n, 4)), 0, 1),
        "codes": rng.integers(0, 9, (n, 4)) * 1000.0,
        "constant": np.full((n, 4), 2019.0),
        "elevation": np.round(rng.uniform(0, 1500, (n, 4))),
        "an outlier": np.r_[rng.normal(size=(n - 1, 4)), [[1e4, 3, 2, 1]]],
    }
    return made[kind]


@pytest.mark.parametrize(
    "kind",
    [
        *("normal", "heavy tails", "skewed", "rain", "counts", "presence", "clipped", "codes"),
        *("constant", "elevation", "an outlier", "little rain", "slope"),
    ],
)
@pytest.mark.parametrize("n", [120, 600])
def test_what_was_measured_is_not_asked_about(kind, n):
    for seed in range(20):
        item = Input("f", measured(kind, n, seed), ("a", "b", "c", "d"))
        assert without_fills(item, Fills()) == (item, "")


def test_a_declared_number_is_missing_and_counted(tmp_path):
    frame, names = table()
    n = put(frame, names, 65535, 0.05)
    frame.to_csv(tmp_path / "t.csv", index=False)
    rows = int((frame[names] == 65535).any(axis=1).sum())
    with pytest.raises(DataError, match=f"{rows} of 240 rows are incomplete"):
        read_task(tmp_path / "t.csv", target="crop", inputs=NDVI, nodata=[65535])
    task = read_task(
        tmp_path / "t.csv", target="crop", inputs=NDVI, nodata=[65535], drop_incomplete=True
    )
    assert len(task) == 240 - rows
    assert f"input 'ndvi': {n} of 2,880 cells" in " ".join(task.notes)
    assert task.inputs["ndvi"].values.max() < 8000


def test_a_number_of_one_input_is_measured_in_another(tmp_path):
    frame, names = table()
    frame["rain"] = np.arange(240) % 3.0
    put(frame, names, 0, 0.05)
    frame.to_csv(tmp_path / "t.csv", index=False)
    task = read_task(
        tmp_path / "t.csv",
        target="crop",
        inputs={**NDVI, "dry": "rain"},
        nodata=["ndvi=0"],
        gaps="drop",
    )
    assert (task.inputs["dry"].values == 0).any()
    assert not (task.inputs["ndvi"].values == 0).any()


def test_a_number_of_the_target_is_a_row_without_one(tmp_path):
    frame, _ = table()
    frame["harvest"] = np.linspace(1, 9, 240)
    frame.loc[[3, 4], "harvest"] = 65535
    frame.to_csv(tmp_path / "t.csv", index=False)
    ask = {"target": "harvest", "kind": "regression", "inputs": NDVI}
    with pytest.raises(DataError, match="2 without target 'harvest'"):
        read_task(tmp_path / "t.csv", nodata=["harvest=65535"], **ask)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["many"], "--nodata 'many' can't be read"),
        (["ndvi=many"], "can't be read"),
        (["nvdi=0"], "there is no input 'nvdi'; did you mean 'ndvi'"),
    ],
)
def test_what_can_not_be_read_is_refused(texts, said):
    with pytest.raises(SettingsError, match=said):
        read_fills(texts, ["ndvi", "crop"])
