"""Predictions for the pixels of an array of xarray: block by block where it is of Dask."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.api._tables import check_layers
from bocage.core import DataError, SettingsError, listed

if TYPE_CHECKING:
    from bocage.mapping.outputs import Layer
    from bocage.mapping.painters import WindowPredictor
    from bocage.models import MapModel
    from bocage.sources import ArraySource, Coding

ROWS = 256
"""Rows of an array in memory that are predicted at a time."""

_ACROSS = {"y", "x", "lat", "lon", "latitude", "longitude", "northing", "easting"}
"""Names of the axes that pixels lie on; what remains is the axis of bands."""


def predict_raster(model: "MapModel", data: Any, layers: tuple[str, ...]) -> Any:
    """Predict the pixels of a DataArray or Dataset.

    Parameters
    ----------
    model : MapModel
    data : DataArray or Dataset
        See `Model.predict`.
    layers : tuple of str

    Returns
    -------
    Dataset

    Raises
    ------
    BocageError
        If bands are missing, or their values are far from those of training.
    """
    from bocage.mapping import MapRequest, check_values, layers_of, painter_of
    from bocage.models import refuse_pixels
    from bocage.sources import AEF_BANDS, AEF_CODING, array_coding, names_for

    refuse_pixels(model.training.support)
    array, axis = _stacked(data)
    names = _names(array, axis)
    array = array.transpose(axis, *(dim for dim in array.dims if dim != axis))
    # A vector of length 0 is no data, whichever of its bands a model reads.
    read = [i for i, name in enumerate(names) if name in {*model.bands, *AEF_BANDS}]
    if read and len(read) < len(names):
        array, names = array.isel({axis: read}), tuple(names[i] for i in read)
    coding = array_coding(array, names)
    source = _source(array.data, names, coding)
    names = names_for(source, model.bands)
    places = _places(model, names)
    if coding != AEF_CODING:
        try:
            check_values(model, source, places, source.grid.whole)
        except DataError as error:
            told = "set its attributes scale_factor and add_offset"
            said = str(error).replace("declare it with --scale and --offset", told)
            raise DataError(said) from error
    wanted = layers_of(model, MapRequest(layers=check_layers(model, layers)), {})
    painter = painter_of(model, source, places, wanted, None, 0.25)
    block = _Block(painter, wanted, names, coding)
    if not hasattr(array.data, "dask"):
        packed = block.all_of(array.data)
    elif painter.height > 1:
        raise SettingsError(
            f"{model.training.method} reads the surroundings of a pixel, which may lie in another "
            "block of Dask's; expected an array in memory: load() a part of it, or write the map "
            "with Model.map"
        )
    else:
        whole = array.data.rechunk({0: -1})
        packed = whole.map_blocks(
            block,
            dtype=block.dtype,
            chunks=((block.n_bands,), *whole.chunks[1:]),
            meta=np.empty((0, 0, 0), block.dtype),
        )
    return _dataset(packed, array, model, wanted)


@dataclass(frozen=True, slots=True)
class _Block:
    """Predicts a block: bands in, layers out, one below the other.

    Attributes
    ----------
    painter : WindowPredictor
    layers : mapping of str to Layer
    names : tuple of str
    coding : Coding
    """

    painter: "WindowPredictor"
    layers: "Mapping[str, Layer]"
    names: tuple[str, ...]
    coding: "Coding"

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the layers, which share one type."""
        (name,) = {layer.dtype for layer in self.layers.values()}
        return np.dtype(name)

    @property
    def n_bands(self) -> int:
        """Bands of all layers."""
        return sum(len(layer.bands) for layer in self.layers.values())

    def __call__(self, values: NDArray[Any]) -> NDArray[Any]:
        """Predict one block, shape (n_bands, height, width)."""
        source = _source(values, self.names, self.coding)
        window = source.grid.whole
        wanted = np.ones((window.height, window.width), dtype=bool)
        made = self.painter.paint(source, window, wanted)
        parts = [np.atleast_3d(made[name].T).T for name in self.layers]
        return np.concatenate(parts)

    def all_of(self, values: NDArray[Any]) -> NDArray[Any]:
        """Predict an array in memory; in one piece where pixels need their surroundings."""
        if self.painter.height > 1:
            return self(values)
        made = np.empty((self.n_bands, *values.shape[1:]), self.dtype)
        for start in range(0, values.shape[1], ROWS):
            made[:, start : start + ROWS] = self(values[:, start : start + ROWS])
        return made


def _source(values: Any, names: tuple[str, ...], coding: "Coding") -> "ArraySource":
    """Wrap stored numbers as a source; where they lie does not matter to single pixels."""
    from bocage.sources import About, ArraySource, Grid

    height, width = values.shape[1:]
    grid = Grid("EPSG:3857", (1.0, 0.0, 0.0, 0.0, -1.0, 0.0), height, width)
    return ArraySource(values, grid, names, coding, About("the array"))


def _stacked(data: Any) -> tuple[Any, str]:
    """Return one array with an axis of bands, and the name of that axis."""
    if hasattr(data, "data_vars"):
        flat = {name: one for name, one in data.data_vars.items() if one.ndim == 2}  # noqa: PLR2004
        if not flat:
            raise DataError(
                "the Dataset has no variable of two axes; expected a variable a band, or a "
                "DataArray with an axis of bands"
            )
        return data[list(flat)].to_array("band"), "band"
    others = [str(dim) for dim in data.dims if str(dim).lower() not in _ACROSS]
    if data.ndim == 2 and not others:  # noqa: PLR2004
        return data.expand_dims(band=[str(data.name or "band1")]), "band"
    if data.ndim != 3 or len(others) != 1:  # noqa: PLR2004
        raise DataError(
            f"the array has axes {listed([str(dim) for dim in data.dims])}; expected rows and "
            "columns (y and x) and one axis of bands: select one of the others (isel)"
        )
    return data, others[0]


def _names(array: Any, axis: str) -> tuple[str, ...]:
    """Name the bands: by the axis' coordinates, or as rioxarray keeps a file's names."""
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


def _places(model: "MapModel", names: tuple[str, ...]) -> tuple[int, ...]:
    """Find the model's bands; see `check_source`, which compares files' scaling as well."""
    lost = [name for name in model.bands if name not in names]
    if lost:
        raise DataError(
            f"the array has no band {listed(lost)}, which the model needs; it has {listed(names)}: "
            "name its bands by the coordinates of their axis (assign_coords)"
        )
    twice = [name for name in model.bands if names.count(name) > 1]
    if twice:
        raise DataError(f"the array has band {listed(twice)} more than once; expected each once")
    return tuple(names.index(name) for name in model.bands)


def _dataset(packed: Any, array: Any, model: "MapModel", layers: "Mapping[str, Layer]") -> Any:
    """Part the layers, and give them the axes and coordinates of the array."""
    import xarray as xr

    dims = array.dims[1:]
    kept = {
        name: one
        for name, one in array.coords.items()
        if set(one.dims) <= set(dims) and name != array.dims[0]
    }
    found, start = {}, 0
    for name, layer in layers.items():
        n = len(layer.bands)
        part = packed[start : start + n]
        start += n
        attrs: dict[str, Any] = {"_FillValue": np.dtype(layer.dtype).type(layer.nodata)}
        if layer.unit:
            attrs["units"] = layer.unit
        if name == "class":
            attrs["flag_values"] = np.arange(len(model.classes), dtype=np.uint8)
            attrs["flag_meanings"] = " ".join(name.replace(" ", "_") for name in model.classes)
        elif layer.scale != 1 or layer.offset:
            attrs |= {"scale_factor": layer.scale, "add_offset": layer.offset}
        if "grid_mapping" in array.attrs:
            attrs["grid_mapping"] = array.attrs["grid_mapping"]
        if name == "probability":
            axes, coords = ("class_name", *dims), {"class_name": list(model.classes), **kept}
            found[name] = xr.DataArray(part, coords, axes, attrs=attrs)
        else:
            found[name] = xr.DataArray(part[0], kept, dims, attrs=attrs)
    return xr.Dataset(found, attrs={"method": model.training.method, "target": model.target})
