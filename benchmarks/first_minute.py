"""How long from an installed package to a first answer, its page and a map?  Seconds and CPU.

    python benchmarks/first_minute.py

Runs `bocage demo` in an empty folder and looks four times a second for what it writes. The targets,
on two cores: the first page within 60 seconds, everything within 300.
"""

import contextlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

STEPS = {
    "first answer and page, synthetic country": ("landscape/report.html", 60.0),
    "its map": ("map.png", 60.0),
    "first answer and page, real labels": ("four-regions-clean/report.html", 300.0),
}
ALL = 300.0
LOOK_SECONDS = 0.25


def processor_seconds(program: psutil.Process) -> float:
    """Sum what a program, its children and those that have ended took of the processors."""
    total = 0.0
    for process in (program, *program.children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            total += sum(process.cpu_times()[:4])
    return total


def main() -> int:
    """Print when each file appeared; the exit code is the number of targets that were missed."""
    missed = 0
    print("| what is there | seconds | CPU seconds | target |\n|---|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        start, used, left = time.monotonic(), 0.0, dict(STEPS)
        command = [sys.executable, "-m", "bocage", "demo", "demo"]
        said = Path(folder) / "said.txt"
        with said.open("w") as out, subprocess.Popen(command, cwd=folder, stdout=out) as program:
            watched = psutil.Process(program.pid)
            while program.poll() is None:
                with contextlib.suppress(psutil.Error):
                    used = max(used, processor_seconds(watched))
                took = time.monotonic() - start
                for what, (name, target) in list(left.items()):
                    if (Path(folder) / "demo" / name).exists():
                        print(f"| {what} | {took:.0f} | {used:.0f} | {target:.0f} |", flush=True)
                        missed += took > target
                        del left[what]
                time.sleep(LOOK_SECONDS)
        took = time.monotonic() - start
        end = said.read_text()[-2000:]
    print(f"| all | {took:.0f} | {used:.0f} | {ALL:.0f} |")
    missed += (took > ALL) + len(left)
    for what in left:
        print(f"not there: {what}")
    if program.returncode:
        print(end)
    return missed + bool(program.returncode)


if __name__ == "__main__":
    sys.exit(main())
