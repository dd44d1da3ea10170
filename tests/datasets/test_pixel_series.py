"""Pixel time series: their shape, units and groups, and files that are not theirs."""

import shutil

import numpy as np
import pytest

from bocage.core import DownloadError
from bocage.datasets import load_task
from bocage.datasets._pixel_series import degree_cells, fuel_moisture

pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_data")]


def test_fuel_moisture_is_what_was_published():
    task = load_task("fuel-moisture")
    item = task.inputs["series"]
    assert (task.kind.name, len(task), item.values.shape) == ("regression", 2313, (2313, 3, 18))
    assert len(np.unique(task.groups["site"])) == 150
    assert 0 < task.target.min() < 110 < task.target.max() < 600
    # Windows of thirty days, which mostly fall into months that follow each other.
    assert set(np.unique(np.diff(item.months, axis=1) % 12)) == {0, 1, 2}
    for site in np.unique(task.groups["site"]):
        assert len(np.unique(task.unit[task.groups["site"] == site])) == 1


def test_algae_blooms_is_what_was_published():
    task = load_task("algae-blooms")
    assert (len(task), task.inputs["series"].values.shape[1:]) == (1122, (12, 18))
    assert set(np.unique(task.target)) <= {1, 2, 3, 4, 5}
    assert len(np.unique(task.groups["cell"])) == 95
    lon, lat = task.lonlat.T
    assert ((lon > -130) & (lon < -60) & (lat > 24) & (lat < 50)).all()


@pytest.mark.parametrize("name", ["algae-blooms", "fuel-moisture"])
def test_warm_months_are_warm(name):
    # Months off by one would show here first.
    task = load_task(name)
    item = task.inputs["series"]
    warm = item.values[:, :, item.bands.index("temperature_2m")]
    mean = {m: warm[item.months == m].mean() for m in np.unique(item.months).tolist()}
    assert max(mean, key=mean.get) in {7, 8}
    assert min(mean, key=mean.get) in {1, 2, 3}


def test_other_values_are_refused(real_data, tmp_path, monkeypatch):
    folder = tmp_path / "fuel-moisture"
    shutil.copytree(real_data / "fuel-moisture", folder)
    (folder / "target.npy").chmod(0o644)
    np.save(folder / "target.npy", np.zeros(2313))
    monkeypatch.setenv("BOCAGE_DATA", str(tmp_path))
    with pytest.raises(DownloadError, match=r"target\.npy in BOCAGE_DATA is not the expected file"):
        fuel_moisture()


def test_cells_are_named_by_their_corner():
    points = np.array([[0.5, 0.5], [-0.5, -0.5], [-0.5, 0.5]])
    assert degree_cells(points).tolist() == ["0N 0E", "1S 1W", "0N 1W"]
