"""TerraTorch's own program, on what we write."""

import os
import subprocess
import sys

import numpy as np
import pytest
from tests.data.optical import make_optical_task

from bocage.methods import Recipe, Views, parse_method
from bocage.methods.exports import training_of, write_terratorch
from bocage.splits import Inner

ROWS, TESTS = np.arange(4), {"out": np.arange(4, 8)}


@pytest.mark.slow
def test_terratorch_trains_and_tests_what_was_written(tmp_path):
    views = Views(make_optical_task(side=32))
    method = parse_method("s2:prithvi-tiny:lora:weights=random,head=unet,last=3")
    inner = Inner(((np.array([0, 1]), np.array([2, 3])),), "groups")
    training = training_of(method, ROWS, TESTS, inner, Recipe(1, 1), 0, {"lr": 1e-3, "epochs": 1})
    path = write_terratorch(tmp_path / "out", method, views, training, title="a study")
    # What the program `terratorch` calls; one process imports it once.
    script = (
        "from terratorch.cli_tools import build_lightning_cli as run\n"
        "run(['fit', '-c', 'config.yaml'])\n"
        "run(['test', '-c', 'config.yaml', '--ckpt_path', 'output/checkpoints/last.ckpt'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=path.parent,
        env={
            **os.environ,
            "OMP_NUM_THREADS": "1",
            "HF_HUB_OFFLINE": "1",
            "CUDA_VISIBLE_DEVICES": "",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "`max_epochs=1` reached" in done.stdout + done.stderr
    assert "test/IoU_water" in done.stdout
    assert (path.parent / "output/checkpoints/last.ckpt").is_file()
