"""A fitted model: tables and rasters in, tables and rasters out."""

from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bocage.api._opened import opened
from bocage.api._words import speaks_python
from bocage.core import DataError, SettingsError, did_you_mean, in_python, listed

if TYPE_CHECKING:
    from bocage.mapping import MapMade
    from bocage.models import MapModel
    from bocage.sources import Raster


class Model:
    """A method that was fitted on all labels of a study.

    Made by `Comparison.fit` and `bocage.load_model`. Names rule: columns and bands are found by
    what they are called, in any order and with others among them.

    Parameters
    ----------
    model : MapModel
        Head, bands, scaling, training and area of applicability.

    Attributes
    ----------
    model : MapModel
        Everything beneath.

    Examples
    --------
    >>> model = bocage.load_model("models/crops")  # doctest: +SKIP
    >>> model.bands[:2]  # doctest: +SKIP
    ('A00', 'A01')
    """

    def __init__(self, model: "MapModel") -> None:
        self.model = model

    @property
    def bands(self) -> tuple[str, ...]:
        """Names of the features."""
        return self.model.bands

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes; empty where the target is a number."""
        return self.model.classes

    @speaks_python
    def predict(self, data: Any, *, layers: Sequence[str] = ("confidence",)) -> Any:
        """Predict for a table, or for the pixels of a raster.

        Parameters
        ----------
        data : DataFrame, or DataArray or Dataset of xarray
            A table has a column for each of `bands`, with values as the labels' features. A raster
            has an axis of bands whose coordinates are their names, or a variable a band; stored
            integers are decoded where their attributes say how (``scale_factor``, ``add_offset``,
            ``_FillValue``), AlphaEarth's int8 by itself. Arrays of Dask stay lazy: blocks are
            predicted as they are computed.
        layers : sequence of str
            What to give beside the class: ``confidence`` (per cent) and ``probability``.

        Returns
        -------
        DataFrame
            With the rows of `data`: ``class`` and what `layers` asks for, or ``value``. Rows that
            lack a value have none.
        Dataset
            With the axes and coordinates of `data`: the same layers as ``bocage map`` writes, to
            the bit; pixels without data hold each layer's ``_FillValue``.

        Raises
        ------
        BocageError
            If bands are missing, or their values are on another scale than those of training.

        Examples
        --------
        >>> model.predict(table)["class"]  # doctest: +SKIP
        """
        from bocage.api._arrays import predict_raster
        from bocage.api._tables import predict_table

        wanted = (layers,) if isinstance(layers, str) else tuple(layers)
        if hasattr(data, "dims"):
            return predict_raster(self.model, data, wanted)
        if hasattr(data, "columns") and hasattr(data, "iloc"):
            return predict_table(self.model, data, wanted)
        raise DataError(
            f"the data are a {type(data).__name__}; expected a DataFrame with a column for each "
            "band, or a DataArray or Dataset of xarray"
        )

    @speaks_python
    def map(
        self,
        source: "str | Path | Raster | Sequence[str | Path | Raster]",
        path: str | Path = "map.tif",
        **order: Any,
    ) -> "MapMade":
        """Map a raster into files, as ``bocage map`` does: picture, areas and style beside it.

        Parameters
        ----------
        source : str, Path, Raster, or several of them
            GeoTIFF or its address; several are tiles of one raster.
        path : str or Path
            GeoTIFF to write.
        **order
            What is wanted, as of `bocage.mapping.MapRequest`: ``layers``, ``area``, ``prior``.

        Returns
        -------
        MapMade

        Raises
        ------
        BocageError
            If the raster does not fit the model, or a file can't be written.

        Examples
        --------
        >>> made = model.map("aef.tif", "crops.tif")  # doctest: +SKIP
        """
        from bocage.mapping import MapRequest, make_map
        from bocage.sources import join_tiles

        known = [field.name for field in fields(MapRequest)]
        unknown = [name for name in order if name not in known]
        if unknown:
            raise SettingsError(
                f"{unknown[0]!r} is unknown; expected {listed(known)}"
                f"{did_you_mean(unknown[0], known)}"
            )
        made = make_map(self.model, join_tiles(opened(source)), Path(path), MapRequest(**order))
        return replace(made, notes=tuple(in_python(note) for note in made.notes))

    @speaks_python
    def save(self, folder: str | Path) -> Path:
        """Write the model as a folder without pickle, which ``bocage map --model`` reads.

        Parameters
        ----------
        folder : str or Path
            Made, or written over where it holds a model of Bocage.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        BocageError
            If it can't be written, or something else would be written over.

        See Also
        --------
        load_model : Read it back.

        Examples
        --------
        >>> model.save("models/crops")  # doctest: +SKIP
        """
        from bocage.core import Output, check_outputs
        from bocage.models import save_model

        place = Path(folder)
        check_outputs([Output(place, "model of Bocage")], ())
        return save_model(self.model, place)

    def __repr__(self) -> str:
        what = ", ".join(self.classes) or self.model.target
        return f"<Model {self.model.training.method}: {what}; {len(self.bands)} bands>"


@speaks_python
def load_model(folder: str | Path) -> Model:
    """Read a model that was saved.

    Parameters
    ----------
    folder : str or Path
        That `Model.save` or ``bocage fit`` has written.

    Returns
    -------
    Model

    Raises
    ------
    BocageError
        If there is none, or its files were changed.

    See Also
    --------
    Model.save : Write it.

    Examples
    --------
    >>> model = bocage.load_model("models/crops")  # doctest: +SKIP
    """
    from bocage.models import load_model as loaded

    return Model(loaded(Path(folder)))
