"""What one file of a map holds, and how its numbers stand for values."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bocage.colours import NO_CLASS, Legend
from bocage.core import DataError, SettingsError

LayerName = Literal[
    "class", "confidence", "probability", "applicability", "density", "error", "value"
]
Overviews = Literal["mode", "average", "nearest"]

INSIDE = 100
"""Largest stored dissimilarity that lies inside the area of applicability."""

_PROBABILITY_STEPS = 250


@dataclass(frozen=True, slots=True)
class Layer:
    """What one file of a map holds.

    Attributes
    ----------
    name : {"class", "confidence", "probability", "applicability", "density", "error", "value"}
    dtype : str
        Of the stored numbers: ``uint8`` or ``float32``.
    nodata : float
        Stored number of a pixel without data.
    bands : tuple of str
        What each band is.
    legend : Legend, optional
        Names and colours of classes.
    scale, offset : float
        value = stored x scale + offset.
    unit : str
        Of the values; blank for none.
    overviews : {"mode", "average", "nearest"}
        How pixels of a coarser level are made: the class of most of the four pixels below it that
        have data, or their mean.
    largest : int, optional
        Largest stored number that has a meaning, beside `nodata`.
    tags : mapping of str to str
        Written into the file: study, score, attribution.

    Notes
    -----
    Overviews leave pixels without data out: a coarse pixel has data if one below it has.
    """

    name: LayerName
    dtype: Literal["uint8", "float32"]
    nodata: float
    bands: tuple[str, ...]
    legend: Legend | None = None
    scale: float = 1.0
    offset: float = 0.0
    unit: str = ""
    overviews: Overviews = "average"
    largest: int | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.bands:
            raise SettingsError("a layer without bands can't be written; expected at least one")
        if not (np.isfinite([self.scale, self.offset]).all() and self.scale > 0):
            raise SettingsError(
                f"scale {self.scale} and offset {self.offset} can't be used; expected finite "
                "numbers, and a scale above 0"
            )
        object.__setattr__(self, "tags", {str(k): str(v) for k, v in sorted(self.tags.items())})

    def with_tags(self, **tags: str) -> "Layer":
        """Return the same layer with more to write into the file."""
        return replace(self, tags={**self.tags, **tags})

    @property
    def is_class(self) -> bool:
        """Whether its numbers are classes."""
        return self.legend is not None and self.name == "class"

    def encode(self, values: NDArray[Any]) -> NDArray[Any]:
        """Turn values into stored numbers.

        Parameters
        ----------
        values : ndarray, any shape
            Values in the layer's unit; class codes for classes. NaN, and a code below 0, is
            a pixel without data.

        Returns
        -------
        ndarray of the same shape, of the layer's type
            Rounded to the nearest; a dissimilarity is rounded up, so that what is stored as at
            most 100 is inside, and nothing else is. What is too large is stored as the largest.

        Examples
        --------
        >>> import numpy as np
        >>> probability_layer(["water"]).encode(np.array([0.5, 1.0, np.nan]))
        array([125, 250, 255], dtype=uint8)
        """
        if self.dtype == "float32":
            return values.astype(np.float32)
        values = np.asarray(values)
        gone = np.isnan(values) if values.dtype.kind == "f" else np.zeros(values.shape, bool)
        if self.is_class:
            gone = gone | (values < 0)
            stored = np.where(gone, 0, values)
        else:
            stored = np.where(gone, 0.0, (values - self.offset) / self.scale)
        if self.name == "applicability":
            # A hundredth of the threshold, taken a hundred times, may miss it by a rounding.
            inside = values <= self.scale * INSIDE * (1 + 1e-12)
            stored = np.where(
                inside, np.minimum(np.ceil(stored), INSIDE), np.maximum(np.ceil(stored), INSIDE + 1)
            )
        elif not self.is_class:
            stored = np.rint(stored)
        if self.largest is not None and not self.is_class:
            stored = np.clip(stored, 0, self.largest)
        out: NDArray[Any] = np.where(gone, self.nodata, stored).astype(self.dtype)
        return out

    def check(self, stored: NDArray[Any]) -> NDArray[Any]:
        """Return stored numbers as (bands, height, width), if they are this layer's.

        Raises
        ------
        DataError
            If type, number of bands or a number is none of the layer's.
        """
        stored = stored[np.newaxis] if stored.ndim == 2 else stored  # noqa: PLR2004 - no bands
        if stored.dtype != np.dtype(self.dtype) or stored.shape[0] != len(self.bands):
            raise DataError(
                f"the {self.name} layer was given {stored.shape[0]} bands of {stored.dtype}; "
                f"expected {len(self.bands)} of {self.dtype}"
            )
        if self.largest is not None and self.largest + 1 < self.nodata:
            strange = (stored > self.largest) & (stored != self.nodata)
            if strange.any():
                raise DataError(
                    f"the {self.name} layer was given {stored[strange][0]}; expected numbers up to "
                    f"{self.largest}, or {self.nodata:g} for no data"
                )
        return stored


def class_layer(legend: Legend, tags: Mapping[str, str] | None = None) -> Layer:
    """Make the layer of classes: a byte a pixel, 255 without data."""
    return Layer(
        "class",
        "uint8",
        NO_CLASS,
        ("class",),
        legend,
        overviews="mode",
        largest=len(legend) - 1,
        tags=tags or {},
    )


def confidence_layer(tags: Mapping[str, str] | None = None, error: float = float("nan")) -> Layer:
    """Make the layer of the winning class's probability: whole percent, 255 without data.

    Parameters
    ----------
    tags : mapping of str to str, optional
    error : float
        Expected calibration error of the place, which its name tells; NaN where it is unknown.
    """
    return Layer(
        "confidence",
        "uint8",
        NO_CLASS,
        ("probability of the mapped class" + ("" if math.isnan(error) else f" (ECE {error:.2f})"),),
        unit="%",
        largest=100,
        tags=tags or {},
    )


def probability_layer(names: Sequence[str], tags: Mapping[str, str] | None = None) -> Layer:
    """Make the layer of all classes' probabilities: one band a class, in steps of 0.004."""
    return Layer(
        "probability",
        "uint8",
        NO_CLASS,
        tuple(names),
        scale=1 / _PROBABILITY_STEPS,
        largest=_PROBABILITY_STEPS,
        tags=tags or {},
    )


def applicability_layer(threshold: float, tags: Mapping[str, str] | None = None) -> Layer:
    """Make the layer of how unlike the training samples a pixel is.

    Parameters
    ----------
    threshold : float
        Dissimilarity index up to which a pixel lies inside the area of applicability.
    tags : mapping of str to str, optional

    Notes
    -----
    The dissimilarity index (Meyer & Pebesma 2021, 10.1111/2041-210X.13650) is stored in one byte,
    as hundredths of the threshold, rounded up: at most 100 is inside the area of applicability,
    more is outside, so that one band is both the index and the mask, without the noise that makes
    float32 four times as large and hard to compress. Beyond 2.54 thresholds all pixels are 254.
    """
    if not (np.isfinite(threshold) and threshold > 0):
        raise SettingsError(
            f"the threshold of the dissimilarity index is {threshold}; expected a number above 0"
        )
    return Layer(
        "applicability",
        "uint8",
        NO_CLASS,
        ("dissimilarity index",),
        scale=threshold / INSIDE,
        largest=NO_CLASS - 1,
        tags={"applicability_threshold": f"{threshold:.9g}", **(tags or {})},
    )


def density_layer(threshold: float, tags: Mapping[str, str] | None = None) -> Layer:
    """Make the layer of how many training samples a pixel is like: float32, NaN without data.

    Parameters
    ----------
    threshold : float
        Dissimilarity index up to which a sample is like a pixel.
    tags : mapping of str to str, optional
    """
    return Layer(
        "density",
        "float32",
        float("nan"),
        (f"training samples within a dissimilarity of {threshold:.3g}",),
        tags=tags or {},
    )


def error_layer(
    farthest: float,
    tags: Mapping[str, str] | None = None,
    *,
    is_share: bool = True,
    unit: str = "",
) -> Layer:
    """Make the layer of the expected error of a pixel that is as unlike the training samples.

    Parameters
    ----------
    farthest : float
        Dissimilarity index beyond which nothing is known: pixels there are blank.
    tags : mapping of str to str, optional
    is_share : bool
        Whether it is the share of wrong classes (whole percent, a byte), and not the absolute
        error of a number (float32).
    unit : str
        Of that number.
    """
    known = f"nodata beyond a dissimilarity of {farthest:.3g}"
    if is_share:
        name = (
            "error rate of held-out labels of the same dissimilarity to the training data "
            f"({known})"
        )
        return Layer("error", "uint8", NO_CLASS, (name,), unit="%", largest=100, tags=tags or {})
    name = (
        "absolute error of held-out labels of the same dissimilarity to the training data "
        f"({known})"
    )
    return Layer("error", "float32", float("nan"), (name,), unit=unit, tags=tags or {})


def value_layer(name: str, unit: str = "", tags: Mapping[str, str] | None = None) -> Layer:
    """Make the layer of a regression: float32, NaN without data."""
    return Layer("value", "float32", float("nan"), (name,), unit=unit, tags=tags or {})
