"""A model predicts tables and arrays as it maps files."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import rasterio
import rioxarray
import xarray as xr

import bocage
from bocage.core import BocageError, DataError, SettingsError
from bocage.datasets.landscape import write_landscape_tile
from bocage.sources import AEF_BANDS


@pytest.fixture(scope="module")
def model(study) -> bocage.Model:
    return study.fit("aef:knn3")


@pytest.fixture(scope="module")
def tile(tmp_path_factory):
    """A synthetic embedding raster with holes, and its own names of bands."""
    path = tmp_path_factory.mktemp("tile") / "aef.tif"
    write_landscape_tile(path, side=96)
    with rasterio.open(path, "r+") as file:
        stored = file.read()
        stored[:, 10:20, 30:50] = -128
        stored[5, 40, 40] = -128
        file.write(stored)
    return path


@pytest.fixture(scope="module")
def mapped(model, tile, tmp_path_factory):
    """What `bocage map` writes."""
    path = tmp_path_factory.mktemp("map") / "map.tif"
    model.map(tile, path)
    with (
        rasterio.open(path) as classes,
        rasterio.open(path.with_name("map_confidence.tif")) as sure,
    ):
        return classes.read(1), sure.read(1)


def opened(tile, **options) -> xr.DataArray:
    return rioxarray.open_rasterio(tile, **options)


def check(found: xr.Dataset, mapped) -> None:
    classes, sure = mapped
    assert np.array_equal(found["class"].to_numpy(), classes)
    assert np.array_equal(found["confidence"].to_numpy(), sure)
    assert (classes == found["class"].attrs["_FillValue"]).sum() == 201


def test_an_array_gets_the_map_to_the_bit(model, tile, mapped):
    check(model.predict(opened(tile)), mapped)


@pytest.mark.parametrize("chunks", [{"x": 32, "y": 32}, {"band": 16, "x": 50, "y": 40}])
def test_an_array_of_dask_stays_lazy_and_gets_the_map_to_the_bit(model, tile, mapped, chunks):
    found = model.predict(opened(tile, chunks=chunks))
    assert found["class"].chunks is not None
    check(found.compute(), mapped)


def test_values_give_what_stored_numbers_give(model, tile, mapped):
    stored = opened(tile)
    values = xr.DataArray(
        np.where(stored == -128, np.nan, np.sign(stored) * (stored / 127.5) ** 2),
        {**stored.coords, "band": list(AEF_BANDS)}, stored.dims,
    )  # fmt: skip
    found = model.predict(values)
    assert (found["class"].to_numpy() == mapped[0]).mean() > 0.999
    assert (found["class"].to_numpy() == 255).sum() == 201


def test_names_rule_and_not_the_order(model, tile, mapped):
    array = opened(tile).assign_coords(band=list(AEF_BANDS))
    turned = array.isel(band=slice(None, None, -1)).transpose("y", "x", "band")
    more = xr.concat([turned, turned.isel(band=[0]).assign_coords(band=["extra"])], "band")
    check(model.predict(more), mapped)
    separate = array.to_dataset("band")
    check(model.predict(separate[list(reversed(AEF_BANDS))]), mapped)


def test_axes_coordinates_and_crs_come_back(model, tile):
    array = opened(tile)
    found = model.predict(array, layers=("confidence", "probability"))
    assert found["class"].dims == ("y", "x")
    assert found.rio.crs == array.rio.crs
    assert np.array_equal(found["x"], array["x"])
    assert found["probability"].dims == ("class_name", "y", "x")
    assert tuple(found["class_name"].to_numpy()) == model.classes
    shares = xr.decode_cf(found[["probability"]])["probability"].sum("class_name")
    known = found["class"] != 255
    assert np.abs(shares.where(known, 1) - 1).max() < 0.02
    assert found["class"].attrs["flag_meanings"].split() == list(model.classes)


def test_a_table_gets_what_the_model_says_of_its_rows(model, table):
    turned = table[table.columns[::-1]].set_index(np.arange(len(table)) + 100)
    turned.loc[101, "A03"] = np.nan
    found = model.predict(turned, layers=("confidence", "probability"))
    assert found.index.equals(turned.index)
    assert found["class"].isna().sum() == 1
    assert np.isnan(found.loc[101, "confidence"])
    each = found[[f"probability_{name}" for name in model.classes]]
    known = found["class"].notna()
    assert np.allclose(each[known].sum(axis=1), 1)
    best = np.array(model.classes)[each[known].to_numpy().argmax(axis=1)]
    assert (best == found["class"][known].astype(str)).all()


def test_a_table_gets_what_the_map_shows(model, tile, mapped):
    rows, columns = np.nonzero(mapped[0] != 255)
    stored = opened(tile).to_numpy()[:, rows, columns].astype(float)
    values = pd.DataFrame((np.sign(stored) * (stored / 127.5) ** 2).T, columns=list(AEF_BANDS))
    found = model.predict(values)
    assert (found["class"].cat.codes.to_numpy() == mapped[0][rows, columns]).mean() > 0.999


def test_a_saved_model_says_the_same(model, table, tmp_path):
    model.save(tmp_path / "model")
    again = bocage.load_model(tmp_path / "model").predict(table)
    pd.testing.assert_frame_equal(again, model.predict(table))


def test_a_file_that_is_no_model_is_not_written_over(model, tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "thesis.txt").write_text("mine")
    with pytest.raises(BocageError):
        model.save(tmp_path / "model")
    assert (tmp_path / "model" / "thesis.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda a: a.isel(band=slice(10)), "has no band A10"),
        (lambda a: a.expand_dims(time=2), "one axis of bands"),
        (lambda a: a.assign_coords(band=["A00"] * 64), "A00 occurs 64 times"),
        (lambda a: a.to_numpy(), "a ndarray"),
        (lambda a: a.astype(float) * 10_000, "trained on values from.*scale_factor"),
    ],
)
def test_arrays_that_do_not_fit_are_told(model, tile, change, said):
    array = opened(tile).assign_coords(band=list(AEF_BANDS))
    with pytest.raises(BocageError, match=said) as caught:
        model.predict(change(array))
    assert "--" not in str(caught.value)


def test_tables_that_do_not_fit_are_told(model, table):
    with pytest.raises(DataError, match="the table lacks A63"):
        model.predict(table.drop(columns="A63"))
    with pytest.raises(SettingsError, match="layer 'area' is unknown"):
        model.predict(table, layers=("area",))


def test_a_column_that_is_there_twice_is_refused(model, table):
    with pytest.raises(DataError, match="more than once"):
        model.predict(pd.concat([table[["A00"]], table], axis=1))


def test_a_table_on_another_scale_is_refused(model, table):
    bands = list(AEF_BANDS)
    with pytest.raises(DataError, match="the model was trained on values from"):
        model.predict(table[bands] * 100)


def test_a_table_without_a_complete_row_has_no_class(model, table):
    assert len(model.predict(table.iloc[:0])) == 0
    blank = table.iloc[:3].assign(A07=np.nan)
    assert model.predict(blank)["class"].isna().all()
    with pytest.raises(DataError):
        model.predict(table.iloc[:3].assign(A07="12,5"))


def test_variables_of_a_dataset_keep_how_they_are_stored(study, table):
    """A band each, in whole numbers with their own scale and mark of missing data."""
    asked = {"leave": "region", "budgets": [5], "repeats": 1, "methods": ["prior", "two:knn3"]}
    narrow = table[["lon", "lat", "crop", "region", "A00", "A01"]].rename(
        columns={"A00": "red", "A01": "nir"}
    )
    model = bocage.compare(
        narrow, "crop", folder=study.folder.parent / "two", inputs={"two": "red,nir"}, **asked
    ).fit("two:knn3")
    rng = np.random.default_rng(0)
    values = {
        name: rng.choice(narrow[name].to_numpy(), (40, 30)).round(4) for name in ("red", "nir")
    }
    scales = {"red": 1e-4, "nir": 5e-5}
    dims, grid = ("y", "x"), {"y": np.arange(40.0), "x": np.arange(30.0)}
    stored = {
        name: xr.DataArray(
            np.round(values[name] / scales[name]).astype(np.int16), grid, dims,
            attrs={"scale_factor": scales[name], "_FillValue": -9999},
        )
        for name in values
    }  # fmt: skip
    stored["red"][3, 4] = -9999
    plain = {name: xr.DataArray(one, grid, dims) for name, one in values.items()}
    plain["red"][3, 4] = np.nan
    found, expected = model.predict(xr.Dataset(stored)), model.predict(xr.Dataset(plain))
    assert int((found["class"] == 255).sum()) == 1
    assert np.array_equal(found["class"], expected["class"])
    # As rioxarray stacks them.
    stacked = (
        xr.Dataset(stored)
        .to_array("band")
        .assign_attrs(scales=tuple(scales.values()), offsets=(0.0, 0.0), _FillValue=-9999)
    )
    assert np.array_equal(model.predict(stacked)["class"], expected["class"])
    edges = xr.Dataset({**stored, "y_bnds": (("y", "nv"), np.zeros((40, 2)))})
    assert np.array_equal(model.predict(edges)["class"], expected["class"])
    stored["nir"].attrs["_FillValue"] = -1
    with pytest.raises(DataError, match="different marks of missing data"):
        model.predict(xr.Dataset(stored))


def test_a_coordinate_called_as_a_layer_gives_way(model, tile):
    array = opened(tile).assign_coords({"class": 3})
    assert model.predict(array)["class"].dims == ("y", "x")


def test_one_layer_may_be_a_word_and_an_order_is_checked(model, tile, tmp_path):
    assert set(model.predict(opened(tile), layers="confidence")) == {"class", "confidence"}
    with pytest.raises(SettingsError, match=r"'layer' is unknown.*did you mean 'layers'"):
        model.map(tile, tmp_path / "m.tif", layer=())


def test_an_array_is_mapped_and_sampled_as_its_file(model, tile, mapped, tmp_path, table):
    array = opened(tile)
    made = model.map(array, tmp_path / "m.tif")
    assert made.notes
    assert not any("--" in note for note in made.notes)
    assert np.array_equal(rioxarray.open_rasterio(tmp_path / "m.tif").to_numpy()[0], mapped[0])
    spots = pd.DataFrame({"lon": array["x"].to_numpy()[[5, 40, 60]], "kept": [1, 2, 3]})
    spots["lat"] = array["y"].to_numpy()[[5, 15, 60]]
    spots.index = ["a", "b", "c"]
    for source in (array, tile):
        found = bocage.sample(spots, source)
        # The second lies where there is no data.
        assert list(found.index) == ["a", "c"]
        assert found["kept"].tolist() == [1, 3]
        assert "bocage_row" not in found
    assert len(table)


BOUNDED = """
import resource, sys
import dask, dask.array as da, numpy as np, xarray as xr
import bocage
from bocage.sources import AEF_BANDS
model = bocage.load_model(sys.argv[1])
rng = np.random.default_rng(0)
one = rng.integers(-90, 90, (64, 500, 500)).astype(np.int8)
model.predict(xr.DataArray(one, {"band": list(AEF_BANDS)}, ("band", "y", "x")))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
block = lambda block_info: one
whole = da.map_blocks(lambda block_id: one, chunks=(64, (500,) * 10, (500,) * 8), dtype=np.int8)
array = xr.DataArray(whole, {"band": list(AEF_BANDS)}, ("band", "y", "x"))
with dask.config.set(scheduler="threads", num_workers=2):
    sums = model.predict(array)["class"].astype("int64").sum().compute()
print(whole.nbytes // 2**20, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 2**10)
"""


def test_a_raster_larger_than_what_is_held_is_predicted_block_by_block(study, tmp_path):
    study.fit("aef:logistic").save(tmp_path / "model")
    run = [sys.executable, "-c", BOUNDED, str(tmp_path / "model")]
    made = subprocess.run(run, capture_output=True, text=True, check=True)
    size, grown = map(int, made.stdout.split())
    assert size > 1200
    assert grown < 400
