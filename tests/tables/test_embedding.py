"""AlphaEarth's numbers are recognised under any names, and never learned from undecoded."""

import numpy as np
import pandas as pd
import pytest
from tests.data.alphaearth import codes

from bocage.core import DataError
from bocage.sources import AEF_BANDS, AEF_CODING
from bocage.tables import read_task

N = 60
CODES = codes(N, seed=4).T
VALUES = AEF_CODING.decode(CODES.T).T
NAMES = {
    "lower": [f"a{i:02d}" for i in range(64)],
    "from one": [f"b{i}" for i in range(1, 65)],
    "unpadded": [f"A{i}" for i in range(64)],
    "A01 to A64": [f"A{i:02d}" for i in range(1, 65)],
    "emb": [f"emb_{i}" for i in range(64)],
    "with a year": [f"emb_{i:02d}_2023" for i in range(64)],
    "mean of": [f"A{i:02d}_mean" for i in range(64)],
    "other digits": [f"s2_b{i}" for i in range(1, 65)],
}
TYPES = ["int8", "int16", "float32", "float64", "Int16"]


def _save(folder, names, values, dtype="float64", more=None):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(values.astype(dtype.lower()), columns=names).astype(dtype)
    # Neither the first columns nor in order.
    frame = frame[list(rng.permutation(names))]
    frame["lon"], frame["lat"] = rng.uniform(5, 6, (2, N))
    frame["crop"] = np.array(["maize", "wheat"])[np.arange(N) % 2]
    frame = frame.assign(**(more or {}))
    path = folder / "t.parquet"
    frame.to_parquet(path)
    return path


def _aef(task):
    item = task.inputs["aef"]
    order = [item.bands.index(band) for band in AEF_BANDS]
    return item, item.values[:, order]


@pytest.mark.parametrize("names", NAMES.values(), ids=NAMES)
def test_vectors_are_recognised(tmp_path, names):
    task = read_task(_save(tmp_path, names, VALUES), target="crop")
    item, values = _aef(task)
    np.testing.assert_array_equal(values, VALUES[task.row])
    assert (item.modality, item.scaling) == ("embedding", "keep")
    said = f"columns {names[0]} to {names[-1]} hold vectors of 64 numbers of length 1"
    assert any(said in note and "read as A00 to A63 (input 'aef')" in note for note in task.notes)


@pytest.mark.parametrize("names", [*NAMES.values(), list(AEF_BANDS)], ids=[*NAMES, "A00 to A63"])
@pytest.mark.parametrize("dtype", TYPES)
def test_codes_are_decoded_or_refused(tmp_path, names, dtype):
    path = _save(tmp_path, names, CODES, dtype)
    with pytest.raises(DataError, match=r"input 'aef' holds raw int8 embeddings.*--dequantise"):
        read_task(path, target="crop")
    task = read_task(path, target="crop", dequantise=True)
    np.testing.assert_array_equal(_aef(task)[1], VALUES[task.row])


@pytest.mark.parametrize("columns", ["b1,b2,b3", "b*", "b*,slope", "slope,b64"])
def test_no_input_reads_codes_as_if_they_were_values(tmp_path, columns):
    slope = {"slope": np.linspace(0, 9, N)}
    path = _save(tmp_path, NAMES["from one"], CODES, more=slope)
    with pytest.raises(DataError, match="input 'e' holds raw int8 embeddings in b1 to b64"):
        read_task(path, target="crop", inputs={"e": columns})
    task = read_task(path, target="crop", inputs={"e": columns}, dequantise=True)
    values = pd.DataFrame(VALUES, columns=AEF_BANDS).assign(**slope)
    values = values.rename(
        columns={} if columns == "b*" else {f"A{i:02d}": f"b{i + 1}" for i in range(64)}
    )
    item = task.inputs["e"]
    np.testing.assert_array_equal(item.values, values[list(item.bands)].to_numpy()[task.row])


def test_codes_of_some_columns_called_as_they_are_stay_refused_beside_others(tmp_path):
    path = _save(tmp_path, list(AEF_BANDS), CODES, more={"slope": np.linspace(0, 9, N)})
    with pytest.raises(DataError, match="holds raw int8"):
        read_task(path, target="crop", inputs={"all": "A0?,slope"})


def test_pixels_without_data_are_missing_and_not_codes(tmp_path):
    stored = CODES.copy()
    stored[5] = -128
    path = _save(tmp_path, NAMES["from one"], stored, "int16")
    task = read_task(path, target="crop", dequantise=True, drop_incomplete=True)
    assert sorted(task.row) == [row for row in range(N) if row != 5]


def test_rows_of_both_kinds_are_refused(tmp_path):
    mixed = VALUES.copy()
    mixed[:20] = CODES[:20]
    for names in (NAMES["emb"], list(AEF_BANDS)):
        path = _save(tmp_path, names, mixed)
        for dequantise in (True, False):
            with pytest.raises(DataError, match="raw int8 embeddings in some rows"):
                read_task(path, target="crop", dequantise=dequantise)


def test_a_declared_embedding_keeps_its_names_and_its_scale(tmp_path):
    path = _save(tmp_path, NAMES["emb"], VALUES)
    task = read_task(path, target="crop", inputs={"own": "emb_*"})
    item = task.inputs["own"]
    assert set(item.bands) == set(NAMES["emb"])
    assert (item.modality, item.scaling) == ("embedding", "keep")
    assert "aef" not in task.inputs


@pytest.mark.parametrize(
    "values",
    [
        VALUES * 2,
        np.random.default_rng(0).integers(0, 20, (N, 64)).astype(float),
        np.random.default_rng(0).uniform(0, 1, (N, 64)),
    ],
    ids=["twice", "counts", "shares"],
)
def test_other_columns_of_64_are_what_they_are(tmp_path, values):
    path = _save(tmp_path, NAMES["from one"], values)
    with pytest.raises(DataError, match="no input found"):
        read_task(path, target="crop")
    item = read_task(path, target="crop", inputs={"e": "b*"}).inputs["e"]
    assert (item.modality, item.bands[0]) == ("unknown", "b1")


def test_two_embeddings_are_asked_for_by_name(tmp_path):
    other = pd.DataFrame(VALUES[::-1], columns=[f"c{i}" for i in range(64)])
    path = _save(tmp_path, NAMES["from one"], VALUES, more=dict(other.items()))
    with pytest.raises(DataError, match="no input found"):
        read_task(path, target="crop")
    task = read_task(path, target="crop", inputs={"aef": "c*", "own": "b*"})
    np.testing.assert_array_equal(_aef(task)[1], VALUES[::-1][task.row])


def test_names_that_count_are_found():
    from bocage.sources._alphaearth_columns import numbered

    # Names that share a count (A1, A01) are no family together.
    some = {key: names for key, names in NAMES.items() if key not in ("A01 to A64", "unpadded")}
    found = {names[0] for names in numbered(name for names in some.values() for name in names)}
    assert found >= {names[0] for names in some.values()}
    assert not list(numbered([f"b{i}" for i in range(65)]))
    assert not list(numbered([*(f"b{i}" for i in range(64)), "b01"]))
    assert not list(numbered(["b" + "9" * 5000]))
