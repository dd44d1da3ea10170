"""What is said when a file of the map can't be written."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bocage.core import not_written


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn errors of the disk, of GDAL and of rasterio into a `StoreError` about a file."""
    from rasterio.errors import RasterioError

    try:
        yield
    except (OSError, RasterioError) as error:
        raise not_written(path, error) from error
    except Exception as error:
        # GDAL's own errors, as rasterio hands them on, have no public base class.
        if type(error).__module__ == "rasterio._err":
            raise not_written(path, error) from error
        raise
