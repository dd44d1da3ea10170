"""Grids: on the Earth, or with the numbers of another coordinate system."""

import pytest

from bocage.core import DataError
from bocage.sources import Grid
from bocage.sources._on_earth import check_ground

ON_EARTH = {
    "UTM": ("EPSG:32633", (10, 0, 5e5, 0, -10, 5e6)),
    "UTM, two zones off": ("EPSG:32633", (10, 0, -4e5, 0, -10, 5e6)),
    "degrees": ("EPSG:4326", (0.5, 0, -180, 0, -0.5, 90)),
    "degrees from 0 to 360": ("EPSG:4326", (3.6, 0, 0, 0, -1.8, 90)),
    "over the date line": ("EPSG:3857", (100, 0, 20_037_000, 0, -100, 1e6)),
    "the South Pole": ("EPSG:3031", (1e4, 0, -5e5, 0, -1e4, 5e5)),
    "a sphere": ("+proj=sinu +R=6371007.181 +units=m", (463.3, 0, 1e6, 0, -463.3, 5e6)),
    "a disk, its corners in space": ("+proj=geos +h=35785831", (1e5, 0, -5.5e6, 0, -1e5, 5.5e6)),
    "feet": ("EPSG:2263", (100, 0, 9e5, 0, -100, 2e5)),
    "no place at all": ('LOCAL_CS["field",UNIT["metre",1]]', (1, 0, 0, 0, -1, 0)),
}
OFF_EARTH = {
    "UTM far away": ("EPSG:32633", (10, 0, 5e8, 0, -10, 5e6)),
    "UTM far up": ("EPSG:32633", (10, 0, 5e5, 0, -10, 5e8)),
    "metres as degrees": ("EPSG:4326", (10, 0, 5e5, 0, -10, 5e6)),
    "many turns": ("EPSG:4326", (0.1, 0, 3600, 0, -0.1, 45)),
    "many turns in metres": ("EPSG:3857", (100, 0, 1e9, 0, -100, 1e6)),
}  # fmt: skip


@pytest.mark.parametrize("case", ON_EARTH)
def test_grids_on_the_earth_pass(case):
    check_ground(Grid(*ON_EARTH[case], 110, 110), "x.tif")


@pytest.mark.parametrize("case", OFF_EARTH)
def test_grids_off_the_earth_are_refused(case):
    with pytest.raises(DataError, match=r"x\.tif lies off the Earth: x from"):
        check_ground(Grid(*OFF_EARTH[case], 110, 110), "x.tif")


def test_places_from_the_middle_of_the_earth_are_refused():
    with pytest.raises(DataError, match="which is geocentric"):
        check_ground(Grid("EPSG:4978", (10, 0, 5e5, 0, -10, 5e6), 11, 11), "x.tif")
