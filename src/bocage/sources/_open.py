"""Open rasters: what they say of themselves, completed by what the user declares."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from bocage.core import DataError, SettingsError, listed
from bocage.sources._alphaearth import (
    AEF_BANDS,
    AEF_CODING,
    about_alphaearth,
    check_vectors,
    looks_alphaearth,
)
from bocage.sources._alphaearth_columns import as_alphaearth
from bocage.sources._coding import Coding, can_hold
from bocage.sources._declared import Declared
from bocage.sources._file import File, look, with_masks
from bocage.sources._georeference import is_same_crs
from bocage.sources._glimpse import glimpse, holds_unit_vectors
from bocage.sources._raster import About, Raster
from bocage.sources._schemes import open_scheme, scheme_of
from bocage.sources._source import Source
from bocage.sources._stack import stack_rasters

MADE_UP = "Synthetic data: it describes no real place."


def open_source(
    paths: str | Path | Sequence[str | Path], declared: Declared | None = None
) -> Source:
    """Open a raster, or several on one grid whose bands stand one after the other.

    ``scheme:what`` is opened by the package that has registered the scheme (entry point group
    ``bocage.sources``); a file that is called so is reached as ``./scheme:what``.

    Files that store their numbers in different ways (types, nodata, AlphaEarth beside others) are
    read as values.

    AlphaEarth's files are recognised by their layout (int8, bands A00..A63 or 64 of them) and
    checked: decoded vectors must be of length 1.

    Parameters
    ----------
    paths : str, Path or several
        Files, or addresses (http, https). The sources of a virtual raster lie below its folder, or
        that of another file that is named.
    declared : Declared, optional
        Names, scaling and the like that files don't say themselves.

    Returns
    -------
    Raster
        Or the source of another package, where the name begins with its scheme.

    Raises
    ------
    DataError
        If a file can't be read, has no coordinate system, or does not fit the others.
    SettingsError
        If what is declared does not fit the files, or a package fails.

    Examples
    --------
    >>> import tempfile
    >>> from bocage.datasets.landscape import write_landscape_tile
    >>> file = Path(tempfile.mkdtemp()) / "aef.tif"
    >>> tile = write_landscape_tile(file, side=32)
    >>> raster = open_source(file)
    >>> raster.names[:2], raster.about.synthetic
    (('A00', 'A01'), True)
    """
    asked = [paths] if isinstance(paths, str | Path) else list(paths)
    foreign = [path for path in asked if isinstance(path, str) and scheme_of(path)]
    if foreign and len(asked) > 1:
        raise SettingsError(
            f"{foreign[0]!r} is opened by another package and can't be stacked with files; "
            "expected it alone: name it on its own"
        )
    return open_scheme(foreign[0], declared) if foreign else _open_files(asked, declared)


def _open_files(asked: Sequence[str | Path], declared: Declared | None) -> Raster:
    told = declared or Declared()
    if not asked:
        raise DataError("no raster was named; expected files such as aef.tif")
    folders = [Path(path).expanduser().parent for path in asked if "://" not in str(path)]
    found = [look(str(path), told.overview, folders, told.crs) for path in asked]
    files, told = _with_masks(found, told)
    for other in files[1:]:
        _check_same(files[0], other)
    names, is_named = _band_names(files, told)
    alike = _alike(files)
    if len(alike) == 1:
        return _open_alike(files, told, names, is_named=is_named, told_of=len(files))
    parts, start = [], 0
    for some in alike:
        stop = start + sum(len(file.names) for file in some)
        part = names[start:stop]
        parts.append(_open_alike(some, told, part, is_named=is_named, told_of=len(files)))
        start = stop
    credit = next((part.about for part in parts if part.about.attribution), parts[0].about)
    product, version = (
        " and ".join(dict.fromkeys(word for part in parts if (word := getattr(part.about, what))))
        for what in ("product", "version")
    )
    years = told.years or credit.years
    remark = "; ".join(part.about.remark for part in parts if part.about.remark)
    synthetic = any(part.about.synthetic for part in parts)
    name, credited = _listed(files), credit.attribution
    about = About(name, product, version, years, "", credited, remark, synthetic)
    return stack_rasters(parts, about)


def _alike(files: Sequence[File]) -> list[list[File]]:
    """Part files where the way in which they store numbers changes."""
    made = [[files[0]]]
    for before, file in pairwise(files):
        # As text, so that NaN equals itself.
        if (before.dtype, str(before.nodata)) == (file.dtype, str(file.nodata)):
            made[-1].append(file)
        else:
            made.append([file])
    return made


def _with_masks(files: list[File], told: Declared) -> tuple[list[File], Declared]:
    """Take masks for bands where a name is declared for each of them too."""
    n = [len(file.bands) + len(file.alpha) for file in files]
    if len(told.bands) != sum(n) or not any(file.alpha for file in files):
        return files, told
    ends = np.cumsum(n).tolist()
    named = [
        with_masks(file, told.bands[end - own : end])
        for file, own, end in zip(files, n, ends, strict=True)
    ]
    return named, replace(told, bands=tuple(name for file in named for name in file.names))


def _told_nodata(nodata: float, file: File) -> float | None:
    if np.isnan(nodata) and np.dtype(file.dtype).kind == "f":
        return None
    if not can_hold(nodata, file.dtype):
        raise SettingsError(
            f"--nodata {nodata:g} can't be stored in {file.name}, which holds {file.dtype}; "
            "expected a number of that type"
        )
    return nodata


def _open_alike(
    files: Sequence[File],
    told: Declared,
    names: tuple[str, ...],
    *,
    is_named: bool,
    told_of: int,
) -> Raster:
    """Open files that store their numbers in one way, of `told_of` files that were named."""
    first = files[0]
    own = first.nodata
    if looks_alphaearth(names, first.dtype, own) and len(files) < told_of:
        # What is declared is meant for the others.
        told = replace(told, scale=None, offset=None, nodata=None)
    nodata = own if told.nodata is None else _told_nodata(told.nodata, first)
    is_plain = told.scale is None and told.offset is None
    about = About(_listed(files), years=told.years)
    coding = _linear(files, told, nodata)
    if is_plain and looks_alphaearth(names, first.dtype, nodata):
        coding = AEF_CODING
        about = about_alphaearth(about.name, first.path, told.years)
    bands = [band for file in files for band in file.bands]
    if nodata is not None and own not in (None, nodata):
        # What is declared comes to what the file says, and does not undo it.
        bands = [replace(band, nodata=own) for band in bands]
    raster = Raster(
        tuple(replace(band, name=name) for band, name in zip(bands, names, strict=True)),
        first.grid,
        coding,
        first.dtype,
        first.block,
        about,
        told.overview,
        _vector(names),
    )
    if is_plain and len(names) == len(AEF_BANDS) and not raster.coding.is_exact_int8:
        raster = as_alphaearth(raster, first.path, is_named=is_named)
        names = raster.names
    if set(names) == set(AEF_BANDS) and len(names) == len(AEF_BANDS):
        _check_alphaearth(raster)
        if not raster.about.product:
            raster = replace(raster, about=about_alphaearth(about.name, first.path, told.years))
    elif not is_named and len(names) > 1:
        raise SettingsError(
            f"the bands of {about.name} have no names; expected one per band: declare them with "
            "--bands, in order"
        )
    elif not raster.vector and holds_unit_vectors(raster):
        raster = replace(raster, vector=tuple(range(len(names))))
    if any(file.synthetic for file in files):
        # In the layout of a product, and not of its makers.
        made_up = About(raster.about.name, years=told.years, attribution=MADE_UP, synthetic=True)
        raster = replace(raster, about=made_up)
    return raster


def _vector(names: Sequence[str]) -> tuple[int, ...]:
    """Return the bands that are an embedding's: all that are there of it."""
    found = tuple(i for i, name in enumerate(names) if name in AEF_BANDS)
    # One number of a vector is 0 now and then.
    return found if len(found) > 1 else ()


def _check_same(first: File, other: File) -> None:
    said = []
    if (first.grid.height, first.grid.width) != (other.grid.height, other.grid.width):
        said.append(f"{other.grid.height} x {other.grid.width} pixels")
    step = max(abs(part) for part in (*first.grid.transform[:2], *first.grid.transform[3:5]))
    moved = zip(first.grid.transform, other.grid.transform, strict=True)
    # A thousandth of a pixel over the whole raster is rounding, not another place.
    if any(abs(a - b) > step * 1e-3 for a, b in moved):
        said.append("another position or pixel size")
    if not is_same_crs(first.grid.crs, other.grid.crs):
        said.append("another coordinate reference system")
    if said:
        raise DataError(
            f"{other.name} has {', '.join(said)}, compared with {first.name} "
            f"({first.grid.height} x {first.grid.width} pixels); expected one grid: warp it onto "
            "the other (gdalwarp)"
        )


def _band_names(files: Sequence[File], told: Declared) -> tuple[tuple[str, ...], bool]:
    """Name the bands; also tell whether anybody did."""
    n = sum(len(file.names) for file in files)
    names, is_named = list(told.bands), True
    if told.bands and len(told.bands) != n:
        raise SettingsError(
            f"{len(told.bands)} band names for {n} bands of {_listed(files)}; expected one per band"
        )
    for file in () if told.bands else files:
        if all(file.names):
            names += file.names
        elif len(file.names) == 1 and len(files) > 1:
            # One band a file: their names tell them apart.
            names.append(Path(file.name).stem)
        elif len(file.names) == len(AEF_BANDS) and file.dtype == "int8":
            names += AEF_BANDS
        else:
            names += [f"band{len(names) + i + 1}" for i in range(len(file.names))]
            is_named = False
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SettingsError(
            f"band {twice[0]} occurs {names.count(twice[0])} times in {_listed(files)}; expected "
            "each once: name the bands with --bands"
        )
    return tuple(names), is_named


def _linear(files: Sequence[File], told: Declared, nodata: float | None) -> Coding:
    scales = [value for file in files for value in file.scales]
    offsets = [value for file in files for value in file.offsets]
    if told.scale is not None:
        scales = [told.scale] * len(scales)
    if told.offset is not None:
        offsets = [told.offset] * len(offsets)
    same = len(set(scales)) == 1 and len(set(offsets)) == 1
    if same:
        return Coding("linear", nodata, (scales[0],), (offsets[0],))
    return Coding("linear", nodata, tuple(scales), tuple(offsets))


def _check_alphaearth(raster: Raster) -> None:
    """Look at the vectors of a few windows, some of which should hold data."""
    seen = glimpse(raster, raster.grid.whole)
    if seen is not None:
        check_vectors(seen.values, raster.about.name)
    raster.close()


def _listed(files: Sequence[File]) -> str:
    return listed([file.name for file in files], 1)
