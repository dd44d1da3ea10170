"""What `bocage` offers by itself."""

import importlib
import pkgutil
import subprocess
import sys

import pytest

import bocage

ROOMS = [m.name for m in pkgutil.walk_packages(bocage.__path__, "bocage.") if m.ispkg]


def test_every_name_is_there_and_completes():
    for name in bocage.__all__:
        assert getattr(bocage, name) is not None
        assert name in dir(bocage)


@pytest.mark.parametrize("room", ["bocage", *ROOMS])
def test_every_name_that_a_room_offers_is_there(room):
    module = importlib.import_module(room)
    for name in getattr(module, "__all__", []):
        assert hasattr(module, name), f"{room} offers {name}, which is not there"


def test_no_name_hides_another_module_or_builtin():
    import builtins
    import pathlib

    for room in ["bocage", *ROOMS]:
        offered = set(getattr(importlib.import_module(room), "__all__", []))
        assert not offered & (set(dir(builtins)) | {"Path", "np", "pd"}), room
    assert pathlib.Path is not None


def test_names_are_known_before_anything_heavy_is_imported():
    script = "import bocage, sys; dir(bocage); print('pandas' in sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "False"
