"""A square of the invented country as a raster: the same land as its samples."""

import numpy as np
import pytest
import rasterio

from bocage.datasets.landscape import LandscapeSettings, landscape, write_landscape_tile
from bocage.sources import AEF_BANDS, AEF_CODING, SYNTHETIC_TAG, Declared, open_source


@pytest.mark.parametrize("region", [0, 3])
def test_a_tile_is_read_as_alphaearth_and_holds_the_country(tmp_path, region):
    path = tmp_path / "aef.tif"
    tile = write_landscape_tile(path, region=region, side=64)
    raster = open_source(path, Declared())
    assert tuple(band.name for band in raster.bands) == AEF_BANDS
    assert raster.coding == AEF_CODING
    with rasterio.open(path) as file:
        stored = file.read().astype(float)
        west, south, east, north = file.bounds
    vectors = np.sign(stored) * (stored / 127.5) ** 2
    assert np.linalg.norm(vectors, axis=0) == pytest.approx(1, abs=0.03)
    # A model of the samples knows the tile's classes; one of other classes would not.
    task = landscape()
    X, y = task.inputs["aef"].values, task.target
    mine = task.groups["region"] == np.unique(task.groups["region"])[region]
    middle = np.stack([X[mine & (y == code)].mean(axis=0) for code in range(task.n_classes)])
    middle -= middle.mean(axis=0)
    named = np.tensordot(middle, vectors, axes=1).argmax(axis=0)
    assert tile.classes == task.classes
    assert (named == tile.cover).mean() > 0.7
    assert str(tile.year) in set(task.groups["year"])
    # It lies among the samples of its region, and its pixels have ten metres.
    lon, lat = task.lonlat[mine].T
    assert lon.min() < west < east < lon.max()
    assert lat.min() < south < north < lat.max()
    assert (north - south) / 64 * 111_195 == pytest.approx(10, rel=1e-6)


def test_the_same_settings_write_the_same_pixels(tmp_path):
    settings = LandscapeSettings(seed=11)
    one = write_landscape_tile(tmp_path / "a.tif", settings, side=16)
    two = write_landscape_tile(tmp_path / "b.tif", settings, side=16)
    np.testing.assert_array_equal(one.cover, two.cover)
    assert one.year == two.year
    with rasterio.open(tmp_path / "a.tif") as a, rasterio.open(tmp_path / "b.tif") as b:
        np.testing.assert_array_equal(a.read(), b.read())


def test_a_made_up_raster_is_no_product_of_others(tmp_path):
    path = tmp_path / "aef.tif"
    write_landscape_tile(path, side=16)
    about = open_source(path, Declared()).about
    assert about.synthetic
    assert (about.product, about.licence) == ("", "")
    assert about.attribution == "Synthetic data: it describes no real place."
    with rasterio.open(path, "r+") as file:
        file.update_tags(**{SYNTHETIC_TAG: "no"})
    about = open_source(path, Declared()).about
    assert not about.synthetic
    assert "AlphaEarth" in about.product
