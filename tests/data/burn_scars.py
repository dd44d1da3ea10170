"""Synthetic files in the layout of HLS Burn Scars: 24 scenes of 16 fires, and polygons around them.

Eight places stand for eight tiles. Each has a fire that two overlapping windows show (an ellipse
across both) and, in another year, one that a single window shows. A window is 7,680 m wide whatever
its number of pixels, so that fires of three sizes fit. On request an embedding lies beside each
scene: made-up vectors that know the place, its ground, and how badly a pixel burned.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

WIDTH = 7680.0
TILES = {
    # UTM zone, then longitude and latitude of the fires.
    "T10SEH": (10, -122.4, 38.4),
    "T10TFQ": (10, -121.6, 45.1),
    "T11SMT": (11, -116.9, 33.9),
    "T11TPH": (11, -115.2, 44.6),
    "T12SVD": (12, -111.4, 35.6),
    "T12TVK": (12, -111.8, 41.1),
    "T13SDT": (13, -105.6, 33.2),
    "T13TDE": (13, -105.4, 42.0),
}
YEARS = (2018, 2019, 2020)
RADIUS = {"<500 ha": 0.13, "500-5000 ha": 0.30, ">5000 ha": 0.69}
"""Longer half axis as a share of the window's width."""

UNBURNED = np.array((0.045, 0.07, 0.08, 0.24, 0.22, 0.14))
BURNED = np.array((0.04, 0.055, 0.07, 0.13, 0.20, 0.19))
FILL = -9999.0
NO_VECTOR = -128


@dataclass(frozen=True)
class Written:
    """A scene that was written."""

    key: str
    part: str
    fire: int
    size: str
    lonlat: tuple[float, float]


def write_burn_scars(folder, *, side=64, seed=0, embedding=False):
    """Write the scenes below a folder (`training` and `validation`); give back what they are.

    With `embedding`, vectors of 64 bands lie beside them, on AlphaEarth's int8 lattice.
    """
    from pyproj import Transformer

    pixel = WIDTH / side
    made = []
    for number, (tile, (zone, lon, lat)) in enumerate(TILES.items()):
        crs = f"EPSG:{32600 + zone}"
        to_metres = Transformer.from_crs(4326, crs, always_xy=True)
        centre = np.round(np.array(to_metres.transform(lon, lat)) / pixel) * pixel
        double, single = YEARS[number % 3], YEARS[(number + 1) % 3]
        sizes = list(RADIUS)
        shown = [
            (2 * number, double, 190, sizes[number % 3], -0.25),
            (2 * number, double, 245, sizes[number % 3], 0.25),
            (2 * number + 1, single, 260, sizes[number % 2], 3.0),
        ]
        for fire, year, day, size, shift in shown:
            # Half a window aside: the two windows of one fire overlap by half.
            corner = centre + WIDTH * np.array([shift - 0.5, 0.5])
            seat = centre + (WIDTH * np.array([3.0, 0.0]) if shift > 1 else 0)
            rng = np.random.default_rng([seed, fire, day])
            values, mask, state = _scene(rng, side, pixel, corner, seat, size, number)
            part = "validation" if len(made) % 3 == 1 else "training"
            key = f"{tile}.{year}{day:03d}"
            write_pair(Path(folder) / part, key, values, mask, crs, corner, pixel)
            if embedding:
                vectors = quantise(_vectors(rng, state, number))
                write_embedding(Path(folder) / part, key, vectors, crs, corner, pixel)
            made.append(Written(key, part, fire, size, (lon, lat)))
    for part in ("training", "validation"):
        # The archive holds index files too.
        (Path(folder) / part / "index.csv").write_text("scene\n")
    return made


def _scene(rng, side, pixel, corner, seat, size, tile):
    row, column = np.mgrid[:side, :side] + 0.5
    x = (corner[0] + column * pixel - seat[0]) / WIDTH
    y = (corner[1] - row * pixel - seat[1]) / WIDTH
    # Smooth ground that is the same in both windows of a fire.
    wave = np.sin(7 * x + tile) * np.cos(9 * y - tile)
    long = RADIUS[size]
    burned = np.hypot(x / long, y / min(0.8 * long, 0.49)) < 1 + 0.05 * wave
    # Each place has its own light; some ground that never burned is as dark as a burn scar.
    place = np.exp(np.random.default_rng(tile).normal(0, 0.08, 6))
    severity = 0.75 + 0.25 * np.sin(13 * y + tile)
    dark = 0.5 * (np.sin(11 * x + 2 * tile) * np.sin(8 * y + tile) > 0.6)
    share = np.where(burned, severity, dark)
    look = UNBURNED[:, None, None] * (1 - share) + BURNED[:, None, None] * share
    light = 1 + 0.1 * wave + rng.normal(0, 0.12, (side, side))
    values = look * place[:, None, None] * light + rng.normal(0, 0.02, (6, side, side))
    mask = burned.astype(np.int16)
    edge = side // 8
    if tile % 3 == 0:
        values[:, :edge, :edge] = FILL
    if tile % 3 == 1:
        mask[-edge:, :edge] = -1
    # What an embedding of the year knows: it saw the ground before the fire too.
    state = np.stack([np.where(burned, severity, 0.3 * dark), wave])
    return np.where(values > -1, np.clip(values, 0.001, 1), values), mask, state


def _vectors(rng, state, tile):
    """Unit vectors (64, height, width) of a scene's burned share and ground."""
    same_everywhere = np.linalg.qr(np.random.default_rng(64).normal(size=(64, 3)))[0].T
    place = np.random.default_rng([64, tile]).normal(0, 0.06, 64)
    share, wave = state[:, None]
    burned, ground, usual = same_everywhere[:, :, None, None]
    vectors = usual + place[:, None, None] + 0.7 * share * burned + 0.3 * wave * ground
    vectors = vectors + rng.normal(0, 0.06, vectors.shape)
    return vectors / np.linalg.norm(vectors, axis=0)


def quantise(vectors):
    """Round unit vectors to AlphaEarth's int8 lattice."""
    raw = np.round(127.5 * np.sign(vectors) * np.sqrt(np.abs(vectors)))
    return np.clip(raw, -127, 127).astype(np.int8)


def names(key):
    stem = f"subsetted_512x512_HLS.S30.{key}.v1.4"
    return f"{stem}_merged.tif", f"{stem}.mask.tif"


def embedding_name(key):
    return names(key)[0].replace("_merged", "_embedding")


def write_embedding(folder, key, values, crs, corner, pixel, nodata=NO_VECTOR):
    """Write an embedding beside a scene; the corner is the upper left one, in metres."""
    write_raster(Path(folder) / embedding_name(key), values, crs, corner, pixel, nodata)


def write_pair(folder, key, values, mask, crs, corner, pixel, *, mask_crs=None, mask_corner=None):
    """Write an image and its mask; the corner is the upper left one, in metres."""
    folder.mkdir(parents=True, exist_ok=True)
    image_name, mask_name = names(key)
    write_raster(folder / image_name, np.asarray(values, np.float32), crs, corner, pixel)
    write_raster(
        folder / mask_name,
        np.asarray(mask)[None],
        mask_crs or crs,
        corner if mask_corner is None else mask_corner,
        pixel,
    )


def write_raster(path, values, crs, corner, pixel, nodata=None):
    import rasterio

    count, height, width = values.shape
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=count,
        height=height,
        width=width,
        dtype=values.dtype,
        nodata=nodata,
        crs=crs,
        transform=rasterio.Affine(pixel, 0, corner[0], 0, -pixel, corner[1]),
    ) as file:
        file.write(values)


def write_zones(folder):
    """Write made-up states (degrees) and biomes (Albers, metres) around all places.

    A border of two states runs between the two windows of the fire of T11SMT.
    """
    import geopandas as gpd
    from shapely import box

    west, border, east = -126.0, -116.9, -100.0
    states = gpd.GeoDataFrame(
        {"NAME": ["North Shore", "South Shore", "North Plain", "South Plain"]},
        geometry=[
            box(west, 40, border, 50),
            box(west, 30, border, 40),
            box(border, 40, east, 50),
            box(border, 30, east, 40),
        ],
        crs=4326,
    )
    states.to_file(Path(folder) / "states.gpkg")
    biomes = gpd.GeoDataFrame(
        {"BIOME_NAME": ["Desert", "Grassland", "Conifer Forests"]},
        geometry=[box(west, 30, east, 37), box(west, 37, east, 43), box(west, 43, east, 50)],
        crs=4326,
    )
    # Long edges would leave their parallel when they become straight in another projection.
    biomes["geometry"] = biomes.geometry.segmentize(0.5)
    biomes.to_crs(5070).to_file(Path(folder) / "ecoregions.gpkg")
