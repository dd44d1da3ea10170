"""Outputs are compared with inputs by what they are, whatever they are called."""

import errno
import os
import tempfile

import pytest

from bocage.core import (
    Output,
    SettingsError,
    StoreError,
    check_ending,
    check_folder,
    check_outputs,
    not_written,
)

TIF = b"II*\0 and so on"


def _is_refused(path, *inputs, kind="GeoTIFF", is_own=True):
    try:
        check_outputs([Output(path, kind, is_own)], inputs)
    except SettingsError as error:
        return str(error)
    return ""


def test_what_is_free_or_of_its_kind_may_be_written(tmp_path):
    old, other = tmp_path / "old.tif", tmp_path / "other.tif"
    old.write_bytes(TIF)
    other.write_bytes(TIF)
    assert not _is_refused(tmp_path / "new.tif", old)
    assert not _is_refused(old, other, "https://example.org/old.tif", "landscape")
    (tmp_path / "blank.tif").touch()
    assert not _is_refused(tmp_path / "blank.tif")


def test_an_input_is_seen_through_links_and_folders(tmp_path):
    read = tmp_path / "sub" / "aef.tif"
    read.parent.mkdir()
    read.write_bytes(TIF)
    (tmp_path / "soft.tif").symlink_to(read)
    (tmp_path / "hard.tif").hardlink_to(read)
    for path in (
        read,
        tmp_path / "soft.tif",
        tmp_path / "hard.tif",
        read.parent / ".." / "sub/aef.tif",
    ):
        assert "is an input" in _is_refused(path, read)
        assert "is an input" in _is_refused(read, path)
    assert "is an input" in _is_refused(read, read.parent)
    nowhere = tmp_path / "nowhere.tif"
    nowhere.symlink_to(tmp_path / "gone.tif")
    assert not _is_refused(nowhere, read)
    assert "is an input" in _is_refused(nowhere, nowhere)


@pytest.mark.parametrize(
    ("kind", "own", "foreign"),
    [
        ("GeoTIFF", TIF, b"a,b\n1,2\n"),
        ("table of areas", b"class,pixels,square_metres,share\n", b"crop,lon,lat\n"),
        ("STAC Item", b'{"stac_version": "1.1.0"}', b'{"type": "FeatureCollection"}'),
        ("page (HTML)", b"<!DOCTYPE html><html>", b"SQLite format 3\0"),
        ("style of QGIS", b"<!DOCTYPE qgis PUBLIC><qgis/>", b"<svg/>"),
    ],
)
def test_a_file_of_another_kind_stays(tmp_path, kind, own, foreign):
    path = tmp_path / "file"
    path.write_bytes(own)
    assert not _is_refused(path, kind=kind)
    path.write_bytes(foreign)
    assert f"is no {kind}" in _is_refused(path, kind=kind)
    path.unlink()
    path.mkdir()
    assert f"is no {kind}" in _is_refused(path, kind=kind)


@pytest.mark.parametrize(
    ("kind", "own", "foreign"),
    [
        ("table of areas", b"class,pixels,square_metres,share\n", b"class,pixels,note\n"),
        ("picture (PNG)", b"\x89PNG\r\n tEXtSoftware\0Bocage", b"\x89PNG\r\n"),
        ("STAC Item", b'{"stac_version": "1.1.0", "bocage.model": 1}', b'{"stac_version": "1"}'),
        (
            "page (HTML)",
            b'<!DOCTYPE html><html><meta name="generator" content="bocage">',
            b"<!DOCTYPE html><html>",
        ),
        ("style of QGIS", b"<qgis><!--written by Bocage--></qgis>", b"<qgis></qgis>"),
    ],
)
def test_what_somebody_else_made_stays(tmp_path, kind, own, foreign):
    path = tmp_path / "file"
    path.write_bytes(own)
    assert not _is_refused(path, kind=kind, is_own=None)
    path.write_bytes(foreign)
    told = _is_refused(path, kind=kind, is_own=None)
    assert "file' exists and was not written by Bocage; expected an unused name" in told
    assert not _is_refused(path, kind=kind, is_own=True)


def test_what_has_no_mark_is_another_s_where_that_is_known(tmp_path):
    path = tmp_path / "old.tif"
    path.write_bytes(TIF)
    assert "was not written by Bocage" in _is_refused(path, is_own=False)
    path.write_bytes(b"")
    assert not _is_refused(path, is_own=False)


def test_a_folder_of_another_program_s_model_stays(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    assert not _is_refused(folder, kind="model of Bocage")
    (folder / "model.json").write_text('{"format": "layers-model"}')
    assert "is no model of Bocage" in _is_refused(folder, kind="model of Bocage")
    (folder / "model.json").write_text('{"format": "bocage map model"}')
    assert not _is_refused(folder, kind="model of Bocage")


def test_an_ending_of_another_kind_is_refused(tmp_path):
    check_ending(tmp_path / "map.TIF", (".tif",), "a GeoTIFF")
    for name in ("map.png", "map", "map.tif.gz"):
        with pytest.raises(SettingsError, match="expected a GeoTIFF: one of"):
            check_ending(tmp_path / name, (".tif",), "a GeoTIFF")


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        (("EACCES", "EPERM", "EROFS"), "change the rights of its folder, or choose another"),
        (("ENOSPC", "EDQUOT"), "the disk is full: .*free some space, or choose another"),
        (("ENOENT", "ENOTDIR"), "its folder does not exist and can't be created: choose another"),
        (("EFBIG", "EIO"), "free some space, or choose another"),
    ],
)
def test_advice_is_about_what_the_system_said(tmp_path, monkeypatch, numbers, said):
    for name in numbers:
        number = getattr(errno, name)
        error = OSError(number, os.strerror(number))
        with pytest.raises(StoreError, match=rf"can't write map.tif \(.*{said}"):
            raise not_written("map.tif", error)

        def refuse(*_, error=error):
            raise error

        monkeypatch.setattr(tempfile, "mkdtemp", refuse)
        for output in (tmp_path / "a.tif", tmp_path / "not" / "there.tif"):
            with pytest.raises(StoreError, match=rf"can't write {output} \(.*{said}"):
                check_outputs([Output(output, "GeoTIFF")], ())


def test_a_folder_that_can_be_written_is_left_as_it_is(tmp_path):
    assert check_folder(tmp_path / "not" / "there", "a study") == tmp_path / "not" / "there"
    check_outputs([Output(tmp_path / "a.tif", "GeoTIFF")], ())
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"'.*/file' is not a folder, so '.*' can't hold a study"):
        check_folder(tmp_path / "file" / "x", "a study")
