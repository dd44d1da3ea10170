"""The scripts in `benchmarks` and `docs/_site`, for tests that measure and write as they do."""

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def load_script(name, folder="benchmarks"):
    """Import ``<folder>/<name>.py``, which is no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / folder / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    # Slotted dataclasses look their module up by name.
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
