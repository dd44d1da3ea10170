"""What an import costs, and what it may not bring along."""

import subprocess
import sys
import time

import pytest

HEAVY = ("pandas", "sklearn", "torch", "rasterio", "geopandas", "xarray", "scipy", "matplotlib")


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


@pytest.mark.parametrize("arguments", [["-c", "import bocage"], ["-m", "bocage", "--help"]])
def test_start_takes_less_than_a_third_of_a_second(arguments):
    # The least of several: other programs on the machine only ever add to it.
    seconds = []
    for _ in range(8):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.3
