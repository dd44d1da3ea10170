"""Where pixels come from: rasters with declared bands and coding, and samples of them."""

from typing import TYPE_CHECKING

from bocage.core import lazy
from bocage.sources._alphaearth import AEF_BANDS, AEF_CODING
from bocage.sources._alphaearth_columns import Family, families, names_for
from bocage.sources._coding import INT8_NODATA, Coding
from bocage.sources._declared import Declared
from bocage.sources._georeference import direct, pixel_area, projected, rowcol_of, to_crs, xy_of
from bocage.sources._glimpse import UNIT_NORM, UNIT_SHARE, glimpse, look_around, spots
from bocage.sources._grid import Grid, Window
from bocage.sources._pixels import Pixels
from bocage.sources._raster import About, Raster, reading
from bocage.sources._scale import far_off
from bocage.sources._source import Source, called, is_remote, local_files, names_of_files, watched
from bocage.sources._turns import is_in_degrees, turned, turned_shapes, unrolled
from bocage.sources._undeclared_nodata import Watch

if TYPE_CHECKING:
    from bocage.sources._array import ArraySource, array_bands, array_coding
    from bocage.sources._drivers import open_raster
    from bocage.sources._file import SYNTHETIC_TAG, file_masks, is_synthetic
    from bocage.sources._mosaic import (
        Mosaic,
        bands_of,
        join_tiles,
        join_where_possible,
        tiles_in_words,
    )
    from bocage.sources._open import open_source
    from bocage.sources._parcel_outlines import Outlines
    from bocage.sources._parcel_pixels import ParcelPixels, draw_parcel_pixels
    from bocage.sources._parcels import STATISTICS, sample_parcels
    from bocage.sources._points import Sampled, sample_points
    from bocage.sources._schemes import scheme_of
    from bocage.sources._vectors import check_vector, vector_file
    from bocage.sources._virtual import check_raster

__all__ = [
    "AEF_BANDS",
    "AEF_CODING",
    "INT8_NODATA",
    "STATISTICS",
    "SYNTHETIC_TAG",
    "UNIT_NORM",
    "UNIT_SHARE",
    "About",
    "ArraySource",
    "Coding",
    "Declared",
    "Family",
    "Grid",
    "Mosaic",
    "Outlines",
    "ParcelPixels",
    "Pixels",
    "Raster",
    "Sampled",
    "Source",
    "Watch",
    "Window",
    "array_bands",
    "array_coding",
    "bands_of",
    "called",
    "check_raster",
    "check_vector",
    "direct",
    "draw_parcel_pixels",
    "families",
    "far_off",
    "file_masks",
    "glimpse",
    "is_in_degrees",
    "is_remote",
    "is_synthetic",
    "join_tiles",
    "join_where_possible",
    "local_files",
    "look_around",
    "names_for",
    "names_of_files",
    "open_raster",
    "open_source",
    "pixel_area",
    "projected",
    "reading",
    "rowcol_of",
    "sample_parcels",
    "sample_points",
    "scheme_of",
    "spots",
    "tiles_in_words",
    "to_crs",
    "turned",
    "turned_shapes",
    "unrolled",
    "vector_file",
    "watched",
    "xy_of",
]

_MODULES = {
    "_array": ("ArraySource", "array_bands", "array_coding"),
    "_drivers": ("open_raster",),
    "_file": ("SYNTHETIC_TAG", "file_masks", "is_synthetic"),
    "_mosaic": ("Mosaic", "bands_of", "join_tiles", "join_where_possible", "tiles_in_words"),
    "_open": ("open_source",),
    "_schemes": ("scheme_of",),
    "_vectors": ("check_vector", "vector_file"),
    "_virtual": ("check_raster",),
    "_parcel_outlines": ("Outlines",),
    "_parcel_pixels": ("ParcelPixels", "draw_parcel_pixels"),
    "_parcels": ("STATISTICS", "sample_parcels"),
    "_points": ("Sampled", "sample_points"),
}
__getattr__ = lazy(__name__, {name: m for m, names in _MODULES.items() for name in names})
