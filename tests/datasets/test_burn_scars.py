"""Burn scars: read in the published layout, grouped by fire, and refused where they are broken."""

import shutil
from datetime import datetime

import numpy as np
import pytest
from tests.data.burn_scars import FILL, TILES, names, write_burn_scars, write_pair

from bocage.core import BocageError, DataError, DownloadError, SettingsError
from bocage.datasets import load_task
from bocage.datasets._burn_scars import hls_burn_scars

CORNER = (500_000.0, 4_200_000.0)
UTM = "EPSG:32610"
KEYS = ("T10SEH.2018190", "T10SEH.2018245", "T10SEH.2019100")


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """A folder with all scenes, as the archive unpacks, and what was written."""
    folder = tmp_path_factory.mktemp("archive") / "hls-burn-scars"
    return folder, write_burn_scars(folder, side=32)


@pytest.fixture(scope="module")
def task(archive):
    return hls_burn_scars(folder=archive[0])


def scene(seed=0, side=16):
    rng = np.random.default_rng(seed)
    mask = np.zeros((side, side), np.int16)
    mask[4:9, 4:9] = 1
    return rng.uniform(0.02, 0.4, (6, side, side)), mask


@pytest.fixture
def small(tmp_path):
    """Three small scenes in one subfolder, 30 m pixels, far apart."""
    for number, key in enumerate(KEYS):
        corner = (CORNER[0] + 10_000 * number, CORNER[1])
        write_pair(tmp_path / "training", key, *scene(number), UTM, corner, 30.0)
    return tmp_path


def test_all_scenes_are_read_and_none_is_torn(task, archive):
    _, made = archive
    assert (task.kind.name, task.classes, len(task)) == ("segmentation", ("unburned", "burned"), 24)
    assert (task.leave, task.synthetic) == ("event", False)
    item = task.inputs["hls"]
    assert item.bands == ("B02", "B03", "B04", "B8A", "B11", "B12")
    assert (item.units, item.modality, item.values.dtype) == (
        "reflectance x 10000",
        "optical",
        np.int16,
    )
    assert item.years == (2018, 2019, 2020)
    months = [datetime.strptime(w.key.rpartition(".")[2], "%Y%j").month for w in made]  # noqa: DTZ007
    assert sorted(item.months[:, 0].tolist()) == sorted(months)
    assert task.pixel_metres == pytest.approx(240.0)
    assert set(task.groups) == {"event", "tile", "year", "fire_size"}
    assert set(task.groups["tile"]) == set(TILES)
    # The first window names its fire.
    first = {}
    for written in sorted(made, key=lambda w: w.key):
        first.setdefault(written.fire, written)
    expected = sorted((first[w.fire].key, first[w.fire].size) for w in made)
    found = zip(task.groups["event"].tolist(), task.groups["fire_size"].tolist(), strict=True)
    assert sorted(found) == expected
    for event in set(task.groups["event"]):
        assert len(set(task.unit[task.groups["event"] == event])) == 1


def test_notes_say_what_the_published_split_does(task):
    notes = " ".join(task.notes)
    assert "all 24 scenes of training and validation are read" in notes
    assert "in it, 8 of 16 fires have windows on both sides" in notes
    assert "24 windows show 16 fires" in notes
    assert "samples of one event are kept together" in notes


def test_values_are_those_of_the_files(small):
    values, mask = scene(1)
    task = hls_burn_scars(folder=small)
    row = int(np.flatnonzero(task.groups["event"] == KEYS[1])[0])
    expected = np.rint(np.float32(values) * np.float32(10_000))
    np.testing.assert_allclose(task.inputs["hls"].values[row], expected, atol=1)
    np.testing.assert_array_equal(task.masks[row], mask)
    assert len(set(task.groups["event"])) == 3
    # The centre of the second window: 10 km and 240 m east of 123 W, on the UTM grid.
    from pyproj import Transformer

    there = Transformer.from_crs(UTM, 4326, always_xy=True)
    centre = there.transform(CORNER[0] + 10_240, CORNER[1] - 240)
    np.testing.assert_allclose(task.lonlat[row], centre, atol=1e-9)


@pytest.mark.parametrize("fill", [FILL, -0.1, np.nan, np.inf])
def test_a_pixel_without_data_is_no_class(small, fill):
    values, mask = scene(7)
    values[3, 5, 5] = fill
    values[:, 0, 0] = 0.0
    mask[10, 10] = -1
    write_pair(small / "training", KEYS[0], values, mask, UTM, CORNER, 30.0)
    task = hls_burn_scars(folder=small)
    row = int(np.flatnonzero(task.groups["event"] == KEYS[0])[0])
    lost = np.argwhere(task.masks[row] == -1).tolist()
    assert lost == [[0, 0], [5, 5], [10, 10]]
    assert (task.inputs["hls"].values[row][:, 5, 5] == 0).all()
    assert f"{3 / (3 * 16 * 16):.1%} of the pixels have no data" in " ".join(task.notes)


def test_scenes_cut_into_chips_hold_the_same_pixels(archive, task):
    chips = hls_burn_scars(folder=archive[0], side=16)
    assert len(chips) == 4 * len(task)
    assert chips.inputs["hls"].values.shape[2:] == (16, 16)
    codes = [np.unique(t.masks, return_counts=True)[1].tolist() for t in (task, chips)]
    assert codes[0] == codes[1]
    # Every chip stands in its scene's fire, and all of a fire stay together.
    assert set(chips.groups["event"]) == set(task.groups["event"])
    for event in set(chips.groups["event"]):
        assert len(set(chips.unit[chips.groups["event"] == event])) == 1
    assert "96 chips of 16 x 16 pixels from 24 scenes" in chips.title


def test_a_side_that_does_not_divide_is_said(archive):
    chips = hls_burn_scars(folder=archive[0], side=12)
    assert len(chips) == 4 * 24
    assert "not a multiple of 12 pixels: up to 8" in " ".join(chips.notes)


def test_chips_without_any_label_are_left_out(small):
    values, mask = scene(7)
    mask[:8, :8] = -1
    write_pair(small / "training", KEYS[0], values, mask, UTM, CORNER, 30.0)
    task = hls_burn_scars(folder=small, side=8)
    assert len(task) == 11
    assert "1 chip was left out: no pixel has a label" in task.notes


def test_the_order_of_files_does_not_matter_and_a_changed_pixel_does(archive, tmp_path, task):
    moved = tmp_path / "moved"
    for name in ("training", "validation"):
        shutil.copytree(archive[0] / name, moved / "training", dirs_exist_ok=True)
    again = hls_burn_scars(folder=moved)
    assert (again.digests == task.digests).all()
    assert (again.label_digests() == task.label_digests()).all()
    assert (again.unit == task.unit).all()


def test_the_named_task_is_found_below_the_users_folder(archive, monkeypatch):
    monkeypatch.setenv("BOCAGE_DATA", str(archive[0].parent))
    assert len(load_task("hls-burn-scars")) == 24
    assert len(load_task("hls-burn-scars:side=16")) == 96


def test_without_files_it_says_what_to_fetch_and_where_to_put_it(tmp_path, monkeypatch):
    monkeypatch.setenv("BOCAGE_DATA", str(tmp_path))
    monkeypatch.setenv("BOCAGE_CACHE", str(tmp_path))
    with pytest.raises(DownloadError) as caught:
        load_task("hls-burn-scars")
    for word in ("hls_burn_scars.tar.gz", "huggingface.co", "'hls-burn-scars'", "BOCAGE_DATA"):
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("hls-burn-scars:side=big", "'side=big' in .* can't be read; expected a whole number"),
        (
            "hls-burn-scars:sid=16",
            "'sid=16' .* is not an option of hls-burn-scars; did you mean 'side'",
        ),
        ("hls-burn-scars:", "is not an option of hls-burn-scars. Options are: side="),
        ("hls-burn-scars:side=16,side=32", "repeats an option"),
        ("mato-grosso:side=16", "is not an option of mato-grosso. Options are: none"),
        ("landscape:seed=-1", "seed, draw = -1"),
    ],
)
def test_options_that_can_not_be_read(source, words):
    with pytest.raises(SettingsError, match=words):
        load_task(source)


@pytest.mark.parametrize("side", [-1, 0, 7, 33])
def test_a_side_that_does_not_fit_is_refused(archive, side):
    with pytest.raises(SettingsError, match=f"side={side} can't be used.* expected 8 to 32"):
        hls_burn_scars(folder=archive[0], side=side)


def test_files_that_are_no_scenes_are_passed_over(small):
    (small / "training" / "index.csv").write_text("x")
    (small / "training" / f"._{names(KEYS[0])[0]}").write_bytes(b"shadow")
    (small / "training" / f"{names(KEYS[0])[0]}.aux.xml").write_text("x")
    assert len(hls_burn_scars(folder=small)) == 3


def test_a_scene_that_stands_in_both_subfolders_is_read_once(small):
    shutil.copytree(small / "training", small / "validation")
    task = hls_burn_scars(folder=small)
    assert len(task) == 3
    assert "3 scenes are in two subfolders; each was read once" in task.notes


def test_a_mask_that_says_nothing_of_its_place_lies_on_its_image(small, recwarn):
    import rasterio

    mask = scene(0)[1]
    name = names(KEYS[0])[1]

    with rasterio.open(
        small / "training" / name, "w", driver="GTiff", count=1, height=16, width=16, dtype="int16"
    ) as file:
        file.write(mask[None])
    recwarn.clear()
    task = hls_burn_scars(folder=small)
    assert not recwarn.list
    row = int(np.flatnonzero(task.groups["event"] == KEYS[0])[0])
    np.testing.assert_array_equal(task.masks[row], mask)


HLS_WORDS = """PROJCS["UTM Zone 10, Northern Hemisphere",GEOGCS["Unknown datum based upon the
WGS 84 ellipsoid",DATUM["Not specified (based on WGS 84 spheroid)",SPHEROID["WGS 84",6378137,
298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],
PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],
PARAMETER["central_meridian",-123],PARAMETER["scale_factor",0.9996],
PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["Meter",1]]"""


def test_one_projection_in_other_words_is_the_same_place(small):
    # HLS 1.4 describes UTM itself, without a code; a mask may name the code.
    before = hls_burn_scars(folder=small)
    _rewrite(small, crs=HLS_WORDS, mask_crs=UTM)
    after = hls_burn_scars(folder=small)
    np.testing.assert_allclose(np.sort(after.lonlat, axis=0), np.sort(before.lonlat, axis=0))
    assert len(after) == 3


def _rewrite(folder, key=KEYS[1], *, change=lambda v, m: (v, m), **options):
    values, mask = change(*scene(1))
    corner = (CORNER[0] + 10_000, CORNER[1])
    options = {"crs": UTM, "corner": corner, "pixel": 30.0, **options}
    write_pair(folder / "training", key, values, mask, **options)


def _cut(path):
    path.write_bytes(path.read_bytes()[:-40])


IMAGE, MASK = names(KEYS[1])
BROKEN = {
    "no mask": (
        lambda f: (f / "training" / MASK).unlink(),
        ["1 file in training has no mask", IMAGE],
    ),
    "no image": (lambda f: (f / "training" / IMAGE).unlink(), ["has no image", MASK]),
    "other name": (
        lambda f: (f / "training" / IMAGE).rename(f / "training" / "burned.tif"),
        ["'burned.tif'", "tile and date"],
    ),
    "Landsat": (
        lambda f: (f / "training" / IMAGE).rename(f / "training" / IMAGE.replace("S30", "L30")),
        ["L30", "expected names such as"],
    ),
    "no such day": (lambda f: _rewrite(f, "T10SEH.2018400"), ["day 400", "1 to 366"]),
    "image cut short": (lambda f: _cut(f / "training" / IMAGE), [IMAGE, "can't be read"]),
    "mask cut short": (lambda f: _cut(f / "training" / MASK), [MASK, "can't be read"]),
    "no raster": (lambda f: (f / "training" / IMAGE).write_bytes(b"x"), [IMAGE, "GeoTIFF"]),
    "empty mask": (lambda f: (f / "training" / MASK).write_bytes(b""), [MASK, "GeoTIFF"]),
    "five bands": (
        lambda f: _rewrite(f, change=lambda v, m: (v[:5], m)),
        [IMAGE, "holds 5 bands", "6 bands"],
    ),
    "smaller mask": (
        lambda f: _rewrite(f, change=lambda v, m: (v, m[:8])),
        [MASK, "8 x 16 pixels", "16 x 16"],
    ),
    "other CRS": (
        lambda f: _rewrite(f, mask_crs="EPSG:32611"),
        [MASK, "another area", "EPSG:32611"],
    ),
    "moved mask": (
        lambda f: _rewrite(f, mask_corner=(CORNER[0], CORNER[1])),
        [MASK, "another area", "same corners"],
    ),
    "degrees": (
        lambda f: _rewrite(f, crs="EPSG:4326", corner=(-122.0, 40.0), pixel=0.001),
        [IMAGE, "EPSG:4326", "metres"],
    ),
    "feet": (
        lambda f: _rewrite(f, crs="EPSG:2227", corner=(6e6, 2e6)),
        [IMAGE, "metres, such as UTM"],
    ),
    "codes": (
        lambda f: _rewrite(f, change=lambda v, m: (v, np.where(m, 255, 0).astype(np.uint8))),
        [MASK, "255", "-1 (no data)"],
    ),
    "shares": (lambda f: _rewrite(f, change=lambda v, m: (v, m * np.float32(0.5))), ["0.5"]),
    "x 10000": (
        lambda f: _rewrite(f, change=lambda v, m: (v * 10_000, m)),
        [IMAGE, "between 0 and 1"],
    ),
    "other size": (
        lambda f: _rewrite(f, change=lambda _v, _m: scene(1, side=20)),
        ["20 x 20", "16 x 16", "side=128"],
    ),
    "other pixels": (lambda f: _rewrite(f, pixel=10.0), [IMAGE, "10 m", "30 m"]),
    "nothing burned": (
        lambda f: [_rewrite(f, key, change=lambda v, m: (v, 0 * m)) for key in KEYS],
        ["one class only"],
    ),
    "no label": (
        lambda f: [_rewrite(f, key, change=lambda v, m: (v, 0 * m - 1)) for key in KEYS],
        ["no pixel of any scene has data and a label"],
    ),
    "no subfolder": (lambda f: (f / "training").rename(f / "train"), ["neither training nor"]),
    "empty": (
        lambda f: [path.unlink() for path in (f / "training").iterdir()],
        ["there is no scene in training"],
    ),
    "twice": (
        lambda f: shutil.copy(
            f / "training" / IMAGE, f / "training" / IMAGE.replace("v1.4", "v1.5")
        ),
        ["name the same tile and date"],
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_folder_is_one_line(small, case):
    change, words = BROKEN[case]
    change(small)
    with pytest.raises(BocageError) as caught:
        hls_burn_scars(folder=small)
    text = str(caught.value)
    assert "\n" not in text
    assert str(small) not in text
    for word in words:
        assert word in text, f"{word!r} is not in: {text}"


def test_a_scene_is_told_from_its_like_by_a_pixel(small):
    before = hls_burn_scars(folder=small)
    _rewrite(small, change=lambda v, m: (v + np.float32(0.01), m))
    after = hls_burn_scars(folder=small)
    assert len(set(before.digests.tolist()) & set(after.digests.tolist())) == 2


def test_errors_are_of_the_kind_that_the_command_line_catches():
    assert issubclass(DataError, BocageError)
