"""A synthetic label table with embeddings, and the program called as a user calls it."""

import sys

import numpy as np
import pytest

from bocage.cli import main


@pytest.fixture
def frame():
    """Ninety synthetic points in three districts: embeddings, two bands, a crop and a yield."""
    import pandas as pd

    rng = np.random.default_rng(0)
    n = 90
    crop, district = np.arange(n) % 3, np.repeat(np.arange(3), n // 3)
    embedding = rng.normal(size=(n, 64)) + 3 * rng.normal(size=(3, 64))[crop]
    embedding /= np.linalg.norm(embedding, axis=1, keepdims=True)
    columns = {
        "lon": 10 + 2 * district + rng.uniform(0, 0.5, n),
        "lat": 45 + rng.uniform(0, 0.5, n),
        "district": [f"d{d}" for d in district],
        "crop": np.array(["maize", "rice", "wheat"])[crop],
        "yield": 2 + crop + rng.normal(0, 0.1, n),
        "B2": rng.uniform(0, 0.3, n),
        "B8": rng.uniform(0, 0.6, n),
    }
    columns |= {f"A{band:02d}": embedding[:, band] for band in range(64)}
    return pd.DataFrame(columns)


@pytest.fixture
def bocage(tmp_path, monkeypatch, capfd):
    """Call the program in an empty folder; give back its exit code and what it printed."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["bocage", *map(str, arguments)])
        capfd.readouterr()
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        out, err = capfd.readouterr()
        return code, out, err

    return call
