"""Packages that Bocage needs, or may use: their releases, and how to get one that is missing."""

import sys
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any

from bocage.core._errors import SettingsError, in_one_line

DISTRIBUTIONS = MappingProxyType({"xgboost": ("xgboost", "xgboost-cpu")})
"""What brings a library, where that is called otherwise. XGBoost's two write one folder."""


def how_to_install(extra: str) -> str:
    """Say how to install an extra of pyproject.toml; the one place that says it.

    Examples
    --------
    >>> how_to_install("tune")
    'in the checkout of Bocage, run pip install ".[tune]"'
    """
    return f'in the checkout of Bocage, run pip install ".[{extra}]"'


@cache
def release_of(library: str) -> str | None:
    """Return the installed release of a library, None where there is none.

    Examples
    --------
    >>> release_of("no-such-library") is None
    True
    """
    from importlib.metadata import PackageNotFoundError, version

    found = set()
    for name in DISTRIBUTIONS.get(library, (library,)):
        try:
            found.add(version(name))
        except PackageNotFoundError:
            continue
    if len(found) > 1:
        # One folder, two records of it: what was installed last is there, and knows itself.
        return str(imported(library).__version__)
    return found.pop() if found else None


def imported(library: str) -> Any:
    """Import XGBoost or LightGBM.

    Raises
    ------
    SettingsError
        If it is not there, or only its remains are, or what it needs is missing.
    """
    try:
        module = import_module(library)
        # Where one of two packages of a folder was removed, an empty one may be left.
        _ = module.__version__
    except Exception as error:  # a library of C may fail to load in any way
        said = in_one_line(error)
        raise SettingsError(f"{library} can't be imported ({said}): {_cure(library)}") from error
    return module


def _cure(library: str) -> str:
    is_mac = sys.platform == "darwin"
    names = DISTRIBUTIONS.get(library, (library,))
    name = names[0] if is_mac else names[-1]
    way = f"run pip install --force-reinstall --no-deps {name}"
    way += ", and brew install libomp, which it needs on macOS" if is_mac else ""
    if len(names) > 1:
        way += f" ({' and '.join(names)} write the same folder: removing either breaks the other)"
    return way
