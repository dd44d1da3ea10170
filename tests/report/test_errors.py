"""The list of errors as a file: what it holds, and what it never replaces."""

import dataclasses
import sqlite3
from contextlib import closing

import numpy as np
import pytest

from bocage.colours import legend_for
from bocage.report import content_of, error_table, errors_path, held_out_of, write, write_errors
from bocage.report._errors import is_replaceable


@pytest.fixture(scope="module")
def found(toy_study):
    return held_out_of(toy_study, content_of(toy_study))


def test_rows_are_the_errors_of_the_page_map(toy_study, found, tmp_path):
    import geopandas as gpd

    content = content_of(toy_study)
    made = write_errors(toy_study, found, tmp_path / "errors.gpkg")
    table = gpd.read_file(tmp_path / "errors.gpkg", layer="errors")
    crosses = {
        (round(lon, 9), round(lat, 9))
        for panel in content.errors
        for lon, lat, right in zip(panel.lon, panel.lat, panel.right, strict=True)
        if not right
    }
    assert len(crosses) > 10
    assert {(round(p.x, 9), round(p.y, 9)) for p in table.geometry} == crosses
    assert made.n_errors == len(table) == len(crosses)
    assert table.crs == "EPSG:4326"
    assert made.n_doubtful == table.label_suspect.sum() > 0
    task = toy_study.task
    by_row = {row + 1: i for i, row in enumerate(task.row.tolist())}
    at = [by_row[row] for row in table.row]
    assert (np.array(task.classes)[task.target[at]] == table.truth).all()
    assert (table.truth != table.prediction).all()
    assert np.allclose(task.lonlat[at], np.column_stack([table.geometry.x, table.geometry.y]))
    assert (table.held_out == task.groups["region"][at]).all()
    assert (table.probability > table.truth_probability).all()
    assert table.label_suspect.is_monotonic_decreasing


def test_qgis_finds_a_style_with_the_colours_that_classes_have_on_maps(toy_study, found, tmp_path):
    write_errors(toy_study, found, tmp_path / "errors.gpkg")
    with closing(sqlite3.connect(tmp_path / "errors.gpkg")) as file:
        asked = "SELECT f_table_name, f_geometry_column, useAsDefault, styleQML FROM layer_styles"
        [(layer, shape, is_default, style)] = file.execute(asked)
        named = "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?"
        assert file.execute(named, (layer,)).fetchone() == (shape,)
    assert is_default
    assert 'attr="prediction"' in style
    for colour in legend_for(toy_study.task.classes).colours:
        assert ",".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5)) in style
    # The style is part of what was written: the file is still replaced.
    assert is_replaceable(tmp_path / "errors.gpkg")


def test_the_file_and_the_page_say_of_what_the_errors_are(toy_study, found, tmp_path):
    import pyogrio

    made = write_errors(toy_study, found, tmp_path / "errors.gpkg")
    told = pyogrio.read_info(tmp_path / "errors.gpkg")["layer_metadata"]["DESCRIPTION"]
    assert "good:logistic:C=10" in told
    assert "domain out, all labels" in told
    assert "domain local" in told
    content = dataclasses.replace(content_of(toy_study), errors_note=made.note)
    write(content, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert page.count("errors.gpkg") == 1
    assert "suspect labels come first" in page


def test_nothing_is_said_of_wrong_labels_where_no_run_can_tell(toy_study, found, tmp_path):
    blind = dataclasses.replace(found, judged_in=(), doubtful=np.zeros(len(found), bool))
    assert "label_suspect" not in error_table(toy_study, blind)
    made = write_errors(toy_study, blind, tmp_path / "errors.gpkg")
    assert "wrong come first" not in made.note
    assert "probably" not in made.sentence


def test_without_coordinates_it_is_a_csv_in_which_no_cell_is_computed(toy_study, found, tmp_path):
    import pandas as pd

    task = toy_study.task
    nowhere = dataclasses.replace(
        task, lonlat=np.full_like(task.lonlat, np.nan), classes=("=1+1", *task.classes[1:])
    )
    study = dataclasses.replace(toy_study, task=nowhere)
    path = errors_path(study, tmp_path / "report.html")
    assert path.name == "errors.csv"
    made = write_errors(study, found, path)
    table = pd.read_csv(path)
    assert len(table) == made.n_errors
    assert "'=1+1" in set(table.truth)
    assert write_errors(study, found, path).is_written
    path.write_text(path.read_text().replace("row,truth", "checked,row,truth", 1))
    assert not write_errors(study, found, path).is_written


def test_a_file_that_was_changed_or_is_anothers_stays_as_it_is(toy_study, found, tmp_path):
    path = tmp_path / "errors.gpkg"
    write_errors(toy_study, found, path)
    assert write_errors(toy_study, found, path).is_written
    with closing(sqlite3.connect(path)) as file, file:
        # As a user notes what was seen in the field.
        file.execute("ALTER TABLE errors ADD COLUMN seen TEXT")
    before = path.read_bytes()
    made = write_errors(toy_study, found, path)
    assert not made.is_written
    assert made.note == ""
    assert "changed since" in made.sentence
    assert path.read_bytes() == before
    for content in (b"mine", b"SQLite format 3\0 and no more"):
        path.write_bytes(content)
        assert not is_replaceable(path)
    other = errors_path(toy_study, tmp_path / "second.html")
    assert other.name == "second_errors.gpkg"


def test_of_numbers_all_residuals_are_listed(toy_number_study, tmp_path):
    import geopandas as gpd

    content = content_of(toy_number_study)
    made = write_errors(
        toy_number_study, held_out_of(toy_number_study, content), tmp_path / "errors.gpkg"
    )
    table = gpd.read_file(tmp_path / "errors.gpkg", layer="errors")
    assert len(table) == len(toy_number_study.task)
    assert np.allclose(table.residual, table.prediction - table.truth)
    assert table.residual.abs().is_monotonic_decreasing
    assert np.isclose(table.times_typical.median(), 1, atol=0.01)
    assert "largest first" in made.note
    assert "wrong" not in made.sentence
