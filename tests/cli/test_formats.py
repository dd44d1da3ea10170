"""Labels in every kind of file give the samples of the CSV table, on the command line."""

import json
import shutil
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import pytest
from pyarrow import parquet

from bocage.tables import read_task

ASK = ["--target", "crop", "--leave", "site", "--input", "s2=B*"]
PLANE = "EPSG:32632"


def make(n=90):
    """Synthetic points at three sites: two classes, two bands, a code that is text."""
    rng = np.random.default_rng(3)
    site = np.repeat(np.arange(3), n // 3)
    return pd.DataFrame(
        {
            "lon": np.round(8 + site + rng.uniform(0, 0.4, n), 6),
            "lat": np.round(45 + rng.uniform(0, 0.4, n), 6),
            "site": [f"s{s}" for s in site],
            "crop": np.array(["maize", "wheat"])[np.arange(n) % 2],
            "B2": np.round(rng.normal(size=n), 6),
            "B11": np.round(rng.normal(size=n), 6),
            "code": [f"0{k % 9}" for k in range(n)],
        }
    )


@pytest.fixture
def frame():
    return make()


def layer(frame, crs=4326):
    points = gpd.points_from_xy(frame["lon"], frame["lat"], crs=4326)
    return gpd.GeoDataFrame(frame.drop(columns=["lon", "lat"]), geometry=points).to_crs(crs)


def zipped(name, *files):
    with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file)


def write_shp(frame):
    layer(frame).to_file("t.shp")
    return "t.shp"


def write_fgb(frame):
    layer(frame).to_file("t.fgb")
    return "t.fgb"


def write_kml(frame):
    layer(frame).to_file("t.kml", driver="LIBKML")
    return "t.kml"


def write_kmz(frame):
    layer(frame).to_file("doc.kml", driver="LIBKML")
    zipped("t.kmz", "doc.kml")
    return "t.kmz"


def write_lines(ending):
    def write(frame):
        layer(frame).to_file(f"t.{ending}", driver="GeoJSONSeq")
        return f"t.{ending}"

    return write


def write_xlsx(frame):
    pyogrio.write_dataframe(frame, "t.xlsx", driver="XLSX")
    return "t.xlsx"


def write_zipped_shp(frame):
    layer(frame).to_file("t.shp")
    zipped("t.zip", *(file.name for file in Path().glob("t.*") if file.suffix != ".zip"))
    for file in Path().glob("t.[!z]*"):
        file.unlink()
    return "t.zip"


def write_zipped_csv(frame):
    Path("inside").mkdir()
    frame.to_csv("inside/my labels.csv", index=False, sep=";", decimal=",")
    Path("readme.txt").write_text("About this table.")
    Path("__MACOSX").mkdir()
    Path("__MACOSX/._my labels.csv").write_bytes(b"\0\5\26")
    zipped("t.zip", "inside/my labels.csv", "readme.txt", "__MACOSX/._my labels.csv")
    return "t.zip"


def write_zipped_xlsx(frame):
    zipped("t.zip", write_xlsx(frame))
    return "t.zip"


def write_folder(frame):
    Path("t").mkdir()
    Path("t/_SUCCESS").touch()
    Path("t/.part-0.crc").write_bytes(b"crc")
    for part in range(3):
        frame.iloc[part::3].to_parquet(f"t/part-{part}.parquet", index=False)
    frame.iloc[:0].to_parquet("t/part-3.parquet", index=False)
    return "t"


def write_geo_folder(frame):
    Path("t").mkdir()
    for part, crs in enumerate((4326, 4326)):
        layer(frame.iloc[part::2], crs).to_parquet(f"t/part.{part}.parquet")
    return "t/"


def write_partitions(frame):
    for site, rows in frame.groupby("site"):
        folder = Path(f"t/site={site}")
        folder.mkdir(parents=True)
        rows.drop(columns="site").to_parquet(folder / "part-0.parquet", index=False)
    return "t"


def write_wkt(frame):
    table = layer(frame)
    text = table.geometry.to_wkt(rounding_precision=6)
    pd.DataFrame(table.drop(columns="geometry")).assign(geometry=text).to_csv("t.csv", index=False)
    return "t.csv"


def write_ewkt(frame):
    table = layer(frame).rename_geometry("place")
    text = "SRID=4326;" + table.geometry.to_wkt(rounding_precision=6)
    pd.DataFrame(table.drop(columns="place")).assign(place=text).to_csv("t.csv", index=False)
    return "t.csv"


def write_hex(frame):
    table = layer(frame)
    text = table.geometry.to_wkb(hex=True)
    pd.DataFrame(table.drop(columns="geometry")).assign(shape=text).to_csv("t.csv", index=False)
    return "t.csv"


def write_wkb(frame):
    table = layer(frame)
    plain = pd.DataFrame(table.drop(columns="geometry")).assign(geom=table.geometry.to_wkb())
    plain.to_parquet("t.parquet", index=False)
    return "t.parquet"


def write_decimals(frame):
    table = pa.Table.from_pandas(frame, preserve_index=False)
    for name in ("lon", "lat", "B2", "B11"):
        at = table.schema.get_field_index(name)
        table = table.set_column(at, name, table[name].cast(pa.decimal128(18, 6)))
    parquet.write_table(table, "t.parquet")
    return "t.parquet"


def write_gz(frame):
    frame.to_csv("t.tsv.gz", index=False, sep="\t")
    return "t.tsv.gz"


def write_utf16(frame):
    frame.to_csv("t.csv", index=False, sep=";", decimal=",", encoding="utf-16")
    return "t.csv"


WAYS = {
    "shapefile": write_shp,
    "flatgeobuf": write_fgb,
    "kml": write_kml,
    "kmz": write_kmz,
    "geojsonl": write_lines("geojsonl"),
    "geojsons": write_lines("geojsons"),
    "ndjson": write_lines("ndjson"),
    "xlsx": write_xlsx,
    "zipped shapefile": write_zipped_shp,
    "zipped csv": write_zipped_csv,
    "zipped xlsx": write_zipped_xlsx,
    "folder of parquet": write_folder,
    "folder of geoparquet": write_geo_folder,
    "partitions": write_partitions,
    "wkt": write_wkt,
    "ewkt": write_ewkt,
    "wkb as hexadecimal": write_hex,
    "wkb": write_wkb,
    "decimals": write_decimals,
    "tsv.gz": write_gz,
    "utf-16": write_utf16,
}


@pytest.mark.parametrize("way", WAYS)
def test_every_kind_of_file_gives_the_samples_of_the_csv_table(bocage, frame, way):
    frame.to_csv("plain.csv", index=False)
    path = WAYS[way](frame)
    code, out, err = bocage("split", path, *ASK, "--json")
    assert code == 0, err
    assert len(json.loads(out)) > 6
    assert not err
    asked = {"target": "crop", "inputs": {"s2": "B*"}, "groups": ("site", "code")}
    one, other = read_task(path, **asked), read_task("plain.csv", **asked)
    assert (one.digests == other.digests).all()
    assert (one.target == other.target).all()


def test_a_sheet_is_a_layer(bocage, frame):
    pyogrio.write_dataframe(frame, "t.xlsx", driver="XLSX", layer="labels")
    other = pd.DataFrame({"legend": ["maize is yellow"]})
    pyogrio.write_dataframe(other, "t.xlsx", driver="XLSX", layer="legend", append=True)
    code, _, err = bocage("split", "t.xlsx", *ASK)
    assert code == 2
    assert "t.xlsx has 2 sheets (labels, legend); expected one: name it as t.xlsx:labels" in err
    code, out, err = bocage("split", "t.xlsx", *ASK, "--layer", "labels")
    assert code == 0, err
    assert "note: t.xlsx: the sheet 'labels' was read" in out


def sheet(rows, name="t.xlsx"):
    """Write a spreadsheet by hand: cells of text or numbers, None for none."""
    pyogrio.write_dataframe(pd.DataFrame({"a": ["b"]}), "raw.xlsx", driver="XLSX")
    body = ""
    for number, row in enumerate(rows, 1):
        cells = ""
        for at, cell in enumerate(row):
            place = f"{chr(65 + at)}{number}"
            if isinstance(cell, str):
                cells += f'<c r="{place}" t="inlineStr"><is><t>{cell}</t></is></c>'
            elif cell is not None:
                cells += f'<c r="{place}"><v>{cell!r}</v></c>'
        body += f'<row r="{number}">{cells}</row>'
    with zipfile.ZipFile("raw.xlsx") as raw, zipfile.ZipFile(name, "w") as made:
        for part in raw.infolist():
            data = raw.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                head, tail = data.split(b"<sheetData>")[0], data.split(b"</sheetData>")[1]
                data = head + b"<sheetData>" + body.encode() + b"</sheetData>" + tail
            made.writestr(part.filename, data)
    Path("raw.xlsx").unlink()


def test_blank_rows_and_columns_of_a_sheet_are_passed_over(bocage, frame):
    rows = [[None, *frame.columns], *([None, *row] for row in frame.values.tolist())]
    sheet([[], [], *rows[:40], [], *rows[40:], [], []])
    frame.to_csv("plain.csv", index=False)
    code, _, err = bocage("split", "t.xlsx", *ASK)
    assert code == 0, err
    asked = {"target": "crop", "inputs": {"s2": "B*"}, "groups": ("site", "code")}
    one, other = read_task("t.xlsx", **asked), read_task("plain.csv", **asked)
    assert (one.digests == other.digests).all()


def test_a_title_above_a_sheet_is_told(bocage, frame):
    sheet([["Labels of 2024"], list(frame.columns), *frame.values.tolist()])
    code, _, err = bocage("split", "t.xlsx", *ASK)
    assert code == 2
    assert "has values in 7 columns and in its first row 1 name" in err


# --- coordinate systems -------------------------------------------------------------------------


def in_plane(frame, names=("easting", "northing")):
    points = layer(frame, PLANE).geometry
    rest = frame.drop(columns=["lon", "lat"])
    return rest.assign(**{names[0]: points.x, names[1]: points.y})


@pytest.mark.parametrize(
    ("names", "given"),
    [
        (("easting", "northing"), False),
        (("X", "Y"), False),
        (("POINT_X", "POINT_Y"), False),
        (("easting", "northing"), True),
        (("lon", "lat"), True),
        (("east", "north"), True),
    ],
)
def test_eastings_and_northings_with_their_system(bocage, frame, names, given):
    in_plane(frame, names).to_csv("t.csv", index=False)
    named = ["--lon", names[0], "--lat", names[1]] if given else []
    code, out, err = bocage("split", "t.csv", *ASK, *named, "--crs", PLANE, "--json")
    assert code == 0, err
    frame.to_csv("plain.csv", index=False)
    plain = read_task("plain.csv", target="crop", inputs={"s2": "B*"})
    chosen = dict(zip(("lon", "lat"), names, strict=True)) if given else {}
    task = read_task("t.csv", target="crop", inputs={"s2": "B*"}, crs=PLANE, **chosen)
    np.testing.assert_allclose(
        task.lonlat[np.argsort(task.row)], plain.lonlat[np.argsort(plain.row)], atol=2e-9
    )
    assert json.loads(out)


def test_what_says_metres_names_the_option_that_reads_them(bocage, frame):
    in_plane(frame).to_csv("t.csv", index=False)
    code, _, err = bocage("split", "t.csv", *ASK)
    assert code == 2
    assert "--lon 'easting' --lat 'northing' --crs EPSG:32633" in err
    assert "QGIS" not in err


@pytest.mark.parametrize(
    ("crs", "said"),
    [
        ("EPSG:999999", "is not a known coordinate reference system"),
        ("UTM", "is not a known coordinate reference system"),
        ("EPSG:4978", "expected a geographic or projected CRS"),
        ("EPSG:5773", "expected a geographic or projected CRS"),
    ],
)
def test_a_system_that_is_none(bocage, frame, crs, said):
    in_plane(frame).to_csv("t.csv", index=False)
    code, _, err = bocage("split", "t.csv", *ASK, "--crs", crs)
    assert code == 2
    assert said in err
    assert err.count("\n") == 1


def test_degrees_under_a_system_in_metres(bocage, frame):
    frame.to_csv("t.csv", index=False)
    code, _, err = bocage("split", "t.csv", *ASK, "--crs", PLANE)
    assert code == 2
    assert "lon and lat look like degrees" in err


def test_eastings_and_northings_exchanged_are_seen(bocage, frame):
    in_plane(frame).to_csv("t.csv", index=False)
    turned = ["--lon", "northing", "--lat", "easting", "--crs", PLANE]
    code, _, err = bocage("split", "t.csv", *ASK, *turned)
    assert code == 2
    assert "are swapped" in err
    table = in_plane(frame, ("north", "east"))
    table.to_csv("t.csv", index=False)
    code, out, err = bocage(
        "split", "t.csv", *ASK, "--lon", "east", "--lat", "north", "--crs", PLANE
    )
    assert (
        "outside its area of use" in " ".join((out + err).split()) or "can't be coordinates" in err
    )


def test_a_shapefile_without_prj_is_told_its_system(bocage, frame):
    layer(frame, PLANE).to_file("t.shp")
    Path("t.prj").unlink()
    code, _, err = bocage("split", "t.shp", *ASK)
    assert code == 2
    assert "the geometry in t.shp has no CRS; expected one: name it with --crs" in err
    code, _, err = bocage("split", "t.shp", *ASK, "--crs", PLANE)
    assert code == 0, err


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_geometry_in_a_column_is_told_its_system(bocage, frame, suffix):
    table = layer(frame, PLANE)
    plain = pd.DataFrame(table.drop(columns="geometry"))
    if suffix == "csv":
        plain.assign(WKT=table.geometry.to_wkt()).to_csv("t.csv", index=False)
    else:
        plain.assign(WKT=table.geometry.to_wkb()).to_parquet("t.parquet")
    code, _, err = bocage("split", f"t.{suffix}", *ASK)
    assert code == 2
    assert "no CRS is named; expected one: name it with --crs" in err
    assert err.count("\n") == 1
    code, out, err = bocage("split", f"t.{suffix}", *ASK, "--crs", PLANE)
    assert code == 0, err
    assert f"note: t.{suffix}: geometry is read from the column 'WKT'" in out


def test_columns_of_degrees_stand_in_for_geometry_of_an_unknown_system(bocage, frame):
    text = layer(frame, PLANE).geometry.to_wkt()
    frame.assign(wkt=text).to_csv("t.csv", index=False)
    code, out, err = bocage("split", "t.csv", *ASK)
    assert code == 0, err
    assert "columns of degrees are used" in " ".join(out.split())


def test_a_study_file_carries_the_system_and_the_sheet(bocage, frame):
    pyogrio.write_dataframe(in_plane(frame), "t.xlsx", driver="XLSX", layer="labels")
    Path("s.yaml").write_text(
        "task: t.xlsx\ntarget: crop\nleave: site\ninputs: {s2: 'B*'}\nlayer: labels\n"
        "lon: easting\nlat: northing\ncrs: 32632\nmethods: [prior, 's2:logistic']\n"
        "budgets: [all]\nrepeats: 1\n"
    )
    code, _, err = bocage("compare", "s.yaml", "-j", "1", "-o", "a")
    assert code == 0, err
    assert "crs: '32632'" in Path("a/study.yaml").read_text()
    code, _, err = bocage("report", "a")
    assert code == 0, err


def test_sample_takes_eastings_and_what_it_writes_is_compared(bocage, tmp_path):
    from tests.data.alphaearth import write_fields

    write_fields(tmp_path, "district", "crop", side=64, n=120)
    labels = gpd.read_file("labels.gpkg")
    table = pd.DataFrame(labels.drop(columns="geometry"))
    plane = labels.geometry
    table.assign(easting=plane.x, northing=plane.y).to_csv("l.csv", index=False)
    table.assign(wkt=plane.to_wkt()).to_csv("w.csv", index=False)
    labels.to_file("l.fgb")
    crs = labels.crs.to_string()
    made = {}
    for name, told in (("l.csv", ["--crs", crs]), ("w.csv", ["--crs", crs]), ("l.fgb", [])):
        code, _, err = bocage("sample", name, "--source", "aef.tif", *told, "-o", "s.csv")
        assert code == 0, err
        made[name] = read_task("s.csv", target="crop")
        Path("s.csv").unlink()
    values = [np.sort(task.inputs["aef"].values[:, 5]) for task in made.values()]
    assert len(values[0]) > 100
    assert (values[0] == values[1]).all()
    assert (values[0] == values[2]).all()


def test_columns_in_metres_go_before_geometry_where_they_are_named(bocage, frame):
    table = layer(frame)
    plane = table.to_crs(PLANE).geometry
    away = table.assign(geometry=table.translate(40, 0), e=plane.x, n=plane.y)
    away.to_file("t.gpkg")
    frame.to_csv("plain.csv", index=False)
    told = ["--lon", "e", "--lat", "n", "--crs", PLANE]
    code, out, err = bocage("split", "t.gpkg", *ASK, *told)
    assert code == 0, err
    assert "geometry is read" not in out
    task = read_task("t.gpkg", target="crop", inputs={"s2": "B*"}, lon="e", lat="n", crs=PLANE)
    np.testing.assert_allclose(
        task.lonlat[np.argsort(task.row)], frame[["lon", "lat"]].to_numpy(), atol=2e-9
    )


def test_an_index_that_a_table_was_saved_with_moves_no_row(bocage, tmp_path):
    from tests.data.alphaearth import write_fields

    write_fields(tmp_path, "district", "crop", side=64, n=120)
    labels = gpd.read_file("labels.gpkg")
    labels.to_parquet("plain.parquet")
    labels.set_index(np.arange(len(labels)) * 7 % 120 + 3).to_parquet("t.parquet")
    text = labels.geometry.to_wkb()
    pd.DataFrame(labels.drop(columns="geometry")).assign(place=text).set_index(
        np.arange(len(labels)) * 7 % 120 + 3
    ).to_parquet("w.parquet")
    told = {"plain": [], "t": [], "w": ["--crs", labels.crs.to_string()]}
    made = []
    for name, crs in told.items():
        table = f"{name}.parquet"
        code, _, err = bocage("sample", table, "--source", "aef.tif", *crs, "-o", f"s_{name}.csv")
        assert code == 0, err
        made.append(pd.read_csv(f"s_{name}.csv"))
    assert len(made[0]) > 100
    pd.testing.assert_frame_equal(made[0], made[1])
    pd.testing.assert_frame_equal(made[0], made[2])


# --- areas and zones ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.shp", "a.fgb", "a.kml", "a.geojsonl", "a.zip"])
def test_areas_and_zones_are_read_from_the_same_files(bocage, frame, name):
    frame.to_csv("t.csv", index=False)
    square = gpd.GeoDataFrame(
        {"STATE": ["west", "east"]},
        geometry=gpd.GeoSeries.from_wkt(
            [
                "POLYGON ((7 44, 9 44, 9 46, 7 46, 7 44))",
                "POLYGON ((9 44, 12 44, 12 46, 9 46, 9 44))",
            ]
        ),
        crs=4326,
    )
    drivers = {".kml": "LIBKML", ".geojsonl": "GeoJSONSeq"}
    if name == "a.zip":
        square.to_file("a.shp")
        zipped(name, *(file.name for file in Path().glob("a.*") if file.suffix != ".zip"))
        for file in Path().glob("a.[!z]*"):
            file.unlink()
    else:
        square.to_file(name, driver=drivers.get(Path(name).suffix))
    asked = ["split", "t.csv", "--target", "crop", "--input", "s2=B*"]
    code, out, err = bocage(*asked, "--zone", f"side={name}:STATE", "--leave", "side")
    assert code == 0, err
    assert f"samples lie in 2 zones of {name} (STATE)" in " ".join(out.split())
    code, _, err = bocage(*asked, "--area", name, "-o", "b")
    assert code == 0, err


def test_a_layer_of_a_kml_area_is_named_behind_its_file(bocage, frame):
    frame.to_csv("t.csv", index=False)
    square = gpd.GeoDataFrame(geometry=layer(frame, PLANE).buffer(9000)).to_crs(4326)
    square.to_file("a.kml", driver="LIBKML", layer="here")
    square.to_file("a.kml", driver="LIBKML", layer="there", mode="a")
    asked = ["split", "t.csv", "--target", "crop", "--input", "s2=B*", "--area"]
    code, _, err = bocage(*asked, "a.kml")
    assert code == 2
    assert "a.kml:here" in err
    code, _, err = bocage(*asked, "a.kml:here")
    assert code == 0, err


# --- lists ---------------------------------------------------------------------------------------


def embeddings(n, length, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(n, length))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize("suffix", ["parquet", "csv", "geojson"])
def test_a_list_of_64_numbers_is_an_embedding(bocage, frame, suffix):
    vectors = np.round(embeddings(len(frame), 64), 6)
    bands = pd.DataFrame(vectors, columns=[f"A{k:02d}" for k in range(64)])
    plain = frame[["lon", "lat", "site", "crop"]]
    pd.concat([plain, bands], axis=1).to_csv("plain.csv", index=False)
    lists = plain.assign(embedding=vectors.tolist())
    if suffix == "parquet":
        lists.to_parquet("t.parquet")
    elif suffix == "csv":
        lists.to_csv("t.csv", index=False)
    else:
        Path("t.geojson").write_text(
            layer(plain).assign(embedding=vectors.tolist()).to_json(drop_id=True)
        )
    ask = ["--target", "crop", "--leave", "site"]
    code, out, err = bocage("split", f"t.{suffix}", *ask)
    assert code == 0, err
    assert "that form vectors of length 1, like AlphaEarth's: read as A00 to A63" in " ".join(
        out.split()
    )
    one = read_task(f"t.{suffix}", target="crop")
    assert (one.digests == read_task("plain.csv", target="crop").digests).all()


def test_a_list_of_another_length_has_numbered_columns(bocage, frame):
    frame.assign(e=embeddings(len(frame), 16).tolist()).to_parquet("t.parquet")
    code, out, err = bocage("split", "t.parquet", *ASK, "--input", "e=e_*")
    assert code == 0, err
    assert "column 'e' of t.parquet holds lists of 16 numbers: read as e_00 to e_15" in " ".join(
        out.split()
    )


def test_stored_numbers_of_an_embedding_are_asked_to_be_decoded(bocage, frame):
    vectors = embeddings(len(frame), 64)
    raw = np.round(127.5 * np.sign(vectors) * np.sqrt(np.abs(vectors))).astype(np.int8)
    frame.assign(embedding=list(raw)).to_parquet("t.parquet")
    code, _, err = bocage("split", "t.parquet", *ASK)
    assert code == 2
    assert "--dequantise" in err
    code, _, err = bocage("split", "t.parquet", *ASK, "--dequantise")
    assert code == 0, err


def test_lists_of_several_lengths_and_names_that_are_taken(bocage, frame):
    frame.assign(e=[[1.0] * (1 + k % 3) for k in range(len(frame))]).to_parquet("t.parquet")
    code, out, err = bocage("split", "t.parquet", *ASK)
    assert code == 0, err
    assert "holds lists of 1 to 3 numbers, and is read as text" in " ".join(out.split())
    frame.assign(e=[[1.0, 2.0]] * len(frame), e_00=1.0).to_parquet("t.parquet")
    code, _, err = bocage("split", "t.parquet", *ASK)
    assert code == 2
    assert "but also columns of these names (e_00)" in err


def test_whole_decimals_keep_every_digit(frame):
    ids = pa.array([10**20 + k // 2 for k in range(len(frame))], pa.decimal128(25, 0))
    table = pa.Table.from_pandas(frame, preserve_index=False)
    parquet.write_table(table.append_column("parcel", ids), "t.parquet")
    try:
        task = read_task("t.parquet", target="crop", inputs={"s2": "B*"})
    finally:
        Path("t.parquet").unlink()
    assert len(np.unique(task.groups["parcel"])) == len(frame) // 2
    assert task.groups["parcel"][0].startswith("1000000000000000000")


# --- labels alone ---------------------------------------------------------------------------------


def test_labels_without_features_are_split_and_their_coordinates_compared(bocage, frame):
    frame[["lon", "lat", "site", "crop"]].to_csv("t.csv", index=False)
    ask = ["--target", "crop", "--leave", "site"]
    code, out, err = bocage("split", "t.csv", *ask)
    assert code == 0, err
    code, _, err = bocage("compare", "t.csv", *ask, "-o", "a")
    assert code == 2
    assert "no input found" in err
    assert "To compare coordinates alone, use --methods xy:knn1" in err
    alone = ["--methods", "xy:knn1,xy:logistic", "--budgets", "all", "--repeats", "1", "-j", "1"]
    code, out, err = bocage("compare", "t.csv", *ask, *alone, "-o", "a")
    assert code == 0, err
    assert "xy:logistic" in out
    code, _, err = bocage("report", "a")
    assert code == 0, err


def test_labels_with_groups_alone_are_split_and_no_row_is_a_duplicate(bocage, frame):
    frame[["site", "crop"]].to_csv("t.csv", index=False)
    code, out, err = bocage("split", "t.csv", "--target", "crop", "--leave", "site")
    assert code == 0, err
    assert "duplicate" not in out


def test_explain_reads_the_same_files(bocage, frame):
    vectors = embeddings(len(frame), 64)
    vectors[:, 0] += 2 * (frame["crop"] == "maize")
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    bands = pd.DataFrame(vectors, columns=[f"A{k:02d}" for k in range(64)])
    table = in_plane(frame[["lon", "lat", "site", "crop"]])
    table = pd.concat([table, bands], axis=1)
    pyogrio.write_dataframe(table, "t.xlsx", driver="XLSX")
    shutil.rmtree("explanations", ignore_errors=True)
    ask = ["--target", "crop", "--leave", "site", "--crs", PLANE, "-j", "1"]
    code, _, err = bocage("explain", "t.xlsx", *ASK[:4], *ask[4:])
    assert code == 0, err


@pytest.mark.parametrize(
    ("encoding", "has_cpg"),
    [("ISO-8859-1", True), ("CP1250", True), ("UTF-8", True), ("ISO-8859-1", False),
     ("UTF-8", False)],
)  # fmt: skip
def test_text_of_a_shapefile_is_read_whatever_its_encoding(bocage, frame, encoding, has_cpg):
    frame["crop"] = frame["crop"].str.replace("ai", "aé")
    layer(frame).to_file("t.shp", encoding=encoding)
    if not has_cpg:
        # Nothing tells one encoding of 8 bits from another then.
        Path("t.cpg").unlink()
    code, out, err = bocage("split", "t.shp", *ASK)
    assert code == 0, err
    guessed = "t.shp was read as Windows-1252 (Western European)" in " ".join(out.split())
    assert guessed == (encoding != "UTF-8" and not has_cpg)
    task = read_task("t.shp", target="crop", inputs={"s2": "B*"})
    assert task.classes == ("maéze", "wheat")


def test_an_open_ring_is_one_line_and_no_warning(bocage):
    ring = [[0, 0], [1, 0], [1, 1]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"crop": "a"}, "geometry": shape}
    Path("t.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    code, _, err = bocage("split", "t.geojson", *ASK)
    assert code == 2
    assert err.startswith("bocage: can't read t.geojson")
    assert err.count("\n") == 1
