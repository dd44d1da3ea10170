"""The style of a layer within a GeoPackage, which QGIS takes up by itself."""

import sqlite3
from contextlib import closing
from pathlib import Path

TABLE = "layer_styles"
"""QGIS's name for the table of styles."""

_MARK = "written by Bocage"
_WHEN = "2000-01-01T00:00:00.000Z"
"""The time of day would make two files of one table differ."""

_MAKE = f"""
CREATE TABLE {TABLE} (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
  f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME
)"""
_STYLE = f"INSERT INTO {TABLE} VALUES (NULL, '', '', ?, ?, ?, ?, '', 1, ?, '', NULL, ?)"  # noqa: S608
_CONTENT = (
    "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
    "VALUES (?, 'attributes', ?, '', ?)"
)


def add_style(path: Path, layer: str, shape: str, style: str) -> None:
    """Add the style of a layer to a GeoPackage that has none.

    Parameters
    ----------
    path : Path
    layer, shape : str
        Names of the layer and of its column of geometry.
    style : str
        As QGIS writes it.
    """
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(_MAKE)
        file.execute(_STYLE, (layer, shape, layer, style, _MARK, _WHEN))
        file.execute(_CONTENT, (TABLE, TABLE, _WHEN))


def holds_others_styles(file: sqlite3.Connection) -> bool:
    """Tell whether a GeoPackage holds a style that somebody saved."""
    asked = f"SELECT count(*) FROM {TABLE} WHERE description IS NOT ?"  # noqa: S608 - our own name
    return bool(file.execute(asked, (_MARK,)).fetchone()[0])
