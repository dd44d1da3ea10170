"""What a user says of pixels, where they do not say it themselves."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Declared:
    """What a user says of rasters, where the files do not.

    Attributes
    ----------
    bands : tuple of str
        A name for each band, in the order of files and bands.
    scale, offset : float, optional
        Value = scale x stored + offset.
    nodata : float, optional
    years : tuple of int
        Calendar years that the pixels describe.
    overview : int, optional
        Read an overview in place of the pixels; 0 is the finest.
    crs : str, optional
        Coordinate system of files that name none, such as ``EPSG:32633``.
    """

    bands: tuple[str, ...] = ()
    scale: float | None = None
    offset: float | None = None
    nodata: float | None = None
    years: tuple[int, ...] = ()
    overview: int | None = None
    crs: str | None = None
