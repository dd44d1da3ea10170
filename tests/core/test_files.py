"""A file is whole or not there."""

import os
import stat
import subprocess
import sys

import pytest

from bocage.core import StoreError, write_atomic


def _names(folder):
    return [path.name for path in folder.iterdir()]


def test_a_file_appears_whole_and_readable_by_others(tmp_path):
    path = tmp_path / "new" / "folder" / "file.txt"
    write_atomic(path, "é")
    assert path.read_bytes() == "é".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert _names(path.parent) == ["file.txt"]


def test_a_folder_in_the_way_leaves_nothing_behind(tmp_path):
    (tmp_path / "file").mkdir()
    with pytest.raises(StoreError, match="-o") as caught:
        write_atomic(tmp_path / "file", b"x")
    assert "\n" not in str(caught.value)
    assert _names(tmp_path) == ["file"]


def test_a_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_atomic(path, b"old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match=r"No space left on device.*nothing finished is lost"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert _names(tmp_path) == ["file"]


def test_a_full_disk_keeps_the_old_file_and_has_room_again(small_disk):
    path = small_disk / "file"
    write_atomic(path, b"old")
    with pytest.raises(StoreError, match=r"No space left on device.*nothing finished is lost"):
        write_atomic(path, bytes(400_000))
    assert path.read_bytes() == b"old"
    assert _names(small_disk) == ["file"]
    write_atomic(path, bytes(10_000))
    assert path.stat().st_size == 10_000


def test_a_file_longer_than_allowed_keeps_the_old_one(tmp_path):
    code = """
import resource, signal, sys
from pathlib import Path
from bocage.core import StoreError, write_atomic
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
path = Path(sys.argv[1])
write_atomic(path, b"old")
try:
    write_atomic(path, bytes(5000))
except StoreError as error:
    print(error)
"""
    path = tmp_path / "file"
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], check=True, capture_output=True, text=True
    )
    assert done.stdout.startswith(f"can't write {path} (File too large)")
    assert path.read_bytes() == b"old"
    assert _names(tmp_path) == ["file"]


def test_a_file_where_the_folder_should_be_is_one_line(tmp_path):
    (tmp_path / "study").write_text("mine")
    with pytest.raises(StoreError, match=r"can't write .*study"):
        write_atomic(tmp_path / "study" / "file", b"x")
    assert (tmp_path / "study").read_text() == "mine"


def test_a_stop_by_hand_leaves_no_half_file(tmp_path, monkeypatch):
    def stop(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        write_atomic(tmp_path / "file", b"new")
    assert _names(tmp_path) == []
