"""The scripts in `benchmarks`, for tests that measure as they do."""

import importlib.util
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "benchmarks"


def load_script(name):
    """Import ``benchmarks/<name>.py``, which is no package."""
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    # Slotted dataclasses look their module up by name.
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
