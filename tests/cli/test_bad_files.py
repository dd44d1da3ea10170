"""Files that are torn, misnamed or made to harm: one line, exit code 2, nothing read of others."""

import gzip
import json
import socketserver
import struct
import threading
import zipfile
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

ASK = ["--target", "crop", "--input", "s2=B*"]
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(200)
ENDINGS = ["shp", "fgb", "kml", "kmz", "gpkg", "geojson", "json", "geojsonl", "geojsons", "ndjson"]
ENDINGS += ["xlsx", "zip", "parquet", "geoparquet", "csv", "csv.gz"]


@pytest.fixture
def refused(bocage):
    """Call the program; give back the one line that it refuses with."""

    def call(*arguments):
        code, out, err = bocage("split", *arguments, *ASK)
        assert code == 2, out + err
        assert not out
        assert err.startswith("bocage: ")
        assert err.count("\n") == 1, err
        assert "Traceback" not in err
        return err

    return call


def labels(n=40):
    rng = np.random.default_rng(5)
    points = gpd.points_from_xy(8 + rng.uniform(0, 1, n), 45 + rng.uniform(0, 1, n))
    columns = {"crop": np.array(["maize", "wheat"])[np.arange(n) % 2], "B2": rng.normal(size=n)}
    return gpd.GeoDataFrame(columns, geometry=points, crs=4326)


DRIVERS = {".kml": "LIBKML", ".geojsonl": "GeoJSONSeq"}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("content", [PNG, b"\0", b"nothing of this kind\n", b"PK\3\4" + bytes(60)])
def test_a_file_of_another_kind(refused, ending, content):
    Path(f"t.{ending}").write_bytes(content)
    assert f"t.{ending}" in refused(f"t.{ending}")


@pytest.mark.parametrize("name", ["t.shp", "t.fgb", "t.kml", "t.geojsonl", "t.xlsx", "t.zip"])
@pytest.mark.parametrize("share", [0.2, 0.6, 0.9])
def test_a_torn_file(bocage, name, share):
    table = labels()
    if name == "t.xlsx":
        import pyogrio

        pyogrio.write_dataframe(pd.DataFrame(table.drop(columns="geometry")), name, driver="XLSX")
    elif name == "t.zip":
        table.drop(columns="geometry").to_csv("t.csv")
        with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write("t.csv")
    else:
        table.to_file(name, driver=DRIVERS.get(Path(name).suffix))
    whole = Path(name).read_bytes()
    Path(name).write_bytes(whole[: int(len(whole) * share)])
    code, out, err = bocage("split", name, *ASK)
    assert code == 2, out
    assert err.count("\n") == 1, err
    assert name in err


@pytest.mark.parametrize("lost", [".dbf", ".shx"])
def test_a_shapefile_without_all_of_its_files(refused, lost):
    labels().to_file("t.shp")
    Path(f"t{lost}").unlink()
    assert f"t.shp lacks t{lost} next to it" in refused("t.shp")
    with zipfile.ZipFile("t.zip", "w") as archive:
        for file in Path().glob("t.*"):
            archive.write(file) if file.suffix != ".zip" else None
    assert f"in t.zip: t.shp lacks t{lost} next to it" in refused("t.zip")


@pytest.mark.parametrize("part", [".dbf", ".shx"])
def test_a_shapefile_with_a_torn_part(refused, part):
    labels().to_file("t.shp")
    whole = Path(f"t{part}").read_bytes()
    Path(f"t{part}").write_bytes(whole[: len(whole) // 2])
    assert f"t{part} has {len(whole) // 2:,} bytes, but its header says" in refused("t.shp")


# --- archives ----------------------------------------------------------------------------------


def archive_of(name, **files):
    with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in files.items():
            archive.writestr(file, content)


TABLE = "lon,lat,crop,B2\n" + "".join(
    f"8.{k:02d},45.1,{'ab'[k % 2]},{k * k}\n" for k in range(1, 40)
)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a.csv": TABLE, "b.csv": TABLE}, "t.zip contains 2 tables (a.csv, b.csv); expected one"),
        (
            {"readme.md": "x", "a.tif": "y"},
            "t.zip contains no table (it contains readme.md, a.tif)",
        ),
        ({}, "t.zip contains no table (it contains nothing)"),
        ({"inner.zip": "PK"}, "t.zip contains no table (it contains inner.zip)"),
        ({"../a.csv": TABLE}, "which points outside its folder"),
        ({"x/../../a.csv": TABLE}, "which points outside its folder"),
        ({"/tmp/a.csv": TABLE}, "which points outside its folder"),  # noqa: S108 - never written
        ({"..\\a.csv": TABLE}, "which points outside its folder"),
        ({"C:\\a.csv": TABLE}, "which points outside its folder"),
        ({"a.csv": ""}, "in t.zip: a.csv is empty"),
        ({"a.csv": "lon,lat\n"}, "t.zip has no rows"),
        (
            {"a.gpkg": "no"},
            "in t.zip: can't read a.gpkg: by its extension it should be a GeoPackage",
        ),
    ],
)
def test_archives_that_are_not_one_table(refused, files, said):
    archive_of("t.zip", **files)
    before = sorted(Path("..").rglob("*"))
    assert said in refused("t.zip")
    assert sorted(Path("..").rglob("*")) == before


def test_a_text_beside_a_table_explains_it(bocage):
    archive_of("t.zip", **{"a.csv": TABLE, "about.txt": "About the columns.", ".hidden.csv": "x"})
    code, _, err = bocage("split", "t.zip", *ASK)
    assert code == 0, err


def test_what_unpacks_to_far_more_than_it_is_refused_before_it_is_unpacked(refused):
    zeros = b"lon,lat,crop,B2\n" + b"0" * 200_000_000
    archive_of("t.zip", **{"a.csv": zeros})
    assert Path("t.zip").stat().st_size < 1_000_000
    assert "t.zip unpacks to more than 100 MB" in refused("t.zip")
    Path("t.csv.gz").write_bytes(gzip.compress(zeros))
    assert "t.csv.gz unpacks to more than 100 MB" in refused("t.csv.gz")
    archive_of("t.xlsx", **{"xl/worksheets/sheet1.xml": zeros, "[Content_Types].xml": "<x/>"})
    assert "t.xlsx unpacks to more than 100 MB" in refused("t.xlsx")


def test_an_archive_that_lies_about_its_size_gives_no_more_than_it_said(refused):
    archive_of("t.zip", **{"a.csv": TABLE * 100})
    data = Path("t.zip").read_bytes()
    size = struct.pack("<I", len(TABLE) * 100)
    assert data.count(size) == 2
    Path("t.zip").write_bytes(data.replace(size, struct.pack("<I", 50)))
    assert "can't unpack t.zip" in refused("t.zip")


def test_an_archive_with_a_password(refused):
    archive_of("t.zip", **{"a.csv": TABLE})
    data = bytearray(Path("t.zip").read_bytes())
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + at] |= 1
    Path("t.zip").write_bytes(data)
    assert "without a password" in refused("t.zip")


# --- files that lead to others -----------------------------------------------------------------


@pytest.fixture
def server():
    """A server of this machine that counts who asks."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET  # noqa: N815 - the name that is looked for

        def log_message(self, *_):
            pass

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as found:
        threading.Thread(target=found.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{found.server_address[1]}", asked
        found.shutdown()


def vrt(source):
    return (
        f'<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{source}</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>"
    )


@pytest.mark.parametrize("ending", [e for e in ENDINGS if e not in ("csv", "csv.gz")])
def test_a_virtual_file_under_another_ending_is_not_opened(refused, server, ending):
    address, asked = server
    labels().to_file("secret.gpkg")
    for source in ("secret.gpkg", f"/vsicurl/{address}/x.geojson"):
        for text in (
            vrt(source),
            f"<!-- <kml> -->{vrt(source)}",
            f"<?xml version='1.0'?>{vrt(source)}",
        ):
            Path(f"t.{ending}").write_text(text)
            refused(f"t.{ending}")
    assert not asked


@pytest.mark.parametrize("ending", ["geojson", "json", "geojsonl", "ndjson"])
def test_json_that_is_a_command_or_a_service_is_not_followed(refused, server, ending):
    address, asked = server
    labels().to_file("secret.gpkg")
    for source in ("secret.gpkg", f"{address}/x.geojson"):
        pipeline = {
            "type": "gdal_streamed_alg",
            "command_line": f"gdal vector pipeline ! read {source} ! write streamed_dataset",
        }
        Path(f"t.{ending}").write_text(json.dumps(pipeline))
        refused(f"t.{ending}")
    assert not asked


def test_links_and_entities_of_kml_are_not_followed(bocage, server):
    address, asked = server
    labels().to_file("t.kml", driver="LIBKML")
    Path("secret.txt").write_text("secret")
    text = Path("t.kml").read_text()
    link = f"<NetworkLink><Link><href>{address}/x.kml</href></Link></NetworkLink>"
    style = f"<Style><IconStyle><Icon><href>{address}/x.png</href></Icon></IconStyle></Style>"
    text = text.replace("<Placemark ", f"{link}{style}<Placemark ", 1)
    Path("t.kml").write_text(text)
    code, _, err = bocage("split", "t.kml", *ASK)
    assert code in (0, 2), err
    entity = f'<!DOCTYPE kml [<!ENTITY a SYSTEM "secret.txt"><!ENTITY b SYSTEM "{address}/y">]>'
    Path("e.kml").write_text(
        text.replace("<kml", f"{entity}<kml", 1).replace(">maize<", ">&a;&b;<", 1)
    )
    code, out, err = bocage("split", "e.kml", *ASK)
    assert code == 2
    assert err.count("\n") == 1
    assert "secret" not in out + err
    assert not asked


def test_what_is_no_regular_file(refused):
    import os

    os.mkfifo("t.csv")
    assert "is not a regular file" in refused("t.csv")


# --- folders -----------------------------------------------------------------------------------


def test_folders_that_are_no_plain_table(refused):
    table = pd.DataFrame(labels().drop(columns="geometry"))
    Path("empty").mkdir()
    assert "is a folder; expected files" in refused("empty")
    for mark, kind in (("_delta_log", "Delta"), (".hoodie", "Hudi"), ("metadata", "Iceberg")):
        folder = Path(kind)
        (folder / mark).mkdir(parents=True)
        (folder / mark / "v1.metadata.json").write_text("{}")
        table.to_parquet(folder / "part-0.parquet")
        assert f"is a{'n' if kind == 'Iceberg' else ''} {kind} table" in refused(folder)
    mixed = Path("mixed")
    mixed.mkdir()
    table.to_parquet(mixed / "a.parquet")
    table.to_csv(mixed / "b.csv")
    assert "holds Parquet files and b.csv" in refused(mixed)
    other = Path("other")
    other.mkdir()
    table.to_parquet(other / "a.parquet")
    table.rename(columns={"B2": "B3"}).to_parquet(other / "b.parquet")
    assert "b.parquet lacks B2 and also has B3" in refused(other)
    blank = Path("blank")
    blank.mkdir()
    table.iloc[:0].to_parquet(blank / "a.parquet")
    assert "'blank' has no rows" in refused(blank)


def test_a_table_is_not_written_into_the_folder_it_is_read_from(bocage):
    Path("t").mkdir()
    labels().to_parquet("t/a.parquet")
    before = Path("t/a.parquet").read_bytes()
    code, _, err = bocage("sample", "t", "--source", "aef.tif", "-o", "t/a.parquet")
    assert code == 2
    assert "would be overwritten, but is an input" in err
    assert Path("t/a.parquet").read_bytes() == before


# --- geometry in columns ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("POINT (8", "in row 3 'POINT (8'; expected WKT or WKB"),
        ("near the barn", "in row 3 'near the barn'"),
        ("0101", "in row 3 '0101'"),
    ],
)
def test_one_cell_that_is_no_geometry_is_named(refused, cell, said):
    table = labels()
    text = table.geometry.to_wkt()
    text[2] = cell
    pd.DataFrame(table.drop(columns="geometry")).assign(where=text).to_csv("t.csv", index=False)
    assert said in refused("t.csv")


def test_two_columns_of_geometry_are_asked_about(refused):
    table = labels()
    text = table.geometry.to_wkt()
    plain = pd.DataFrame(table.drop(columns="geometry")).assign(a=text, b=text)
    plain.to_csv("t.csv", index=False)
    assert "columns a, b of t.csv all hold geometry" in refused("t.csv")


def test_geometry_as_a_program_prints_it_is_not_taken_for_none(refused):
    table = pd.DataFrame(labels().drop(columns="geometry"))
    table.assign(geometry="c(8.1, 45.2)").to_csv("t.csv", index=False)
    assert "the column 'geometry' holds no geometry that can be read" in refused("t.csv")


def test_blank_cells_of_geometry_are_counted(bocage):
    table = labels()
    text = table.geometry.to_wkt()
    text[2], text[5] = None, "POINT EMPTY"
    pd.DataFrame(table.drop(columns="geometry")).assign(wkt=text).to_csv("t.csv", index=False)
    code, _, err = bocage("split", "t.csv", *ASK)
    assert code == 2
    assert "2 of 40 rows are incomplete: 2 without coordinates" in err
    code, _, err = bocage("split", "t.csv", *ASK, "--drop-incomplete")
    assert code == 0, err
