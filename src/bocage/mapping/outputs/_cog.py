"""Maps as cloud-optimised GeoTIFF."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from numpy.typing import NDArray

from bocage.colours import Legend
from bocage.core import DataError, StoreError, not_written
from bocage.mapping.outputs._draft import Draft
from bocage.mapping.outputs._failure import writing
from bocage.mapping.outputs._layer import Layer
from bocage.mapping.outputs._profile import BLOCK, MEMORY, legend_in, printable
from bocage.sources import Grid, Window


def write_cog(
    path: Path,
    grid: Grid,
    layer: Layer,
    windows: Iterable[tuple[Window, NDArray[Any]]],
    *,
    threads: int = 1,
) -> None:
    """Write a layer of a map as a cloud-optimised GeoTIFF.

    The same pixels make the same bytes, whatever the order of the windows and the number of
    threads. The first row of the file lies in the north, be it so in the grid or not. The file
    appears whole under its name, or not at all.

    Parameters
    ----------
    path : Path
        A file that is there already is replaced.
    grid : Grid
    layer : Layer
    windows : iterable of (Window, ndarray)
        Stored numbers, shape (n_bands, height, width) or (height, width), in any order. What no
        window covers is without data.
    threads : int
        Used for compressing.

    Raises
    ------
    DataError
        If a window leaves the grid, or numbers are not the layer's.
    StoreError
        If the file can't be written, or the disk is full. Uncompressed pixels and the map must
        fit on it side by side; that there is room for the first is known at once. The only thing
        that a killed process leaves behind is a folder ``.NAME-*.tmp``.

    Notes
    -----
    Class names stand in the file, where `legend_of` finds them, and in ``PATH.aux.xml``, the only
    place where GDAL looks for them: GeoTIFF has no field for names.
    """
    with _beside(path) as folder:
        try:
            with Draft(folder / "draft", grid, layer) as draft:
                for window, stored in windows:
                    draft.put(window, stored)
        except StoreError as error:
            # The user asked for this file, and knows nothing of the draft.
            raise not_written(path, error.__cause__ or error) from error
        finish(draft, path, threads=threads)


def finish(draft: Draft, path: Path, *, threads: int = 1) -> None:
    """Turn a draft into a cloud-optimised GeoTIFF.

    Parameters
    ----------
    draft : Draft
        Is closed, and stays.
    path : Path
    threads : int
        Used for compressing.

    Raises
    ------
    StoreError
        If the file can't be written, or the disk is full.
    """
    draft.close()
    with _beside(path) as folder, writing(path):
        made, names = folder / "map.tif", folder / "names.xml"
        _copy(draft, made, threads)
        _read_all(made, threads)
        _flush(made)
        sidecar = path.with_name(f"{path.name}.aux.xml")
        # One that is there describes the map that is replaced.
        sidecar.unlink(missing_ok=True)
        if draft.layer.legend is not None and draft.layer.is_class:
            names.write_bytes(_category_names(draft.layer.legend))
            made.replace(path)
            names.replace(sidecar)
        else:
            made.replace(path)


def legend_of(path: Path) -> Legend | None:
    """Read names and colours of a map's classes; None if it has no classes.

    Raises
    ------
    DataError
        If the file is no raster.
    """
    import rasterio
    from rasterio.errors import RasterioIOError

    try:
        with rasterio.open(path, driver="GTiff") as file:
            return legend_in(file)
    except RasterioIOError as error:
        raise DataError(f"{path} can't be read; expected a map in GeoTIFF") from error


def _copy(draft: Draft, made: Path, threads: int) -> None:
    """Let GDAL's COG driver make overviews and compress."""
    import rasterio
    import rasterio.shutil

    with rasterio.Env(GDAL_CACHEMAX=MEMORY):
        rasterio.shutil.copy(
            draft.pixels,
            made,
            driver="COG",
            blocksize=BLOCK,
            # Read by every tool, in browsers too; ZSTD is not.
            compress="DEFLATE",
            # Differences of class numbers mean nothing; those of quantities are small.
            predictor="NO" if draft.layer.is_class else "YES",
            overview_resampling=draft.layer.overviews,
            bigtiff="IF_SAFER",
            num_threads=str(threads),
        )


def _read_all(made: Path, threads: int) -> None:
    """Read a file and its overviews back, block by block.

    GDAL reports no error when the disk fills up while it writes the last bytes.

    Raises
    ------
    RasterioIOError
        If a block can't be read.
    """
    import rasterio

    with rasterio.Env(GDAL_CACHEMAX=MEMORY, GDAL_NUM_THREADS=str(threads)):
        with rasterio.open(made) as file:
            levels = len(file.overviews(1))
        for level in range(-1, levels):
            at = {} if level < 0 else {"overview_level": level}
            with rasterio.open(made, **at) as file:
                for _, window in file.block_windows(1):
                    file.read(window=window)


def _flush(made: Path) -> None:
    """Have a file on the disk before its name is."""
    # To write, as Windows flushes no file that was opened to read.
    handle = os.open(made, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _category_names(legend: Legend) -> bytes:
    """Write class names as GDAL's side file has them."""
    root = ET.Element("PAMDataset")
    names = ET.SubElement(ET.SubElement(root, "PAMRasterBand", band="1"), "CategoryNames")
    for name in legend.names:
        ET.SubElement(names, "Category").text = printable(name)
    ET.indent(root)
    text: str = ET.tostring(root, encoding="unicode")
    return text.encode()


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Make a folder in the same place as a file, so that what it holds can be renamed."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        name = tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name[:40]}-", suffix=".tmp")
    except OSError as error:
        raise not_written(path, error) from error
    try:
        yield Path(name)
    finally:
        # Also when the user stops the program in the midst of it.
        shutil.rmtree(name, ignore_errors=True)
