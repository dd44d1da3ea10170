"""Packages of others, installed into a folder of their own."""

import shutil
import subprocess
import sys
from pathlib import Path

HEDGE = Path(__file__).parent / "plugin"


def install_hedge(folder):
    """Install the outsider's package as pip does, and return where it is found."""
    # Where it is built, files are left behind.
    source = shutil.copytree(HEDGE, folder / "source")
    options = [
        "--no-deps",
        "--no-index",
        "--no-build-isolation",
        "--disable-pip-version-check",
        "-q",
    ]
    command = [sys.executable, "-m", "pip", "install", *options]
    subprocess.run([*command, "--target", folder / "site", source], check=True)
    return folder / "site"


def write_package(folder, group, name, text, package="thorn"):
    """Lay a package of one module down as if it were installed; its entry point is `part`."""
    record = folder / f"{package}-1.2.dist-info"
    record.mkdir(parents=True)
    (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.2\n")
    (record / "entry_points.txt").write_text(f"[{group}]\n{name} = {package}:part\n")
    (folder / f"{package}.py").write_text(text)
    return folder
