"""Where features come from is read back from every kind of table that `sample` writes."""

import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine
from tests.data.alphaearth import NORTH, write_alphaearth

from bocage.core import DataError, Origin, read_origins, write_origins
from bocage.sources import AEF_BANDS, Declared, open_source
from bocage.tables import read_task, sample_labels

SUFFIXES = ["parquet", "gpkg", "csv"]


@pytest.fixture
def labels(tmp_path):
    write_alphaearth(tmp_path / "aef.tif", holes=False)
    xy = np.array(NORTH) + np.random.default_rng(2).uniform(50, 750, (60, 2))
    crop = np.where(np.arange(60) % 2, "maize", "wheat")
    frame = gpd.GeoDataFrame({"crop": crop}, geometry=shapely.points(xy), crs="EPSG:32633")
    frame.to_file(tmp_path / "labels.gpkg")
    return tmp_path / "labels.gpkg"


def _aef(folder, year=2023):
    return open_source(folder / "aef.tif", Declared(years=(year,)))


def _slope(folder):
    with rasterio.open(
        folder / "slope.tif", "w", driver="GTiff", height=96, width=80, count=1, dtype="float32",
        crs="EPSG:32633", transform=Affine(10, 0, NORTH[0], 0, 10, NORTH[1]),
    ) as out:  # fmt: skip
        out.write(np.random.default_rng(0).normal(5, 1, (1, 96, 80)).astype(np.float32))
    return open_source(folder / "slope.tif", Declared(bands=("slope",)))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_record_travels_with_the_table(labels, tmp_path, suffix):
    path = tmp_path / f"made.{suffix}"
    sample_labels(labels, [_aef(tmp_path)]).write(path)
    item = read_task(path, target="crop").inputs["aef"]
    assert item.years == (2023,)
    assert item.origin == Origin(
        AEF_BANDS, "AlphaEarth Foundations Satellite Embedding", "v1", (2023,), "CC-BY-4.0",
        "The AlphaEarth Foundations Satellite Embedding dataset is produced by Google and Google "
        "DeepMind.", ("aef.tif",),
    )  # fmt: skip
    notes = read_task(path, target="crop").notes
    assert any(
        "input 'aef' is AlphaEarth" in note and "v1, aef.tif, 2023" in note for note in notes
    )


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_sampled_on_top_keeps_the_first_record(labels, tmp_path, suffix):
    first, then = tmp_path / f"first.{suffix}", tmp_path / f"then.{suffix}"
    sample_labels(labels, [_aef(tmp_path)]).write(first)
    sample_labels(first, [_slope(tmp_path)], rename={"A63": "last"}).write(then)
    task = read_task(
        then, target="crop", inputs={"e": "A??,last", "s": "slope", "all": "A01,slope"}
    )
    assert task.inputs["e"].origin.files == ("aef.tif",)
    assert "last" in task.inputs["e"].origin.columns
    assert task.inputs["s"].origin == Origin(("slope",), files=("slope.tif",))
    both = task.inputs["all"].origin
    assert both.files == ("aef.tif", "slope.tif")
    assert both.years == (2023,)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_table_made_anew_tells_of_its_own_source(labels, tmp_path, suffix):
    path = tmp_path / f"made.{suffix}"
    sample_labels(labels, [_aef(tmp_path)]).write(path)
    sample_labels(labels, [_aef(tmp_path, 2024)]).write(path)
    assert read_task(path, target="crop").inputs["aef"].years == (2024,)


def test_tables_of_two_years_are_of_both(labels, tmp_path):
    for year in (2023, 2024):
        sample_labels(labels, [_aef(tmp_path, year)]).write(tmp_path / f"t{year}.parquet")
    paths = [tmp_path / "t2023.parquet", tmp_path / "t2024.parquet"]
    assert read_task(paths, target="crop").inputs["aef"].years == (2023, 2024)


def test_columns_that_geopackage_calls_otherwise_keep_their_record(labels, tmp_path):
    raster = open_source(_slope(tmp_path).paths[0], Declared(bands=("geom",)))
    sample_labels(labels, [raster]).write(tmp_path / "made.gpkg")
    item = read_task(tmp_path / "made.gpkg", target="crop", inputs={"s": "geom_2"}).inputs["s"]
    assert item.origin.columns == ("geom_2",)


def test_the_file_beside_a_csv_is_metadata_for_tables_on_the_web(labels, tmp_path):
    sample_labels(labels, [_aef(tmp_path)]).write(tmp_path / "made.csv")
    found = json.loads((tmp_path / "made.csv-metadata.json").read_text())
    assert found["url"] == "made.csv"
    assert found["dc:license"] == "CC-BY-4.0"


def test_a_file_of_the_user_beside_a_csv_is_neither_replaced_nor_read(labels, tmp_path):
    beside = tmp_path / "made.csv-metadata.json"
    beside.write_text('{"notes": "mine"}')
    with pytest.raises(Exception, match=r"metadata\.json' would be overwritten"):
        sample_labels(labels, [_aef(tmp_path)]).write(tmp_path / "made.csv")
    assert beside.read_text() == '{"notes": "mine"}'
    assert not (tmp_path / "made.csv").exists()


@pytest.mark.parametrize(
    "text",
    [
        "{", "{}", "[1]", '[{"other": 1}]', '[{"years": ["2023"]}]', '[{"years": [0]}]',
        '[{"years": [true]}]', '[{"product": ["a"]}]', '[{"files": "a"}]', '[{"licence": null}]',
        '[{"product": "\\u001b[2J"}]', f'[{{"product": "{"x" * 3000}"}}]', "[" * 100_000,
    ],
)  # fmt: skip
def test_a_record_of_another_kind_is_refused(text):
    with pytest.raises(DataError, match="record of where features come from can't be read"):
        read_origins(text)


def test_a_damaged_record_is_told_and_the_table_is_read(labels, tmp_path):
    path = tmp_path / "made.csv"
    sample_labels(labels, [_aef(tmp_path)]).write(path)
    beside = tmp_path / "made.csv-metadata.json"
    beside.write_text(beside.read_text().replace("2023", '"2023"'))
    task = read_task(path, target="crop")
    assert task.inputs["aef"].origin is None
    assert any("made.csv: the record of where" in note for note in task.notes)


def test_records_are_written_and_read_back():
    origins = (Origin(("a", "b\n"), "x", "1", (2020,), "MIT", "é", ("f.tif",)), Origin())
    assert read_origins(write_origins(origins)) == origins


def test_of_many_files_some_are_named():
    files = Origin().named(f"{i}.tif" for i in range(60)).files
    assert len(files) == 51
    assert files[-1] == "10 more"


def test_products_that_were_put_together_may_stand_in_any_order():
    origin = Origin(product="A and B", version="1")
    assert not any(origin.other_product("B and A", "1"))
    assert origin.other_product("A", "") == ("product", "A", "A and B")
    assert not any(Origin().other_product("A", "2"))


def test_text_that_became_numbers_since_is_read_as_numbers(labels, tmp_path):
    path = tmp_path / "made.csv"
    table = sample_labels(labels, [_aef(tmp_path)])
    table.frame["yield"] = [f"n.d. {row}" for row in range(60)]
    table.write(path)
    lines = path.read_text().splitlines()
    at = lines[0].split(",").index("yield")
    cells = [line.split(",") for line in lines[1:]]
    rows = [",".join([*c[:at], f"{n / 7:.3f}", *c[at + 1 :]]) for n, c in enumerate(cells)]
    path.write_text("\n".join([lines[0], *rows]) + "\n")
    assert read_task(path, target="yield").kind.name == "regression"


def test_a_wide_csv_is_made_anew_over_its_own_file(labels, tmp_path):
    path = tmp_path / "made.csv"
    for year in (2023, 2024):
        table = sample_labels(labels, [_aef(tmp_path, year)])
        more = {f"a column with a long name, number {n}": n for n in range(1500)}
        table = replace(
            table, frame=pd.concat([table.frame, pd.DataFrame(more, range(60))], axis=1)
        )
        table.write(path)
    assert read_task(path, target="crop").inputs["aef"].years == (2024,)
