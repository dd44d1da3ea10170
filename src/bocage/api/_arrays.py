"""Predictions for the pixels of an array of xarray: block by block where it is of Dask."""

from collections.abc import Collection, Mapping
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

_EACH = ("scales", "offsets")
"""Attributes that hold a number for each band."""

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
    from bocage.sources import AEF_BANDS, AEF_CODING, array_bands, array_coding, names_for

    refuse_pixels(model.training.support)
    _refuse_surroundings(model)
    # A vector of length 0 is no data, whichever of its bands a model reads.
    useful = {*model.bands, *AEF_BANDS}
    array, axis = _stacked(data, useful)
    names = array_bands(array, axis)
    array = array.transpose(axis, *(dim for dim in array.dims if dim != axis))
    read = [i for i, name in enumerate(names) if name in useful]
    if read and len(read) < len(names):
        told = {
            name: [value[i] for i in read] if name in _EACH and np.size(value) > 1 else value
            for name, value in array.attrs.items()
        }
        array = array.isel({axis: read}).assign_attrs(told)
        names = tuple(names[i] for i in read)
    coding = array_coding(array, names)
    source = _source(array.data, names, coding)
    names = names_for(source, model.bands)
    places = _places(model, names)
    if coding != AEF_CODING:
        try:
            check_values(model, source, places, source.grid.whole)
        except DataError as error:
            advice = "set its attributes scale_factor and add_offset"
            said = str(error).replace("declare it with --scale and --offset", advice)
            raise DataError(said) from error
    wanted = layers_of(model, MapRequest(layers=check_layers(model, layers)), {})
    painter = painter_of(model, source, places, wanted, None, 0.25)
    block = _Block(painter, wanted, names, coding)
    if not hasattr(array.data, "dask"):
        packed = block.all_of(array.data)
    else:
        whole = array.data.rechunk({0: -1})
        packed = whole.map_blocks(
            block,
            dtype=block.dtype,
            chunks=((block.n_bands,), *whole.chunks[1:]),
            meta=np.empty((0, 0, 0), block.dtype),
        )
    return _dataset(packed, array, model, wanted)


def _refuse_surroundings(model: "MapModel") -> None:
    """Refuse a model that reads where a pixel lies, or what is around it.

    Raises
    ------
    SettingsError
    """
    fitted = model.fitted
    if fitted is not None and (fitted.is_chips or fitted.method.encoded):
        raise SettingsError(
            f"{model.training.method} reads the place of a pixel, or what is around it, and not "
            "its bands alone; write the map of a file with Model.map"
        )


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
        """Predict an array in memory, some rows at a time."""
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


def _stacked(data: Any, useful: Collection[str]) -> tuple[Any, str]:
    """Return one array with an axis of bands, and the name of that axis."""
    if hasattr(data, "data_vars"):
        return _of_dataset(data, [name for name in data.data_vars if str(name) in useful]), "band"
    others = [str(dim) for dim in data.dims if str(dim).lower() not in _ACROSS]
    if data.ndim == 2 and not others:  # noqa: PLR2004
        return data.expand_dims(band=[str(data.name or "band1")]), "band"
    if data.ndim != 3 or len(others) != 1:  # noqa: PLR2004
        raise DataError(
            f"the array has axes {listed([str(dim) for dim in data.dims])}; expected rows and "
            "columns (y and x) and one axis of bands: select one of the others (isel)"
        )
    return data, others[0]


def _of_dataset(data: Any, names: list[Any]) -> Any:
    """Stack variables of a Dataset, and keep how the numbers of each are stored."""
    from bocage.sources import array_coding

    if not names:
        raise DataError(
            "the Dataset has no variable that the model knows; it has "
            f"{listed([str(name) for name in data.data_vars])}: rename them as the model's bands"
        )
    codings = [array_coding(data[name], (str(name),)) for name in names]
    marks = sorted({coding.nodata for coding in codings if coding.nodata is not None})
    if len(marks) > 1:
        raise DataError(
            f"variables of the Dataset have different marks of missing data ({marks[0]:g}, "
            f"{marks[1]:g}); expected one: decode them (xarray.decode_cf)"
        )
    shapes = {data[name].dims for name in names}
    if len(shapes) > 1:
        raise DataError(
            f"variables of the Dataset have axes {listed(sorted(map(str, shapes)))}; expected the "
            "same rows and columns for all"
        )
    told = {"scales": [coding.scale[0] for coding in codings]}
    told |= {"offsets": [coding.offset[0] for coding in codings]}
    fill = {"_FillValue": marks[0]} if marks else {}
    stacked = data[names].to_array("band")
    if "grid_mapping" in data[names[0]].attrs:
        fill["grid_mapping"] = data[names[0]].attrs["grid_mapping"]
    return stacked.drop_attrs().assign_attrs(told | fill)


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
        if set(one.dims) <= set(dims) and name not in {array.dims[0], *layers, "class_name"}
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
        mapping = array.attrs.get("grid_mapping") or array.encoding.get("grid_mapping")
        if mapping:
            attrs["grid_mapping"] = mapping
        if name == "probability":
            axes, coords = ("class_name", *dims), {"class_name": list(model.classes), **kept}
            found[name] = xr.DataArray(part, coords, axes, attrs=attrs)
        else:
            found[name] = xr.DataArray(part[0], kept, dims, attrs=attrs)
    return xr.Dataset(found, attrs={"method": model.training.method, "target": model.target})
