"""With BOCAGE_OFFLINE no library asks a server, whatever its own switches say."""

import os
import subprocess
import sys

import pytest
from tests.data.loopback import listen

GRIDS = """
import numpy as np
from bocage.sources import to_crs
print(to_crs("EPSG:4267", "EPSG:4326", np.array([[-100.0, 40.0]])))
"""
RASTERS = """
import bocage
import rasterio.warp
print(rasterio.warp.transform("EPSG:4267", "EPSG:4326", [-100.0], [40.0]))
"""


@pytest.mark.parametrize("code", [GRIDS, RASTERS])
@pytest.mark.parametrize("offline", ["1", "0"])
def test_grids_of_datums_are_not_fetched(tmp_path, code, offline):
    with listen() as (address, asked):
        told = {
            "PROJ_NETWORK": "ON",
            "PROJ_NETWORK_ENDPOINT": address,
            "PROJ_USER_WRITABLE_DIRECTORY": str(tmp_path),
            "BOCAGE_OFFLINE": offline,
        }
        # What it is answered is no grid: that may end in an error.
        subprocess.run(
            [sys.executable, "-c", code], env=os.environ | told, check=False, capture_output=True
        )
        # Where nothing forbids it, PROJ does ask: the address is the one it uses.
        assert bool(asked) == (offline == "0")
