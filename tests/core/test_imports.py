"""What an import costs, and what it may not bring along."""

import resource
import subprocess
import sys

import pytest

HEAVY = (
    "pandas",
    "sklearn",
    "torch",
    "rasterio",
    "geopandas",
    "xarray",
    "scipy",
    "matplotlib",
    "matplotlib_scalebar",
    "antimeridian",
    "numba",
)


def _loaded(code):
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


@pytest.mark.parametrize("code", ["import bocage", "import bocage.cli", "import bocage.core"])
def test_importing_the_package_brings_nothing_heavy(code):
    assert not _loaded(code) & set(HEAVY)


def test_the_help_brings_nothing_heavy():
    code = "import sys; sys.argv = ['bocage', 'compare', '--help']\nfrom bocage.cli import main\n"
    assert not _loaded(code + "try: main()\nexcept SystemExit: pass") & {*HEAVY, "numpy"}


def _least_seconds(*commands):
    # Of the processor, the least of several: other programs make all larger, never less.
    seconds = [[] for _ in commands]
    for _ in range(5):
        for arguments, found in zip(commands, seconds, strict=True):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            found.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return map(min, seconds)


def test_start_takes_no_more_than_moments():
    # Beside what a table costs to look at, as machines differ.
    imported, helped, pandas = _least_seconds(
        ["-c", "import bocage"], ["-m", "bocage", "--help"], ["-c", "import pandas"]
    )
    assert imported < pandas / 4
    assert helped < pandas * 0.8
