"""A process is told from all others: by machine, number and start."""

import os
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest

from bocage.core._files import SUFFIX, sweep, temporary_prefix, write_atomic
from bocage.core._presence import at_work, present
from bocage.core._process import Owner, owner_of, this_process


@pytest.fixture
def gone():
    """A process that has ended."""
    code = "from bocage.core._process import this_process; print(this_process().tag)"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return owner_of(said.stdout.strip())


def test_a_process_is_known_by_its_tag_while_it_lives(gone):
    me = this_process()
    assert owner_of(me.tag) == me
    assert not me.is_gone
    assert gone.is_here
    assert gone.is_gone


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the start of a process is not told")
def test_a_later_process_of_the_same_number_is_another():
    me = this_process()
    assert me.started
    assert replace(me, started=str(int(me.started) - 1)).is_gone


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the state is not told")
def test_a_killed_process_that_nobody_has_asked_for_is_gone():
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    owner = Owner(this_process().host, process.pid, "")
    assert not owner.is_gone
    process.kill()
    deadline = time.monotonic() + 10
    # It stays as a zombie until it is waited for, and answers signals.
    while not owner.is_gone and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(process.pid, 0)
    assert owner.is_gone
    process.wait()


def test_nobody_says_of_another_machine_that_a_process_is_gone(gone):
    elsewhere = replace(gone, host="elsewhere")
    assert not elsewhere.is_here
    assert not elsewhere.is_gone
    assert owner_of(elsewhere.tag) is None


@pytest.mark.parametrize("tag", ["", "-", "abc", "00000000-x-1", "no-1-2"])
def test_other_names_are_no_tags(tag):
    assert owner_of(tag) is None


def test_what_a_killed_process_was_writing_is_removed_and_nothing_else(tmp_path, gone):
    mine, theirs = this_process().tag, gone.tag
    for tag in (mine, theirs, replace(gone, host="elsewhere").tag):
        (tmp_path / f".scores-{tag}-abc{SUFFIX}").write_text("half")
        (tmp_path / f".model-{tag}-abc{SUFFIX}").mkdir()
        (tmp_path / f".model-{tag}-abc{SUFFIX}" / "head.npz").write_text("half")
    for name in ("scores.parquet", ".mine.tmp", f".x-{theirs}-abc.txt"):
        (tmp_path / name).write_text("whole")
    sweep(tmp_path)
    left = {path.name for path in tmp_path.iterdir()}
    assert not {name for name in left if name.endswith(SUFFIX) and theirs in name}
    assert len(left) == 7


def test_what_is_being_written_names_who_writes(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(os, "fsync", lambda _: seen.extend(p.name for p in tmp_path.iterdir()))
    write_atomic(tmp_path / "a-name.parquet", b"x")
    (name,) = seen
    assert name.startswith(temporary_prefix("a-name.parquet"))
    sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a-name.parquet"]


def test_marks_are_of_live_processes_and_another_machines_is_told(tmp_path, gone):
    def mark(owner):
        path = tmp_path / f".working-{owner.host}-0123abcd-{owner.pid}-{owner.started}"
        path.touch()
        return path

    dead = mark(gone)
    former = mark(replace(this_process(), started="1"))
    far = mark(replace(gone, host="far-away~4026531836"))
    old = tmp_path / ".working-host-0123abcd-1"
    old.touch()
    (found,) = at_work(tmp_path)
    assert found.path == far
    assert not dead.exists()
    assert not old.exists()
    assert former.exists() == (sys.platform != "linux")
    assert "another machine (far-away)" in found.sentence
    assert far.name in found.sentence
    far.unlink()
    with present(tmp_path) as second:
        assert not second
        (mine,) = at_work(tmp_path)
        assert f"process {os.getpid()} is working in" in mine.sentence
        with present(tmp_path) as third:
            assert third
    assert not list(tmp_path.glob(".working-*"))


def test_of_two_that_start_at_one_moment_exactly_one_is_second(tmp_path):
    moment = threading.Barrier(2)
    found = []

    def start(folder):
        moment.wait()
        with present(folder) as second:
            found.append(second)
            moment.wait()

    for number in range(25):
        pair = [threading.Thread(target=start, args=(tmp_path / str(number),)) for _ in range(2)]
        for thread in pair:
            thread.start()
        for thread in pair:
            thread.join()
        assert sorted(found[-2:]) == [False, True], number


def test_a_study_that_starts_removes_what_killed_ones_left(tmp_path, gone):
    (tmp_path / "runs").mkdir()
    for folder in (tmp_path, tmp_path / "runs"):
        (folder / f".x-{gone.tag}-abc{SUFFIX}").write_text("half")
    with present(tmp_path):
        assert not list(tmp_path.rglob(f"*{SUFFIX}"))
