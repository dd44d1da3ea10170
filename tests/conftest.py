"""Small tasks that many tests share."""

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from bocage.core import Input
from bocage.tasks import Samples, build_task


def make_samples(seed=0, n=360, kind="classification", order=None):
    """Three synthetic regions, three classes in stripes, two inputs: one good, one noise."""
    rng = np.random.default_rng(seed)
    region = np.repeat(["east", "north", "south"], n // 3)
    corner = {"east": (10.0, 45.0), "north": (0.0, 60.0), "south": (20.0, -10.0)}
    lonlat = np.array([corner[name] for name in region]) + rng.uniform(0, 0.5, (n, 2))
    code = (np.floor(lonlat[:, 0] * 12).astype(int) + rng.integers(0, 2, n)) % 3
    good = np.eye(3)[code] + rng.normal(0, 0.3, (n, 3))
    inputs = {
        "good": Input("good", good, ("a", "b", "c"), modality="optical"),
        "noise": Input("noise", rng.normal(size=(n, 4)), ("p", "q", "r", "s")),
    }
    target = np.array(["crop", "tree", "water"])[code]
    if kind == "regression":
        target = good @ [1.0, 2.0, 3.0] + rng.normal(0, 0.1, n)
    year = rng.choice(["2020", "2021"], n)
    rows = np.arange(n) if order is None else order
    return Samples(
        "toy",
        kind,
        target[rows],
        lonlat[rows],
        {name: item.take(rows) for name, item in inputs.items()},
        {"region": region[rows], "year": year[rows]},
        leave="region",
        synthetic=True,
    )


@pytest.fixture(scope="session")
def toy():
    """A synthetic classification task in three regions."""
    return build_task(make_samples())


@pytest.fixture(scope="session")
def toy_regression():
    """A synthetic regression task in three regions."""
    return build_task(make_samples(kind="regression"))


@pytest.fixture(scope="session")
def real_data():
    """The folder of real data, where there is one."""
    folder = os.environ.get("BOCAGE_DATA", "")
    if not Path(folder, "four-regions").is_dir():
        pytest.skip("BOCAGE_DATA names no folder with real data")
    return Path(folder)


@pytest.fixture(scope="module")
def own_cache(tmp_path_factory):
    """A cache that starts empty; no network of an earlier run is taken from disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOCAGE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 300 kB, where this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    command = [mount, "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("this machine does not let a small disk be mounted")
    yield folder
    subprocess.run([shutil.which("umount"), str(folder)], check=True)
