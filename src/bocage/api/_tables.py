"""Predictions for the rows of a table."""

from typing import TYPE_CHECKING, Any

import numpy as np

from bocage.core import DataError, SettingsError, listed, rows_of, table_names

if TYPE_CHECKING:
    import pandas as pd

    from bocage.models import MapModel

ENOUGH = 20
"""Rows from which their scale can be told."""

OF_CLASSES = ("confidence", "probability")
"""What may be asked for beside the class."""


def check_layers(model: "MapModel", layers: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse layers that a model does not give; those of classes are dropped for a number.

    Raises
    ------
    SettingsError
    """
    unknown = [name for name in layers if name not in OF_CLASSES]
    if unknown:
        raise SettingsError(
            f"layer {unknown[0]!r} is unknown; expected {listed(OF_CLASSES)}, or none; others are "
            "written by Model.map"
        )
    return layers if model.has_classes else ()


def predict_table(
    model: "MapModel", table: "pd.DataFrame", layers: tuple[str, ...]
) -> "pd.DataFrame":
    """Predict each row that has all values.

    Parameters
    ----------
    model : MapModel
    table : DataFrame
    layers : tuple of str

    Returns
    -------
    DataFrame
        With the index of the table.

    Raises
    ------
    BocageError
        If bands are missing, or the model needs more than the bands of one row.
    """
    import pandas as pd

    from bocage.mapping import refuse_far

    layers = check_layers(model, layers)
    lost = [name for name in model.bands if name not in table_names(table)]
    if lost:
        raise DataError(
            f"the table lacks {listed(lost)}, which the model needs; it has "
            f"{listed(table_names(table), 12)}: rename its columns, or sample the raster at its "
            "rows"
        )
    rows = rows_of(table, model.bands, len(model.bands), "the model").astype(np.float64)
    known = np.isfinite(rows).all(axis=1)
    n_known = int(known.sum())
    if n_known >= ENOUGH and model.limits is not None:
        refuse_far(model, rows[known].T, "the table", "bring them to it, as the labels' were")
    width = max(1, len(model.classes))
    made = model.predict(rows[known]) if n_known else np.zeros((0, width))
    if not model.has_classes:
        values = np.full(len(table), np.nan)
        values[known] = made[:, 0]
        return pd.DataFrame({"value": values}, index=table.index)
    names = np.full(len(table), None, dtype=object)
    names[known] = np.array(model.classes, dtype=object)[made.argmax(axis=1)]
    found: dict[str, Any] = {"class": pd.Categorical(names, categories=list(model.classes))}
    if "confidence" in layers:
        sure = np.full(len(table), np.nan)
        sure[known] = made.max(axis=1) * 100
        found["confidence"] = sure
    if "probability" in layers:
        for at, name in enumerate(model.classes):
            share = np.full(len(table), np.nan)
            share[known] = made[:, at]
            found[f"probability_{name}"] = share
    return pd.DataFrame(found, index=table.index)
