"""What a row of a model's features is of: one pixel, or all pixels of a polygon."""

from bocage.core import SettingsError
from bocage.sources import STATISTICS
from bocage.tables import HOMOGENEITY, N_PIXELS

FURTHER = (N_PIXELS, HOMOGENEITY)
"""Columns of polygons that are of no single band."""


def refuse_pixels(support: str) -> None:
    """Refuse to paint single pixels with a model of polygons, whose score speaks of means.

    Raises
    ------
    SettingsError
        If its features are statistics over polygons.
    """
    if support == "polygon":
        raise SettingsError(
            "the model was trained on polygon means, and its score does not hold for single "
            "pixels; expected a model for pixels: sample with --pixels 10 and run compare again, "
            "or map polygons with --parcels parcels.gpkg -o map.gpkg"
        )


def band_of(column: str, names: tuple[str, ...]) -> tuple[str, str] | None:
    """Find the band of a source, and the statistic, that a column of polygons is of.

    None for columns of no band.

    Examples
    --------
    >>> band_of("A00", ("A00",)), band_of("A00_std", ("A00",)), band_of("homogeneity", ("A00",))
    (('A00', 'mean'), ('A00', 'std'), None)
    """
    if column in names:
        return column, "mean"
    name, _, kind = column.rpartition("_")
    return (name, kind) if kind in STATISTICS and name in names else None


def places_of(
    columns: tuple[str, ...], names: tuple[str, ...], support: str
) -> tuple[int, ...] | None:
    """Find the band of a source that each column of a model is made from.

    Returns
    -------
    tuple of int or None
        Positions among `names`; None where the source lacks one.
    """
    found = []
    for column in columns:
        of = band_of(column, names) if support == "polygon" else (column, "")
        if of is None and column in FURTHER:
            of = names[0], ""
        if of is None or of[0] not in names:
            return None
        found.append(names.index(of[0]))
    return tuple(found)
