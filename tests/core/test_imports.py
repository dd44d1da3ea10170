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


@pytest.mark.parametrize(
    ("arguments", "limit"),
    [(["-c", "import bocage"], 0.3), (["-m", "bocage", "--help"], 0.6)],
    ids=["import", "help"],
)
def test_start_takes_no_more_than_moments(arguments, limit):
    # Seconds of the processor, the least of several: other programs make both larger, never less.
    # The help takes about 0.15 s on a machine that does nothing else.
    seconds = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(seconds) < limit
