"""Single pixels of parcels, drawn by luck."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import SettingsError
from bocage.sources._block_by_block import by_block, read_each
from bocage.sources._parcel_outlines import Outlines
from bocage.sources._source import Source


@dataclass(frozen=True, slots=True)
class ParcelPixels:
    """Pixels of parcels, those of one parcel together and the luckiest first.

    Attributes
    ----------
    parcel : ndarray of int64, shape (m,)
        Position of the parcel that each pixel was drawn from.
    features : ndarray of float64, shape (m, n_bands)
    lonlat : ndarray of float64, shape (m, 2)
        Degrees (WGS84) of the pixels' centres.
    n_pixels : ndarray of int64, shape (n,)
        Pixels with data of each parcel, drawn or not; 0 where there are none, -1 outside.
    n_asked : ndarray of float64, shape (n,)
    n_zeros : ndarray of int64, shape (n,)
        See `Sampled`.
    """

    parcel: NDArray[np.int64]
    features: NDArray[np.float64]
    lonlat: NDArray[np.float64]
    n_pixels: NDArray[np.int64]
    n_asked: NDArray[np.float64]
    n_zeros: NDArray[np.int64]


def draw_parcel_pixels(
    raster: Source,
    shapes: NDArray[Any],
    crs: Any,
    most: int | None,
    *,
    seed: int = 0,
    bands: Sequence[int] | None = None,
    threads: int | None = None,
) -> ParcelPixels:
    """Draw pixels with data whose centre lies in each parcel, all equally likely.

    Draws are nested (the five are among the ten), and depend on the seed, the parcel's outline and
    the pixel's place in it: not on other parcels, nor on the tiles that a parcel lies on. A parcel
    that holds no centre gets the pixel that its inner point stands in.

    Parameters
    ----------
    raster : Source
    shapes : ndarray of shapely polygons, shape (n,)
    crs : any that pyproj takes
    most : int or None
        Pixels of a parcel at most; all of them if None.
    seed : int
    bands, threads
        As in `sample_points`.

    Raises
    ------
    SettingsError
        If `most` is below 1.
    DataError
        If the raster can't be read, or coordinates can't be converted.
    """
    if most is not None and most < 1:
        raise SettingsError(f"{most} pixels per polygon are requested; expected 1 or more")
    chosen = list(range(len(raster.names))) if bands is None else list(bands)
    outlines = Outlines.of(raster, shapes, crs)
    n_pixels, n_asked = outlines.n_pixels, outlines.n_beyond.copy()
    n_zeros = np.zeros(len(shapes), dtype=np.int64)
    corner_row, corner_column = outlines.corners
    drawn: dict[int, _Luckiest] = {}

    def read(part: NDArray[np.int64]) -> None:
        for i in part.tolist():
            key = _key(shapes[i], seed)
            found = _Luckiest(len(chosen), most)
            for row, column, pixels in outlines.pieces(i, chosen):
                n_asked[i] += len(row)
                n_zeros[i] += pixels.all_zero.sum()
                known = ~pixels.missing
                place = np.column_stack([row, column])[known]
                found.add(_luck(key, place), place, pixels.at(known).values.T)
                n_pixels[i] += len(place)
            if n_asked[i] == outlines.n_beyond[i]:
                n_pixels[i] = -1
            drawn[i] = found

    inside = np.flatnonzero(n_pixels == 0)
    read_each(raster, list(by_block(raster, corner_row, corner_column, inside)), read, threads,
              "parcels")  # fmt: skip
    every = [(i, drawn[i]) for i in sorted(drawn)]
    parcel = np.repeat(
        np.array([i for i, _ in every], dtype=np.int64), [len(found.luck) for _, found in every]
    )
    place = np.concatenate([np.zeros((0, 2), dtype=np.int64), *(f.place for _, f in every)])
    centre = place + np.column_stack([corner_row, corner_column])[parcel] + 0.5
    features = np.concatenate([np.zeros((0, len(chosen))), *(found.values for _, found in every)])
    lonlat = raster.grid.lonlat(*centre.astype(np.float64).T)
    # To 0.1 mm, as coordinates of labels are: one pixel of two parcels is at one place.
    return ParcelPixels(parcel, features, np.round(lonlat, 9), n_pixels, n_asked, n_zeros)


class _Luckiest:
    """The luckiest of the pixels that are added."""

    def __init__(self, n_bands: int, most: int | None) -> None:
        self._most = most
        self.luck = np.zeros(0, dtype=np.uint64)
        self.place = np.zeros((0, 2), dtype=np.int64)
        self.values = np.zeros((0, n_bands))

    def add(
        self, luck: NDArray[np.uint64], place: NDArray[np.int64], values: NDArray[np.float64]
    ) -> None:
        """Add pixels with their values, shape (n, n_bands), and keep the luckiest of all."""
        luck = np.concatenate([self.luck, luck])
        order = np.argsort(luck, kind="stable")[: self._most]
        self.luck = luck[order]
        self.place = np.concatenate([self.place, place])[order]
        self.values = np.concatenate([self.values, values])[order]


def _key(shape: Any, seed: int) -> int:
    import shapely

    said = shapely.to_wkb(shape, byte_order=1) + seed.to_bytes(8, "little", signed=True)
    return int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), "little")


def _luck(key: int, place: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Give each row and column in a parcel a pseudo-random number.

    The finaliser of SplitMix64 (Steele et al. 2014, 10.1145/2714064.2660195), at the parcel's key
    and the place: the same in every version of NumPy.
    """
    row, column = place.T.astype(np.uint64)
    bits = (row << np.uint64(32)) + column
    z = np.uint64(key) + bits * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)), dtype=np.uint64)
