"""A draft goes on where a killed process left it, and only if it is of the same map."""

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import rasterio

from bocage.colours import legend_for
from bocage.core import StoreError
from bocage.mapping.outputs import Draft, class_layer, finish, write_cog
from bocage.sources import Window

from .conftest import cut, listing, longest_file, make_classes, make_grid


def test_threads_may_write_side_by_side(tmp_path, layer):
    grid = make_grid(height=1100, width=1300, bottom_up=True)
    stored = make_classes(grid)
    draft = Draft(tmp_path / "draft", grid, layer)
    windows = cut(grid, stored, (100, 90), seed=0)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda pair: draft.put(*pair), windows))
    assert draft.done == {window for window, _ in windows}
    finish(draft, tmp_path / "map.tif")
    write_cog(tmp_path / "other.tif", grid, layer, [(grid.whole, stored)])
    assert (tmp_path / "map.tif").read_bytes() == (tmp_path / "other.tif").read_bytes()
    # Other layers may still fail: what was painted goes when the whole map stands.
    assert (tmp_path / "draft").exists()
    draft.discard()
    assert not (tmp_path / "draft").exists()


WORK = """
import sys
from pathlib import Path
import numpy as np
from bocage.mapping.outputs import Draft, class_layer
from bocage.colours import legend_for
from bocage.sources import Grid
grid = Grid("EPSG:32633", (10.0, 0.0, 500000.0, 0.0, 10.0, 5000000.0), 1100, 1300)
layer = class_layer(legend_for(["water", "tree", "crop"]))
stored = np.load("stored.npy")
draft = Draft(Path("draft"), grid, layer, "model 1")
print(len(draft.done), flush=True)
for window in grid.tiles((100, 90)):
    if window not in draft.done:
        draft.put(window, stored[window.slices])
        print("put", flush=True)
print("all", flush=True)
sys.stdin.read()
"""


def test_a_killed_draft_goes_on_and_makes_the_same_bytes(tmp_path):
    grid = make_grid(height=1100, width=1300, bottom_up=True)
    layer = class_layer(legend_for(["water", "tree", "crop"]))
    grid = type(grid)(grid.crs, (10.0, 0.0, 500_000.0, 0.0, 10.0, 5_000_000.0), 1100, 1300)
    stored = make_classes(grid, 3)
    np.save(tmp_path / "stored.npy", stored)
    known = 0
    for stop_after in (1, 17, 60):
        with subprocess.Popen(
            [sys.executable, "-c", WORK],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stdin=subprocess.PIPE,
            text=True,
        ) as process:
            found = int(process.stdout.readline())
            assert found >= known, "finished windows were lost"
            for _ in range(stop_after):
                process.stdout.readline()
            process.send_signal(signal.SIGKILL)
        known = found + stop_after
    draft = Draft(tmp_path / "draft", grid, layer, "model 1")
    assert known <= len(draft.done) < 15 * 11
    for window, pixels in cut(grid, stored, (100, 90)):
        if window not in draft.done:
            draft.put(window, pixels)
    finish(draft, tmp_path / "map.tif")
    write_cog(tmp_path / "other.tif", grid, layer, [(grid.whole, stored)])
    assert (tmp_path / "map.tif").read_bytes() == (tmp_path / "other.tif").read_bytes()


def test_a_window_whose_note_was_cut_off_is_not_taken_for_done(tmp_path, grid, layer):
    with Draft(tmp_path / "draft", grid, layer) as draft:
        draft.put(Window(0, 0, 10, 100), np.zeros((10, 100), np.uint8))
        draft.put(Window(10, 0, 10, 100), np.zeros((10, 100), np.uint8))
    notes = tmp_path / "draft" / "done.txt"
    notes.write_bytes(notes.read_bytes()[:-2])
    with Draft(tmp_path / "draft", grid, layer) as draft:
        assert draft.done == {Window(0, 0, 10, 100)}
        # The next note does not join the one that was cut off.
        draft.put(Window(20, 0, 5, 5), np.zeros((5, 5), np.uint8))
    with Draft(tmp_path / "draft", grid, layer) as draft:
        assert draft.done == {Window(0, 0, 10, 100), Window(20, 0, 5, 5)}


@pytest.mark.parametrize(
    "other",
    [
        {"key": "model 2"},
        {"grid": make_grid(height=701)},
        {"grid": make_grid("south")},
        {"layer": class_layer(legend_for(["water", "tree"]))},
    ],
    ids=["model", "size", "place", "classes"],
)
def test_a_draft_of_another_map_is_begun_anew(tmp_path, grid, layer, other):
    settings = {"folder": tmp_path / "draft", "grid": grid, "layer": layer, "key": "model 1"}
    with Draft(**settings) as draft:
        draft.put(Window(0, 0, 10, 10), np.zeros((10, 10), np.uint8))
    with Draft(**settings) as draft:
        assert len(draft.done) == 1
    with Draft(**(settings | other)) as draft:
        assert not draft.done
        with rasterio.open(draft.pixels) as file:
            assert (file.read(1) == 255).all()


def test_a_draft_that_was_killed_while_its_room_was_taken_is_begun_anew(tmp_path, grid, layer):
    Draft(tmp_path / "draft", grid, layer).close()
    (tmp_path / "draft" / "draft.json").unlink()
    pixels = tmp_path / "draft" / "pixels.tif"
    pixels.write_bytes(pixels.read_bytes()[:1000])
    with Draft(tmp_path / "draft", grid, layer) as draft:
        draft.put(grid.whole, make_classes(grid))
    finish(draft, tmp_path / "map.tif")


def test_too_little_room_is_known_before_the_work(tmp_path, grid, layer, capfd):
    for limit in (0, 500, 20_000, 500_000, 1_000_000):
        with longest_file(limit), pytest.raises(StoreError):
            Draft(tmp_path / "draft", grid, layer)
    capfd.readouterr()
    Draft(tmp_path / "draft", grid, layer).discard()
    assert not listing(tmp_path)
