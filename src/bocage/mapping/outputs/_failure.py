"""What is said when a file of the map can't be written."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bocage.core import StoreError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def not_written(path: Path, error: BaseException) -> StoreError:
    """Say in one line that a file can't be written, and why."""
    number = error.errno if isinstance(error, OSError) else None
    why = getattr(error, "strerror", None) or " ".join(str(error).split())[:120] or "unknown"
    # GDAL doesn't hand on why the system refused to write.
    may_be = "" if number else "the disk may be full: "
    full = "the disk is full: " if number in _FULL else may_be
    return StoreError(
        f"can't write {path} ({full}{why}); free some space or choose another folder with -o, then "
        "run the same command again"
    )


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
