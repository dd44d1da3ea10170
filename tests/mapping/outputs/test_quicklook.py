"""The picture shows the map as it is: colours, places, lengths, what is missing."""

import io
import subprocess
import sys
import warnings

import matplotlib as mpl
import numpy as np
import pytest
import rasterio
from matplotlib.image import imread
from matplotlib.text import Text
from matplotlib_scalebar.scalebar import ScaleBar
from pyproj import Geod
from shapely.geometry import MultiPolygon, Point, box

from bocage.colours import legend_for
from bocage.core import DataError, StoreError
from bocage.mapping.outputs import (
    applicability_layer,
    class_layer,
    confidence_layer,
    density_layer,
    error_layer,
    probability_layer,
    value_layer,
    value_limits,
    write_cog,
    write_quicklook,
)
from bocage.mapping.outputs._around import _pixel
from bocage.mapping.outputs._ground import Ground
from bocage.mapping.outputs._key import make_key
from bocage.mapping.outputs._page import Page
from bocage.mapping.outputs._picture import read_picture
from bocage.mapping.outputs._ramp import paint, ramp_for
from bocage.sources import Grid, to_crs

from .conftest import PLACES, cut, longest_file, make_classes, make_grid

INK = (0x1F, 0x23, 0x28)


def drawn(path):
    """Red, green and blue of a picture, from 0 to 255."""
    return np.rint(imread(io.BytesIO(path.read_bytes()))[..., :3] * 255).astype(int)


def of_colour(image, colour):
    wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return (np.abs(image - wanted) <= 1).all(axis=-1)


def write(tmp_path, grid, layer, stored, size=800, **settings):
    write_cog(tmp_path / "map.tif", grid, layer, cut(grid, stored))
    write_quicklook(
        tmp_path / "map.png", tmp_path / "map.tif", layer, title="Map", size=size, **settings
    )
    return drawn(tmp_path / "map.png")


def quarters(grid):
    """North-west 0, north-east 1, south-west 2, south-east 3, in the rows of the grid."""
    stored = np.empty((grid.height, grid.width), np.uint8)
    half, middle = grid.height // 2, grid.width // 2
    north, south = slice(None, half), slice(half, None)
    if grid.is_bottom_up:
        north, south = south, north
    stored[north, :middle], stored[north, middle:] = 0, 1
    stored[south, :middle], stored[south, middle:] = 2, 3
    return stored


@pytest.fixture
def pages(monkeypatch):
    """Pages that were drawn."""
    made = []
    png = Page.png

    def keep(page, longest):
        made.append(page)
        return png(page, longest)

    monkeypatch.setattr(Page, "png", keep)
    return made


@pytest.fixture
def four():
    return class_layer(legend_for(["water", "tree", "crop", "built"]))


@pytest.mark.parametrize("bottom_up", [False, True], ids=["north-up", "bottom-up"])
@pytest.mark.parametrize("place", list(PLACES))
def test_the_north_is_at_the_top_and_the_west_at_the_left(tmp_path, four, place, bottom_up):
    grid = make_grid(place, height=600, width=620, bottom_up=bottom_up)
    image = write(tmp_path, grid, four, quarters(grid))
    where = {}
    for name in four.legend.names:
        # Its patch of the map, and not its place in the key at the right.
        rows, columns = np.nonzero(of_colour(image, four.legend.colour_of(name))[:, :540])
        where[name] = rows.mean(), columns.mean()
    assert where["water"][0] == pytest.approx(where["tree"][0], abs=2)
    assert where["crop"][0] == pytest.approx(where["built"][0], abs=2)
    assert where["water"][0] < where["crop"][0]
    assert where["water"][1] == pytest.approx(where["crop"][1], abs=2)
    assert where["water"][1] < where["tree"][1]


def frame_of(image, layer):
    """First and last row and column of the map."""
    known = np.zeros(image.shape[:2], bool)
    for colour in layer.legend.colours:
        known |= of_colour(image, colour)
    # The key holds small patches only.
    rows = np.nonzero(known.sum(axis=1) > 100)[0]
    columns = np.nonzero(known.sum(axis=0) > 100)[0]
    return rows[0], rows[-1], columns[0], columns[-1]


@pytest.mark.parametrize(
    ("crs", "lon", "lat", "size"),
    [
        ("EPSG:32633", 15.5, 45.0, 10.0),
        ("EPSG:4326", 15.5, 60.0, 1e-4),
        ("EPSG:3857", 15.5, 60.0, 10.0),
        ("EPSG:2263", -74.0, 40.7, 33.0),
    ],
    ids=["metres", "degrees", "web map", "feet"],
)
def test_the_scale_bar_is_as_long_as_it_says_on_the_ground(
    tmp_path, pages, four, crs, lon, lat, size
):
    x, y = to_crs("EPSG:4326", crs, np.array([[lon, lat]]))[0]
    grid = Grid(crs, (size, 0.0, x - 300 * size, 0.0, -size, y + 300 * size), 600, 600)
    image = write(tmp_path, grid, four, quarters(grid), size=1600)
    top, bottom, left, right = frame_of(image, four)
    lonlat = to_crs(crs, "EPSG:4326", grid.xy(np.array([300.0, 300.0]), np.array([0.0, 600.0])))
    across = Geod(ellps="WGS84").line_length(lonlat[:, 0], lonlat[:, 1])
    metres_a_pixel = across / (right - left + 1)
    # The bar begins below the lower left corner of the map.
    lines = (np.abs(image[bottom + 15 : bottom + 45, left + 1 :] - INK) < 40).all(axis=-1)
    long = int(np.argmin(lines, axis=1).max())
    said, unit = pages[-1].figure.findobj(ScaleBar)[0].info.scale_text.split()
    assert long > 120
    assert long * metres_a_pixel == pytest.approx(float(said) * {"m": 1, "km": 1e3}[unit], rel=0.02)
    # A metre down is as long as a metre across.
    lonlat = to_crs(crs, "EPSG:4326", grid.xy(np.array([0.0, 600.0]), np.array([300.0, 300.0])))
    down = Geod(ellps="WGS84").line_length(lonlat[:, 0], lonlat[:, 1])
    assert down / (bottom - top + 1) == pytest.approx(metres_a_pixel, rel=0.01)


def test_no_data_is_hatched_and_has_no_class_colour(tmp_path, four):
    grid = make_grid(height=600, width=620)
    stored = quarters(grid)
    stored[:, :310] = 255
    image = write(tmp_path, grid, four, stored)
    top, bottom, left, _ = frame_of(image, four)
    gone = image[top + 4 : bottom - 4, 30 : left - 4]
    assert gone.shape[1] > 200
    assert (gone.max(axis=-1) - gone.min(axis=-1)).max() < 16, "no data must have no colour"
    assert 200 < gone.min() < 230, "no data must be seen"
    assert gone.max() == 255


def key_of(layer, picture, ramp=None, shares=None, most=20, **more):
    settings = {"caption": layer.bands[0], "outlined": False}
    return make_key(picture, layer, ramp, shares=shares, most=most, **(settings | more))


def test_the_key_lists_what_occurs_and_its_share(tmp_path, four):
    grid = make_grid(height=100, width=100)
    stored = np.full((100, 100), 2, np.uint8)
    stored[:25] = 0
    stored[90:] = 255
    write_cog(tmp_path / "map.tif", grid, four, [(grid.whole, stored)])
    picture = read_picture(tmp_path / "map.tif", four, (200, 200))
    key = key_of(four, picture, outlined=True)
    assert [(entry.name, entry.share, entry.kind) for entry in key.entries] == [
        ("crop", "72 %", "colour"),
        ("water", "28 %", "colour"),
        ("requested area", "", "line"),
        ("no data", "", "none"),
    ]
    assert "displayed" in key.header
    shares = {"crop": 0.7, "water": 0.29, "tree": 0.01}
    key = key_of(four, picture, shares=shares)
    assert [entry.name for entry in key.entries] == ["crop", "water", "tree", "no data"]
    assert "mapped" in key.header


def test_classes_that_have_no_room_are_counted(tmp_path):
    layer = class_layer(legend_for([f"type {i}" for i in range(200)]))
    grid = make_grid(height=200, width=3)
    stored = np.repeat(np.arange(200, dtype=np.uint8)[:, np.newaxis], 3, axis=1)
    write_cog(tmp_path / "map.tif", grid, layer, [(grid.whole, stored)])
    key = key_of(layer, read_picture(tmp_path / "map.tif", layer, (200, 3)), most=21)
    assert len(key.entries) == 21
    assert (key.entries[-1].name, key.entries[-1].share) == ("180 more classes", "90 %")


def test_the_key_of_applicability_says_how_much_lies_inside(tmp_path):
    layer = applicability_layer(0.5)
    grid = make_grid(height=100, width=100)
    index = np.repeat(np.linspace(0, 1.0, 100, endpoint=False), 100).reshape(100, 100)
    write_cog(tmp_path / "map.tif", grid, layer, [(grid.whole, layer.encode(index))])
    key = key_of(layer, read_picture(tmp_path / "map.tif", layer, (100, 100)), ramp_for(layer))
    shares = [entry.share for entry in key.entries]
    assert shares == ["26 %", "25 %", "25 %", "24 %", "0 %"]


def test_a_scale_that_does_not_hold_all_values_says_so(tmp_path):
    layer = value_layer("v")
    grid = make_grid(height=100, width=100)
    stored = np.linspace(0, 100, 10_000, dtype=np.float32).reshape(100, 100)
    write_cog(tmp_path / "map.tif", grid, layer, [(grid.whole, stored)])
    low, high = value_limits(tmp_path / "map.tif", layer)
    assert (low, high) == pytest.approx((2, 98), abs=0.1)
    picture = read_picture(tmp_path / "map.tif", layer, (100, 100))
    assert key_of(layer, picture, ramp_for(layer, (low, high))).bar.is_cut == (True, True)
    assert key_of(layer, picture, ramp_for(layer, (0, 100))).bar.is_cut == (False, False)


def test_limits_of_a_map_without_data_are_some(tmp_path):
    layer = value_layer("v")
    write_cog(tmp_path / "map.tif", make_grid(), layer, [])
    assert value_limits(tmp_path / "map.tif", layer) == (0.0, 1.0)


def test_a_reduced_picture_of_classes_holds_only_classes_that_are_there(tmp_path, layer):
    grid = make_grid(height=1500, width=1900)
    stored = make_classes(grid)
    stored[stored == 3] = 4
    write_cog(tmp_path / "map.tif", grid, layer, cut(grid, stored))
    picture = read_picture(tmp_path / "map.tif", layer, (333, 421))
    assert picture.stored.shape == (333, 421)
    assert set(np.unique(picture.stored)) <= {0, 1, 2, 4, 255}
    shares = [np.mean(stored[stored != 255] == i) for i in range(5)]
    found = [np.mean(picture.stored[picture.stored != 255] == i) for i in range(5)]
    np.testing.assert_allclose(found, shares, atol=0.02)


def test_the_outline_stands_where_the_area_is(tmp_path, four):
    grid = make_grid(height=600, width=620)
    left, low, right, high = grid.bounds
    x0, x1 = left + 0.25 * (right - left), left + 0.75 * (right - left)
    y0, y1 = low + 0.25 * (high - low), low + 0.75 * (high - low)
    hole = Point((x0 + x1) / 2, (y0 + y1) / 2).buffer((x1 - x0) / 8)
    outline = MultiPolygon(
        [box(x0, y0, x1, y1).difference(hole), box(left, low, left + 9, low + 9)]
    )
    stored = np.zeros((600, 620), np.uint8)
    image = write(tmp_path, grid, four, stored, outline=outline)
    top, bottom, first, last = frame_of(image, four)
    dark = (np.abs(image - INK) < 60).all(axis=-1)[top : bottom + 1, first : last + 1]
    dark[:15], dark[-15:], dark[:, :15] = False, False, False
    rows, columns = np.nonzero(dark)
    height, width = dark.shape
    assert rows.min() / height == pytest.approx(0.25, abs=0.01)
    assert rows.max() / height == pytest.approx(0.75, abs=0.01)
    assert columns.min() / width == pytest.approx(0.25, abs=0.01)
    assert columns.max() / width == pytest.approx(0.75, abs=0.01)
    assert dark[height // 2 - 2 : height // 2 + 2, width // 3 : width * 2 // 3].any(), "the hole"


@pytest.mark.parametrize(
    ("layer", "values"),
    [
        (confidence_layer(), np.full((40, 50), 30.0)),
        (probability_layer(["a", "b", "c"]), np.full((3, 40, 50), 0.25)),
        (applicability_layer(0.5), np.full((40, 50), 0.7)),
        (density_layer(0.5), np.full((40, 50), 12_345.0)),
        (error_layer(0.6), np.full((40, 50), 35.0)),
        (error_layer(0.6, is_share=False), np.full((40, 50), 12_345.0)),
        (value_layer("biomass", "t/ha"), np.full((40, 50), 12_345.0)),
    ],
    ids=[
        "confidence",
        "probability",
        "applicability",
        "density",
        "error",
        "error of numbers",
        "value",
    ],
)
def test_layers_of_numbers_are_drawn_in_their_colours(tmp_path, layer, values):
    grid = make_grid(height=40, width=50)
    image = write(tmp_path, grid, layer, layer.encode(values), band=len(layer.bands))
    middle = image[250, 200]
    ramp = ramp_for(layer, (12_345.0, 12_345.0) if layer.dtype == "float32" else None)
    value = float(values.ravel()[0])
    np.testing.assert_allclose(middle, paint(np.array([value]), ramp)[0], atol=3)


@pytest.mark.parametrize("size", [(100, 120), (60, 240)], ids=["beside", "below"])
def test_each_class_stands_beside_its_own_share_and_no_words_lie_on_others(tmp_path, pages, size):
    names = [
        "tree",
        "regularly flooded grassland without trees",
        "water",
        "bare",
    ]
    layer = class_layer(legend_for(names))
    stored = np.repeat(np.array([0] * 4 + [1] * 3 + [2] * 2 + [3], np.uint8), size[1] // 10)
    stored = np.tile(stored, (size[0], 1))
    shares = {"tree": 0.4, names[1]: 0.3, "water": 0.2, "bare": 0.1}
    grid = make_grid(height=size[0], width=size[1])
    stored[:5] = 255
    image = write(tmp_path, grid, layer, stored, size=1600, shares=shares, notes=["a note"])
    for edge in (image[:20], image[-20:], image[:, :20], image[:, -20:]):
        assert edge.min() == 255, "all that is drawn lies on the page"
    page = pages[-1]
    page.figure.draw_without_rendering()
    words = {
        text.get_text(): text.get_window_extent(page.renderer)
        for text in page.figure.findobj(Text)
        if text.get_text()
    }
    found = {" ".join(word.split()): box for word, box in words.items()}
    for name, share in shares.items():
        assert found[name].y1 == pytest.approx(found[f"{share * 100:.0f} %"].y1, abs=4), name
        assert found[name].x1 < found[f"{share * 100:.0f} %"].x0
    boxes = list(words.values())
    for i, one in enumerate(boxes):
        assert not any(one.overlaps(other.padded(-2)) for other in boxes[:i]), list(words)[i]


@pytest.mark.parametrize("size", [(1, 1), (5, 4000), (4000, 5), (30, 90)])
@pytest.mark.parametrize("pixels", [900, 300])
def test_no_picture_is_larger_than_asked_for(tmp_path, layer, size, pixels):
    grid = make_grid(height=size[0], width=size[1])
    image = write(tmp_path, grid, layer, np.ones(size, np.uint8), size=pixels)
    assert max(image.shape) <= pixels + 1


def test_sizes_of_pixels_are_no_powers_of_ten():
    for across, down, said in (
        (5000.0, 5000.0, "pixels of 5,000 m"),
        (27_830.0, 18_200.0, "pixels of 27,800 x 18,200 m"),
        (0.5, 0.5, "pixels of 0.5 m"),
    ):
        assert _pixel(Ground(4.5, 53.4, across, down, 0.0, 0.0)) == said


def test_odd_words_and_many_lines_are_drawn_without_a_warning(tmp_path):
    names = ["$x$ \\frac", "a" * 300, "樹木", "<b>&", "two\nlines", *map(str, range(250))]
    layer = class_layer(legend_for(names))
    grid = make_grid(height=17, width=15)
    stored = np.arange(255, dtype=np.uint8).reshape(17, 15)
    write_cog(tmp_path / "map.tif", grid, layer, [(grid.whole, stored)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_quicklook(
            tmp_path / "map.png",
            tmp_path / "map.tif",
            layer,
            title="$\\alpha$ " * 60,
            notes=["note " * 90, "", "$y"],
            attribution="whose data " * 200,
        )
    assert max(drawn(tmp_path / "map.png").shape) <= 1601


def test_the_same_map_is_the_same_bytes_whatever_the_user_has_set(tmp_path, layer, grid):
    write_cog(tmp_path / "map.tif", grid, layer, cut(grid, make_classes(grid)))
    for name in "ab":
        write_quicklook(tmp_path / f"{name}.png", tmp_path / "map.tif", layer, title="Map")
        mpl.rcParams["font.size"] = 33
        mpl.rcParams["axes.facecolor"] = "red"
    try:
        assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
        assert mpl.rcParams["font.size"] == 33, "the user's own settings must stay"
    finally:
        mpl.rcdefaults()


def test_no_window_is_opened_and_no_global_figure_is_left(tmp_path, grid, layer):
    write_cog(tmp_path / "map.tif", grid, layer, [])
    code = (
        "import sys; from pathlib import Path; from bocage.mapping.outputs import *\n"
        "write_quicklook(Path('a.png'), Path('map.tif'), confidence_layer(), title='x')\n"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout.strip() == "False"


def test_a_map_that_is_none_is_refused(tmp_path, layer):
    (tmp_path / "map.tif").write_text("no map")
    with pytest.raises(DataError, match=r"map\.tif"):
        write_quicklook(tmp_path / "map.png", tmp_path / "map.tif", layer, title="x")
    profile = {"driver": "GTiff", "height": 1, "width": 1, "count": 1, "dtype": "uint8"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rasterio.open(tmp_path / "nowhere.tif", "w", **profile).close()
        with pytest.raises(DataError, match="coordinate reference system"):
            write_quicklook(tmp_path / "map.png", tmp_path / "nowhere.tif", layer, title="x")


def test_a_full_disk_leaves_no_half_picture(tmp_path, grid, layer):
    write_cog(tmp_path / "map.tif", grid, layer, [])
    with longest_file(1000), pytest.raises(StoreError):
        write_quicklook(tmp_path / "map.png", tmp_path / "map.tif", layer, title="x")
    assert not (tmp_path / "map.png").exists()
