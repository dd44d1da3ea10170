"""Files are opened as what their endings say: none is another file, or an address."""

import json
import os
import shutil
import socket
import sqlite3
import warnings
from contextlib import closing

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import rasterio
import rasterio.shutil
from affine import Affine
from shapely.geometry import Point, box
from tests.data.loopback import listen, serve

from bocage.core import DataError, DownloadError
from bocage.sources import Declared, check_vector, open_raster, open_source, vector_file
from bocage.splits import read_area
from bocage.tables import read_outline, read_task

UTM = {"crs": "EPSG:32633", "transform": Affine(10, 0, 5e5, 0, -10, 5e6)}


def _raster(path, driver="GTiff", value=7, **more):
    path.parent.mkdir(parents=True, exist_ok=True)
    size = {"height": 16, "width": 16, "count": 1, "dtype": "int16"}
    with rasterio.open(path, "w", driver=driver, **size, **(UTM | more)) as out:
        out.write(np.full((1, 16, 16), value, dtype="int16"))
        out.descriptions = ("b",)
    return path


VRT = """<VRTDataset rasterXSize="16" rasterYSize="16"><SRS>EPSG:32633</SRS>
<GeoTransform>500000,10,0,5000000,0,-10</GeoTransform>
<VRTRasterBand dataType="Int16" band="1"{band}><Description>b</Description>{inside}
</VRTRasterBand>{outside}</VRTDataset>"""


def _vrt(path, source="", *, relative=1, band="", inside="", outside=""):
    if source:
        inside = (
            f'<SimpleSource><SourceFilename relativeToVRT="{relative}">{source}</SourceFilename>'
            f"<SourceBand>1</SourceBand></SimpleSource>{inside}"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(VRT.format(band=band, inside=inside, outside=outside))
    return path


def _first(path):
    raster = open_source(path, Declared(bands=("b",)))
    value = raster.read(raster.grid.whole)[0, 0, 0]
    raster.close()
    return value


@pytest.mark.parametrize("name", ["x.tif", "x.img", "x.jp2", "x.asc", "x.png", "x.nc", "x"])
def test_a_virtual_raster_under_another_name_is_refused(tmp_path, name):
    _raster(tmp_path / "secret.tif")
    _vrt(tmp_path / name, "secret.tif")
    with pytest.raises(DataError, match=r"holds a virtual file|can't be read as a raster"):
        open_source(tmp_path / name)
    # Also where a check of the beginning is passed: no other driver may open it.
    with pytest.raises(rasterio.errors.RasterioIOError, match="not recognized"):
        open_raster(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "driver"),
    [("x.tif", "ENVI"), ("x.tif", "HFA"), ("x.tif", "AAIGrid"), ("x.img", "AAIGrid")],
)
def test_a_raster_of_another_format_is_refused(tmp_path, name, driver):
    made = _raster(tmp_path / "made.tif", nodata=-1)
    rasterio.shutil.copy(made, tmp_path / "other", driver=driver)
    (tmp_path / "other").rename(tmp_path / name)
    with pytest.raises(DataError, match=r"holds something else|can't be read as a raster"):
        open_source(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "driver"),
    [("x.tif", "GTiff"), ("X.TIFF", "COG"), ("x.img", "HFA"), ("y.img", "ENVI"), ("x.dat", "ENVI"),
     ("x", "ENVI"), ("x.bil", "EHdr"), ("x.asc", "AAIGrid"), ("x.sdat", "SAGA"), ("x.vrt", "VRT")],
)  # fmt: skip
def test_formats_under_their_own_names_are_read(tmp_path, name, driver):
    made = _raster(tmp_path / "made.tif", nodata=-1)
    rasterio.shutil.copy(made, tmp_path / name, driver=driver)
    assert _first(tmp_path / name) == 7


def test_a_file_of_several_rasters_names_them_and_one_of_them_is_read(tmp_path):
    made = _raster(tmp_path / "made.tif")
    rasterio.shutil.copy(made, tmp_path / "one.nc", driver="netCDF")
    assert open_source(tmp_path / "one.nc").grid.crs.startswith("PROJCS")
    with rasterio.open(tmp_path / "two.tif", "w", driver="GTiff", height=16, width=16, count=2,
                       dtype="int16", **UTM) as out:  # fmt: skip
        out.write(np.full((2, 16, 16), 7, dtype="int16"))
    path = tmp_path / "my rain.nc"
    rasterio.shutil.copy(tmp_path / "two.tif", path, driver="netCDF")
    asked = r"2 variables \(Band1, Band2\).*gdal_translate 'NETCDF:my rain.nc:Band1' Band1.tif\)$"
    with warnings.catch_warnings():
        # One line says it all.
        warnings.simplefilter("error")
        with pytest.raises(DataError, match=asked):
            open_source(path)
    with pytest.raises(DataError, match=asked):
        open_raster(path)
    with rasterio.open(f"NETCDF:{path}:Band1") as file:
        assert file.shape == (16, 16)


def test_a_file_without_a_raster_says_so(tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "x.nc", "w") as file:
        file["t"] = np.zeros(3)
    with pytest.raises(DataError, match=r"x\.nc holds no raster"):
        open_source(tmp_path / "x.nc")


def test_an_ending_of_no_raster_is_refused(tmp_path):
    made = _raster(tmp_path / "x.tif")
    made.rename(tmp_path / "x.xml")
    with pytest.raises(DataError, match=r"'x\.xml' ends in '\.xml', which is not a supported"):
        open_source(tmp_path / "x.xml")
    with pytest.raises(DataError, match="is a folder; expected a raster"):
        open_source(tmp_path)


def test_a_virtual_raster_of_files_below_it_is_read(tmp_path):
    _raster(tmp_path / "tiles" / "a.tif")
    _vrt(tmp_path / "all.vrt", "tiles/a.tif")
    _vrt(tmp_path / "of_all.vrt", tmp_path / "all.vrt", relative=0)
    assert _first(tmp_path / "all.vrt") == 7
    assert _first(tmp_path / "of_all.vrt") == 7


def test_links_that_the_user_made_are_followed_and_climbing_names_are_not(tmp_path):
    _raster(tmp_path / "disk" / "a.tif")
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "tiles").symlink_to(tmp_path / "disk")
    _vrt(tmp_path / "work" / "all.vrt", "tiles/a.tif")
    assert _first(tmp_path / "work" / "all.vrt") == 7
    _vrt(tmp_path / "work" / "up.vrt", "tiles/../../disk/a.tif")
    with pytest.raises(DataError, match="lies outside"):
        open_source(tmp_path / "work" / "up.vrt")


@pytest.mark.parametrize("relative", [0, 1])
def test_a_virtual_raster_of_files_elsewhere_is_refused(tmp_path, relative):
    other = _raster(tmp_path / "other" / "a.tif")
    _vrt(tmp_path / "sub" / "x.vrt", "../other/a.tif" if relative else other, relative=relative)
    with pytest.raises(DataError, match=r"lies outside its folder \('.*sub'\)"):
        open_source(tmp_path / "sub" / "x.vrt")
    # A file of that folder is named too: it may be read then.
    paths = [tmp_path / "sub" / "x.vrt", other]
    assert open_source(paths, Declared(bands=("p", "q"))).names == ("p", "q")
    _vrt(tmp_path / "sub" / "deep" / "y.vrt", "../x.vrt")
    _vrt(tmp_path / "sub" / "z.vrt", "deep/y.vrt")
    with pytest.raises(DataError, match="lies outside"):
        open_source(tmp_path / "sub" / "z.vrt")


REFUSED = {
    "raw": {"band": ' subClass="VRTRawRasterBand"', "source": "a.tif"},
    "raw, as GDAL reads it too": {"inside": "<SUBCLASS>VRTRawRasterBand</SUBCLASS>"},
    "python": {
        "band": ' subClass="VRTDerivedRasterBand"',
        "inside": "<PixelFunctionType>f</PixelFunctionType><PixelFunctionLanguage>Python"
        "</PixelFunctionLanguage><PixelFunctionCode>def f(*a, **k): pass</PixelFunctionCode>",
    },
    "a program of a module": {
        "band": ' subClass="VRTDerivedRasterBand"',
        "inside": "<PixelFunctionType>os.f</PixelFunctionType>"
        "<pixelfunctionlanguage>python</pixelfunctionlanguage>",
    },
    "an archive": {"source": "/vsizip/a.zip/a.tif"},
    "a memory": {"source": "/vsimem/a.tif", "relative": 0},
    "a way to open": {"source": "GTIFF_DIR:1:a.tif"},
    "xml": {"source": "&lt;VRTDataset/&gt;.tif", "relative": 0},
    "a table": {"source": "a.csv"},
    "capitals": {
        "inside": "<SIMPLESOURCE><SOURCEFILENAME>/etc/a.tif</SOURCEFILENAME></SIMPLESOURCE>"
    },
    "an attribute": {"inside": '<SimpleSource SourceFilename="/etc/a.tif"/>'},
    "an overview": {
        "source": "a.tif",
        "inside": "<Overview><SourceFilename>/etc/a.tif</SourceFilename></Overview>",
    },
    "a mask": {
        "source": "a.tif",
        "outside": "<MaskBand><VRTRasterBand dataType='Byte'><SimpleSource><SourceFilename>"
        "/etc/a.tif</SourceFilename></SimpleSource></VRTRasterBand></MaskBand>",
    },
    "overviews of another": {
        "source": "a.tif",
        "outside": '<Metadata domain="OVERVIEWS"><MDI key="OVERVIEW_FILE">b.tif</MDI></Metadata>',
    },
    "nothing": {"source": "b.tif"},
    "a file of another kind": {"source": "liar.tif"},
    "itself, very deep": {"source": "deep_0.vrt"},
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_else_a_virtual_raster_may_name_is_refused(tmp_path, case):
    _raster(tmp_path / "a.tif")
    _vrt(tmp_path / "liar.tif", "a.tif")
    for i in range(12):
        _vrt(tmp_path / f"deep_{i}.vrt", f"deep_{i + 1}.vrt")
    _vrt(tmp_path / "deep_12.vrt", "a.tif")
    _vrt(tmp_path / "x.vrt", **REFUSED[case])
    with pytest.raises(DataError, match=r"holds|names|nests|ends in"):
        open_source(tmp_path / "x.vrt")


def test_entities_and_texts_without_end_are_refused(tmp_path):
    path = tmp_path / "x.vrt"
    path.write_text('<!DOCTYPE x [<!ENTITY a SYSTEM "/etc/passwd">]><VRTDataset>&a;</VRTDataset>')
    with pytest.raises(DataError, match="declares a document type"):
        open_source(path)
    path.write_text("<VRTDataset>")
    os.truncate(path, 2**27)
    with pytest.raises(DataError, match="134 MB of text"):
        open_source(path)


@pytest.mark.parametrize("ending", [".ovr", ".msk", ".ovr.msk"])
def test_overviews_and_masks_beside_a_file_are_no_virtual_rasters(tmp_path, ending):
    path = _raster(tmp_path / "x.tif")
    if ending == ".ovr.msk":
        _raster(tmp_path / "x.tif.ovr")
    _vrt(tmp_path / f"x.tif{ending}", "x.tif")
    with pytest.raises(DataError, match=r"next to x\.tif.* is not a TIFF"):
        open_source(path)


@pytest.mark.parametrize("inside", [True, False])
def test_overviews_in_a_file_of_another_name_are_refused(tmp_path, inside):
    path = _raster(tmp_path / "x.tif")
    _raster(tmp_path / "other" / "y.tif")
    place = str(tmp_path / "other" / "y.tif")
    if inside:
        with rasterio.open(path, "r+") as file:
            file.update_tags(ns="OVERVIEWS", OVERVIEW_FILE=place)
    else:
        (tmp_path / "x.tif.aux.xml").write_text(
            f'<PAMDataset><Metadata domain="OVERVIEWS"><MDI key="OVERVIEW_FILE">{place}</MDI>'
            "</Metadata></PAMDataset>"
        )
    with pytest.raises(DataError, match="for its overviews"):
        open_source(path)


def _points(path, **more):
    frame = gpd.GeoDataFrame({"crop": ["a", "b"]}, geometry=[Point(1, 2), Point(3, 4)], crs=4326)
    frame.to_file(path, **more)
    return path


OGR = """<OGRVRTDataSource><OGRVRTLayer name="made"><SrcDataSource>{}</SrcDataSource>
</OGRVRTLayer></OGRVRTDataSource>"""


@pytest.mark.parametrize(
    "name", ["x.geojson", "x.json", "x.gpkg", "x.kml", "x.fgb", "x.shp", "x.ndjson", "x.xlsx"]
)
def test_a_virtual_layer_under_another_name_is_refused(tmp_path, name):
    made = _points(tmp_path / "made.gpkg", layer="made")
    path = tmp_path / name
    for head in ("", " \n", "{}<!--", "\ufeff", "<kml/>", "SQLite format 3\0", "PK\x03\x04"):
        path.write_text(head + OGR.format(made))
        with pytest.raises(
            DataError, match=f"can't read {name}: by its extension it should be .* holds"
        ):
            check_vector(path)
    with pytest.raises(DataError, match=r"should be|ends in"):
        read_task(path, target="crop")


def test_areas_and_zones_are_held_to_the_same_rule(tmp_path):
    _points(tmp_path / "made.gpkg", layer="made")
    path = tmp_path / "area.geojson"
    path.write_text(OGR.format(tmp_path / "made.gpkg"))
    for read in (read_outline, read_area):
        with pytest.raises(DataError, match="holds a virtual file"):
            read(path)
    _raster(tmp_path / "a.tif")
    with pytest.raises(DataError, match="holds a virtual file"):
        read_area(_vrt(tmp_path / "area.tif", "a.tif"))
    table = tmp_path / "t.csv"
    table.write_text("lon,lat,crop,s\n" + "".join(f"{i},{i},{'ab'[i % 2]},{i}\n" for i in range(9)))
    from bocage.tables import add_zones

    task = read_task(table, target="crop", inputs={"s": "s"})
    with pytest.raises(DataError, match=r"zone 'z': can't read area\.geojson"):
        add_zones(task, {"z": f"{path}:crop"})


@pytest.mark.parametrize(
    ("name", "more"),
    [("x.gpkg", {}), ("x.geojson", {}), ("x.fgb", {}), ("x.shp", {}), ("X.GPKG", {}),
     ("x.geojsonl", {"driver": "GeoJSONSeq"}), ("x.kml", {"driver": "KML"})],
)  # fmt: skip
def test_files_of_vectors_under_their_own_names_pass(tmp_path, name, more):
    path = _points(tmp_path / name, **more)
    with vector_file(path):
        assert len(pyogrio.read_dataframe(path)) == 2


REACHING = {
    "a table of another file": "CREATE VIRTUAL TABLE o USING VirtualOGR('/etc/passwd')",
    "a table in other words": 'create  virtual\ntable o using "VirtualShape"(x)',
    "a view that asks a server": "CREATE VIEW o AS SELECT ogr_geocode('x')",
    "a view of a raster": "CREATE VIEW o AS SELECT gdal_get_pixel_value('/x.tif', 1, 'g', 1, 2)",
}


@pytest.mark.parametrize("case", REACHING)
def test_a_geopackage_does_not_reach_beyond_itself(tmp_path, case):
    path = _points(tmp_path / "x.gpkg")
    check_vector(path)
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("PRAGMA writable_schema=ON")
        kind = "view" if "VIEW" in REACHING[case] else "table"
        row = (kind, "o", "o", 0, REACHING[case])
        file.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", row)
    with pytest.raises(DataError, match="the table 'o', which accesses data outside it"):
        check_vector(path)


@pytest.fixture
def asked():
    """An address, and what it was asked for."""
    with listen() as found:
        yield found


def _tries(call, *arguments):
    """Call, whatever comes of it."""
    try:
        call(*arguments)
    except DataError:
        return


@pytest.mark.parametrize("passed_by", ["", "*"])
def test_no_local_file_leads_to_the_network(tmp_path, asked, monkeypatch, passed_by):
    # Who has a proxy may pass it by for some addresses, those of this machine often.
    monkeypatch.setenv("no_proxy", passed_by)
    address, requests = asked
    remote = f"/vsicurl/{address}/a.tif"
    for name in ("x.vrt", "x.tif", "x.geojson", "x.img", "x.jp2"):
        for source in (remote, f"{address}/a.tif"):
            _tries(open_source, _vrt(tmp_path / name, source, relative=0))
            _tries(read_area, tmp_path / name)
    path = _raster(tmp_path / "y.tif")
    for ending in (".ovr", ".msk"):
        _tries(open_source, _vrt(tmp_path / f"y.tif{ending}", remote, relative=0).with_suffix(""))
        (tmp_path / f"y.tif{ending}").unlink()
    note = '<PAMDataset><Metadata domain="OVERVIEWS"><MDI key="OVERVIEW_FILE">{}</MDI></Metadata>'
    (tmp_path / "y.tif.aux.xml").write_text(note.format(remote) + "</PAMDataset>")
    _tries(open_source, path, Declared(overview=0))
    linked = {"type": "link", "properties": {"href": f"{address}/crs", "type": "ogcwkt"}}
    named = {"type": "URL", "properties": {"url": f"{address}/crs"}}
    place = {"type": "Feature", "properties": {"crop": "a"}, "geometry": {"type": "Point"}}
    place["geometry"]["coordinates"] = [1, 2]
    texts = [OGR.format(f"{address}/x.geojson")]
    for crs in (linked, named):
        made = {"type": "FeatureCollection", "crs": crs, "features": [place]}
        texts += [json.dumps(made), json.dumps({"features": [place]} | made, indent=1)]
        turned = dict(reversed(crs.items()))
        texts.append(json.dumps({"crs": turned, "type": "FeatureCollection", "features": [place]}))
    for text in texts:
        for name in ("v.geojson", "v.json", "v.kml"):
            (tmp_path / name).write_text(text)
            for read in (read_outline, _read_labels):
                _tries(read, tmp_path / name)
    assert not requests


def test_offline_no_address_is_opened(tmp_path, asked, monkeypatch):
    monkeypatch.setenv("BOCAGE_OFFLINE", "1")
    address, requests = asked
    with pytest.raises(DownloadError, match="BOCAGE_OFFLINE forbids"):
        open_source(f"{address}/a.tif")
    for name in (
        "/vsicurl/{}/a.tif",
        "/vsicurl_streaming/{}/a.tif",
        "vsicurl/{}/a.tif",
        "zip+{}/a",
    ):
        for read in (open_source, read_outline, read_area):
            with pytest.raises(DataError, match="there is no file"):
                read(tmp_path.__class__(name.format(address)))
    assert not requests


def test_a_virtual_raster_at_an_address_is_refused(asked):
    with pytest.raises(DataError, match="virtual raster on the network"):
        open_source(f"{asked[0]}/x.vrt?key=1")
    assert not asked[1]


def test_an_address_is_read_where_it_is_allowed(tmp_path):
    _raster(tmp_path / "a.tif")
    shutil.copy(tmp_path / "a.tif", tmp_path / "get.php")
    _vrt(tmp_path / "liar.php", "a.tif")
    with serve(tmp_path) as (address, _):
        assert _first(f"{address}/a.tif") == 7
        assert _first(f"{address}/get.php") == 7
        with pytest.raises(DownloadError, match="not recognized"):
            open_source(f"{address}/liar.php")


def test_a_folder_called_as_an_address_is_a_folder(tmp_path, asked, monkeypatch):
    # Relative names such as http:/host/a.tif are paths that exist here.
    monkeypatch.chdir(tmp_path)
    place = asked[0].replace("//", "/")
    _raster(tmp_path / place / "a.tif", value=5)
    assert _first(tmp_path.__class__(f"{place}/a.tif")) == 5
    assert not asked[1]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", ["x.tif", "x.vrt", "x.tif.ovr", "x.gpkg", "x.csv", "x.geojson"])
def test_pipes_sockets_and_devices_are_refused_at_once(tmp_path, name):
    def plug(path):
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(str(path))

    beside = name.endswith(".ovr")
    raster = _raster(tmp_path / "x.tif") if beside else tmp_path / name
    reads = [open_source] if name.startswith(("x.tif", "x.vrt")) else [read_outline, _read_labels]
    for make in (os.mkfifo, plug, lambda path: path.symlink_to("/dev/zero")):
        make(tmp_path / name)
        for read in (*reads, read_area):
            with pytest.raises(DataError, match=r"not a regular file but a (named|socket|dev)"):
                read(raster)
        (tmp_path / name).unlink()


def _read_labels(path):
    return read_task(path, target="crop")


def test_linked_sources_of_virtual_rasters_are_regular_files(tmp_path):
    os.mkfifo(tmp_path / "a.tif")
    with pytest.raises(DataError, match="is not a regular file but a named pipe"):
        open_source(_vrt(tmp_path / "x.vrt", "a.tif"))


def test_a_box_is_still_an_area(tmp_path):
    shape = gpd.GeoDataFrame(geometry=[box(10, 45, 10.1, 45.1)], crs=4326)
    shape.to_file(tmp_path / "area.geojson")
    assert len(read_area(tmp_path / "area.geojson").lonlat) > 100
