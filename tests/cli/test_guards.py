"""What is known before the work is refused before it, in one line, and nothing is left behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import rasterio
from tests.data.alphaearth import class_codes, patches, write_alphaearth, write_fields
from tests.data.loopback import listen
from tests.data.models import make_model

from bocage.models import save_model
from bocage.sources import open_source
from bocage.tables import sample_labels

BOCAGE = [sys.executable, "-m", "bocage"]
LOCAL = 'LOCAL_CS["a field",UNIT["metre",1],AXIS["x",EAST],AXIS["y",NORTH]]'


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Rasters and a model."""
    folder = tmp_path_factory.mktemp("made")
    write_fields(folder, "district", "crop", side=64, n=120)
    save_model(make_model(), folder / "model")
    raster = open_source(folder / "aef.tif")
    sample_labels(folder / "labels.gpkg", [raster]).write(folder / "s.csv")
    raster.close()
    return folder


def _one_line(said, *words):
    code, out, err = said
    assert (code, out) == (2, ""), err
    lines = [line for line in err.splitlines() if not line.startswith("note: ")]
    assert len(lines) == 1, err
    assert lines[0].startswith("bocage: ")
    for word in words:
        assert word in lines[0]


PLACES = {
    "an engineering system": (LOCAL, None, "neither geographic nor projected"),
    "a geocentric system": ("EPSG:4978", None, "neither geographic nor projected"),
    "off the Earth": ("EPSG:32633", (5e8, 5e6), "aef.tif lies off the Earth"),
    "metres as degrees": ("EPSG:4326", (5e5, 5e6), "aef.tif lies off the Earth"),
    "beyond a pole": ("EPSG:4326", (10.0, 89.0), "reaches latitude"),
}


@pytest.mark.parametrize("case", PLACES)
def test_a_map_without_areas_is_refused_before_it_is_painted(
    bocage, tmp_path, made, case, monkeypatch
):
    from bocage.mapping import _make

    crs, corner, word = PLACES[case]
    stored = class_codes(patches(64, 64, 3))
    # Ten units a pixel.
    write_alphaearth(tmp_path / "aef.tif", 64, 64, values=stored, crs=crs, holes=False,
                     **({} if corner is None else {"corner": corner}))  # fmt: skip
    if crs in (LOCAL, "EPSG:4978"):
        with rasterio.open(tmp_path / "aef.tif", "r+") as file:
            file.crs = rasterio.crs.CRS.from_user_input(crs)
    monkeypatch.setattr(_make, "paint", lambda *_, **__: pytest.fail("it was painted"))
    said = bocage("map", "--model", made / "model", "--source", "aef.tif", "-o", "new/m.tif")
    _one_line(said, word)
    left = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"aef.tif"}


def test_room_for_all_layers_is_asked_for_before_the_work(bocage, tmp_path, made, small_disk):
    shutil.copy(made / "aef.tif", tmp_path)
    ask = ["map", "--model", made / "model", "--source", "aef.tif", "-o", small_disk / "m.tif"]
    _one_line(bocage(*ask), "layers (class, confidence) may take 1.4 MB", "0.3 MB are free")
    assert not list(small_disk.iterdir())


def test_a_map_that_is_refused_while_it_is_painted_leaves_nothing(bocage, tmp_path, made):
    # What stands for nothing shows up where nobody looked before: in the second of many windows.
    stored = class_codes(patches(64, 64, 3))
    write_alphaearth(tmp_path / "aef.tif", 64, 64, values=stored)
    from bocage.core import DataError
    from bocage.mapping import _engine

    real, done = _engine.paint_window, []

    def refuse(*arguments, **more):
        if done:
            raise DataError("a number that stands for nothing; expected others: declare it")
        done.append(1)
        return real(*arguments, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_engine, "paint_window", refuse)
        import bocage.mapping._windows as windows

        patch.setattr(windows, "SIDE", 32)
        ask = ["map", "--model", made / "model", "--source", "aef.tif", "-o", "m.tif", "-j", 1]
        _one_line(bocage(*ask), "stands for nothing")
    assert [path.name for path in tmp_path.iterdir()] == ["aef.tif"]


HELD = """
import sys, time
from pathlib import Path
from bocage.core import claimed
with claimed(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_two_at_a_time_to_one_output_are_told(bocage, tmp_path, made):
    for name in ("aef.tif", "labels.gpkg"):
        shutil.copy(made / name, tmp_path)
    orders = {
        "m.tif": ["map", "--model", made / "model", "--source", "aef.tif"],
        "s.parquet": ["sample", "labels.gpkg", "--source", "aef.tif"],
    }
    for output, order in orders.items():
        with subprocess.Popen(
            [sys.executable, "-c", HELD, tmp_path / output], stdout=subprocess.PIPE, text=True
        ) as other:
            assert other.stdout.readline() == "held\n"
            said = f"'{output}' is being written by another process (process {other.pid} on"
            _one_line(bocage(*order, "-o", output), said)
            other.kill()
        code, _, err = bocage(*order, "-o", output)
        assert code == 0, err
        assert (tmp_path / output).exists()
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_map_that_was_killed_is_made_anew_with_other_settings_and_nothing_is_left(
    bocage, tmp_path, made
):
    shutil.copy(made / "aef.tif", tmp_path)
    draft = tmp_path / ".m_probability.tif.draft"
    order = ["map", "--model", str(made / "model"), "--source", "aef.tif", "-o", "m.tif"]
    with subprocess.Popen(
        [*BOCAGE, *order, "--layers", "confidence,probability"], cwd=tmp_path,
        stderr=subprocess.DEVNULL,
    ) as other:  # fmt: skip
        for _ in range(1200):
            if draft.exists() or other.poll() is not None:
                break
            time.sleep(0.02)
        other.send_signal(signal.SIGKILL)
    code, _, err = bocage(*order, "--layers", "none")
    assert code == 0, err
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_target_too_large_to_be_squared_is_refused_with_its_row(bocage, tmp_path):
    rng = np.random.default_rng(0)
    rows = [f"{5 + i / 50:.2f},45.{i:02d},{i % 7},{rng.uniform(1, 5):.3f}" for i in range(40)]
    asked = ["--target", "crop", "--leave", "blocks", "--input", "s=f0"]
    for at, value in ((11, "1e200"), (3, "-1e180"), (39, "1e300")):
        changed = [*rows]
        changed[at] = f"{rows[at].rpartition(',')[0]},{value}"
        (tmp_path / "t.csv").write_text("\n".join(["lon,lat,f0,crop", *changed]))
        for order in (["compare", "t.csv", *asked, "-j", 1], ["split", "t.csv", *asked]):
            _one_line(bocage(*order), f"in row {at + 1} ", "squares")
        assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", ["x.csv", "x.gpkg", "x.tif", "x.yaml", "/dev/zero", "/dev/stdin"])
def test_what_is_no_regular_file_is_refused_at_once(bocage, tmp_path, made, name):
    for file in ("aef.tif", "labels.gpkg"):
        shutil.copy(made / file, tmp_path)
    if not name.startswith("/"):
        os.mkfifo(tmp_path / name)
    read, write = os.pipe()
    keep = os.dup(0)
    os.dup2(read, 0)
    try:
        wanted = ["--target", "crop", "--leave", "district"]
        orders = [
            ["compare", name, *wanted],
            ["sample", "labels.gpkg", "--source", name, "-o", "o.csv"],
            ["sample", name, "--source", "aef.tif", "-o", "o.csv"],
            ["map", "--model", made / "model", "--source", "aef.tif", "--area", name],
            ["compare", made / "s.csv", *wanted, "--area", name],
            ["explain", made / "s.csv", *wanted, "--input", "s=x.yaml"],
            ["sample", "labels.gpkg", "--source", "aef.tif", "--subset", name, "-o", "o.csv"],
        ]
        if name == "x.yaml":
            orders = [orders[0], orders[5], orders[6]]
        else:
            del orders[5]
        for order in orders:
            _one_line(bocage(*order), "is not a regular file but a ")
    finally:
        os.dup2(keep, 0)
        for handle in (read, write, keep):
            os.close(handle)
    assert not (tmp_path / "o.csv").exists()


def test_files_called_as_others_are_refused_and_nobody_is_asked(bocage, tmp_path, made):
    for file in ("aef.tif", "labels.gpkg"):
        shutil.copy(made / file, tmp_path)
    with listen() as (address, asked):
        (tmp_path / "l.geojson").write_text(
            f"<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>{address}/x.geojson"
            "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
        )
        (tmp_path / "r.tif").write_text(
            "<VRTDataset rasterXSize='9' rasterYSize='9'><VRTRasterBand dataType='Byte' band='1'>"
            f"<SimpleSource><SourceFilename>/vsicurl/{address}/a.tif</SourceFilename>"
            "</SimpleSource></VRTRasterBand></VRTDataset>"
        )
        shutil.copy("r.tif", "r.vrt")
        shutil.copy("l.geojson", "l.gpkg")
        for labels in ("l.geojson", "l.gpkg"):
            said = bocage("sample", labels, "--source", "aef.tif", "-o", "o.csv")
            _one_line(said, labels, "holds a virtual file")
        said = bocage("sample", "labels.gpkg", "--source", "r.tif", "-o", "o.csv")
        _one_line(said, "r.tif can't be read as a raster", "holds a virtual file")
        said = bocage("sample", "labels.gpkg", "--source", "r.vrt", "-o", "o.csv")
        _one_line(said, "r.vrt names", "which is not a plain file")
        said = bocage("map", "--model", made / "model", "--source", "r.vrt", "-o", "m.tif")
        _one_line(said, "r.vrt names")
        assert not asked


def _broken(folder):
    """Files that libraries grumble about, each with words of the line that is told."""
    aef = (folder / "aef.tif").read_bytes()
    (folder / "cut.tif").write_bytes(aef[: len(aef) // 2])
    (folder / "ovr.tif").write_bytes(aef)
    (folder / "ovr.tif.ovr").write_bytes(b"II*\0" + b"\xff" * 50)
    (folder / "png.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    (folder / "e.dat").write_bytes(bytes(100))
    (folder / "e.hdr").write_text("ENVI\nsamples = 16\nlines = x\n")
    labels = (folder / "labels.gpkg").read_bytes()
    (folder / "cut.gpkg").write_bytes(labels[: len(labels) // 2])
    ring = '{"type": "Polygon", "coordinates": [[[15, 45], [16, 46]]]}'
    (folder / "ring.geojson").write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": '
        f'{{"crop": "a"}}, "geometry": {ring}}}]}}'
    )
    (folder / "cut.geojson").write_text('{"type": "FeatureCollection", "features": [{"type": "Fe')
    return {
        "--source": ["cut.tif", "ovr.tif", "png.png", "e.dat"],
        "labels": ["cut.gpkg", "ring.geojson", "cut.geojson"],
    }


def test_no_library_speaks_before_the_one_line(tmp_path, made):
    for file in ("aef.tif", "labels.gpkg"):
        shutil.copy(made / file, tmp_path)
    found = _broken(tmp_path)
    code = "import sys\nfrom bocage.cli import main\nfor line in sys.argv[1:]:\n"
    code += "    sys.argv = ['bocage', *line.split()]\n"
    code += "    try:\n        main()\n    except SystemExit as stop:\n"
    code += "        print(stop.code, flush=True)\n"
    orders = [f"sample labels.gpkg --source {name} -o o.csv" for name in found["--source"]]
    orders += [f"sample {name} --source aef.tif -o o.csv" for name in found["labels"]]
    done = subprocess.run(
        [sys.executable, "-c", code, *orders], cwd=tmp_path, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["2"] * len(orders)
    lines = done.stderr.splitlines()
    assert len(lines) == len(orders), done.stderr
    for line, name in zip(lines, [*found["--source"], *found["labels"]], strict=True):
        assert line.startswith("bocage: ")
        assert name in line
        assert str(Path(tmp_path)) not in line
