"""Drafts: room for all layers or none; gone with a map that is refused, kept after a stop."""

import shutil
from collections import namedtuple

import numpy as np
import pytest

from bocage.colours import legend_for
from bocage.core import DataError, SettingsError, StoreError
from bocage.mapping._drafts import SIDE_BY_SIDE, check_room, drafts
from bocage.mapping.outputs import class_layer, confidence_layer, draft_size
from bocage.sources import Grid, Window

GRID = Grid("EPSG:32633", (10, 0, 5e5, 0, -10, 5e6), 700, 600)
LAYERS = {"class": class_layer(legend_for(("a", "b")), {}), "confidence": confidence_layer({}, 0.1)}
ONE = Window(0, 0, 100, 600)
Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 - as in shutil


def _paint(output, key="k", layers=LAYERS, failure=None, *, painted=True):
    with drafts(output, layers, GRID, key) as opened:
        if painted:
            for draft in opened.values():
                draft.put(ONE, np.zeros((100, 600), dtype="uint8"))
        if failure is not None:
            raise failure
        return {name: draft.done for name, draft in opened.items()}


def _left(folder):
    return sorted(path.name for path in folder.iterdir())


def test_drafts_go_with_a_map_that_stands_or_is_refused(tmp_path):
    output = tmp_path / "map.tif"
    _paint(output)
    assert not _left(tmp_path)
    for refused in (DataError("no"), SettingsError("no")):
        with pytest.raises(type(refused)):
            _paint(output, failure=refused)
        assert not _left(tmp_path)


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), StoreError("full"), OSError("full")])
def test_what_was_painted_before_a_stop_is_gone_on_with(tmp_path, failure):
    output = tmp_path / "map.tif"
    with pytest.raises(type(failure)):
        _paint(output, failure=failure)
    assert _left(tmp_path) == [".map.tif.draft", ".map_confidence.tif.draft"]
    assert _paint(output, painted=False) == {"class": {ONE}, "confidence": {ONE}}
    assert not _left(tmp_path)


def test_a_stop_before_anything_was_painted_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        _paint(tmp_path / "map.tif", failure=KeyboardInterrupt(), painted=False)
    assert not _left(tmp_path)


def test_drafts_of_another_map_and_of_other_layers_are_replaced(tmp_path):
    output = tmp_path / "map.tif"
    with pytest.raises(KeyboardInterrupt):
        _paint(output, failure=KeyboardInterrupt())
    # Another model, one layer: nothing is taken over, and the other layer's draft goes.
    only = {"class": LAYERS["class"]}
    assert _paint(output, "other", only, painted=False) == {"class": frozenset()}
    assert not _left(tmp_path)


def test_room_for_all_layers_is_asked_for_before_the_first(tmp_path, monkeypatch):
    # 700 x 600 pixels in blocks of 512: 2 x 2 blocks a layer.
    need = SIDE_BY_SIDE * 2 * 4 * 512**2
    assert sum(draft_size(GRID, layer) for layer in LAYERS.values()) == 2 * 4 * 512**2
    output = tmp_path / "new" / "map.tif"

    def free(n):
        monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 0, n))

    free(int(need) + 1)
    check_room(output, LAYERS, GRID)
    free(int(need) - 1)
    with pytest.raises(StoreError) as caught:
        check_room(output, LAYERS, GRID)
    said = (
        "its layers (class, confidence) may take 5.6 MB while they are written, and 5.6 MB are free"
    )
    assert said in str(caught.value)
    assert not _left(tmp_path)
    # One layer alone has room: the first of two is not begun either.
    with pytest.raises(StoreError):
        _paint(output)
    assert not _left(tmp_path)
    _paint(output, layers={"class": LAYERS["class"]})


def test_drafts_that_are_there_have_their_room(tmp_path, monkeypatch):
    output = tmp_path / "map.tif"
    with pytest.raises(KeyboardInterrupt):
        _paint(output, failure=KeyboardInterrupt())
    held = 2 * 4 * 512**2
    rest = int((SIDE_BY_SIDE - 1) * held) + 1
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 0, rest))
    assert _paint(output, painted=False) == {"class": {ONE}, "confidence": {ONE}}
