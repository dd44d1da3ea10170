"""Put the inputs of a method side by side, coordinates among them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, Input, SettingsError, stack, unit_vectors

COORDINATES = "xy"
"""Name of the input that every task has: its coordinates."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Features of a method for all samples.

    Attributes
    ----------
    values : ndarray of float64, shape (n_samples, n_bands)
    standardise : ndarray of bool, shape (n_bands,)
        Bands to bring to zero mean and unit variance on the training labels.
    bands : tuple of str
        ``input.band`` names.
    """

    values: NDArray[np.float64]
    standardise: NDArray[np.bool_]
    bands: tuple[str, ...]


def coordinates(lonlat: NDArray[np.float64]) -> Input:
    """Make the input ``xy``: points on the unit sphere, so that distance has no seam.

    Parameters
    ----------
    lonlat : ndarray of float64, shape (n, 2)
        Degrees.

    Returns
    -------
    Input
        Three bands, in Earth radii.

    Raises
    ------
    DataError
        If samples have no places.
    """
    if not np.isfinite(lonlat).all():
        raise DataError(
            "samples have no coordinates, and a method on 'xy' uses nothing else; expected "
            "coordinates (--lon, --lat): give them, or omit the method"
        )
    return Input(
        COORDINATES,
        unit_vectors(lonlat),
        ("x", "y", "z"),
        "Earth radii",
        scaling="keep",
        modality="coordinates",
    )


def matrix(
    inputs: Mapping[str, Input], lonlat: NDArray[np.float64], names: Sequence[str]
) -> Matrix:
    """Stack the named inputs.

    Coordinates alone keep their scale, because distance on the ground is what they mean; beside
    other inputs they are standardised, or no model would see them move within a region.

    Raises
    ------
    SettingsError
        If an input is unknown.
    """
    parts: list[Input] = []
    for name in names:
        if name == COORDINATES:
            parts.append(coordinates(lonlat))
        elif name in inputs:
            parts.append(inputs[name].as_table())
        else:
            known = ", ".join([*sorted(inputs), COORDINATES])
            raise SettingsError(f"no input {name!r}; this task has: {known}")
    values, standardise = stack(parts)
    if len(parts) > 1:
        width = [len(part.bands) for part in parts]
        is_place = [part.modality == "coordinates" for part in parts]
        standardise = standardise | np.repeat(is_place, width)
    bands = tuple(f"{part.name}.{band}" for part in parts for band in part.bands)
    return Matrix(values, standardise, bands)
