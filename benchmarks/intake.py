"""What becomes of odd input?  Mutated tables and rasters, as a user would bring them.

    python benchmarks/intake.py [--tables 1000] [--rasters 150] [--only tables,rasters] [-v]

Each case is a small synthetic table (`intake_tables.py`) or raster (`intake_rasters.py`) changed in
one to three ways from a fixed seed, and a command of the program, run in a process that holds the
program already. It ends in one of these ways:

- read: exit code 0, and what was read is what the untouched part of the file says; rows that are
  not used were told with their number, no score is NaN, and no pixel without data has a class;
- refused: exit code 2 and one line;
- traceback: anything else;
- hang: no end within `LIMIT` seconds;
- wrong: exit code 0, and something of the above does not hold.

Noise is counted apart: lines of libraries that reach the console. The last three and noise should
be none; the exit code says so.
"""

import argparse
import contextlib
import importlib
import io
import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

LIMIT = 60.0
READ, REFUSED, TRACEBACK, HANG, WRONG = "read", "refused", "traceback", "hang", "wrong"
ENDS = (READ, REFUSED, TRACEBACK, HANG, WRONG)
KINDS = {"tables": 1000, "rasters": 150}

NOISE = re.compile(
    r"Traceback|Warning:|ERROR \d|Warning \d|CPLE_|^(rasterio|pyogrio|GDAL)|^ +File \""
)
OURS = ("bocage: ", "note: ", "Note: ")
"""How lines begin that the program writes; what a library said may stand in them."""


@dataclass(frozen=True)
class Said:
    """What a command printed, and how it ended."""

    code: Any
    out: str
    err: str


@dataclass(frozen=True)
class Case:
    """A command on odd input, and what would be wrong with its answer."""

    name: str
    argv: tuple[str, ...]
    check: Callable[[Said], str]
    ours: tuple[str, ...] = ()  # words of the input itself, which may stand in any line


@dataclass(frozen=True)
class Ended:
    """How a case ended."""

    kind: str
    number: int
    name: str
    how: str
    why: str
    noise: str


def call(argv: tuple[str, ...]) -> Said:
    """Run the program in this process, with what it and its libraries print caught at the file."""
    from bocage.cli import main

    sys.argv = ["bocage", *argv]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        sys.stdout.flush(), sys.stderr.flush()
        kept = os.dup(1), os.dup(2)
        os.dup2(out.fileno(), 1), os.dup2(err.fileno(), 2)
        try:
            with (
                open(1, "w", closefd=False, encoding="utf-8") as stdout,
                open(2, "w", closefd=False, encoding="utf-8") as stderr,
                contextlib.redirect_stdout(stdout),
                contextlib.redirect_stderr(stderr),
            ):
                code = _ended(main, stderr)
        finally:
            os.dup2(kept[0], 1), os.dup2(kept[1], 2)
            os.close(kept[0]), os.close(kept[1])
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(io.TextIOWrapper(file, "utf-8", "replace").read())
    return Said(code, *texts)


def _ended(main: Callable[[], None], stderr: Any) -> Any:
    import traceback

    try:
        main()
    except SystemExit as stop:
        return stop.code or 0
    except BaseException:  # noqa: BLE001 - whatever a user would have met
        traceback.print_exc(file=stderr)
        return TRACEBACK
    return 0


def judge(kind: str, number: int, case: Case, said: Said) -> Ended:
    """Say how a case ended."""
    text = said.out + said.err
    for word in case.ours:
        text = text.replace(word, "")
    others = [line for line in text.splitlines() if not line.startswith(OURS)]
    noise = next((line[:200] for line in others if NOISE.search(line)), "")
    lines = [line for line in said.err.splitlines() if line.strip()]
    if said.code == 0:
        try:
            why = case.check(said)
        except Exception as error:  # noqa: BLE001 - what was read can't be looked at
            why = f"the check ended with {type(error).__name__}: {error}"
        how = WRONG if why else READ
    elif said.code == 2 and lines and lines[-1].startswith("bocage: "):
        how, why = REFUSED, lines[-1]
        noise = noise or " | ".join(one for one in lines[:-1] if not one.startswith(OURS))[:200]
    else:
        how, why = TRACEBACK, f"exit {said.code}: {' | '.join(lines[-4:])}"
    return Ended(kind, number, case.name, how, why[:400], noise)


def run(kind: str, number: int, shared: str) -> Ended:
    """Make one case in a folder of its own, run it and judge it."""
    room = importlib.import_module(f"intake_{kind}")
    with tempfile.TemporaryDirectory() as folder:
        before = Path.cwd()
        os.chdir(folder)
        try:
            case = room.make(number, Path(folder), Path(shared))
            return judge(kind, number, case, call(case.argv))
        finally:
            os.chdir(before)


def _serve(pipe: Any, shared: str) -> None:
    while (asked := pipe.recv()) is not None:
        pipe.send(run(*asked, shared))


class Worker:
    """A process that runs cases, and is replaced where one does not end."""

    def __init__(self, shared: str) -> None:
        self.shared, self.process, self.pipe = shared, None, None

    def __call__(self, kind: str, number: int) -> Ended:
        if self.process is None:
            context = get_context("spawn")
            self.pipe, theirs = context.Pipe()
            self.process = context.Process(target=_serve, args=(theirs, self.shared), daemon=True)
            self.process.start()
            theirs.close()
        self.pipe.send((kind, number))
        try:
            if self.pipe.poll(LIMIT):
                return self.pipe.recv()
            how, why = HANG, f"no end within {LIMIT:g} s"
        except EOFError:
            how, why = TRACEBACK, "the process died"
        self.close()
        return Ended(kind, number, "", how, why, "")

    def close(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.kill()
            self.process.join()
        self.process = None


def sweep(asked: list[tuple[str, int]], workers: int, shared: str) -> list[Ended]:
    """Run cases side by side; they are given back in their order."""
    free = [Worker(shared) for _ in range(workers)]

    def one(case: tuple[str, int]) -> Ended:
        worker = free.pop()
        try:
            return worker(*case)
        finally:
            free.append(worker)

    with ThreadPoolExecutor(workers) as pool:
        ended = list(pool.map(one, asked))
    for worker in free:
        worker.close()
    return ended


def main() -> None:
    parser = argparse.ArgumentParser()
    for kind, number in KINDS.items():
        parser.add_argument(f"--{kind}", type=int, default=number)
    parser.add_argument("--only", default=",".join(KINDS))
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("-v", "--verbose", action="store_true", help="every case on a line")
    args = parser.parse_args()
    os.environ |= {
        "OMP_NUM_THREADS": "1",
        "COLUMNS": "4000",
        "NO_COLOR": "1",
        "BOCAGE_OFFLINE": "1",
    }
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as shared:
        kinds = args.only.split(",")
        for kind in kinds:
            prepare = getattr(importlib.import_module(f"intake_{kind}"), "prepare", None)
            if prepare is not None:
                prepare(Path(shared))
        numbers = range(args.first, args.first + max(KINDS.values()))
        asked = [(k, n) for k in kinds for n in numbers[: getattr(args, k)]]
        ended = sweep(asked, args.workers, shared)
    bad = 0
    print(f"| {'input':8} | {' | '.join(ENDS)} | noise |")
    print(f"|---|{'---:|' * (len(ENDS) + 1)}")
    for kind in kinds:
        own = [one for one in ended if one.kind == kind]
        counts = Counter(one.how for one in own)
        noise = sum(bool(one.noise) for one in own)
        bad += noise + sum(counts[how] for how in (TRACEBACK, HANG, WRONG))
        print(f"| {kind:8} | {' | '.join(str(counts[how]) for how in ENDS)} | {noise} |")
    print(f"{time.perf_counter() - began:.0f} s with {args.workers} workers")
    for one in ended:
        if args.verbose or one.noise or one.how in (TRACEBACK, HANG, WRONG):
            line = f"{one.kind} {one.number} [{one.name}] {one.how}: {one.why}"
            print(line + (f" NOISE: {one.noise}" if one.noise else ""))
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
