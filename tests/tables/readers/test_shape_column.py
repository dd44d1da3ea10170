"""Geometry in a column: WKT, EWKT, WKB and EWKB, and nothing else."""

import numpy as np
import pandas as pd
import pytest
import shapely

from bocage.core import DataError
from bocage.tables.readers import Table, with_shapes

POINTS = shapely.points([[5.0, 45.0], [6.0, 46.0]])


def read(cells, crs=None, **more):
    return with_shapes(Table(pd.DataFrame({"place": cells, **more})), "t.csv", crs)


@pytest.mark.parametrize(
    "cells",
    [
        ["POINT (5 45)", "POINT (6 46)"],
        ["point(5 45)", " Point ( 6 46 ) "],
        ["POINT Z (5 45 1)", "POINTZ (6 46 2)"],
        ["SRID=4326;POINT (5 45)", "SRID=4326; POINT (6 46)"],
        [shape.hex() for shape in shapely.to_wkb(POINTS)],
        [shape.hex().upper() for shape in shapely.to_wkb(POINTS, byte_order=0)],
        list(shapely.to_wkb(POINTS)),
        list(shapely.to_wkb(shapely.set_srid(POINTS, 4326), include_srid=True)),
    ],
)
def test_every_way_of_writing_gives_the_same_points(cells):
    made = read(cells).frame
    assert list(made.columns) == ["geometry"]
    assert made.crs == "EPSG:4326"
    np.testing.assert_array_equal(shapely.get_coordinates(made.geometry), [[5, 45], [6, 46]])


@pytest.mark.parametrize(
    "cells",
    [
        ["maize", "wheat"],
        ["POINTER (1)", "x"],
        ["0102030405060708", "01aabbccddeeff0011"],
        ["000000000000000000", "1"],
        [b"\x01\x02\x03", b"\x00"],
        [None, None],
        ["", ""],
        [1.5, 2.5],
    ],
)
def test_other_columns_stay_as_they_are(cells):
    table = Table(pd.DataFrame({"place": cells}))
    assert with_shapes(table, "t.csv", None) is table


def test_the_system_of_the_column_is_known_unless_another_is_named():
    cells = [f"SRID=32631;POINT ({x} 5000000)" for x in (500_000, 600_000)]
    assert read(cells).frame.crs == "EPSG:32631"
    assert read(cells, "EPSG:32632").frame.crs == "EPSG:32632"
    mixed = [cells[0], cells[1].replace("32631", "32632")]
    with pytest.raises(DataError, match="name it with --crs"):
        read(mixed)


def test_a_usual_name_decides_between_columns():
    one, other = ["POINT (5 45)", "POINT (6 46)"], ["POINT (1 1)", "POINT (2 2)"]
    made = read(other, geometry=one)
    assert made.frame.geometry.x.tolist() == [5, 6]
    assert "read from the column 'geometry'" in made.notes[0]
