"""What a refusal says of columns and files is so."""

import pytest

from bocage.tables.readers import _file


def test_an_unknown_column_is_answered_with_what_each_column_is(bocage, frame):
    few = frame[["lon", "lat", "district", "crop", "yield", "B2"]]
    few.assign(soil=["clay", "sand"] * 45, year=[2019, 2020, 2021] * 30).to_csv(
        "t.csv", index=False
    )
    code, _, err = bocage("split", "t.csv", "--target", "crop", "--input", "a=dpeth")
    assert code == 2
    assert "Numeric columns are: yield, B2; text columns: soil; only if named in full: " in err
    assert all(each in err for each in ("lon (coordinate)", "lat (coordinate)", "year (group)"))
    assert "crop" not in err.partition("Numeric columns")[2]
    code, _, err = bocage("compare", "t.csv", "--target", "crop")
    assert code == 2
    assert "Numeric columns are: yield, B2; text columns: soil; only if named in full: " in err


def test_a_file_without_the_right_to_read_it_says_so(bocage, frame, monkeypatch):
    frame.to_csv("t.csv", index=False)

    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(_file, "read_csv", refuse)
    code, _, err = bocage("split", "t.csv", "--target", "crop")
    assert (code, err.count("\n")) == (2, 1)
    assert "can't read t.csv: permission denied" in err
    assert "write it again" not in err


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_geopackage_cut_short_is_said_in_plain_words(bocage, frame, tmp_path, share):
    import geopandas as gpd

    points = gpd.points_from_xy(frame["lon"], frame["lat"])
    gpd.GeoDataFrame(frame, geometry=points, crs=4326).to_file("t.gpkg")
    data = (tmp_path / "t.gpkg").read_bytes()
    (tmp_path / "t.gpkg").write_bytes(data[: int(share * len(data))])
    code, _, err = bocage("split", "t.gpkg", "--target", "crop")
    assert (code, err.count("\n")) == (2, 1)
    assert "can't read t.gpkg: it is damaged or truncated" in err
    assert not any(word in err for word in ("SELECT", "sqlite"))
