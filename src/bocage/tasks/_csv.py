"""CSV files, read to the last bit."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bocage.core import DataError
from bocage.tasks._names import LAT_NAMES, LON_NAMES

if TYPE_CHECKING:
    import pandas as pd

_MISSING = frozenset(
    ("nan", "-nan", "na", "n/a", "#n/a", "#na", "<na>", "null", "none", "-1.#ind", "1.#qnan")
)
"""Words for a missing number. In a column of words they are words: NA is also Namibia."""


def exact_floats() -> dict[str, Any]:
    """Return the option that makes pandas read the nearest float of every number.

    Before pandas 3.1 its parser is off by a bit in a third of all numbers unless told otherwise
    (the same table as Parquet would differ); from 3.1 on it is exact and the option is deprecated.
    """
    import pandas as pd

    release = tuple(int(part) for part in pd.__version__.split(".")[:2])
    return {} if release >= (3, 1) else {"float_precision": "round_trip"}


def first_line(error: Exception) -> str:
    """Return what a library said, in one line."""
    text = str(error).strip().splitlines()
    # GDAL goes on with advice for programmers.
    return text[0].partition("; It might help")[0][:160] if text else type(error).__name__


def read_csv(path: Path) -> Any:
    """Read a CSV file: UTF-8, commas, points in numbers; words for missing kept among words.

    Returns
    -------
    DataFrame, or GeoDataFrame where the only coordinates are those of Earth Engine.

    Raises
    ------
    DataError
        If the file is no text in UTF-8, columns are separated by something else, or rows are
        longer than the header.
    """
    import pandas as pd

    _check_text(path)
    header = pd.read_csv(path, header=None, nrows=1, dtype=str, encoding="utf-8-sig").iloc[0]
    names = [str(name) for name in header]
    if len(names) == 1 and (";" in names[0] or "\t" in names[0]):
        mark = "';'" if ";" in names[0] else "tabs"
        raise DataError(
            f"{path.name} has one column only, separated by {mark}; expected commas between "
            "columns and points in numbers: save it again as CSV with commas"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = pd.read_csv(
                path,
                encoding="utf-8-sig",
                keep_default_na=False,
                na_values=[""],
                # Else rows longer than the header shift all columns by one.
                index_col=False,
                low_memory=False,
                **exact_floats(),
            )
    except pd.errors.ParserWarning as error:
        raise DataError(
            f"{path.name} has rows with more values than its header has names ({len(names)}); "
            "expected as many: quote values that hold commas"
        ) from error
    # pandas renames a repeated name; put it back, so that it is found and told.
    named = header.notna().to_numpy()
    frame.columns = pd.Index(np.where(named, names, frame.columns.to_numpy(dtype=object)))
    for name in frame.columns[~frame.columns.duplicated(keep=False)]:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            frame[name] = _numbers_or_words(frame[name])
    return _with_geo(frame, path)


def _check_text(path: Path) -> None:
    try:
        with path.open(encoding="utf-8-sig") as file:
            for line in file:
                if "\0" in line:
                    raise DataError(
                        f"{path.name} is no text (it holds zero bytes); expected a CSV file in "
                        "UTF-8: write it again"
                    )
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path.name} is no text in UTF-8 (byte {error.object[error.start]:#04x} can't be "
            "read); expected a CSV file in UTF-8: save it again with that encoding (in a "
            "spreadsheet: CSV UTF-8)"
        ) from error


def _numbers_or_words(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Read a column as numbers if all but its words for missing are numbers."""
    import pandas as pd

    gone = column.isna() | column.astype(str).str.strip().str.lower().isin(_MISSING)
    if gone.all():
        return column
    numbers = pd.to_numeric(column.where(~gone), errors="coerce")
    return column if numbers[~gone].isna().any() else numbers.astype("float64")


def _with_geo(frame: Any, path: Path) -> Any:
    """Read the column `.geo` (GeoJSON text) that Earth Engine writes into CSV.

    It is often left blank there, so coordinate columns are preferred where there are any.
    """
    lower = {str(name).lower() for name in frame.columns}
    if ".geo" not in lower or (lower & set(LON_NAMES) and lower & set(LAT_NAMES)):
        return frame
    import geopandas as gpd
    import shapely

    text = frame[".geo"]
    try:
        shapes = shapely.from_geojson(text.where(text.notna(), None).to_numpy(dtype=object))
    except (shapely.errors.GEOSException, TypeError) as error:
        raise DataError(
            f"the column '.geo' of {path.name} holds no GeoJSON ({first_line(error)}); expected "
            "what Earth Engine writes: remove the column and give longitude and latitude"
        ) from error
    return gpd.GeoDataFrame(frame.drop(columns=".geo"), geometry=shapes, crs=4326)
