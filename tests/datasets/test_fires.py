"""Fires: windows that overlap or touch in a year are one, and ground burns once."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bocage.datasets._burn_scar_files import SceneFiles
from bocage.datasets._fires import burned_hectares, fires, size_class
from bocage.datasets._windows import SceneWindow, convert, footprint, pixel, place

SIDE, PIXEL = 64, 30.0
LENGTH = SIDE * PIXEL
UTM10, UTM11 = "EPSG:32610", "EPSG:32611"


def window(x=0.0, y=0.0, *, year=2018, day=200, tile="T10SEH", crs=UTM10):
    """A window whose upper left corner stands x and y metres from a place in California."""
    pair = SceneFiles("training", tile, year, day, Path("a.tif"), Path("b.tif"))
    return SceneWindow(pair, (SIDE, SIDE), (PIXEL, 0, 500_000 + x, 0, -PIXEL, 4_200_000 + y), crs)


def n_fires(*windows):
    return len(set(fires(windows).tolist()))


def test_windows_that_overlap_are_one_fire():
    assert n_fires(window(day=1), window(LENGTH / 2, day=2)) == 1
    assert n_fires(window(day=1), window(day=2)) == 1


@pytest.mark.parametrize("step", [(LENGTH, 0), (0, LENGTH), (LENGTH, LENGTH), (LENGTH, 700)])
def test_windows_that_touch_are_one_fire(step):
    assert n_fires(window(day=1), window(*step, day=2)) == 1


@pytest.mark.parametrize("step", [(LENGTH + 30, 0), (0, LENGTH + 30), (-LENGTH - 30, 300)])
def test_a_pixel_between_windows_keeps_fires_apart(step):
    assert n_fires(window(day=1), window(*step, day=2)) == 2


def test_another_year_is_another_fire():
    assert n_fires(window(year=2018), window(year=2019)) == 2


def test_a_chain_is_one_fire_whatever_the_order():
    chain = [window(i * 0.9 * LENGTH, day=300 - i) for i in range(6)]
    apart = window(20 * LENGTH, day=5)
    names = fires([*chain, apart])
    # Its name is that of the earliest window, which stands at the end of the chain.
    assert names.tolist() == ["T10SEH.2018295"] * 6 + ["T10SEH.2018005"]
    assert fires([apart, *chain[::-1]]).tolist() == names.tolist()[::-1]


def test_windows_of_two_zones_that_overlap_are_one_fire():
    # 120 W is the border of zones 10 and 11.
    at = convert("EPSG:4326", UTM10, np.array([[-120.0, 40.0]]))[0]
    same = convert("EPSG:4326", UTM11, np.array([[-120.0, 40.0]]))[0]
    one = SceneWindow(window(day=1).pair, (SIDE, SIDE), (PIXEL, 0, at[0], 0, -PIXEL, at[1]), UTM10)
    other = SceneWindow(
        window(day=2, tile="T11TKE").pair,
        (SIDE, SIDE),
        (PIXEL, 0, same[0] + 300, 0, -PIXEL, same[1]),
        UTM11,
    )
    far = SceneWindow(
        other.pair, other.shape, (PIXEL, 0, same[0] + 9_000, 0, -PIXEL, same[1]), UTM11
    )
    assert n_fires(one, other) == 1
    assert n_fires(one, far) == 2


@given(
    st.lists(st.tuples(st.integers(-40, 40), st.integers(-40, 40)), min_size=2, max_size=12),
    st.randoms(use_true_random=False),
)
@settings(max_examples=40, deadline=None)
def test_fires_are_what_counting_pixels_says(corners, luck):
    # Windows a quarter as far apart as a window is wide; days tell them apart.
    steps = [(480.0 * x, 480.0 * y) for x, y in corners]
    made = [window(*step, day=day + 1) for day, step in enumerate(steps)]
    luck.shuffle(made)
    names = dict(zip([w.pair.day for w in made], fires(made).tolist(), strict=True))
    # Join by hand: two windows are one fire where both distances are a window's length at most.
    group = list(range(len(steps)))
    for i, one in enumerate(steps):
        for j, other in enumerate(steps):
            if max(abs(one[0] - other[0]), abs(one[1] - other[1])) <= LENGTH:
                low, high = sorted((group[i], group[j]))
                group = [low if g == high else g for g in group]
    for i in range(len(steps)):
        for j in range(len(steps)):
            assert (names[i + 1] == names[j + 1]) == (group[i] == group[j])


def test_rows_and_columns_are_found_again():
    here = window()
    row, column = (part.ravel() for part in np.mgrid[:SIDE, :SIDE])
    back = pixel(here, place(here, row + 0.5, column + 0.5))
    np.testing.assert_array_equal(back, (row, column))


def test_a_footprint_is_as_large_as_its_window():
    import shapely

    outline = convert("EPSG:4326", UTM10, footprint(window()))
    assert shapely.Polygon(outline).area == pytest.approx(LENGTH**2, rel=1e-6)
    assert all((a != b).any() for a, b in pairwise(outline))


def _burned(*pixels):
    out = np.zeros((SIDE, SIDE), dtype=bool)
    for rows, columns in pixels:
        out[rows, columns] = True
    return out


def test_one_window_burns_what_its_mask_says():
    burned = _burned((slice(0, 10), slice(0, 20)))
    assert burned_hectares([window()], [burned]) == pytest.approx(200 * 0.09)


def test_ground_that_two_windows_show_counts_once():
    everything = np.ones((SIDE, SIDE), dtype=bool)
    half = window(LENGTH / 2, day=2)
    whole = SIDE**2 * 0.09
    assert burned_hectares([window(), half], [everything] * 2) == pytest.approx(1.5 * whole)
    assert burned_hectares([window(), window()], [everything] * 2) == pytest.approx(whole)
    # What was not burned yet when the first window was seen counts from the second.
    late = [_burned((slice(0, 64), slice(0, 32))), everything]
    assert burned_hectares([window(), window()], late) == pytest.approx(whole)


def test_grids_that_are_not_aligned_hardly_change_the_area():
    everything = np.ones((SIDE, SIDE), dtype=bool)
    pair = [window(), window(LENGTH / 2 + 11.0, 7.0, day=2)]
    expected = (2 * LENGTH**2 - (LENGTH / 2 - 11) * (LENGTH - 7)) / 1e4
    assert burned_hectares(pair, [everything] * 2) == pytest.approx(expected, rel=0.01)


def test_the_same_ground_in_two_zones_counts_once():
    centre = np.array([[-120.0, 40.0]])
    made = []
    for crs in (UTM10, UTM11):
        x, y = convert("EPSG:4326", crs, centre)[0]
        transform = (PIXEL, 0, x - LENGTH / 2, 0, -PIXEL, y + LENGTH / 2)
        made.append(SceneWindow(window().pair, (SIDE, SIDE), transform, crs))
    everything = np.ones((SIDE, SIDE), dtype=bool)
    area = burned_hectares(made, [everything] * 2)
    # The grids of two zones are turned against each other by about four degrees here.
    assert 1.0 <= area / (SIDE**2 * 0.09) < 1.05


def test_a_fire_without_burned_ground_is_small():
    assert size_class(burned_hectares([window()], [_burned()])) == "<500 ha"


@pytest.mark.parametrize(
    ("hectares", "expected"),
    [(0, "<500 ha"), (500, "500-5000 ha"), (5000, "500-5000 ha"), (5000.1, ">5000 ha")],
)
def test_size_classes(hectares, expected):
    assert size_class(hectares) == expected
