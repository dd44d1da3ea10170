"""How long do large tables take, and how much memory?  One of each kind, in processes of their own.

    python benchmarks/large.py [--only rows,classes,groups] [--limit 900]

Synthetic tables with AlphaEarth's columns: 500,000 rows; 20,000 rows of 300 classes; 20,000 rows in
1,000 groups. Each is compared on two cores: the floor, nearest centroids and logistic regression,
at 20 labels a class and all. Wall-clock seconds, and the largest sum of the memory of all processes
(proportional set size, looked at twice a second). The target is ten minutes and 3 GB each.
"""

import argparse
import contextlib
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

SECONDS, GIGABYTES = 600, 3.0


@dataclass(frozen=True)
class Size:
    """How large a table is."""

    rows: int
    classes: int
    groups: int


SIZES = {
    "rows": Size(500_000, 8, 6),
    "classes": Size(20_000, 300, 6),
    "groups": Size(20_000, 8, 1_000),
}


def write(path: Path, size: Size) -> None:
    """Write a table: places in groups side by side, classes that vectors tell."""
    rng = np.random.default_rng(size.rows + size.classes + size.groups)
    n = size.rows
    code = rng.integers(size.classes, size=n)
    group = np.sort(rng.integers(size.groups, size=n))
    side = int(np.ceil(np.sqrt(size.groups)))
    vectors = rng.normal(size=(size.classes, 64))[code] + rng.normal(0, 1.5, (n, 64))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    frame = pd.DataFrame(vectors, columns=[f"A{band:02d}" for band in range(64)])
    frame.insert(0, "lon", 5 + group % side * 0.5 + rng.uniform(0, 0.45, n))
    frame.insert(1, "lat", 45 + group // side * 0.3 + rng.uniform(0, 0.25, n))
    frame.insert(2, "district", [f"d{one:04d}" for one in group])
    frame.insert(3, "crop", [f"c{one:03d}" for one in code])
    frame.to_parquet(path)


def measure(command: list[str], folder: Path, limit: float) -> tuple[float, float, int | str, str]:
    """Run a command; return seconds, gigabytes, exit code and its last line."""
    import psutil

    began, most = time.perf_counter(), 0.0
    with (folder / "out").open("w") as out:
        process = psutil.Popen(command, cwd=folder, stdout=out, stderr=out)
        while process.poll() is None and time.perf_counter() - began < limit:
            total = 0
            for one in [process, *_children(process)]:
                try:
                    total += one.memory_full_info().pss
                except psutil.Error:
                    continue
            most = max(most, total / 1e9)
            time.sleep(0.5)
        code: int | str = process.poll() if process.poll() is not None else "stopped"
        for one in [*_children(process), process]:
            with contextlib.suppress(psutil.Error):
                one.kill()
    lines = (folder / "out").read_text().strip().splitlines()
    return time.perf_counter() - began, most, code, lines[-1] if lines else ""


def _children(process) -> list:  # noqa: ANN001 - psutil has no types
    import psutil

    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default=",".join(SIZES))
    parser.add_argument("--limit", type=float, default=900, help="seconds until one is stopped")
    args = parser.parse_args()
    print("| table | rows | classes | groups | seconds | GB | ends with |")
    print("|---|---:|---:|---:|---:|---:|---|")
    failed = False
    for name in args.only.split(","):
        size = SIZES[name]
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            write(folder / "labels.parquet", size)
            command = [
                sys.executable, "-m", "bocage", "compare", "labels.parquet", "--target", "crop",
                "--leave", "district", "--methods", "prior,aef:centroid,aef:logistic",
                "--budgets", "20,all", "--repeats", "1", "-j", "2",
            ]  # fmt: skip
            seconds, gigabytes, code, last = measure(command, folder, args.limit)
        failed |= code != 0 or seconds > SECONDS or gigabytes > GIGABYTES
        end = last if code == 0 else f"exit {code}: {last}"
        print(
            f"| {name} | {size.rows:,} | {size.classes} | {size.groups:,} | {seconds:.0f} | "
            f"{gigabytes:.2f} | {end[:80]} |",
            flush=True,
        )
    sys.exit(failed)


if __name__ == "__main__":
    main()
