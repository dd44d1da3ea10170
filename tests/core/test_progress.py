"""Long work says how far it is."""

import os
import subprocess
import sys

import pytest

from bocage.core import _progress, progress


def test_a_log_file_gets_a_line_at_every_tenth(capsys, monkeypatch):
    monkeypatch.setattr(_progress, "QUIET_SECONDS", -1.0)
    with progress("runs", 100, done=50) as advance:
        for _ in range(50):
            advance(1)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(",")[0] for line in lines] == [
        f"runs: {n} of 100" for n in (60, 70, 80, 90, 100)
    ]
    assert lines[-1].endswith("about 0 s left")


def test_short_work_says_nothing(capsys):
    with progress("runs", 3) as advance:
        advance(3)
    assert capsys.readouterr().err == ""


def test_work_that_went_on_from_before_is_timed_by_what_was_done_now(capsys, monkeypatch):
    monkeypatch.setattr(_progress, "QUIET_SECONDS", -1.0)
    # A clock that moves by 30 s at every look: start, then once a step.
    clock = iter(range(0, 3000, 30))
    monkeypatch.setattr(_progress.time, "monotonic", lambda: float(next(clock)))
    with progress("runs", 2000, done=1000) as advance:
        for _ in range(5):
            advance(100)
    # 100 runs in 30 s: 900 left are 270 s, and so on; the 1000 from before took no time now.
    assert capsys.readouterr().err.splitlines() == [
        "runs: 1,200 of 2,000, about 4 min left",
        "runs: 1,400 of 2,000, about 3 min left",
    ]


def test_the_time_to_the_next_answer_is_told(capsys, monkeypatch):
    monkeypatch.setattr(_progress, "QUIET_SECONDS", -1.0)
    clock = iter(range(0, 3000, 30))
    monkeypatch.setattr(_progress.time, "monotonic", lambda: float(next(clock)))
    with progress("runs", 1000, goals=(200, 500, 1000)) as advance:
        for _ in range(6):
            advance(100)
    # 100 runs in 30 s; at 200 the next is at 500, and from there the end is the next.
    assert capsys.readouterr().err.splitlines() == [
        "runs: 100 of 1,000, about 4 min left, an answer in about 30 s",
        "runs: 200 of 1,000, about 4 min left, an answer in about 90 s",
        "runs: 300 of 1,000, about 4 min left, an answer in about 60 s",
        "runs: 400 of 1,000, about 3 min left, an answer in about 30 s",
        "runs: 500 of 1,000, about 2 min left",
        "runs: 600 of 1,000, about 2 min left",
    ]


def test_a_terminal_gets_a_bar():
    pty = pytest.importorskip("pty")
    code = """
from bocage.core import progress
with progress("runs", 3) as advance:
    for _ in range(3):
        advance(1)
"""
    parent, child = pty.openpty()
    subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        stderr=child,
        timeout=60,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
    )
    os.close(child)
    shown = os.read(parent, 100_000).decode()
    os.close(parent)
    assert "runs" in shown
    assert "3/3" in shown
