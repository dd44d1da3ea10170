"""Mutated rasters for `intake.py`: a small synthetic raster, changed, and mapped with one model."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import rasterio
from affine import Affine
from intake import Case, Said, call
from rasterio.enums import ColorInterp

Rng = np.random.Generator

SIDE = (44, 60)
NODATA = -9999.0
BANDS = ("B1", "B2", "B3", "B4")
CRS = "EPSG:32633"
CORNER = Affine(10, 0, 500_000, 0, -10, 5_000_000)
LOSSY = 0.97
"""Share of pixels that keep their class where numbers were rounded."""


@dataclass(frozen=True)
class Image:
    """A raster on its way.

    Attributes
    ----------
    values : ndarray, shape (4, height, width)
        NaN where there is no data.
    known : ndarray of bool, shape (height, width)
        Pixels that may get a class.
    same : bool
        Whether pixels that hold data must have the class that they had.
    nodata : float or None
        What is written, and declared, for no data.
    profile : dict
        Further options of the file.
    argv : tuple of str
    tags : mapping
    after : tuple of callables
        What becomes of the file once it is written; each gives the path that is mapped.
    """

    values: np.ndarray
    known: np.ndarray
    same: bool = True
    nodata: float | None = NODATA
    declared: bool = True
    dtype: str = "float32"
    names: tuple[str, ...] = BANDS
    profile: dict[str, Any] = field(default_factory=dict)
    argv: tuple[str, ...] = ()
    after: tuple[Callable[[Path, Rng], Path], ...] = ()
    masked: bool = False
    flipped: bool = False  # rows are stored from the last to the first


CHANGES: dict[str, Callable[[Image, Rng], Image]] = {}


def change(make: Callable[[Image, Rng], Image]) -> Callable[[Image, Rng], Image]:
    """Keep a change under its name."""
    CHANGES[make.__name__] = make
    return make


def image(rng: Rng) -> Image:
    """Make stripes of three classes, told by four bands, with a hole."""
    height, width = SIDE
    row, column = np.indices(SIDE)
    code = (column // 7 + row // 11) % 3
    values = rng.normal(0, 0.12, (4, height, width))
    values += np.array([[0, 1, 2], [1, 0, 1], [0.5, 2, 0], [1, 1, 2]])[:, code] + 1
    known = np.ones(SIDE, bool)
    known[5:9, 7:33] = False
    return Image(np.where(known, values, np.nan), known)


def truth(known: np.ndarray) -> np.ndarray:
    """Return the codes of the stripes; -1 without data."""
    row, column = np.indices(SIDE)
    return np.where(known, (column // 7 + row // 11) % 3, -1)


def prepare(shared: Path) -> None:
    """Sample, compare and fit once: all cases map with this model."""
    import os

    rng = np.random.default_rng(1)
    made = image(rng)
    write(made, shared / "clean.tif")
    rows, columns = np.nonzero(made.known)
    at = rng.choice(len(rows), 300, replace=False)
    x, y = CORNER * (columns[at] + 0.5, rows[at] + 0.5)
    from pyproj import Transformer

    lon, lat = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(x, y)
    crop = np.array(["maize", "rice", "wheat"])[truth(made.known)[rows[at], columns[at]]]
    pd.DataFrame({"lon": lon, "lat": lat, "crop": crop}).to_csv(shared / "labels.csv", index=False)
    before = Path.cwd()
    os.chdir(shared)
    try:
        for argv in (
            ("sample", "labels.csv", "--source", "clean.tif", "-o", "table.csv"),
            ("compare", "table.csv", "--target", "crop", "--input", "b=B*", "--leave", "blocks",
             "--methods", "prior,b:logistic:C=10", "--budgets", "all", "--repeats", "1", "-j", "1"),
            ("fit", "studies/table", "--source", "clean.tif", "-o", "model", "--method",
             "b:logistic:C=10"),
        ):  # fmt: skip
            said = call(argv)
            if said.code != 0:
                raise SystemExit(f"{argv[0]} failed: {said.err or said.out}")
    finally:
        os.chdir(before)


def write(made: Image, path: Path) -> Path:
    """Write a raster, and what comes after."""
    fill = made.nodata if made.nodata is not None else 0.0
    stored = np.where(np.isnan(made.values), fill, made.values)
    if np.dtype(made.dtype).kind in "iu":
        stored = np.round(stored).clip(np.iinfo(made.dtype).min, np.iinfo(made.dtype).max)
    profile: dict[str, Any] = {
        "driver": "GTiff", "height": stored.shape[1], "width": stored.shape[2],
        "count": len(stored), "dtype": made.dtype, "crs": CRS, "transform": CORNER,
        "nodata": made.nodata if made.declared else None,
    }  # fmt: skip
    profile |= made.profile
    with np.errstate(all="ignore"), rasterio.open(path, "w", **profile) as out:
        out.write(stored.astype(made.dtype))
        if len(made.names) == out.count:
            out.descriptions = made.names
    return path


def make(number: int, folder: Path, shared: Path) -> Case:
    """Make one case from its number."""
    rng = np.random.default_rng([51, number])
    made, names = image(np.random.default_rng(1)), []
    for _ in range(rng.choice([1, 1, 2])):
        name = str(rng.choice(sorted(CHANGES)))
        made = CHANGES[name](made, rng)
        names.append(name)
    path = folder / "source.tif"
    try:
        write(made, path)
    except Exception:  # noqa: BLE001 - two changes that no file can hold
        made, names = image(np.random.default_rng(1)), ["none"]
        write(made, path)
    try:
        for step in made.after:
            path = step(path, rng)
    except Exception:  # noqa: BLE001 - a damaged file takes no mask
        made = replace(made, same=False, known=np.ones_like(made.known))
    argv = ("map", "--model", str(shared / "model"), "--source", path.name, "-o", "out.tif",
            "--layers", "none", "-j", "1", *made.argv)  # fmt: skip

    def check(said: Said) -> str:
        return wrong(said, made, folder / "out.tif", shared / "model")

    return Case("+".join(names), argv, check)


def wrong(said: Said, made: Image, output: Path, model: Path) -> str:
    """Say what is wrong with a map, or nothing."""
    import json

    del said
    if not output.is_file():
        return "exit code 0, and no map"
    classes = json.loads((model / "model.json").read_text())["classes"]
    with rasterio.open(output) as file:
        found, grid = file.read(1), file.transform
        nodata = file.nodata
    codes = np.full(found.shape, -1)
    names = ["maize", "rice", "wheat"]
    for at, name in enumerate(classes):
        codes[found == at] = names.index(name)
    if nodata is None or ((codes < 0) != (found == nodata)).any():
        return "codes of no class in the map"
    stands = made.profile.get("transform", CORNER).e > 0
    if made.flipped and stands == (grid.e > 0):
        codes = codes[::-1]
    if codes.shape != made.known.shape:
        return f"the map is {codes.shape}, and the source {made.known.shape}"
    n = int((codes[~made.known] >= 0).sum())
    if n:
        return f"{n} of {int((~made.known).sum())} pixels without data have a class"
    if made.same:
        expected = truth(made.known)
        right = (codes == expected)[made.known].mean() if made.known.any() else 1.0
        if right < LOSSY:
            return f"{right:.2f} of pixels have the class that they had"
    return ""


def _hole(made: Image, rng: Rng, share: float = 0.2) -> np.ndarray:
    height, width = made.known.shape
    rows, columns = max(1, int(height * share)), max(1, int(width * share))
    top, left = int(rng.integers(height - rows + 1)), int(rng.integers(width - columns + 1))
    hole = np.zeros_like(made.known)
    hole[top : top + rows, left : left + columns] = True
    return hole


def _filled(made: Image, hole: np.ndarray, value: float, bands: slice = slice(None)) -> Image:
    """Put a number into a hole, of which nobody says that it stands for nothing."""
    values = made.values.copy()
    values[bands, hole] = value
    return replace(made, values=values, known=made.known & ~hole)


@change
def zeros_undeclared(made: Image, rng: Rng) -> Image:
    return _filled(made, _hole(made, rng, float(rng.choice([0.1, 0.4, 1.0]))), 0.0)


@change
def fill_undeclared(made: Image, rng: Rng) -> Image:
    value = float(rng.choice([-9999, 65535, -32768, 9999, 1e20, -3.4e38]))
    bands = slice(0, int(rng.integers(1, 5)))
    return _filled(replace(made, nodata=-1.5), _hole(made, rng), value, bands)


@change
def fill_declared(made: Image, rng: Rng) -> Image:
    value = float(rng.choice([-9999, 65535, -32768, 0]))
    made = _filled(replace(made, nodata=value, declared=False), _hole(made, rng), value)
    return replace(made, argv=(*made.argv, "--nodata", f"{value:g}"))


@change
def not_finite(made: Image, rng: Rng) -> Image:
    value = float(rng.choice([np.inf, -np.inf, np.nan]))
    hole = _hole(made, rng)
    out = _filled(made, hole, value, slice(int(rng.integers(4)), 4))
    return replace(out, nodata=float("nan") if rng.random() < 0.5 else made.nodata)


@change
def all_empty(made: Image, rng: Rng) -> Image:
    del rng
    return _filled(made, np.ones_like(made.known), np.nan)


@change
def far_values(made: Image, rng: Rng) -> Image:
    values = made.values.copy()
    values[int(rng.integers(4)), _hole(made, rng, 0.1)] = float(rng.choice([1e5, 1e30, -1e9]))
    return replace(made, values=values, same=False)


@change
def no_nodata(made: Image, rng: Rng) -> Image:
    value = float(rng.choice([0.0, -9999.0]))
    return replace(made, nodata=value, declared=False)


@change
def scaled(made: Image, rng: Rng) -> Image:
    scale = float(rng.choice([0.001, 0.0005]))
    told = rng.random() < 0.6
    values = made.values / scale
    after = made.after if told else (*made.after, _tag_scale(scale))
    argv = ("--scale", f"{scale:g}") if told else ()
    return replace(made, values=values, dtype="int16", argv=made.argv + argv, after=after)


def _tag_scale(scale: float) -> Callable[[Path, Rng], Path]:
    def after(path: Path, rng: Rng) -> Path:
        del rng
        with rasterio.open(path, "r+") as out:
            out.scales = (scale,) * out.count
        return path

    return after


@change
def scaled_untold(made: Image, rng: Rng) -> Image:
    return replace(made, values=made.values * float(rng.choice([100, 10_000])), dtype="int32",
                   same=False)  # fmt: skip


@change
def other_type(made: Image, rng: Rng) -> Image:
    return replace(made, dtype=str(rng.choice(["float64", "float32"])))


@change
def complex_type(made: Image, rng: Rng) -> Image:
    del rng
    return replace(made, dtype="complex64")


@change
def bands_shuffled(made: Image, rng: Rng) -> Image:
    order = rng.permutation(len(made.values))
    names = made.names if len(made.names) == len(order) else BANDS
    return replace(made, values=made.values[order], names=tuple(names[i] for i in order))


@change
def names_lost(made: Image, rng: Rng) -> Image:
    if rng.random() < 0.5:
        return replace(made, names=())
    told = ("--bands", ",".join(made.names or BANDS))
    return replace(made, names=(), argv=made.argv + told)


@change
def names_twice(made: Image, rng: Rng) -> Image:
    del rng
    return replace(made, names=("B1", "B1", "B3", "B4"))


@change
def band_lost(made: Image, rng: Rng) -> Image:
    at = int(rng.integers(len(made.values)))
    kept = [i for i in range(len(made.values)) if i != at]
    names = tuple(made.names[i] for i in kept) if made.names else ()
    return replace(made, values=made.values[kept], names=names, same=False)


@change
def band_more(made: Image, rng: Rng) -> Image:
    extra = rng.normal(size=(1, *made.known.shape))
    name = str(rng.choice(["ndvi", "alpha", "", "B10"]))
    return replace(made, values=np.concatenate([made.values, extra]), names=(*made.names, name))


def _masked(write_mask: Callable[[Path, np.ndarray], None]) -> Callable[[Image, Rng], Image]:
    def make(made: Image, rng: Rng) -> Image:
        if made.masked:  # a second mask takes the place of the first
            return made
        hole = _hole(made, rng, 0.3)

        def after(path: Path, rng: Rng) -> Path:
            del rng
            write_mask(path, hole)
            return path

        known = made.known & ~hole
        return replace(made, known=known, after=(*made.after, after), masked=True)

    return make


def _inside(path: Path, hole: np.ndarray) -> None:
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as out:
        out.write_mask(~hole)


def _beside(path: Path, hole: np.ndarray) -> None:
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=False), rasterio.open(path, "r+") as out:
        out.write_mask(~hole)


def _alpha(path: Path, hole: np.ndarray) -> None:
    with rasterio.open(path) as file:
        values, profile, names = file.read(), file.profile, file.descriptions
    profile |= {"count": len(values) + 1, "nodata": None}
    gone = np.isnan(values).any(axis=0) | (values == NODATA).any(axis=0) | hole
    with rasterio.open(path, "w", **profile) as out:
        out.write(np.concatenate([values, (255 * ~gone)[None].astype(values.dtype)]))
        out.descriptions = (*names, None)
        out.colorinterp = [*[ColorInterp.undefined] * len(values), ColorInterp.alpha]


CHANGES |= {"mask_inside": _masked(_inside), "mask_beside": _masked(_beside),
            "mask_alpha": _masked(_alpha)}  # fmt: skip


def _profile(**options: Any) -> Callable[[Image, Rng], Image]:
    def make(made: Image, rng: Rng) -> Image:
        del rng
        return replace(made, profile=made.profile | options)

    return make


CHANGES |= {
    "tiles": _profile(tiled=True, blockxsize=16, blockysize=16, compress="deflate"),
    "stripes": _profile(blockysize=1, compress="lzw", interleave="band"),
    "predictor": _profile(compress="deflate", predictor=2, bigtiff="YES"),
    "envi": _profile(driver="ENVI"),
    "img": _profile(driver="HFA"),
}


CHANGES |= {
    "no_crs": _profile(crs=None),
    "no_place": _profile(transform=Affine.identity()),
    "turned": _profile(transform=Affine(8.66, 5, 500_000, 5, -8.66, 5_000_000)),
    "degrees": _profile(crs="EPSG:4326", transform=Affine(1e-4, 0, 15, 0, -1e-4, 45)),
    "turn_360": _profile(crs="EPSG:4326", transform=Affine(1e-2, 0, 359.7, 0, -1e-2, 45)),
    "off_earth": _profile(crs="EPSG:4326", transform=Affine(5, 0, 0, 0, -5, 300)),
    "far_away": _profile(transform=Affine(10, 0, 9e12, 0, -10, 9e12)),
    "local_crs": _profile(crs='LOCAL_CS["site",UNIT["metre",1]]'),
    "geocentric": _profile(crs="EPSG:4978"),
    "flat_pixels": _profile(transform=Affine(10, 0, 500_000, 0, 0, 5_000_000)),
    "tiny_pixels": _profile(transform=Affine(1e-9, 0, 500_000, 0, -1e-9, 5_000_000)),
}  # fmt: skip


@change
def bottom_up(made: Image, rng: Rng) -> Image:
    del rng
    return replace(
        made,
        values=made.values[:, ::-1],
        flipped=not made.flipped,
        profile=made.profile | {"transform": Affine(10, 0, 500_000, 0, 10, 4_999_560)},
    )


def _bytes(edit: Callable[[bytes, Rng], bytes]) -> Callable[[Image, Rng], Image]:
    def make(made: Image, rng: Rng) -> Image:
        del rng

        def after(path: Path, rng: Rng) -> Path:
            path.write_bytes(edit(path.read_bytes(), rng))
            return path

        return replace(made, same=False, known=np.ones_like(made.known), after=(*made.after, after))

    return make


def _flip(raw: bytes, rng: Rng) -> bytes:
    out = bytearray(raw)
    for at in rng.integers(0, min(len(out), int(rng.choice([400, len(out)]))), 12):
        out[int(at)] = int(rng.integers(256))
    return bytes(out)


CHANGES |= {
    "truncated": _bytes(lambda raw, rng: raw[: int(rng.integers(len(raw)))]),
    "flipped": _bytes(_flip),
    "emptied": _bytes(lambda raw, rng: b""),
    "text": _bytes(lambda raw, rng: b"lon,lat,crop\n1,2,maize\n"),
    "other_image": _bytes(lambda raw, rng: b"\x89PNG\r\n\x1a\n" + raw[8:200]),
}


def _renamed(ending: str) -> Callable[[Image, Rng], Image]:
    def make(made: Image, rng: Rng) -> Image:
        del rng

        def after(path: Path, rng: Rng) -> Path:
            del rng
            other = path.with_name(f"source{ending}")
            shutil.move(path, other)
            return other

        return replace(made, after=(*made.after, after))

    return make


CHANGES |= {"called_img": _renamed(".img"), "called_nothing": _renamed("")}


def _virtual(ending: str) -> Callable[[Image, Rng], Image]:
    def make(made: Image, rng: Rng) -> Image:
        del rng

        def after(path: Path, rng: Rng) -> Path:
            del rng
            from rasterio import shutil as copies

            other = path.with_name(f"virtual{ending}")
            with rasterio.open(path) as file:
                copies.copy(file, other, driver="VRT")
            return other

        return replace(made, after=(*made.after, after))

    return make


CHANGES |= {"virtual": _virtual(".vrt"), "virtual_as_tif": _virtual(".tif")}
