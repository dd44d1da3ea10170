"""The outline of an area: polygons, and what is said of anything else."""

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from bocage.core import DataError
from bocage.tasks import read_outline


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nosuch.gpkg", "there is no file 'nosuch.gpkg'"),
        ("squares.gpkg", "there is no file 'squares.gpkg'; did you mean 'square.gpkg'?"),
        ("labels.csv", "'labels.csv' is no area that can be read"),
        ("folder", "'folder' is a folder"),
        ("empty.gpkg", "empty.gpkg is empty (0 bytes)"),
    ],
)
def test_an_area_that_is_none_is_told_what_an_area_is(tmp_path, monkeypatch, name, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "labels.csv").write_text("lon,lat\n1,2\n")
    (tmp_path / "empty.gpkg").touch()
    square = gpd.GeoDataFrame(geometry=[shapely.box(5, 45, 6, 46)], crs=4326)
    square.to_file(tmp_path / "square.gpkg")
    with pytest.raises(DataError) as told:
        read_outline(Path(name))
    assert said in str(told.value)
    assert "polygons in a GeoPackage, GeoJSON, Shapefile" in str(told.value)
    assert "label table" not in str(told.value)
    assert read_outline(tmp_path / "square.gpkg")[0].area == pytest.approx(1)
