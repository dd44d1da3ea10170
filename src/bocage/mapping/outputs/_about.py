"""What is told about a map and the model that made it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from bocage.core import SettingsError
from bocage.mapping.outputs._layer import Layer
from bocage.sources import Coding

ModelTask = Literal["classification", "regression", "semantic-segmentation"]

_LAST_YEAR = 9999


@dataclass(frozen=True, slots=True)
class ModelAbout:
    """What is told about a model.

    Attributes
    ----------
    name : str
        Of the method: ``aef:logistic``.
    architecture : str
        As the literature calls it: ``logistic regression``.
    task : {"classification", "regression", "semantic-segmentation"}
    bands : tuple of str
        That it reads, in its order.
    coding : Coding, optional
        How numbers of the file it reads stand for values; None where they are the values.
    dtype : str
        Of the values that it is given.
    source : str
        What the bands are: ``AlphaEarth Foundations, version 1``.
    framework, framework_version : str
        What it was trained with; blank if it is not reported.
    parameters : int, optional
        All numbers that it learnt or was given learnt.
    pretrained_on : str
        Blank for a model that knows the labels alone.
    window : tuple of int, optional
        Height and width of the chips that it reads; None for single pixels.
    hyperparameters : mapping of str
    """

    name: str
    architecture: str
    task: ModelTask
    bands: tuple[str, ...]
    coding: Coding | None = None
    dtype: str = "float32"
    source: str = ""
    framework: str = ""
    framework_version: str = ""
    parameters: int | None = None
    pretrained_on: str = ""
    window: tuple[int, int] | None = None
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not (self.bands and self.name and self.architecture):
            raise SettingsError(
                "a model without a name, an architecture or bands can't be described in the "
                "catalogue; expected all three"
            )


@dataclass(frozen=True, slots=True)
class MapAbout:
    """What is told about a map.

    Attributes
    ----------
    id : str
        Of its catalogue entry.
    title, description : str
    years : tuple of int
        First and last calendar year that the map shows.
    model : ModelAbout
    licence : str
        SPDX identifier such as ``CC-BY-4.0``; ``other`` for any other.
    attribution : str
        Whose data it is made of, as they want to be named.
    scores : mapping of str to float
        With the place that they hold for: ``balanced_accuracy:out``.
    learned_from : mapping of str
        Product, version, years and files of the features that the model learned from.
    links : mapping of str to str
        Relation (``license``, ``derived_from``, ``cite-as``) to address.
    """

    id: str
    title: str
    description: str
    years: tuple[int, int]
    model: ModelAbout
    licence: str = "other"
    attribution: str = ""
    scores: Mapping[str, float] = field(default_factory=dict)
    learned_from: Mapping[str, Any] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        first, last = self.years
        if not 1 <= first <= last <= _LAST_YEAR:
            raise SettingsError(
                f"years {first} to {last} are not valid; expected the first and the last calendar "
                "year that the map shows"
            )
        if not self.id.strip():
            raise SettingsError(
                "a map without an id can't be catalogued; expected a short name as its id"
            )
        if not re.fullmatch(r"[\w.+-]+", self.licence):
            raise SettingsError(
                f"licence {self.licence!r} can't be read; expected an SPDX identifier such as "
                "CC-BY-4.0, or 'other'"
            )


@dataclass(frozen=True, slots=True)
class MapFile:
    """One file of a map.

    Attributes
    ----------
    key : str
        Its name in the catalogue entry: ``class``, ``class-style``, ``model``.
    path : Path
    layer : Layer, optional
        Of a raster.
    title : str
        Blank for one made from its kind.
    is_model : bool
        Whether it is the model that made the map.
    """

    key: str
    path: Path
    layer: Layer | None = None
    title: str = ""
    is_model: bool = False
