"""How large is an installation, and how long does it take?  Megabytes by package, seconds and CPU.

    python benchmarks/install_size.py                 # without extras
    python benchmarks/install_size.py --extras tune   # with one or several, comma-separated

Makes an empty virtual environment in a temporary folder and installs a checkout into it as a user
would: with pip, whatever versions it finds today, downloads and byte-compilation included.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from importlib.metadata import Distribution, distributions
from pathlib import Path

MEGABYTE = 1e6
LIMIT = 1000.0
"""Megabytes that an installation without extras may take."""
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "src")


def bytes_of(package: Distribution) -> int:
    """Sum the files that a package's own record names, compiled modules among them."""
    files = [Path(str(package.locate_file(file))) for file in package.files or ()]
    return sum(file.stat().st_size for file in files if file.is_file())


def bytes_below(folder: Path) -> int:
    """Sum all files of a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def install(
    checkout: Path, folder: Path, extras: str, *, cached: bool
) -> tuple[Path, float, float]:
    """Install into a new environment; return its packages' folder, seconds and CPU seconds."""
    copy = folder / "checkout"
    copy.mkdir()
    for name in SOURCES:  # A copy, as what an earlier build left would be installed again.
        source = checkout / name
        if source.is_dir():
            hidden = shutil.ignore_patterns("__pycache__", "*.egg-info")
            shutil.copytree(source, copy / name, ignore=hidden)
        else:
            shutil.copy(source, copy / name)
    start, before = time.monotonic(), os.times()
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    command = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    command += [] if cached else ["--no-cache-dir"]
    subprocess.run([*command, f"{copy}[{extras}]" if extras else copy], check=True)
    took, after = time.monotonic() - start, os.times()
    used = after.children_user + after.children_system
    used -= before.children_user + before.children_system
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    said = subprocess.run([python, "-c", where], check=True, capture_output=True, text=True)
    return Path(said.stdout.strip()), took, used


def main() -> int:
    """Print a table; the exit code is 1 where an installation without extras is too large."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--extras", default="", help="extras of pyproject.toml, comma-separated")
    parser.add_argument("--checkout", type=Path, default=Path(__file__).parents[1])
    parser.add_argument("--cached", action="store_true", help="take downloads from pip's cache")
    parser.add_argument("--top", type=int, default=15, help="packages to list")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        site, took, used = install(
            asked.checkout.resolve(), Path(name), asked.extras, cached=asked.cached
        )
        packages = {package.name: bytes_of(package) for package in distributions(path=[str(site)])}
        everything = bytes_below(site) / MEGABYTE
    largest = sorted(packages, key=lambda name: (-packages[name], name))
    print(f"Python {sys.version.split()[0]}, {sys.platform}; extras: {asked.extras or 'none'}")
    print(f"{everything:.0f} MB in {len(packages)} packages (pip itself is one)")
    print(f"{took:.0f} seconds, {used:.0f} CPU seconds\n")
    print("| package | MB |\n|---|---:|")
    for package in largest[: asked.top]:
        print(f"| {package} | {packages[package] / MEGABYTE:.0f} |")
    rest = everything - sum(packages[package] for package in largest[: asked.top]) / MEGABYTE
    print(f"| the other {len(largest[asked.top :])} | {rest:.0f} |")
    return int(not asked.extras and everything > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
