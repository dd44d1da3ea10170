"""What is left when a command is stopped by force?  Ten moments each, chosen from a fixed seed.

    python benchmarks/stops.py [-n STOPS] [--to program|worker] [--signal SIGNAL] [SCENARIO ...]

SIGTERM, SIGHUP and SIGKILL are sent to the program, and to one of its worker processes, at
random moments of a comparison of tables, of networks, of a map and of experiments. The same
command is then run again, stopped again, and at last left to end. Counted are processes that are
left after ten seconds, files of finished work that are lost or changed, tracebacks, files that
are left half written, and whether the end is that of an undisturbed command.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil

BOCAGE = [sys.executable, "-c", "from bocage.cli import main; main()"]
SIGNALS = ("SIGTERM", "SIGHUP", "SIGKILL")
LEFT_SECONDS = 10.0
MARK = "BOCAGE_STOPS"


@dataclass(frozen=True)
class Scenario:
    """A command that can be stopped.

    Attributes
    ----------
    command : callable
        Arguments of the program, for the folder that it writes to.
    kept : callable
        Finished work in that folder: names and bytes.
    result : callable
        What it found in the end, without what it cost.
    has_workers : bool
        Whether there are processes beside the program.
    """

    command: Callable[[Path], list[str]]
    kept: Callable[[Path], dict[str, bytes]]
    result: Callable[[Path], object]
    has_workers: bool = True


@dataclass
class Tally:
    """What was counted over the stops of one kind."""

    stops: int = 0
    left: int = 0
    slowest: float = 0.0
    before: int = 0
    lost: int = 0
    tracebacks: int = 0
    same: list[bool] = field(default_factory=list)
    litter: int = 0
    odd: list[str] = field(default_factory=list)


def files(folder: Path, pattern: str) -> dict[str, bytes]:
    """Read files by name."""
    return {path.name: path.read_bytes() for path in folder.glob(pattern)}


def runs(folder: Path) -> dict[str, bytes]:
    """Read the finished batches of a study or campaign."""
    return files(folder, "runs/*.parquet")


def study_result(folder: Path) -> object:
    """Return every answer of every run."""
    from bocage.study import Store

    found = Store(folder).refresh()
    return {
        key: (run.status, run.n_labels, {n: a.tobytes() for n, a in run.arrays.items()})
        for key, run in found.items()
    }


def campaign_result(folder: Path) -> object:
    """Return every count of every experiment."""
    from bocage.dimensions._experiment_store import AblationShelf

    found = AblationShelf(folder).refresh()
    return {key: (a.order.tobytes(), a.own.tobytes(), a.rest.tobytes()) for key, a in found.items()}


def windows(folder: Path) -> dict[str, bytes]:
    """Read which windows of a map are done; their notes only ever grow."""
    done = folder / ".m.tif.draft" / "done.txt"
    lines = done.read_bytes().splitlines() if done.exists() else []
    return {line.decode(): b"" for line in lines}


def table(folder: Path) -> Path:
    """Write synthetic labels in three regions."""
    import pandas as pd

    rng = np.random.default_rng(0)
    n = 450
    code, region = np.arange(n) % 3, np.repeat(np.arange(3), n // 3)
    bands = np.eye(8)[code] + rng.normal(0, 0.6, (n, 8))
    columns = {
        "lon": 10 + 2 * region + rng.uniform(0, 0.5, n),
        "lat": 45 + rng.uniform(0, 0.5, n),
        "region": [f"r{r}" for r in region],
        "cover": np.array(["crop", "tree", "water"])[code],
    }
    columns |= {f"b{at}": bands[:, at] for at in range(8)}
    path = folder / "labels.csv"
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


def scenarios(place: Path) -> dict[str, Scenario]:
    """Prepare what the commands read."""
    labels = table(place)
    on_labels = [str(labels), "--target", "cover", "--leave", "region", "--input", "x=b?"]
    tables = [*on_labels, "--methods", "prior,x:logistic:C=1,x:forest:n_estimators=30"]
    tables += ["--budgets", "all", "--repeats", "1", "-j", "2"]
    networks = ["landscape-chips", "--leave", "blocks", "--methods", "aef:unet:scratch,prior"]
    networks += ["--budgets", "all", "--repeats", "1", "--trials", "1", "--epochs", "1"]
    networks += ["--batches", "4", "-j", "2"]
    experiments = [*on_labels, "--experiments", "24", "--depth", "4", "-j", "2"]
    make = ["map", "--model", str(place / "model"), "--source", str(place / "large.tif")]
    return {
        "tables": Scenario(lambda to: ["compare", *tables, "-o", str(to)], runs, study_result),
        "networks": Scenario(lambda to: ["compare", *networks, "-o", str(to)], runs, study_result),
        "explain": Scenario(
            lambda to: ["explain", *experiments, "-o", str(to)], runs, campaign_result
        ),
        "map": Scenario(
            lambda to: [*make, "-o", str(to / "m.tif"), "-j", "2"],
            windows,
            lambda to: files(to, "m*.tif"),
            has_workers=False,
        ),
    }


def prepare_map(place: Path, side: int = 768) -> None:
    """Fit a model on small fields, and write a large raster of its kind."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from tests.data.alphaearth import write_fields, write_large

    write_fields(place, "district", "crop")
    write_large(place / "large.tif", side, block=256)
    study = ["--target", "crop", "--leave", "district", "--methods", "aef:forest"]
    for step in (
        ["sample", "labels.gpkg", "--source", "aef.tif", "-o", "s.parquet"],
        ["compare", "s.parquet", *study, "--budgets", "all", "--repeats", "1", "-j", "1",
         "-o", "fields"],
        ["fit", "fields", "--source", "aef.tif", "-o", "model"],
    ):  # fmt: skip
        subprocess.run([*BOCAGE, *step], cwd=place, check=True, capture_output=True)


def started(scenario: Scenario, folder: Path, mark: str) -> "subprocess.Popen[str]":
    """Start the command; all that descends from it can be told by the mark."""
    folder.mkdir(parents=True, exist_ok=True)
    return subprocess.Popen(
        [*BOCAGE, *scenario.command(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {MARK: mark},
    )


def alive(mark: str) -> list[psutil.Process]:
    """List the processes that descend from a command, whoever is their parent now."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def workers(mark: str, program: int) -> list[psutil.Process]:
    """List the worker processes of a command."""
    found = []
    for process in alive(mark):
        try:
            if process.pid != program and any("spawn_main" in p for p in process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


def stop(
    scenario: Scenario, folder: Path, sign: str, at: float, tally: Tally, *, worker: bool
) -> bool:
    """Start the command and stop it once; tell whether it was still at work."""
    mark = uuid.uuid4().hex
    process = started(scenario, folder, mark)
    time.sleep(at)
    victim = process.pid
    if worker:
        while process.poll() is None and not workers(mark, process.pid):
            time.sleep(0.05)
        crew = workers(mark, process.pid)
        victim = crew[0].pid if crew else victim
    if process.poll() is not None:
        _, said = process.communicate()
        if process.returncode:
            tally.odd.append(f"by itself, {process.returncode}: {said[-1500:]}")
        return False
    kept = scenario.kept(folder)
    asked = time.monotonic()
    os.kill(victim, getattr(signal, sign))
    # Workers are deaf to SIGHUP: their parent hears it too, and ends them.
    patience = 600 if worker and sign == "SIGHUP" else 60
    _, said = process.communicate(timeout=patience)
    took = time.monotonic() - asked
    while alive(mark) and time.monotonic() - asked < took + LEFT_SECONDS:
        time.sleep(0.1)
    left = alive(mark)
    tally.stops += 1
    tally.left += len(left)
    if not (worker and sign == "SIGHUP"):
        tally.slowest = max(tally.slowest, took)
    after = scenario.kept(folder)
    done = process.returncode == 0
    tally.before += len(kept)
    tally.lost += 0 if done else sum(after.get(name) != data for name, data in kept.items())
    if "Traceback" in said:
        tally.tracebacks += 1
        tally.odd.append(said[said.index("Traceback") :][-1500:])
    last = said.strip().splitlines()[-1:] or [""]
    expected = {("program", "SIGKILL"): -9, ("program", "SIGTERM"): 130, ("program", "SIGHUP"): 130}
    code = expected.get(("worker" if worker else "program", sign), 2)
    # Stopped while Python itself was starting, it ends as any program does; before there is
    # anything to go on with, without a word.
    done = done or process.returncode == -getattr(signal, sign)
    done = done or (process.returncode == code and not kept and not said.strip())
    if not done and (process.returncode != code or (code > 0 and "bocage: " not in last[0])):
        tally.odd.append(f"{process.returncode}: {last[0][:300]}")
    for one in left:
        one.kill()
    return True


def whole(scenario: Scenario, folder: Path) -> float:
    """Run the command to its end; return the seconds that it took."""
    begun = time.monotonic()
    process = started(scenario, folder, uuid.uuid4().hex)
    _, said = process.communicate()
    if process.returncode:
        raise SystemExit(f"a command that nobody stopped ended with {process.returncode}: {said}")
    return time.monotonic() - begun


def litter(folder: Path) -> int:
    """Count files that no command should leave."""
    return sum(path.name.startswith(".") for path in folder.rglob("*"))


def main() -> None:
    """Stop every scenario in every way, and print a line for each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", type=int, default=10, help="stops of each kind")
    parser.add_argument("--to", choices=("program", "worker"), help="who is stopped; both in turn")
    parser.add_argument("--signal", choices=SIGNALS, help="by what; each in turn")
    parser.add_argument("names", nargs="*", default=[])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as top:
        place = Path(top)
        known = scenarios(place)
        names = options.names or list(known)
        if "map" in names:
            prepare_map(place)
        print(
            f"{'what':9} {'signal':8} {'to':8} {'stops':>5} {'left':>5} {'end, s':>7} "
            f"{'before':>7} {'lost':>5} {'trace':>6} {'litter':>7} same"
        )
        for name in names:
            scenario = known[name]
            true = place / f"{name}-whole"
            seconds = whole(scenario, true)
            answer = scenario.result(true)
            luck = random.Random(f"{name} of bocage")  # noqa: S311 - moments, not secrets
            for worker in (False, True) if scenario.has_workers else (False,):
                if options.to not in (None, "worker" if worker else "program"):
                    continue
                for sign in (options.signal,) if options.signal else SIGNALS:
                    tally = Tally()
                    number = 0
                    folder = place / f"{name}-{sign}-{worker}-0"
                    while tally.stops < options.n:
                        # Of what is left after some stops most would be done by the end.
                        at = luck.uniform(0.3, 0.6 * seconds)
                        if not stop(scenario, folder, sign, at, tally, worker=worker):
                            # Done before it could be stopped: the next begins anew.
                            tally.same.append(scenario.result(folder) == answer)
                            tally.litter += litter(folder)
                            number += 1
                            folder = place / f"{name}-{sign}-{worker}-{number}"
                    whole(scenario, folder)
                    tally.same.append(scenario.result(folder) == answer)
                    tally.litter += litter(folder)
                    print(
                        f"{name:9} {sign:8} {'worker' if worker else 'program':8} "
                        f"{tally.stops:5} {tally.left:5} {tally.slowest:7.1f} {tally.before:7} "
                        f"{tally.lost:5} {tally.tracebacks:6} {tally.litter:7} "
                        f"{sum(tally.same)} of {len(tally.same)}",
                        flush=True,
                    )
                    for line in dict.fromkeys(tally.odd):
                        print(f"    {line}", flush=True)


if __name__ == "__main__":
    main()
