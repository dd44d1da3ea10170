"""Pixels of an array: in memory, or as blocks that are computed when they are read."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, listed
from bocage.sources._alphaearth import AEF_BANDS, AEF_CODING, looks_alphaearth
from bocage.sources._coding import Coding
from bocage.sources._grid import Grid, Window
from bocage.sources._pixels import Pixels, is_zero
from bocage.sources._raster import About

BLOCK = 256
"""Side of what is read at a time of an array that has no blocks of its own."""

_KINDS = "iuf"
"""Numbers that can be stored: whole ones, with a sign or without, and fractions."""

_AXES = ({"y", "lat", "latitude", "northing"}, {"x", "lon", "longitude", "easting"})
"""Names of the axes of rows and columns; what remains is the axis of bands."""

OFF = 1e-3
"""Steps of coordinates may differ by this share of a pixel, over all of them."""


@dataclass(frozen=True, eq=False)
class ArraySource:
    """A `Source` of an array.

    Attributes
    ----------
    values : array_like, shape (n_bands, height, width)
        Stored numbers. Anything that slices to NumPy arrays will do (Dask, Zarr, a memory map):
        only the windows that are read are computed.
    grid : Grid
    names : tuple of str
    coding : Coding
        How stored numbers stand for values. NaN stands for no data in any case.
    about : About
    block : tuple of int
        Height and width of what is best read at a time.
    vector : tuple of int
        Positions of the bands that are one vector: no data where its length is 0. AlphaEarth's
        bands are one by themselves.

    Raises
    ------
    DataError
        If the shape is not that of the names and the grid, or these are no numbers.

    Examples
    --------
    >>> grid = Grid("EPSG:32633", (10, 0, 500_000, 0, -10, 5_000_000), 2, 2)
    >>> ndvi = np.array([[[20, 80], [60, -99]]], dtype=np.int16)
    >>> source = ArraySource(ndvi, grid, ("ndvi",), Coding("linear", -99, (0.01,)))
    >>> source.pixels(source.grid.whole).values.round(2).tolist()
    [[[0.2, 0.8], [0.6, nan]]]
    """

    values: Any
    grid: Grid
    names: tuple[str, ...]
    coding: Coding = Coding()  # noqa: RUF009 - frozen
    about: About = About("array")  # noqa: RUF009 - frozen
    block: tuple[int, int] = (BLOCK, BLOCK)
    vector: tuple[int, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        shape, dtype = tuple(self.values.shape), np.dtype(self.values.dtype)
        expected = (len(self.names), self.grid.height, self.grid.width)
        if shape != expected or not self.names:
            raise DataError(
                f"{self.about.name} is of shape {shape}; expected {expected}: one of "
                f"{len(self.names)} bands, the rows and the columns of its grid"
            )
        twice = sorted({name for name in self.names if self.names.count(name) > 1})
        if twice:
            raise DataError(
                f"band {twice[0]} occurs {self.names.count(twice[0])} times in {self.about.name}; "
                "expected each name once: rename the others"
            )
        if dtype.kind not in _KINDS:
            raise DataError(f"{self.about.name} holds {dtype}; expected numbers: convert it")
        if not self.vector:
            found = tuple(i for i, name in enumerate(self.names) if name in AEF_BANDS)
            # One number of a vector is 0 now and then.
            object.__setattr__(self, "vector", found if len(found) > 1 else ())

    @property
    def dtype(self) -> str:
        """Type of stored numbers."""
        return str(np.dtype(self.values.dtype))

    @cached_property
    def key(self) -> list[Any]:
        """What tells these pixels from others: their numbers, or the name of their computation."""
        facts = [
            list(self.names), repr(self.coding), self.dtype, self.grid.crs,
            list(self.grid.transform), list(self.vector),
        ]  # fmt: skip
        computed = getattr(self.values, "name", None)
        if hasattr(self.values, "dask") and computed:
            return [*facts, str(computed)]
        digest = hashlib.sha256()
        for tile in self.grid.tiles((BLOCK, self.grid.width)):
            digest.update(self._stored(tile, range(len(self.names))).tobytes())
        return [*facts, digest.hexdigest()]

    def pixels(self, window: Window, bands: Sequence[int] | None = None) -> Pixels:
        """Read the pixels of a window, and which of them hold data.

        Parameters
        ----------
        window : Window
        bands : sequence of int, optional
            Positions of the bands that are read; all unless given.

        Returns
        -------
        Pixels
        """
        chosen = list(range(len(self.names)) if bands is None else bands)
        stored, coding = self._stored(window, chosen), self.coding.take(chosen)
        missing = coding.missing(stored)
        mine = [i for i, at in enumerate(chosen) if at in self.vector]
        if mine:
            whole = self._stored(window, self.vector)
            flat = list(whole.reshape(len(whole), -1))
            for zeros in self.coding.take(self.vector).zeros(range(len(self.vector))):
                missing.ravel()[is_zero(flat, zeros)] = True
        return Pixels(stored, missing, coding)

    def close(self) -> None:
        """Nothing is open."""

    def _stored(self, window: Window, bands: Sequence[int]) -> NDArray[Any]:
        part = self.values[(slice(None), *window.slices)]
        return np.ascontiguousarray(np.asarray(part[list(bands)]))

    @classmethod
    def from_xarray(
        cls,
        array: Any,
        names: Sequence[str] = (),
        *,
        crs: str | None = None,
        coding: Coding | None = None,
        about: About | None = None,
    ) -> Self:
        """Take a DataArray of xarray, with its coordinates, band names and coordinate system.

        Parameters
        ----------
        array : xarray.DataArray
            Of two axes named as coordinates are (``y`` and ``x``, ``lat`` and ``lon``), in even
            steps from centre to centre of pixels, and perhaps one more of bands. Arrays of Dask
            are computed window by window.
        names : sequence of str, optional
            Of the bands: the coordinates of the third axis unless given, or the array's name.
        crs : str, optional
            That of the array's grid mapping (as rioxarray and CF write it) unless given.
        coding : Coding, optional
            ``scale_factor``, ``add_offset`` and ``_FillValue`` of its attributes unless given; of
            AlphaEarth's int8, its own.
        about : About, optional

        Raises
        ------
        DataError
            If axes, coordinates or the coordinate system can't be found.

        Examples
        --------
        >>> import xarray
        >>> array = xarray.DataArray(
        ...     np.zeros((2, 3)), {"y": [45.5, 45.25], "x": [5.0, 5.25, 5.5]}, name="ndvi"
        ... )
        >>> ArraySource.from_xarray(array, crs="EPSG:4326").grid.bounds
        (4.875, 45.125, 5.625, 45.625)
        """
        name = str(array.name or "array")
        about = about or About(name)
        y, x = (_axis(array, words, about.name) for words in _AXES)
        others = [str(axis) for axis in array.dims if axis not in (y, x)]
        if len(others) > 1:
            axes = listed([str(one) for one in array.dims])
            raise DataError(
                f"{about.name} has axes {axes}; expected rows, columns and one axis of bands: "
                f"choose one of {others[0]} (isel), or stack them"
            )
        if others:
            array = array.transpose(others[0], y, x)
            names = names or array_bands(array, others[0])
        else:
            array = array.transpose(y, x).expand_dims("band")
            names = names or (name,)
        row, column = (_steps(array, axis, about.name) for axis in (y, x))
        transform = (column[1], 0.0, column[0], 0.0, row[1], row[0])
        grid = Grid(crs or _crs(array, about.name), transform, *array.shape[1:])
        coding = coding or array_coding(array, tuple(names))
        made = cls(array.data, grid, tuple(names), coding, about)
        chunks = getattr(array.data, "chunks", None)
        return replace(made, block=(chunks[1][0], chunks[2][0])) if chunks else made


def _axis(array: Any, words: set[str], name: str) -> str:
    found = [str(axis) for axis in array.dims if str(axis).lower() in words]
    if len(found) != 1:
        raise DataError(
            f"{name} has axes {listed([str(one) for one in array.dims])}; expected one of "
            f"{listed(sorted(words))}: rename one (rename)"
        )
    return found[0]


def _steps(array: Any, axis: str, name: str) -> tuple[float, float]:
    """Return where the first pixel begins on an axis, and how long one is."""
    if axis not in array.coords or array.sizes[axis] < 2:  # noqa: PLR2004
        raise DataError(
            f"{name} has no two coordinates on axis {axis}; expected the middles of its pixels: "
            "assign them (assign_coords)"
        )
    at = np.asarray(array.coords[axis].values, dtype=np.float64)
    step = float((at[-1] - at[0]) / (len(at) - 1))
    even = at[0] + step * np.arange(len(at))
    if not step or not np.abs(at - even).max() <= OFF * abs(step):
        raise DataError(
            f"coordinates of {name} on axis {axis} are not in even steps; expected a grid: "
            "resample it onto one (interp)"
        )
    return float(at[0]) - step / 2, step


def _crs(array: Any, name: str) -> str:
    """Find the coordinate system, where rioxarray and CF's conventions write it."""
    mapping = array.attrs.get("grid_mapping") or array.encoding.get("grid_mapping")
    for one in (mapping, "spatial_ref", "crs"):
        if one in array.coords:
            attrs = array.coords[one].attrs
            found = attrs.get("crs_wkt") or attrs.get("spatial_ref")
            if found:
                return str(found)
    raise DataError(
        f"{name} says nothing of its coordinate system; expected a grid mapping (spatial_ref): "
        "give crs, such as 'EPSG:32633'"
    )


def array_bands(array: Any, axis: str) -> tuple[str, ...]:
    """Name the bands of a DataArray: by its coordinates, or as rioxarray keeps a file's names.

    Parameters
    ----------
    array : xarray.DataArray
    axis : str
        Of the bands.

    Returns
    -------
    tuple of str
    """
    n = array.sizes[axis]
    told = array.attrs.get("long_name")
    own = array.coords[axis].values.tolist() if axis in array.coords else []
    if own and not all(isinstance(name, int | float) for name in own):
        return tuple(str(name) for name in own)
    if isinstance(told, list | tuple) and len(told) == n:
        return tuple(map(str, told))
    if isinstance(told, str) and n == 1:
        return (told,)
    return tuple(f"band{at + 1}" for at in range(n))


def array_coding(array: Any, names: tuple[str, ...]) -> Coding:
    """Read how the numbers of a DataArray are stored, where CF's conventions write it.

    Parameters
    ----------
    array : xarray.DataArray
    names : tuple of str
        Of the bands: AlphaEarth's int8 has a coding of its own.

    Returns
    -------
    Coding

    Raises
    ------
    DataError
        If its attributes hold no numbers, or other than one, or one a band.
    """
    told = array.attrs
    nodata = _numbers(told.get("_FillValue", told.get("missing_value", ())), names)
    own = nodata[0] if nodata and not np.isnan(nodata[0]) else None
    if looks_alphaearth(names, str(array.dtype), own):
        return AEF_CODING
    # Where bands differ rioxarray keeps one each.
    scale = _numbers(told.get("scale_factor", told.get("scales", 1.0)), names)
    offset = _numbers(told.get("add_offset", told.get("offsets", 0.0)), names)
    return Coding("linear", own, scale, offset)


def _numbers(told: Any, names: tuple[str, ...]) -> tuple[float, ...]:
    """Read an attribute that is a number, or one a band."""
    try:
        found = tuple(float(one) for one in np.atleast_1d(np.asarray(told)).tolist())
    except (TypeError, ValueError):
        found = (np.nan,) * (len(names) + 1)
    if len(found) not in (0, 1, len(names)):
        raise DataError(
            f"an attribute of the array is {told!r}; expected a number, or one for each of "
            f"{len(names)} bands (scale_factor, add_offset, _FillValue)"
        )
    return found[:1] if len(set(found)) == 1 else found
