"""However a command is stopped, it ends soon, says so in a line, and goes on where it was."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from bocage.study import Store, open_study

BOCAGE = [sys.executable, "-c", "from bocage.cli import main; main()"]
SMALL = ["--target", "crop", "--leave", "district", "--methods", "aef:forest:n_estimators=40"]
SMALL += ["--budgets", "all", "--repeats", "1", "-j", "2"]
MARK = "BOCAGE_TEST_OF_STOPS"
GOES_ON = "bocage: stopped; run the same command to continue"


@pytest.fixture
def labels(frame, tmp_path):
    frame.to_csv(tmp_path / "labels.csv", index=False)
    return tmp_path / "labels.csv"


def _start(folder, *arguments):
    # A group of its own: what is sent to the program reaches it alone.
    return subprocess.Popen(
        [*BOCAGE, *map(str, arguments)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {MARK: str(folder)},
        # Tests that run without a terminal may be told to ignore that it is closed.
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # noqa: PLW1509 - one call
    )


def _descend(folder):
    """Processes that descend from the program, whoever is their parent now."""
    found = []
    for process in psutil.process_iter():
        try:
            own = process.environ().get(MARK) == str(folder)
            if own and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def _wait_for(condition, seconds=120):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert condition()


def _runs(folder):
    return {path.name: path.read_bytes() for path in folder.glob("studies/labels/runs/*.parquet")}


def _workers(folder):
    return [p for p in _descend(folder) if any("spawn_main" in word for word in p.cmdline())]


def _goes_on(folder, labels, kept):
    """Run the same command to its end: nothing finished is done again."""
    process = _start(folder, "compare", labels, *SMALL)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    now = _runs(folder)
    assert {name: now[name] for name in kept} == kept
    study = open_study(folder / "studies" / "labels")
    assert study.n_missing == 0
    assert study.store.damaged == []
    keys = [record.key for content in now.values() for record in Store.decode(content)]
    assert len(keys) == len(set(keys)) == study.plan.n_runs
    assert not [path for path in folder.rglob(".*") if path.name != ".cache"]


@pytest.mark.slow
@pytest.mark.parametrize("sign", ["SIGTERM", "SIGHUP", "SIGKILL"])
def test_no_worker_outlives_its_parent_and_nothing_finished_is_lost(
    labels, tmp_path, monkeypatch, sign
):
    monkeypatch.chdir(tmp_path)
    process = _start(tmp_path, "compare", labels, *SMALL)
    _wait_for(lambda: _runs(tmp_path))
    kept = _runs(tmp_path)
    begun = time.monotonic()
    os.kill(process.pid, getattr(signal, sign))
    _, said = process.communicate(timeout=60)
    # Two seconds, and room for a machine that is slow or does other things.
    assert time.monotonic() - begun < 10
    _wait_for(lambda: not _descend(tmp_path), 10)
    if sign == "SIGKILL":
        assert process.returncode == -signal.SIGKILL
    else:
        assert process.returncode == 130
        assert "Traceback" not in said
        assert said.strip().splitlines()[-1] == GOES_ON
        assert not list(tmp_path.glob("studies/labels/.working-*"))
    _goes_on(tmp_path, labels, kept)


@pytest.mark.slow
def test_a_killed_worker_is_one_line_and_the_same_command_goes_on(labels, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    process = _start(tmp_path, "compare", labels, *SMALL)
    _wait_for(lambda: _runs(tmp_path))
    kept = _runs(tmp_path)
    _workers(tmp_path)[0].kill()
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2, said
    assert "Traceback" not in said
    last = said.strip().splitlines()[-1]
    assert "was terminated from outside (SIGKILL, as happens when memory runs out)" in last
    assert "the same command continues" in last
    _wait_for(lambda: not _descend(tmp_path), 10)
    _goes_on(tmp_path, labels, kept)


HANG = """
import signal, sys, time, threading
from bocage.cli._stopping import listening, resumable
with listening(), resumable():
    # Once it hangs.
    threading.Timer(0.5, print, ["ready"], {{"flush": True}}).start()
    {hang}
"""


@pytest.mark.parametrize(
    "hang",
    [
        # A call in C that looks at no signal: joining lines lets go of the interpreter seldom.
        "import hashlib; hashlib.pbkdf2_hmac('sha256', b'x', b'y', 10**9)",
        # A thread that ends later than the program.
        "threading.Thread(target=time.sleep, args=(60,)).start(); time.sleep(60)",
        # Tidying up that hangs.
        "\n    try: time.sleep(60)\n    finally: time.sleep(60)",
        # Somebody who takes the stop for an error of their own.
        "\n    try: time.sleep(60)\n    except BaseException: time.sleep(60)",
    ],
    ids=["C", "thread", "tidying", "swallowed"],
)
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_what_hangs_is_stopped_by_force(hang):
    process = subprocess.Popen(
        [sys.executable, "-c", HANG.format(hang=hang)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    begun = time.monotonic()
    for _ in range(3):
        process.send_signal(signal.SIGTERM)
        time.sleep(0.05)
    _, said = process.communicate(timeout=30)
    assert time.monotonic() - begun < 10
    assert process.returncode == 130
    assert said == f"{GOES_ON}\n"


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_stop_before_the_work_is_told_as_well():
    # In the first second nothing has begun that could be gone on with.
    code = (
        "import os, signal, sys\n"
        "from bocage.cli import _compare, main\n"
        "_compare.folder_of = lambda *_: os.kill(os.getpid(), signal.SIGTERM)\n"
        "sys.argv = ['bocage', 'compare', 'landscape']\n"
        "main()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (130, "bocage: stopped\n")


def test_what_the_caller_has_set_apart_stays_as_it_is():
    code = (
        "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "from bocage.cli._stopping import listening\n"
        "before = [signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM)]\n"
        "with listening():\n"
        "    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN\n"
        "    assert signal.getsignal(signal.SIGTERM) is not before[1]\n"
        "assert [signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM)] == before\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.slow
def test_a_closed_terminal_ends_all_of_a_group(labels, tmp_path):
    # A terminal that is closed tells every process of the group.
    process = _start(tmp_path, "compare", labels, *SMALL)
    _wait_for(lambda: _runs(tmp_path))
    os.killpg(process.pid, signal.SIGHUP)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.strip().splitlines()[-1] == GOES_ON
    _wait_for(lambda: not _descend(tmp_path), 10)


def test_another_machines_mark_is_told(bocage, labels):
    folder = Path("study")
    folder.mkdir()
    mark = folder / ".working-far-away-0123abcd-12-34"
    mark.touch()
    code, _, said = bocage(
        "compare", labels, *SMALL[:4], "--methods", "prior", "-j", 1, "-o", folder
    )
    assert code == 0, said
    assert "process 12 of another machine (far-away) left a mark in study" in said
    assert mark.exists()


LATE = """
import os, signal
from bocage.cli._stopping import listening, resumable
class Late:
    def __del__(self, kill=os.kill, number=signal.SIGTERM):
        kill(os.getpid(), number)
late = Late()
with listening(), resumable():
    os.kill(os.getpid(), signal.SIGTERM)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_who_is_told_to_end_again_at_the_very_end_has_ended_as_told():
    done = subprocess.run(
        [sys.executable, "-c", LATE], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (130, f"{GOES_ON}\n")
