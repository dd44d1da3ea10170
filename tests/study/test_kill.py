"""A study that is stopped by force, or by a full disk, loses nothing that was finished."""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time

import pytest

from bocage.core import StoreError
from bocage.study import Workers, open_study, prepare
from bocage.study._store import Store

BOCAGE = [sys.executable, "-c", "from bocage.cli import main; main()"]


@pytest.fixture(scope="module")
def longer(settings):
    """Settings of a study of some ten seconds."""
    return settings(
        methods=["prior", "good:logistic:C=10", "good:forest:n_estimators=15"], repeats=3
    )


def _files(folder):
    return {p.name: (p.stat().st_mtime_ns, p.read_bytes()) for p in folder.glob("*.parquet")}


@pytest.mark.slow
def test_kills_change_no_score_and_repeat_no_run(longer, outcome, same_scores, tmp_path):
    whole = prepare(longer, tmp_path / "whole")
    whole.run(Workers())
    file = tmp_path / "mine.yaml"
    file.write_text(longer.to_yaml())
    folder = tmp_path / "killed"
    command = [*BOCAGE, "compare", str(file), "-o", str(folder), "-j", "2"]
    luck = random.Random(0)  # noqa: S311 - moments to stop at, not secrets
    kept = {}
    for kill in range(3):
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        # The first is stopped before a file is written, the others in the midst of the work.
        deadline = time.monotonic() + 60
        while kill and process.poll() is None and time.monotonic() < deadline:
            if len(list((folder / "runs").glob("*.parquet"))) > len(kept):
                break
            time.sleep(0.01)
        time.sleep(luck.uniform(0, 0.5))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        now = _files(folder / "runs")
        assert {name: now[name] for name in kept} == kept, "a finished file was written again"
        kept = now
    assert 0 < sum(len(Store.decode(content)) for _, content in kept.values()) < whole.plan.n_runs
    subprocess.run([*command, "--json"], check=True, stdout=subprocess.DEVNULL)
    end = _files(folder / "runs")
    assert {name: end[name] for name in kept} == kept
    keys = [record.key for _, content in end.values() for record in Store.decode(content)]
    assert len(keys) == len(set(keys)) == whole.plan.n_runs, "a run was done twice"
    study = open_study(folder)
    assert study.store.damaged == []
    assert not list(folder.glob(".working-*"))
    assert outcome(study) == outcome(whole)
    same_scores(study.results().score_table(), whole.results().score_table())


@pytest.mark.slow
def test_a_file_that_can_not_be_written_stops_with_one_line(settings, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(settings().to_yaml())
    folder = tmp_path / "limited"

    def limit():
        # No file may be longer than this: all get through but the page.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    command = [*BOCAGE, "compare", str(file), "-o", str(folder), "-j", "1"]
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        preexec_fn=limit,
    )
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert last.startswith("bocage: ")
    assert "same command" in last or "again" in last
    assert open_study(folder).n_missing == 0
    assert not (folder / "report.html").exists()
    assert not list(folder.glob("**/*.tmp"))
    subprocess.run(command, check=True, capture_output=True)
    assert (folder / "report.html").exists()


def test_a_full_disk_is_one_line_and_loses_nothing(longer, outcome, small_disk, tmp_path):
    study = prepare(longer, small_disk / "study")
    with pytest.raises(StoreError, match=r"no space|full") as caught:
        study.run(Workers())
    assert "\n" not in str(caught.value)
    finished = outcome(open_study(study.folder))
    assert 0 < len(finished) < study.plan.n_runs
    assert not list(study.folder.glob("**/*.tmp"))
    # With room again, the same folder goes on from there.
    room = tmp_path / "room"
    shutil.copytree(study.folder, room)
    again = open_study(room)
    assert again.n_missing == study.plan.n_runs - len(finished)
    again.run(Workers())
    everything = outcome(again)
    assert {key: everything[key] for key in finished} == finished
