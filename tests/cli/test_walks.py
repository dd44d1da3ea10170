"""From points and rasters to a map, and from the model in a folder to the same map."""

import numpy as np
import pandas as pd
import pytest
import rasterio
from affine import Affine
from pyproj import Transformer

from bocage.mapping.outputs import legend_of
from bocage.models import load_model

CRS = "EPSG:32633"
CORNER = Affine(10, 0, 500_000, 0, -10, 5_000_000)
SIDE = (60, 80)
DATES = [f"2019-{month:02d}-{day:02d}" for month in (3, 4, 5, 6, 7, 8) for day in (3, 19)]
NAMES = np.array(["maize", "rice", "wheat"])


def land():
    """Fields of three crops, three districts side by side, and a hole in the raster."""
    row, column = np.indices(SIDE)
    hole = (row > 50) & (column > 70)
    return (column // 9 + row // 7) % 3, np.minimum(column // 27, 2), hole


def bands_of(kind, code):
    """Series of one index by crop, or four bands; noise is new in each pixel."""
    rng = np.random.default_rng(3)
    if kind == "series":
        season = np.linspace(0, np.pi, len(DATES))
        curves = np.array([np.sin(season), np.sin(season) ** 4, 0.3 + 0.1 * season])
        values = np.moveaxis(curves[code], -1, 0)
        names = [f"NDVI_{date}" for date in DATES]
    else:
        values = np.array([[0, 1, 2], [1, 0, 1], [0.5, 2, 0], [1, 1, 2]])[:, code] + 1.0
        names = ["B1", "B2", "B3", "B4"]
    return values + rng.normal(0, 0.15, values.shape), names


def write(path, values, names, hole, columns=slice(None)):
    """Write a tile of the raster."""
    values = np.where(hole, -9999, values)[:, :, columns].astype("float32")
    left = columns.start or 0
    with rasterio.open(
        path, "w", driver="GTiff", height=SIDE[0], width=values.shape[2], count=len(values),
        dtype="float32", crs=CRS, nodata=-9999,
        transform=Affine(10, 0, 500_000 + 10 * left, 0, -10, 5_000_000),
    ) as out:  # fmt: skip
        out.write(values)
        out.descriptions = names
    return path


def labels(path, target):
    """Label 360 pixels, a third in each district."""
    code, district, hole = land()
    rng = np.random.default_rng(5)
    at = rng.choice(np.flatnonzero(~hole.ravel()), 360, replace=False)
    row, column = np.unravel_index(at, SIDE)
    x, y = rasterio.transform.xy(CORNER, row, column)
    lon, lat = Transformer.from_crs(CRS, 4326, always_xy=True).transform(x, y)
    crop = NAMES[code[row, column]] if target == "crop" else 2.0 + code[row, column]
    frame = pd.DataFrame({"lon": lon, "lat": lat, target: crop})
    frame["district"] = np.array(["west", "middle", "east"])[district[row, column]]
    frame.to_csv(path, index=False)


@pytest.mark.parametrize(
    ("kind", "target", "n_tiles"),
    [("bands", "crop", 1), ("bands", "yield", 2), ("series", "crop", 2)],
)
def test_points_and_rasters_become_a_map_and_a_model(bocage, tmp_path, kind, target, n_tiles):
    code, _, hole = land()
    values, names = bands_of(kind, code)
    tiles = [slice(0, 80)] if n_tiles == 1 else [slice(40, 80), slice(0, 40)]
    for number, columns in enumerate(tiles):
        write(tmp_path / f"t{number}.tif", values, names, hole, columns)
    source = [word for n in range(n_tiles) for word in ("--source", f"t{n}.tif")]
    labels(tmp_path / "labels.csv", target)

    def run(*argv):
        ended, out, err = bocage(*argv)
        assert ended == 0, out + err
        return out + err

    run("sample", "labels.csv", *source, "-o", "table.csv")
    option = ["--series", "x=NDVI_*"] if kind == "series" else ["--input", "x=B*"]
    head = "x:logistic:C=1" if target == "crop" else "x:ridge:alpha=1"
    asked = ["--target", target, "--leave", "district", *option, "--methods", f"prior,{head}"]
    asked += ["--kind", "regression", "--margin", "0.1"] if target == "yield" else []
    said = run("compare", "table.csv", *asked, "--budgets", "all", "--repeats", "1", "-j", "1")
    assert (f"{len(DATES)} dates" in said) == (kind == "series")
    run("fit", "studies/table", *source, "--method", head, "-o", "model")
    run("map", "studies/table", *source, "--method", head, "-o", "one.tif")
    run("map", "--model", "model", *source, "-o", "two.tif")
    run("map", "--model", "one_model", *source, "-o", "three.tif")
    found = {}
    for name in ("one", "two", "three"):
        with rasterio.open(f"{name}.tif") as file:
            found[name] = file.read(1, masked=True)
    for name in ("two", "three"):
        np.testing.assert_array_equal(found[name].filled(), found["one"].filled())
    assert (np.ma.getmaskarray(found["one"]) == hole).all()
    model, data = load_model("model"), pd.read_csv("table.csv")
    columns = [name for name in data if name in names]
    data = data[columns[::-1]]  # names rule, whatever their order
    given = model.predict(data)
    if target == "crop":
        given = given.argmax(axis=1)
    given = given.ravel()
    with rasterio.open("one.tif") as file:
        xy = Transformer.from_crs(4326, CRS, always_xy=True).transform(
            *pd.read_csv("table.csv")[["lon", "lat"]].to_numpy().T
        )
        drawn = np.array(list(file.sample(zip(*xy, strict=True))))[:, 0]
    np.testing.assert_allclose(given, drawn, rtol=1e-5)
    if target == "crop":
        legend = np.array(legend_of(tmp_path / "one.tif").names)
        right = legend[found["one"][~hole].astype(int)] == NAMES[code[~hole]]
        assert right.mean() > 0.97
    else:
        assert np.abs(found["one"] - (2.0 + code))[~hole].mean() < 0.3
