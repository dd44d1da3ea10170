"""An output is made by one process at a time, and a process that ended holds nothing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bocage.core import SettingsError, StoreError, claimed

HOLD = """
import sys, time
from pathlib import Path
from bocage.core import claimed
with claimed(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_one_is_told_who_is_there_and_nothing_stays(tmp_path):
    output = tmp_path / "new" / "map.tif"
    with claimed(output):
        with pytest.raises(SettingsError) as caught, claimed(output):
            pytest.fail("both hold it")
        assert f"map.tif' is being written by another process (process {os.getpid()} on" in str(
            caught.value
        )
        with claimed(output.with_name("other.tif")):
            pass
    with claimed(output):
        pass
    assert not list(output.parent.iterdir())


def test_this_folder_has_a_name_too(tmp_path, monkeypatch):
    (tmp_path / "model").mkdir()
    monkeypatch.chdir(tmp_path / "model")
    with (
        claimed(tmp_path / "model"),
        pytest.raises(SettingsError, match=r"'\.' is being written"),
        claimed(Path()),
    ):
        pytest.fail("both hold it")


def test_it_is_let_go_of_when_the_work_fails(tmp_path):
    for kind in (ValueError, KeyboardInterrupt):
        with pytest.raises(kind), claimed(tmp_path / "map.tif"):
            raise kind
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_process_that_was_killed_holds_nothing(tmp_path, how):
    output = tmp_path / "map.tif"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(output)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "held\n"
        with (
            pytest.raises(SettingsError, match=f"process {other.pid} on"),
            claimed(output),
        ):
            pytest.fail("both hold it")
        other.send_signal(how)
    for _ in range(50):
        if other.poll() is not None:
            break
        time.sleep(0.1)
    # The mark may still be there: it says nothing.
    with claimed(output):
        pass
    assert not list(tmp_path.iterdir())


def test_a_mark_of_long_ago_says_nothing(tmp_path):
    (tmp_path / ".map.tif.lock").write_text("1 on here")
    with claimed(tmp_path / "map.tif"):
        assert (tmp_path / ".map.tif.lock").read_text().startswith(f"{os.getpid()} on ")


def test_what_a_killed_process_left_of_the_same_output_goes_and_nothing_else(tmp_path):
    gone = [".map.tif-abcd_123.tmp", ".map.tif-0000abcd"]
    kept = [".map.tif-long_name.tmp", ".map.tif-2.lock", ".other-abcd_123.tmp", "map.tif-abcd_123"]
    (tmp_path / gone[1]).mkdir()
    (tmp_path / gone[1] / "model.json").write_text("half")
    for name in (gone[0], *kept):
        (tmp_path / name).write_text("half")
    with claimed(tmp_path / "map.tif"):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(kept)


def test_a_place_that_can_not_hold_files_is_said_in_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(StoreError, match=r"can't write .*file/map\.tif"),
        claimed(tmp_path / "file" / "map.tif"),
    ):
        pytest.fail("nothing can be held there")
