"""Every head by name: our own, and those of installed packages."""

import re
from collections.abc import Mapping
from dataclasses import replace

from bocage.core import Plugin, Registry
from bocage.methods.heads._bands import BANDS
from bocage.methods.heads._centroid import CENTROID
from bocage.methods.heads._forest import FOREST
from bocage.methods.heads._lightgbm import LIGHTGBM
from bocage.methods.heads._linear import LOGISTIC, RIDGE
from bocage.methods.heads._mlp import MLP
from bocage.methods.heads._neighbours import KNN1, KNN3
from bocage.methods.heads._prior import PRIOR
from bocage.methods.heads._spec import HeadSpec
from bocage.methods.heads._xgboost import XGBOOST

GROUP = "bocage.heads"
"""Entry points that lead to heads."""

_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_SUFFIX = re.compile(r"\.[a-z0-9]+")
_KINDS = {"classification", "regression"}
_ALL = (
    *(PRIOR, BANDS, CENTROID, LOGISTIC, RIDGE, KNN1, KNN3),
    *(FOREST, XGBOOST, LIGHTGBM, MLP),
)
_OWN: Mapping[str, HeadSpec] = {spec.name: spec for spec in _ALL}


def _adopt(spec: HeadSpec, plugin: Plugin) -> HeadSpec:
    """Check a head of another package; its release is part of what decides its results.

    Raises
    ------
    ValueError
        If it can't be used.
    """
    if spec.name != plugin.name or not _NAME.fullmatch(spec.name):
        raise ValueError(
            f"the head is called {spec.name!r}; expected the name of its entry point, in "
            "lower-case letters, digits, - and _"
        )
    if spec.strategy != "shallow" or spec.weighting == "votes":
        raise ValueError(
            "expected a head with strategy='shallow', and weighting other than 'votes'"
        )
    if not spec.grid or not set(spec.grid) <= _KINDS or not all(spec.grid.values()):
        raise ValueError(
            "its grid needs one setting or more, {} for the defaults, for each kind that it can "
            "do: classification or regression"
        )
    if not _SUFFIX.fullmatch(spec.suffix):
        raise ValueError(f"its file can't end in {spec.suffix!r}; expected such as .json")
    # A file builds these types when it is read: their own, which are installed, and no others.
    near = {plugin.entry.module.partition(".")[0], "sklearn"}
    far = [name for name in spec.trusted if name.partition(".")[0] not in near]
    if far:
        raise ValueError(
            f"it trusts {far[0]} in model files; expected types of "
            f"{' and '.join(sorted(near))} alone"
        )
    return replace(
        spec, libraries=tuple(dict.fromkeys((*spec.libraries, plugin.package.rpartition(" ")[0])))
    )


HEADS: Registry[HeadSpec] = Registry(_OWN, GROUP, HeadSpec, _adopt)
"""Every head by name; a name of our own is never replaced by another package."""
