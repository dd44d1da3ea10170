"""Kinds of task: what a target is, and what follows from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from bocage.core._errors import SettingsError

KindName = Literal["classification", "regression", "segmentation"]
"""A kind as it is written in settings and files."""


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """What a task asks for.

    There is one object a kind, in every process, so that `is` compares them and tables are keyed
    by them. What a kind computes stands in such tables, in the rooms that compute it.

    Attributes
    ----------
    name : str
        As it is written in settings, files and sentences.
    units : str
        What its samples are called, many of them.
    has_classes : bool
        Whether the target names classes; else it is a number.
    has_masks : bool
        Whether samples are chips whose pixels have a class each.
    """

    name: KindName
    units: str
    has_classes: bool
    has_masks: bool

    def __str__(self) -> str:
        return self.name

    def __reduce__(self) -> "tuple[Callable[[str], Kind], tuple[str]]":
        return find_kind, (self.name,)

    @property
    def classifies_samples(self) -> bool:
        """Whether each sample has one class."""
        return self.has_classes and not self.has_masks

    @property
    def head(self) -> "Kind":
        """Kind of a head that does it: pixels of chips are classified as samples are."""
        return CLASSIFICATION if self.has_masks else self


CLASSIFICATION = Kind("classification", "samples", has_classes=True, has_masks=False)
REGRESSION = Kind("regression", "samples", has_classes=False, has_masks=False)
SEGMENTATION = Kind("segmentation", "chips", has_classes=True, has_masks=True)

KINDS: Mapping[str, Kind] = MappingProxyType(
    {kind.name: kind for kind in (CLASSIFICATION, REGRESSION, SEGMENTATION)}
)
"""Every kind by name."""


def find_kind(kind: Kind | str) -> Kind:
    """Return a kind by its name; a kind is returned as it is.

    Raises
    ------
    SettingsError
        If there is none of that name.

    Examples
    --------
    >>> find_kind("segmentation").has_classes
    True
    """
    if isinstance(kind, Kind):
        return kind
    if kind not in KINDS:
        raise SettingsError(f"unknown kind of task {kind!r}; expected one of {', '.join(KINDS)}")
    return KINDS[kind]
