"""What a raster file says of itself: its grid, its bands, and what tells where it has data."""

import os
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, DownloadError, SettingsError, did_you_mean, is_offline
from bocage.sources._coding import can_hold
from bocage.sources._drivers import open_raster
from bocage.sources._grid import Grid
from bocage.sources._on_earth import check_ground
from bocage.sources._raster import Band, reading
from bocage.sources._virtual import check_overviews, check_raster

if TYPE_CHECKING:
    from rasterio.io import DatasetReader

_ADDRESS = re.compile(r"https?://")

_ALPHA = re.compile(r"(a|alpha|mask|opacity|transparency)([ _-]?(band|channel))?|", re.IGNORECASE)
"""Names of bands that say nothing but where there is data; also no name at all."""


SYNTHETIC_TAG = "bocage_synthetic"
"""A file that says "yes" here was made up, in whatever layout."""


def is_synthetic(path: Path) -> bool:
    """Tell whether a file on this disk is a raster that says that it was made up."""
    import rasterio
    from rasterio.errors import RasterioIOError

    try:
        with rasterio.open(path) as file:
            return bool(file.tags().get(SYNTHETIC_TAG) == "yes")
    except RasterioIOError:
        return False


@dataclass(frozen=True, slots=True)
class File:
    """What one file says of itself.

    Attributes
    ----------
    path, name : str
    grid : Grid
    block : tuple of int
    dtype : str
    bands : tuple of Band
        Without those that are masks. A band's own `nodata` is set where bands differ.
    nodata : float, optional
        Of all bands, where it is one that their type can hold.
    scales, offsets : tuple of float
        One a band.
    n_overviews : int
    alpha : tuple of Band
        Bands that are masks.
    synthetic : bool
        Whether it says by the tag `SYNTHETIC_TAG` that it was made up.
    """

    path: str
    name: str
    grid: Grid
    block: tuple[int, int]
    dtype: str
    bands: tuple[Band, ...]
    nodata: float | None
    scales: tuple[float, ...]
    offsets: tuple[float, ...]
    n_overviews: int
    alpha: tuple[Band, ...] = ()
    synthetic: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the bands, in order; empty where a band has none."""
        return tuple(band.name for band in self.bands)


def look(
    path: str, overview: int | None, folders: Sequence[Path] = (), crs: str | None = None
) -> File:
    """Open a file, or address, and see what it says.

    Parameters
    ----------
    path : str
    overview : int, optional
    folders : sequence of Path
        Where the sources of a virtual raster may lie besides its own folder.
    crs : str, optional
        Coordinate system that is declared, for a file that names none.

    Raises
    ------
    BocageError
        If it can't be read, is not what its ending says, or has no place on the ground.
    """
    is_address = bool(_ADDRESS.match(path))
    if is_address and is_offline():
        raise DownloadError(
            f"{path} is on the network, which BOCAGE_OFFLINE forbids; expected a local file: "
            "unset it, or download the file first"
        )
    name = path.rpartition("/")[2] if is_address else Path(path).name
    if not is_address and not Path(path).expanduser().exists():
        folder = Path(path).expanduser().parent
        near = [item.name for item in folder.iterdir()] if folder.is_dir() else []
        raise DataError(
            f"there is no file {path!r}; expected a raster: check the path"
            f"{did_you_mean(Path(path).name, near)}"
        )
    place = path if is_address else os.fspath(Path(path).expanduser())
    from rasterio.errors import NotGeoreferencedWarning

    with reading(name, place), warnings.catch_warnings():
        # What has no place is refused in words below.
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        if not is_address:
            check_raster(Path(place), folders)
        with open_raster(place) as dataset:
            check_overviews(dataset, name)
            levels = dataset.overviews(1)
            bands, alpha = _bands(dataset, place)
        if overview is not None and not 0 <= overview < len(levels):
            raise SettingsError(
                f"{name} has {len(levels)} overviews; expected --overview from 0 to "
                f"{len(levels) - 1}: omit it, or build overviews"
            )
        options = {} if overview is None else {"overview_level": overview}
        with open_raster(place, **options) as dataset:
            where = _crs(dataset, name, crs)
            return _describe(dataset, where, place, name, len(levels), bands, alpha)


def _crs(dataset: "DatasetReader", name: str, told: str | None) -> str:
    """Return the coordinate system of a file as WKT: its own, or the one that is declared."""
    from rasterio.crs import CRS
    from rasterio.errors import CRSError

    if dataset.transform.is_identity:
        raise DataError(
            f"{name} has no position (nor a pixel size); expected a georeferenced raster: "
            "georeference it (QGIS: Raster, Georeferencer)"
        )
    declared = None
    if told is not None:
        try:
            # GDAL would fetch what an address leads to.
            declared = None if "://" in told else CRS.from_user_input(told)
        except CRSError:
            declared = None
        if declared is None:
            raise SettingsError(
                f"--source-crs {told!r} is not a coordinate reference system; expected one such as "
                "EPSG:32633"
            )
    if dataset.crs is None:
        if declared is None:
            raise DataError(
                f"{name} has no coordinate reference system; expected a georeferenced raster: give "
                "it with --source-crs EPSG:..., or assign its projection (QGIS: Raster, "
                "Projections)"
            )
        return str(declared.to_wkt())
    if declared is not None and declared != dataset.crs:
        raise SettingsError(
            f"--source-crs {told} is for rasters without a coordinate reference system, but {name} "
            f"says that it is in {dataset.crs.to_string()[:60]}; expected that one: omit the "
            "option, or, if the file is wrong, correct it (gdal_edit.py -a_srs)"
        )
    return str(dataset.crs.to_wkt())


def _describe(
    dataset: "DatasetReader",
    crs: str,
    path: str,
    name: str,
    n_overviews: int,
    bands: Sequence[Band],
    alpha: Sequence[Band],
) -> File:
    """Describe a file, or an overview of it, whose bands have no names of their own."""
    if not bands:
        raise DataError(f"{name} has a mask and no other band; expected bands of features")
    at = [band.index - 1 for band in bands]
    dtypes = {str(dataset.dtypes[i]) for i in at}
    if len(dtypes) > 1 or next(iter(dtypes)).startswith("complex"):
        raise DataError(
            f"{name} holds {', '.join(sorted(dtypes))}; expected one real type for all of its bands"
        )
    transform = tuple(float(part) for part in tuple(dataset.transform)[:6])
    grid = Grid(crs, transform, dataset.height, dataset.width)  # type: ignore[arg-type]
    check_ground(grid, name)
    height, width = dataset.block_shapes[at[0]]
    # As text, so that NaN equals itself.
    same = len({str(band.nodata) for band in bands}) == 1
    return File(
        path,
        name,
        grid,
        (int(height), int(width)),
        dtypes.pop(),
        tuple(replace(band, nodata=None) for band in bands) if same else tuple(bands),
        bands[0].nodata if same else None,
        tuple(float(dataset.scales[i]) for i in at),
        tuple(float(dataset.offsets[i]) for i in at),
        n_overviews,
        tuple(alpha),
        dataset.tags().get(SYNTHETIC_TAG) == "yes",
    )


def _bands(dataset: "DatasetReader", path: str) -> tuple[list[Band], list[Band]]:
    """Describe bands of features, and those that are masks and nothing else."""
    from rasterio.enums import ColorInterp, MaskFlags

    alpha = [i for i, what in enumerate(dataset.colorinterp, 1) if what == ColorInterp.alpha]
    shared = [("alpha", index) for index in alpha]
    bands: list[Band] = []
    masks: list[Band] = []
    for index, flags in enumerate(dataset.mask_flag_enums, 1):
        band = Band(
            dataset.descriptions[index - 1] or "",
            path,
            index,
            own_nodata(dataset.nodatavals[index - 1], str(dataset.dtypes[index - 1])),
        )
        # GDAL's own mask: one for all bands, or one for each. Where it follows from numbers or
        # from an alpha band, these are looked at themselves: GDAL takes one of them and no more.
        own: list[tuple[str, int]] = []
        if MaskFlags.per_dataset in flags and MaskFlags.alpha not in flags:
            own = [("mask", 1)]
        elif not set(flags) & {MaskFlags.all_valid, MaskFlags.nodata, MaskFlags.alpha}:
            own = [("mask", index)]
        band = replace(band, masks=(*shared, *own))
        is_mask = index in alpha and _ALPHA.fullmatch(band.name)
        (masks if is_mask else bands).append(band)
    return bands, masks


def file_masks(dataset: "DatasetReader") -> NDArray[np.bool_]:
    """Tell where the masks and alpha bands of an open file say that there is data.

    Parameters
    ----------
    dataset : rasterio dataset

    Returns
    -------
    ndarray of bool, shape (height, width)
    """
    known = np.ones(dataset.shape, dtype=bool)
    bands, _ = _bands(dataset, "")
    for kind, index in dict.fromkeys(mask for band in bands for mask in band.masks):
        known &= (dataset.read_masks if kind == "mask" else dataset.read)(index) != 0
    return known


def with_masks(file: File, names: Sequence[str]) -> File:
    """Return a file with its masks as bands where the user gives them names of features.

    GDAL takes the fourth of four bands of bytes for a mask, which may be near infrared.

    Parameters
    ----------
    file : File
    names : sequence of str
        One for each band of the file, in order, masks included.
    """
    every = sorted((*file.bands, *file.alpha), key=lambda band: band.index)
    told = [
        replace(band, name=name)
        for band, name in zip(every, names, strict=True)
        if band not in file.alpha or not _ALPHA.fullmatch(name)
    ]
    linear = dict(zip((b.index for b in file.bands), zip(file.scales, file.offsets, strict=True),
                      strict=True))  # fmt: skip
    known = [linear.get(band.index, (1.0, 0.0)) for band in told]
    return replace(
        file,
        bands=tuple(told),
        scales=tuple(scale for scale, _ in known),
        offsets=tuple(offset for _, offset in known),
        alpha=(),
    )


def own_nodata(nodata: float | None, dtype: str) -> float | None:
    """Return a number for no data; NaN is none, and neither is what the type can't hold."""
    return nodata if can_hold(nodata, dtype) else None
