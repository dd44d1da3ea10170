"""The landscape against the real four regions, measured by one and the same script."""

import os
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from tests.data.scripts import load_script
from threadpoolctl import threadpool_limits

REGIMES = ("aef random", "aef in", "aef local", "aef out")
REAL = {
    # Printed by benchmarks/landscape_calibration.py with BOCAGE_DATA set, column `real`.
    "aef random": 0.943,
    "aef in": 0.907,
    "aef local": 0.927,
    "aef out": 0.732,
    "xy random": 0.629,
    "components range 63 % km": 2.561,
    "components range 95 % km": 19.689,
    "classes range 63 % km": 2.833,
    "classes range 95 % km": 15.941,
}


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return load_script("landscape_calibration")


@pytest.fixture(scope="module")
def default(script) -> dict[str, float]:
    with threadpool_limits(1):
        return script.measure(script.synthetic_table(script.DEFAULT_SEED)[0])


def _agrees(figures: dict[str, float], real: dict[str, float]) -> None:
    for key in REGIMES:
        assert figures[key] == pytest.approx(real[key], abs=0.05), key
    for key in (key for key in real if "range" in key and key in REAL):
        assert 0.5 < figures[key] / real[key] < 2, key


def test_script_measures_the_default_settings(script):
    from bocage.datasets.landscape import LandscapeSettings

    assert LandscapeSettings().seed == script.DEFAULT_SEED


def test_default_landscape_agrees_with_the_stored_figures_of_the_four_regions(default):
    _agrees(default, REAL)


def test_embedding_has_ten_to_sixteen_effective_dimensions(default):
    # The range that the project asks for; 13.3 is published for the United States. The real
    # four regions, four classes only, have 8.9.
    assert 10 <= default["participation ratio"] <= 16


def test_coordinates_are_strong_in_the_random_check_and_at_chance_out_of_region(default):
    assert default["xy random"] == pytest.approx(REAL["xy random"], abs=0.05)
    assert default["xy out"] == pytest.approx(0.25, abs=0.05)


def test_reflectance_is_weaker_than_the_embedding_everywhere(default):
    for regime in ("random", "in", "local", "out"):
        assert default[f"s2 {regime}"] < default[f"aef {regime}"] - 0.1
    assert default["s2 out"] > 0.4
    assert default["elevation out"] == pytest.approx(0.25, abs=0.05)


@pytest.mark.slow
def test_seeds_not_used_in_tuning_agree_on_average(script):
    with threadpool_limits(1):
        many = [script.measure(script.synthetic_table(s)[0], repeats=1) for s in script.FRESH]
    figures = {key: float(np.mean([one[key] for one in many])) for key in many[0]}
    _agrees(figures, REAL)
    assert all(10 <= one["participation ratio"] <= 16 for one in many)
    assert figures["xy random"] == pytest.approx(REAL["xy random"], abs=0.05)
    assert figures["xy out"] == pytest.approx(0.25, abs=0.03)


@pytest.mark.real
def test_stored_figures_are_those_of_the_real_data_and_the_default_agrees(script, default):
    folder = os.environ.get("BOCAGE_DATA")
    if not folder or not (Path(folder) / "four-regions").is_dir():
        pytest.skip("BOCAGE_DATA is not set or has no four-regions")
    with threadpool_limits(1):
        real = script.measure(script.real_table(Path(folder)))
    assert real["n"] == 1219
    for key, stored in REAL.items():
        assert real[key] == pytest.approx(stored, rel=0.02), key
    _agrees(default, real)
